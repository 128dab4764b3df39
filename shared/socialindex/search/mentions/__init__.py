"""Mentions through the API: as a stream, one by one and many at once, and how fast they are answered."""
