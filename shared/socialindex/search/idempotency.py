"""Requests that make something, sent again: an ``Idempotency-Key`` names what it made, for good.

(draft-ietf-httpapi-idempotency-key-header.) The id of what is made follows from the key, so that nothing else need be
kept, and nothing made twice, however late the repetition comes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.errors import InvalidInput
from socialindex.identity import new_id

if TYPE_CHECKING:
    from socialindex.search.http import HttpRequest

_KEY: Final = re.compile("[!-~]{1,255}")


def given(request: HttpRequest) -> str | None:
    """The request's Idempotency-Key, if it has one.

    Raises:
        InvalidInput: it is none.
    """
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidInput(
            "this is no Idempotency-Key", field="Idempotency-Key", remedy="use 1 to 255 printable ASCII characters"
        )
    return key


def identifier(prefix: str, owner: str, request: HttpRequest) -> str:
    """The id of what a request makes for an owner; with an Idempotency-Key the one that it had before.

    Raises:
        InvalidInput: the Idempotency-Key is none.
    """
    key = given(request)
    if key is None:
        return new_id(prefix)
    named = hashlib.sha256(f"{owner} {key}".encode()).digest()[:10]
    return f"{prefix}_{base64.b32encode(named).decode().lower()}"


def digest(wanted: msgspec.Struct, *further: str) -> str:
    """What tells whether a repeated request asks for the same."""
    return hashlib.sha256(b"\0".join([msgspec.json.encode(wanted), *(one.encode() for one in further)])).hexdigest()
