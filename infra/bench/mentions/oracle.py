"""How early anybody could know: a detector that is told what incidents are like, and only not when one begins.

It knows each incident's course, sources, mood and words, and all rates when nothing is the matter. Its statistic is the
likelihood ratio since the beginning, which Shiryaev and Roberts' procedure sums up over all beginnings; that procedure
stops falsely once in ``A`` minutes at the most, if it stops at ``A`` (Pollak, "Optimal detection of a change in
distribution", 1985). So with a month for ``A`` no detector with one false alert a month is earlier for long.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from infra.bench.mentions.usual import BUCKETS, MINUTES, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.bench.mentions.happenings import Happening
    from infra.bench.mentions.minutes import Minute
    from infra.bench.mentions.topic import Topic

_SURE: Final = math.log(30 * BUCKETS * MINUTES)
_NEVER: Final = 1e-6
"""Share of the usual mentions that have a word that never was there."""


class Oracle:
    """Listens to incidents from their first minute on.

    Args:
        topic: whose.
        words: whether it hears what is said, or counts only.
    """

    def __init__(self, topic: Topic, *, words: bool) -> None:
        self._topic = topic
        self._words = words
        self._of: Happening | None = None
        self._ratio = 0.0
        self.told: dict[int, int] = {}
        """The minute after which it knew, by the bucket with which an incident starts."""

    def hear(self, number: int, minutes: list[Minute]) -> None:
        """Take in a bucket's minutes, while something happens."""
        happening = self._topic.happening(number)
        if happening is None or happening.start in self.told:
            return
        if happening is not self._of:
            self._of, self._ratio = happening, 0.0
        blind = self._topic.blind(number)
        for place, minute in enumerate(minutes, number * MINUTES):
            self._ratio += self._likelier(place, minute, happening, blind)
            if self._ratio >= _SURE:
                self.told[happening.start] = place + 1
                return

    def _likelier(self, place: int, minute: Minute, happening: Happening, blind: frozenset[int]) -> float:
        """By how much a minute is likelier where the incident is (the logarithm): both are Poisson processes."""
        total = 0.0
        for source in range(len(SOURCES)):
            more = happening.voices(place, source) * self._topic.usual.mix[source]
            usual = self._topic.usual.now[source] / MINUTES
            if source in blind or more <= 0:
                continue
            total -= more
            for negative, words, voices in self._heard(minute, source, happening):
                total += voices * math.log1p(more / usual * self._times(source, happening, words, negative=negative))
        return total

    def _times(self, source: int, happening: Happening, words: frozenset[int], *, negative: bool) -> float:
        """How many times likelier a mood and words are of the incident's voices."""
        own, usual = happening.negative * 0.9, self._topic.leaning(source)
        times = own / usual if negative else (1 - own) / (1 - usual)
        if not self._words:
            return times
        for word, share in self._topic.subjects[happening.start].words:
            known = max(self._topic.share(word), _NEVER)
            times *= share / known if word in words else (1 - share) / (1 - known)
        return times

    def _heard(self, minute: Minute, source: int, happening: Happening) -> Iterator[tuple[bool, frozenset[int], int]]:
        """A source's voices: their mood, the incident's words that they have, and how many are such."""
        own = {word for word, _ in self._topic.subjects[happening.start].words} if self._words else set[int]()
        for crowd in minute.crowd:
            if crowd.source == source:
                yield from crowd.alike(own)
        for voice in minute.others:
            if voice.source == source:
                yield voice.negative, frozenset(own.intersection(voice.words)), 1
