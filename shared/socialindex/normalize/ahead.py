"""Records of a batch read together where they lie together: a request to S3 costs more than what it brings.

Crawlers archive a second's responses in one object and send the messages that name them one after the other, so that a
batch of a hundred is of a few objects, and its records are neighbors there.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from socialindex.errors import ParseError, Unavailable
from socialindex.warc import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.warc import Reader

GAP: Final = 64 * 1024
"""Bytes between two records that are read for nothing rather than by another request."""
MOST: Final = 4 * 1024 * 1024
"""Bytes of one request: they are in memory until the last record of them is read."""

Place = tuple[str, Span]
"""An object's key, and where a record lies in it."""


class Ahead:
    """Reads records; those that were named in advance with their neighbors.

    Args:
        archive: where they are.
        places: of the records that will be read, in any order.
    """

    def __init__(self, archive: Reader, places: Iterable[Place]) -> None:
        self._archive = archive
        self._runs = {place: run for run in runs(places) for place in run.places}

    def read(self, key: str, span: Span) -> bytes:
        """The bytes of one record.

        Raises:
            ParseError: there is no such object or place.
            Unavailable: the archive does not answer.
        """
        run = self._runs.pop((key, span), None)
        part = run.part(self._archive, span) if run else None
        return self._archive.read(key, span) if part is None else part


class Run:
    """Neighbors in an object.

    Args:
        places: two or more, in their order.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self._data: bytes | None = None
        self._outage: Unavailable | None = None

    def part(self, archive: Reader, span: Span) -> bytes | None:
        """A record's bytes; ``None`` where they are not all there: read alone, it tells what is wrong with it.

        Raises:
            Unavailable: the archive does not answer; for its neighbors it is not asked again.
        """
        if self._outage:
            raise self._outage
        if self._data is None:
            self._data = self._read(archive)
        start = span.offset - self._span.offset
        part = self._data[start : start + span.length]
        return part if len(part) == span.length else None

    @property
    def _span(self) -> Span:
        first = self.places[0][1]
        return Span(first.offset, max(map(_end, self.places)) - first.offset)

    def _read(self, archive: Reader) -> bytes:
        try:
            return archive.read(self.places[0][0], self._span)
        except ParseError:
            return b""
        except Unavailable as outage:
            self._outage = outage
            raise


def runs(places: Iterable[Place]) -> Iterator[Run]:
    """Places that are worth one request together; those without neighbors are left out."""
    for _, group in groupby(sorted(set(places)), itemgetter(0)):
        near: list[Place] = []
        for place in group:
            if near and not _are_near(near, place):
                yield from _run(near)
                near = []
            near.append(place)
        yield from _run(near)


def _are_near(near: Sequence[Place], place: Place) -> bool:
    return place[1].offset - _end(near[-1]) <= GAP and _end(place) - near[0][1].offset <= MOST


def _run(near: Sequence[Place]) -> Iterator[Run]:
    if len(near) > 1:
        yield Run(near)


def _end(place: Place) -> int:
    return place[1].offset + place[1].length
