"""Whether a feed shows less than what came since the last poll, so that its older pages are to be read.

A feed holds ten or twenty entries. After an outage, or on a day when much happens, all of them are new, and nobody
knows how many more were. Feeds with older pages (see ``older``) have these read then, down to one with an entry that
was there before. Whether they do is told by the addresses of entries as they stand in the document, which is not read
for that: nearly every poll shows known ones. A feed whose addresses are others each time is caught up with once an hour
at most.

The cursor:

    links   the entries of the last poll
    caught  when older pages were last asked for because none of these was there
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.sources._families import late
from socialindex.sources._families.articles import memory

if TYPE_CHECKING:
    from datetime import timedelta

    from socialindex.sources.base import Channel, Response

KNOWN: Final = "known"
"""In the context of a request for older entries: those at which it ends."""
PAGES: Final = 20
"""Documents that are read to reach what is known: the feed itself, and older ones."""
_EVERY: Final[timedelta] = late.EVERY / 6
_LINKS: Final = "links"
_CAUGHT: Final = "caught"
_MOST: Final = 150
"""Entries that are remembered: 600 characters, of a cursor and of a context."""
_OLDER: Final = re.compile(rb"""\brel=["'](?:next|prev-archive)["']|"next_url"|<generator>[^<>]{0,99}wordpress\.org""")
_HEAD: Final = 20_000
"""Bytes in which a feed with older pages says so."""
_ENTRY: Final = re.compile(rb"""<(?:\w{1,20}:)?(?:item|entry)\b|"items"\s?:""")
_LINK: Final = re.compile(
    rb"""<(?:\w{1,20}:)?link\b(?:>\s{0,99}(?:<!\[CDATA\[)?|[^<>]*?\bhref=["'])([^<>"'\]]{9,2000})"""
    rb"""|"id"\s?:\s?"([^"]{1,2000})"""
)


class Seen(NamedTuple):
    """What a poll shows, and what of the last one it was compared with."""

    cursor: dict[str, str]
    known: str
    """Of the last poll, where older entries are to be read to reach it; else empty."""


def seen(channel: Channel, response: Response) -> Seen:
    """The cursor after a poll, and whether it shows nothing of what the last one did."""
    cursor, now = channel.cursor, response.received_at
    here = _names(response.body) if _OLDER.search(response.body, 0, _HEAD) else ""
    before = cursor.get(_LINKS, "")
    if not here or here == before:
        return Seen(dict(cursor), "")
    if not before or _meet(here, before):
        return Seen({**cursor, _LINKS: here}, "")
    if _CAUGHT in cursor and not late.is_due(cursor, now, _CAUGHT, _EVERY):
        return Seen(dict(cursor), "")
    return Seen({**cursor, _LINKS: here, _CAUGHT: now.isoformat(timespec="seconds")}, before)


def is_reached(body: bytes, known: str) -> bool:
    """Whether a page of entries has one of those that are known."""
    return _meet(_names(body), known)


def _names(body: bytes) -> str:
    first = _ENTRY.search(body)
    found = _LINK.finditer(body, first.start()) if first else iter(())
    links = dict.fromkeys((match[1] or match[2]).strip() for match in islice(found, 4 * _MOST))
    return "".join(memory.short(link.decode("latin-1")) for link in islice(links, _MOST))


def _meet(one: str, other: str) -> bool:
    return not set(memory.apart(one)).isdisjoint(memory.apart(other))
