"""A server that speaks the Mastodon client API, as somebody without an account sees it.

Entities and parameters follow https://docs.joinmastodon.org/entities/ and https://docs.joinmastodon.org/methods/.
"""
