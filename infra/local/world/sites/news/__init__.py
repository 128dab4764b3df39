"""A newspaper: articles, and feeds in every format that is in use, some of which lie."""
