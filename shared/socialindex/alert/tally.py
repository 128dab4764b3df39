"""What was counted of topics before, so that a run counts only the buckets in which something may have changed.

Six hours of a topic that is spoken of all the time are seventy-two buckets, and a minute changes two or three of them.
What a process has counted it remembers for its next run; a process that has just begun counts everything once.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from socialindex.alert.asking import published
from socialindex.alert.counting import Counted, changed_buckets, counted
from socialindex.alert.model import STEP, floor
from socialindex.alert.recent import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from opensearchpy import OpenSearch

Dsl = dict[str, Any]
Buckets = dict[int, Counted]

MARGIN: Final = 120.0
"""Seconds before the last look that are looked at once more: the engine shows what it wrote some seconds later, and its
clock is another one."""
_OLD: Final = 900.0
"""Seconds after which nothing is remembered: then most buckets have changed."""
_WHOLE: Final = 3_600.0
"""Seconds after which a topic is counted as a whole again, at the latest: a mention whose time of publication was
corrected leaves a bucket that does not tell of it."""
_MOST: Final = 10_000
"""Topics that are remembered, in some 15 KB each."""


class _Kept(NamedTuple):
    at: float
    """Unix time of the look: what was changed later is not in it."""
    whole: float
    """The same of the last look at all buckets."""
    buckets: bytes

    def holds(self, name: str, now: float, lost: float) -> bool:
        """Whether it can be gone on with; topics' hours end at different times, so that few begin anew at once."""
        hour = _WHOLE * (1 + zlib.crc32(name.encode()) % 100 / 100) / 2
        return lost < self.whole and 0 <= now - self.at < _OLD and 0 <= now - self.whole < hour


class Tally:
    """Counts topics' last six hours.

    Args:
        engine: has the mentions.
    """

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine
        self._kept: dict[str, _Kept] = {}
        self._decoder = msgspec.msgpack.Decoder(list[Counted])

    def counted(self, topics: Sequence[str], now: float, lost: float) -> dict[str, Buckets]:
        """Of each topic the buckets of the last six hours in which something was said.

        Threads may ask at once, of different topics.

        Args:
            topics: their ids.
            now: Unix time.
            lost: when the engine lost its data: what was counted before is worth nothing.

        Raises:
            Unavailable: the engine does not answer; what was known is known still.
        """
        first = floor(now) - (KEPT - 1) * STEP
        kept = {name: each for name in topics if (each := self._kept.get(name)) and each.holds(name, now, lost)}
        places = self._changed(kept, first, now)
        whole = [name for name in topics if name not in places]
        found: dict[str, Buckets] = {name: {} for name in topics}
        found |= _by_topic(counted(self._engine, whole, first, now))
        only = [{"bool": {"should": list(_within(places))}}]
        anew = _by_topic(counted(self._engine, list(places), first, now, only=only))
        for name, some in places.items():
            same = (old for old in self._decoder.decode(kept[name].buckets) if first <= old.bucket.at not in some)
            found[name] = {old.bucket.at: old for old in same} | anew.get(name, {})
        for name in topics:
            self._keep(name, found[name], now, kept[name].whole if name in places else now)
        return found

    def _changed(self, kept: Mapping[str, _Kept], first: int, now: float) -> dict[str, set[int]]:
        """Where something may have changed since, of topics of which that can be said.

        What was published ahead of its time shows in later buckets, whenever it was changed.
        """
        if not kept:
            return {}
        seconds = now - min(each.at for each in kept.values()) + MARGIN
        begins = {name: max(floor(each.at) - STEP, first) for name, each in kept.items()}
        places = {name: set(range(begin, int(now) + 1, STEP)) for name, begin in begins.items()}
        for name, at in changed_buckets(self._engine, list(kept), seconds, first, now):
            if at is None:
                places.pop(name, None)
            elif name in places:
                places[name].add(at)
        return places

    def _keep(self, name: str, buckets: Buckets, now: float, whole: float) -> None:
        if len(self._kept) >= _MOST and name not in self._kept:
            self._kept.clear()
        self._kept[name] = _Kept(now, whole, msgspec.msgpack.encode(list(buckets.values())))


def _by_topic(found: Iterable[tuple[str, Counted]]) -> dict[str, Buckets]:
    topics: dict[str, Buckets] = {}
    for name, each in found:
        topics.setdefault(name, {})[each.bucket.at] = each
    return topics


def _within(places: Mapping[str, set[int]]) -> Iterator[Dsl]:
    """A clause for topics with the same buckets, whose mentions are published in these."""
    alike: dict[tuple[int, ...], list[str]] = {}
    for name, some in places.items():
        alike.setdefault(tuple(sorted(some)), []).append(name)
    for buckets, names in alike.items():
        spans = [published(begin, end) for begin, end in _spans(buckets)]
        yield {"bool": {"filter": [{"terms": {"mention.topic": names}}, {"bool": {"should": spans}}]}}


def _spans(buckets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Buckets that lie side by side as one span each."""
    begin = end = buckets[0]
    for place in buckets:
        if place > end:
            yield begin, end
            begin = place
        end = place + STEP
    yield begin, end
