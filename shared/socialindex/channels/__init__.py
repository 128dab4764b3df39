"""Channels: what is crawled, found out from any address that a person would paste."""
