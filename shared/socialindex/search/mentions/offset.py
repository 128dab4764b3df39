"""Where somebody is in a topic's stream of mentions, as a text that they keep. Nothing of it is kept here.

Deleted mentions stand in the stream for seven days. Whoever comes later to a place in it may keep what was erased
since, so that there is no going on from it. A place that is older because somebody reads the stream from its beginning
is none of these: nothing that they read can have gone before they began.
"""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Final

import msgspec

from socialindex.errors import ExpiredCursor, InvalidCursor
from socialindex.model import Struct

KEPT: Final = timedelta(days=7)
"""For which deleted mentions stand in the stream."""
_WEEK: Final = int(KEPT.total_seconds() * 1000)
_LONGEST: Final = 1_000
_REMEDY: Final = "send the offset of the last answer as it is, or begin anew with from=start"
_Moment = Annotated[int, msgspec.Meta(ge=0, lt=253_402_300_800_000)]
"""Unix ms until the calendar's end."""

LAST: Final = "~"
"""Comes behind every mention's id."""


class Offset(Struct, frozen=True, kw_only=True):
    """A place in a stream: behind the mention that changed at this time."""

    topic: str
    at: _Moment
    id: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Of the mention; of those of one millisecond, places are in the order of ids."""
    begun: _Moment
    """When reading began."""

    def moved(self, at: int, id_: str) -> Offset:
        """A later place for the same reader."""
        return msgspec.structs.replace(self, at=at, id=id_)


def encode(offset: Offset) -> str:
    """An offset as clients get it."""
    return base64.urlsafe_b64encode(msgspec.json.encode(offset)).decode().rstrip("=")


def decode(text: str, topic: str, now: int, lost: int = 0) -> Offset:
    """An offset that a client sent back.

    Args:
        text: what was sent.
        topic: whose stream it must be of.
        now: Unix ms.
        lost: when the engine lost its data, with what it knew of deleted mentions; Unix ms.

    Raises:
        InvalidCursor: it is none of ours, or another topic's.
        ExpiredCursor: it is older than deleted mentions are kept, or than the loss of them.
    """
    try:
        raw = base64.urlsafe_b64decode(text[:_LONGEST].encode("ascii") + b"==")
        offset = msgspec.json.decode(raw, type=Offset)
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidCursor("this is no offset of ours", field="after", remedy=_REMEDY) from error
    if offset.topic != topic:
        raise InvalidCursor("the offset belongs to another topic", field="after", remedy=_REMEDY)
    if max(offset.at, offset.begun) < max(now - _WEEK, lost):
        remedy = "delete your copy and begin anew: leave after out, or send from=start"
        why = f"than {KEPT.days} days" if lost < now - _WEEK else "than the stream, which was made anew"
        raise ExpiredCursor(f"the offset is older {why}", field="after", remedy=remedy)
    return offset
