"""Identity of posts and channels, derived from what the publisher named."""

from __future__ import annotations

import base64
import hashlib
import secrets

_BITS = 130
"""26 base32 characters: 2**65 posts until a collision is likely (birthday bound)."""


def post_id(uri: str) -> str:
    """The id of the post that its publisher calls ``uri``: 26 lower-case base32 characters of its SHA-256."""
    return _short(uri)


def channel_id(source: str, url: str) -> str:
    """The id of a channel: the same source and canonical address give the same channel."""
    return "ch_" + _short(f"{source} {url}")[:16]


def request_id(channel: str, kind: str, url: str) -> str:
    """The id of a pending request: the same request of the same channel waits once."""
    return _short(f"{channel} {kind} {url}")


def new_id(prefix: str) -> str:
    """A random id such as ``ws_k3v...`` (80 bits)."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"


def shard_of(key: str, shards: int) -> str:
    """The partition of an index over many keys that would otherwise share one."""
    return str(hashlib.sha256(key.encode()).digest()[0] % shards)


def _short(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[: _BITS // 5]
