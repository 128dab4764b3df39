"""What of a list of articles is new: what a channel remembers of it between polls, in a few hundred bytes.

A list cannot be trusted to say what is new. ``lastmod`` is often the time at which the file was made; dates without a
time are the same for a day's articles; some lists have no dates at all. So the newest articles of a list are remembered
by name, and what is not among them is new, unless it is dated before them. An article that is known, and that the list
says was modified since the last poll, is read again, a few a poll: whoever lies about it costs us little.

A long list without dates may be in any order, of the alphabet or of a build, so that nothing tells the newest. Of such
a one sums are remembered, each over the articles that fall to one part of all addresses: where an article was added,
the sum of its part is greater by just its number.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.sources._families.articles.sitemaps import Listed

WINDOW: Final = 150
"""Articles of a list that are remembered: 600 characters of a cursor."""
MAX_NEW: Final = 500
"""New articles of a list that one poll asks for; a poll that finds more leaves the oldest to the history's walk."""
MAX_EDITED: Final = 20
"""Known articles of a list that one poll asks for again."""
_NAME: Final = 4
"""Characters of a remembered name: 24 bits, so that a new article is taken for a known one once in 100,000."""
_SUMS: Final = "="
"""What sums begin with where names would stand."""
_MODULUS: Final = 2**24
_COUNT: Final = 32
"""The number of an article is one more than a multiple of it, so that a sum says how many it is of, too."""
_SMALL: Final = 10
"""Articles of a part that may all be asked for again."""
_SECONDS = re.compile("[0-9]{1,11}")
_FEW: Final = 10
"""Entries of which half may share a date by chance."""


class Mark(NamedTuple):
    """What is remembered of one list."""

    names: frozenset[str]
    """Of the newest articles."""
    floor: datetime | None
    """The date of the oldest of them, where there are older ones: those are known."""
    latest: datetime | None
    """The newest date of the list."""
    sums: tuple[int, ...] = ()
    """In place of names, of a list without dates that has more than ``WINDOW`` articles: one for each of its parts."""


class News(NamedTuple):
    """What of a list is to be asked for, the newest first, and what is then to be remembered."""

    fresh: list[Listed]
    edited: list[Listed]
    mark: Mark


def news(entries: Sequence[Listed], before: Mark | None, at_most: int) -> News:
    """What is new in a list.

    Args:
        entries: the list, in its own order.
        before: what was remembered of it; ``None`` where it is seen for the first time.
        at_most: articles to ask for in a list that is seen for the first time.
    """
    ordered = newest_first(entries)
    dates = _dates(ordered)
    mark = _mark(ordered, dates)
    if before is None:
        return News(ordered[:at_most], [], mark)
    if before.sums:
        fresh = _beyond(ordered, before.sums)
    else:
        fresh = [e for position, e in enumerate(ordered) if _is_fresh(e, position, dates.get(e.url), before)]
    edited = [] if _is_stamped(entries) else [e for e in ordered if _is_edited(e, dates.get(e.url), before)]
    return News(fresh[:MAX_NEW], edited[:MAX_EDITED], mark)


def newest_first(entries: Sequence[Listed]) -> list[Listed]:
    """A list in the order in which it is worth reading.

    By date where dates can be believed; else from both ends inwards, for some append what is new and some put it first.
    """
    dates = _dates(entries)
    dated = sorted((e for e in entries if e.url in dates), key=lambda e: dates[e.url], reverse=True)
    return [*dated, *_from_both_ends([e for e in entries if e.url not in dates])]


def encode(mark: Mark) -> str:
    """A mark as text, for a cursor."""
    sums = base64.urlsafe_b64encode(b"".join(part.to_bytes(3) for part in mark.sums)).decode()
    known = f"{_SUMS}{sums}" if sums else "".join(sorted(mark.names))
    return f"{_seconds(mark.floor)}:{_seconds(mark.latest)}:{known}"


def decode(text: str) -> Mark | None:
    """What ``encode`` made; ``None`` of anything else."""
    floor, _, rest = text.partition(":")
    latest, colon, names = rest.partition(":")
    if not colon:
        return None
    if names.startswith(_SUMS):
        sums = base64.urlsafe_b64decode(names.removeprefix(_SUMS))
        parts = tuple(int.from_bytes(sums[at : at + 3]) for at in range(0, len(sums), 3))
        return Mark(frozenset(), _date(floor), _date(latest), parts)
    return Mark(frozenset(apart(names)), _date(floor), _date(latest))


def apart(names: str, length: int = _NAME) -> list[str]:
    """The short names that stand in a row."""
    return [names[at : at + length] for at in range(0, len(names), length)]


def short(text: str, length: int = _NAME) -> str:
    """A short name for an address."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()).decode()[:length]


def _mark(ordered: list[Listed], dates: dict[str, datetime]) -> Mark:
    window = ordered[:WINDOW]
    last = dates.get(window[-1].url) if len(ordered) > WINDOW else None
    edits = () if _is_stamped(ordered) else filter(None, map(_modified, ordered))
    latest = max((*dates.values(), *edits), default=None)
    if len(ordered) > WINDOW and not dates:
        return Mark(frozenset(), None, latest, tuple(_sum(part.values()) for part in _parts(ordered)))
    return Mark(frozenset(short(e.url) for e in window), last, latest)


def _parts(entries: Iterable[Listed]) -> list[dict[str, int]]:
    """The numbers of articles by their addresses, in as many parts as there are sums; which part says the address."""
    parts: list[dict[str, int]] = [{} for _ in range(WINDOW)]
    for entry in entries:
        digest = hashlib.sha256(entry.url.encode("utf-8", "replace")).digest()
        parts[int.from_bytes(digest[3:7]) % WINDOW][entry.url] = int.from_bytes(digest[:3]) // _COUNT * _COUNT + 1
    return parts


def _sum(numbers: Iterable[int]) -> int:
    return sum(numbers) % _MODULUS


def _beyond(ordered: list[Listed], sums: tuple[int, ...]) -> list[Listed]:
    """What a list has beyond what sums were made of.

    Where more than one article of a part came or went, all are taken for new that may be: all of a small part; of a
    larger one, and where more went than came, as each poll of a list of the newest shows, those that stand where new
    ones mostly do.
    """
    likely, new = {entry.url for entry in ordered[:WINDOW]}, set[str]()
    for part, before in zip(_parts(ordered), sums, strict=True):
        more = _sum([*part.values(), -before])
        alone = [url for url, number in part.items() if number == more]
        may_all_be = len(part) <= _SMALL and more % _COUNT <= _COUNT // 2
        if more:
            new.update(alone or (url for url in part if may_all_be or url in likely))
    return [entry for entry in ordered if entry.url in new]


def _is_fresh(entry: Listed, position: int, date: datetime | None, before: Mark) -> bool:
    if short(entry.url) in before.names:
        return False
    if date is None:
        return position < WINDOW
    return before.floor is None or date > before.floor


def _is_edited(entry: Listed, date: datetime | None, before: Mark) -> bool:
    modified = _modified(entry)
    if date is None or modified is None or before.latest is None or short(entry.url) not in before.names:
        return False
    return modified > before.latest


def _modified(entry: Listed) -> datetime | None:
    """In whole seconds, as marks keep it."""
    return entry.modified.replace(microsecond=0) if entry.modified else None


def _dates(entries: Sequence[Listed]) -> dict[str, datetime]:
    """The dates that can be believed, by address, in whole seconds: none where too many are the same."""
    stamped = _is_stamped(entries)
    found = ((e.url, e.published or (None if stamped else e.modified)) for e in entries)
    dates = {url: date.replace(microsecond=0) for url, date in found if date is not None}
    newest = sorted(dates.values(), reverse=True)[: WINDOW + 1]
    return {} if len(newest) > WINDOW and newest[0] == newest[-1] else dates


def _is_stamped(entries: Sequence[Listed]) -> bool:
    """Whether a list's ``lastmod`` is the time at which it was made: half of its entries or more share one."""
    shared = Counter(entry.modified for entry in entries if entry.modified).most_common(1)
    return bool(shared) and len(entries) >= _FEW and shared[0][1] * 2 >= len(entries)


def _from_both_ends(entries: list[Listed]) -> list[Listed]:
    def alternating() -> Iterator[Listed]:
        for last, first in zip(reversed(entries), entries, strict=True):
            yield last
            yield first

    return list(islice(_unique(alternating()), len(entries)))


def _unique(entries: Iterable[Listed]) -> Iterator[Listed]:
    return iter({entry.url: entry for entry in entries}.values())


def _seconds(date: datetime | None) -> str:
    return str(int(date.timestamp())) if date else ""


def _date(seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if _SECONDS.fullmatch(seconds) else None
