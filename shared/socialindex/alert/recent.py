"""The last six hours of a topic, and windows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.alert.baseline import Expected
from socialindex.alert.model import STEP, Heard
from socialindex.alert.spread import OTHERS, SOURCES

if TYPE_CHECKING:
    from socialindex.alert.model import Bucket
    from socialindex.alert.spread import Mix

KEPT: Final = 72
"""Buckets: six hours."""
WINDOWS: Final = (1, 3, 12, 36, KEPT)
"""Buckets of the windows that are looked at: 5 and 15 minutes, 1, 3 and 6 hours."""
_COUNTS: Final = 7
"""Fields of a moment that are counted; the others are expected."""


class Moment(msgspec.Struct, array_like=True):
    """A bucket beside what was expected of it."""

    seen: float
    voices: int
    judged: int
    negative: int
    distinct: int
    promotional: int
    sources: dict[str, Heard]
    rate: float
    """Voices that were expected, had it been seen wholly."""
    doubt: float
    usual_negative: float
    """Negative voices that were to be expected of these voices in these sources."""

    @property
    def expected(self) -> float:
        """Voices, of what could be seen."""
        return self.rate * self.seen

    def tells_the_same(self, other: Moment) -> bool:
        """Whether another has the same counts, whatever is expected of them."""
        return msgspec.structs.astuple(self)[:_COUNTS] == msgspec.structs.astuple(other)[:_COUNTS]


class Window(NamedTuple):
    """The sum of the last moments."""

    buckets: int
    seen: float
    voices: int
    judged: int
    negative: int
    distinct: int
    promotional: int
    expected: float
    doubt: float
    usual_negative: float

    @property
    def usual_share(self) -> float:
        """Share of negative voices that was to be expected."""
        return self.usual_negative / self.judged if self.judged else 0.0


class Recent(msgspec.Struct, array_like=True):
    """What may still be corrected: moments from ``first`` on, one every five minutes."""

    first: int = 0
    moments: list[Moment] = []

    @property
    def end(self) -> int:
        """Where the next bucket begins."""
        return self.first + len(self.moments) * STEP

    def put(self, bucket: Bucket, expected: Expected, mix: Mix) -> None:
        """Take in a bucket that is inside, or the next one; what is expected of it stays as it was first."""
        place = (bucket.at - self.first) // STEP
        if place == len(self.moments):
            self.moments.append(moment(bucket, expected, mix))
            return
        known = self.moments[place]
        new = moment(bucket, Expected(known.rate, known.doubt), mix)
        if not known.tells_the_same(new):
            self.moments[place] = new

    def leave(self) -> tuple[int, Moment]:
        """Give up the oldest moment, with its time."""
        at = self.first
        self.first += STEP
        return at, self.moments.pop(0)

    def windows(self) -> list[Window]:
        """Those that the moments fill, the shortest first."""
        return windows_back(self.moments)

    def by_source(self, buckets: int) -> dict[str, Heard]:
        """What each source said in the last buckets."""
        found: dict[str, tuple[int, int]] = {}
        for each in self.moments[-buckets:]:
            for source, heard in each.sources.items():
                voices, negative = found.get(source, (0, 0))
                found[source] = (voices + heard.voices, negative + heard.negative)
        return {source: Heard(*counts) for source, counts in found.items()}


def moment(bucket: Bucket, expected: Expected, mix: Mix) -> Moment:
    """What is kept of a bucket; counts that contradict each other are cut to what is possible."""
    judged = min(bucket.judged, bucket.voices)
    sources = _loudest(bucket.sources)
    return Moment(
        bucket.seen,
        bucket.voices,
        judged,
        min(bucket.negative, judged),
        bucket.distinct,
        min(bucket.promotional, bucket.distinct),
        sources,
        expected.rate,
        expected.doubt,
        mix.usual_share(sources) * judged,
    )


def windows_back(moments: list[Moment]) -> list[Window]:
    """The windows that end with the last of these moments, summed in one way back through them."""
    seen = expected = doubt = usual = 0.0
    voices = judged = negative = distinct = promotional = 0
    found = []
    for buckets, each in enumerate(reversed(moments), 1):
        mean = each.rate * each.seen
        seen += each.seen
        expected += mean
        doubt += mean * each.doubt
        voices += each.voices
        judged += each.judged
        negative += each.negative
        distinct += each.distinct
        promotional += each.promotional
        usual += each.usual_negative
        if buckets in WINDOWS:
            sure = doubt / expected if expected else 1.0
            found.append(
                Window(buckets, seen / buckets, voices, judged, negative, distinct, promotional, expected, sure, usual)
            )
    return found


def _loudest(sources: dict[str, Heard]) -> dict[str, Heard]:
    """The loudest sources by name, the rest as one."""
    if len(sources) <= SOURCES:
        return {source: heard for source, heard in sources.items() if heard.voices}
    ordered = sorted(sources.items(), key=lambda item: (-item[1].voices, item[0]))
    kept = dict(ordered[: SOURCES - 1])
    rest = [heard for _, heard in ordered[SOURCES - 1 :]]
    if OTHERS in kept:
        rest.append(kept[OTHERS])
    kept[OTHERS] = Heard(sum(each.voices for each in rest), sum(each.negative for each in rest))
    return kept
