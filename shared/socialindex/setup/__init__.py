"""Setup: what the engine must hold before the first post: index templates and the merge script."""
