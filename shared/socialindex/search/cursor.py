"""Page cursors: where a page ended, under a bound that was frozen when the first page was asked for.

The bound is the time of the first page (with ``deduplicate``, ten seconds before it): posts that became documents later
are no part of the pages, so that arrivals neither repeat nor skip an item. Nothing is kept on the server or in the
engine.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from socialindex.errors import InvalidCursor
from socialindex.model import Struct

if TYPE_CHECKING:
    from socialindex.search.ask import Ask

_REMEDY = "send the next_cursor of the last answer with the same query, or no cursor"
_MAX = 2_000
_Moment = Annotated[int, msgspec.Meta(ge=0, lt=253_402_300_800_000)]
"""Unix ms until the calendar's end."""


class Cursor(Struct, frozen=True, kw_only=True):
    """The contents of a cursor."""

    ask: str
    """Digest of the search that it continues."""
    bound: _Moment
    """Documents since later than this (Unix ms) are left out; the order "best" counts age from it."""
    after: list[int | float | str]
    """Sort values of the last item; of a search without duplicates, how many items there were."""


def digest(ask: Ask) -> str:
    """A digest of a search: of what is found and in which order, not of how much is shown of it."""
    bare: Any = msgspec.structs.replace(
        ask,
        sort=ask.order,
        cursor=None,
        limit=1,
        highlight=False,
        facets=[],
        facet_size=1,
        time_zone="UTC",
        fields=[],
    )
    return hashlib.sha256(msgspec.json.encode(bare)).hexdigest()[:16]


def encode(cursor: Cursor) -> str:
    """A cursor as clients get it."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def decode(text: str, ask: Ask) -> Cursor:
    """A cursor that a client sent back.

    Raises:
        InvalidCursor: it is not one of ours, or belongs to another search.
    """
    try:
        raw = base64.urlsafe_b64decode(text[:_MAX].encode("ascii") + b"==")
        cursor = msgspec.json.decode(raw, type=Cursor)
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidCursor(remedy=_REMEDY) from error
    if cursor.ask != digest(ask):
        raise InvalidCursor("the cursor belongs to another search", remedy=_REMEDY)
    return cursor
