"""Erasure: posts and authors that are removed for good, from the index and from the archive, and never come back."""
