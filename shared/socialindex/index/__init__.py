"""Index: an idempotent bulk write of posts into the social index."""
