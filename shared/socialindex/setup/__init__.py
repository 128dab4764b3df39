"""Setup: what the engine must hold before the first post: index templates, the index of topics, merge scripts."""
