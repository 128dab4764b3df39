"""Search: everything that a client asks, over an HTTP API."""
