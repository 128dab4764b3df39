"""Identity of posts and channels, derived from what the publisher named."""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
from functools import lru_cache

IMPORT_SCHEME = "import:"
"""What identities of imported posts begin with, followed by their workspace and a slash; nobody else's may."""
_BITS = 130
"""26 base32 characters: 2**65 posts until a collision is likely (birthday bound)."""
_BYTES = 17
"""So many of the digest hold the bits."""
_PAIRS = ["".join(pair) for pair in itertools.product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)]
"""Base32 (RFC 4648, section 6) of ten bits: Python's own encoder takes longer than the digest that it encodes."""


def post_id(uri: str) -> str:
    """The id of the post that its publisher calls ``uri``: 26 lower-case base32 characters of its SHA-256."""
    return short(uri)


def author_key(author: str) -> str:
    """The key of the author whose id is ``author``: as long as a post's id, fit for a path, and telling nothing."""
    return short(author)


def channel_id(source: str, url: str) -> str:
    """The id of a channel: the same source and canonical address give the same channel."""
    return "ch_" + short(f"{source} {url}")[:16]


def event_id(what: str) -> str:
    """The id of a health event: named by what is wrong with what, since when."""
    return "he_" + short(what)[:16]


def request_id(channel: str, kind: str, url: str) -> str:
    """The id of a pending request: the same request of the same channel waits once."""
    return short(f"{channel} {kind} {url}")


def new_id(prefix: str) -> str:
    """A random id such as ``ws_k3v...`` (80 bits)."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"


def shard_of(key: str, shards: int) -> str:
    """The partition of an index over many keys that would otherwise share one."""
    return str(hashlib.sha256(key.encode()).digest()[0] % shards)


@lru_cache(maxsize=1_024)
def short(text: str) -> str:
    """26 lower-case base32 characters of a text's SHA-256.

    They are kept for a while: the posts of a page name each other and their authors again and again.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    bits = int.from_bytes(digest[:_BYTES]) >> (8 * _BYTES - _BITS)
    return "".join([_PAIRS[bits >> place & 1023] for place in range(_BITS - 10, -1, -10)])
