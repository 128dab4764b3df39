"""Topics: named queries of a workspace that every new post is held against."""
