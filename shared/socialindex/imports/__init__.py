"""Imports: posts that a client brings along in a file, visible in its workspace only."""
