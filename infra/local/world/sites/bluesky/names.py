"""Names in the shape that the protocol gives them, made of a seed: the same seed, the same names."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_SORTED = "234567abcdefghijklmnopqrstuvwxyz"
"""Base32 whose characters are in their own order (https://atproto.com/specs/tid)."""
_TID_CHARACTERS = 13
_CLOCK_BITS = 10


def did(seed: int, handle: str) -> str:
    """An account's DID (https://atproto.com/specs/did)."""
    return f"did:plc:{_base32(f'{seed} did {handle}')[:24]}"


def tid(written: datetime, salt: str) -> str:
    """A record's key: the microsecond that it was written in, and a number that tells writers apart."""
    clock = hashlib.sha256(salt.encode()).digest()[0]
    number = (int(written.timestamp() * 1_000_000) << _CLOCK_BITS) | clock
    return "".join(_SORTED[number >> shift & 31] for shift in range(5 * (_TID_CHARACTERS - 1), -1, -5))


def cid(content: str) -> str:
    """A content's name, in the shape of a CIDv1 of DAG-CBOR."""
    return f"bafyrei{_base32(content)[:52]}"


def _base32(text: str) -> str:
    return base64.b32encode(hashlib.sha512(text.encode()).digest()).decode().lower()
