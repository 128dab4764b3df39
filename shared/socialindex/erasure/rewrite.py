"""Rewriting an archive object without the records that hold erased posts, every other record where it was."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from socialindex import warc
from socialindex.erasure.filler import filler
from socialindex.errors import Unavailable
from socialindex.normalize.reading import items
from socialindex.warc import Exchange, Kept, Moved, Span, WarcObject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from socialindex.model import Post

ERASED = "erased"


class Rewriting(NamedTuple):
    """What became of an object."""

    data: bytes | None
    """Its new bytes; ``None`` where nothing in it was erased."""
    records: int
    """How many of its records held something erased."""
    unreadable: int
    """How many records no adapter reads, or reads any more, so that nobody knows whose posts they hold."""


class _Erasure(NamedTuple):
    span: Span
    rest: Kept


def rewrite(data: bytes, key: str, objections: Callable[[Sequence[Post]], list[str | None]], at: datetime) -> Rewriting:
    """An object without the records that hold an erased post; their other posts are kept, as canonical ones.

    Args:
        data: the object.
        key: its key.
        objections: says of each post whether it was ``erased``.
        at: now.

    Raises:
        ParseError: the object is damaged.
        Unavailable: the list of what was erased, or the terms register, does not answer.
    """
    found: list[_Erasure] = []
    unreadable = 0
    for span, held in warc.walk_all(io.BytesIO(data)):
        posts = [] if isinstance(held, Moved) else posts_of(held, (key, span))
        if posts is None:
            unreadable += 1
        elif posts and ERASED in (verdicts := objections(posts)):
            rest = [post for post, verdict in zip(posts, verdicts, strict=True) if verdict != ERASED]
            found.append(_Erasure(span, Kept(posts[0].source, rest)))
    return Rewriting(_rewritten(data, found, at) if found else None, len(found), unreadable)


def posts_of(held: Exchange | Kept, place: tuple[str, Span]) -> list[Post] | None:
    """The posts of a record; ``None`` where they cannot be read.

    A response that its adapter refuses as a whole is one of these: nobody has looked whose words it holds.
    """
    try:
        return [post for post, _ in items(held, place).posts]
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - adapters change, and one that stumbles must not stop the erasure of all others
        return None


def _rewritten(data: bytes, erasures: list[_Erasure], at: datetime) -> bytes:
    whole = bytearray(data)
    for span, kept in erasures:
        rest = _append(whole, kept) if kept.posts else None
        whole[span.offset : span.offset + span.length] = filler(span.length, rest, at)
    return bytes(whole)


def _append(whole: bytearray, kept: Kept) -> Span:
    growing = WarcObject()
    length = growing.add(kept).length
    offset = len(whole)
    whole += growing.data()
    return Span(offset, length)
