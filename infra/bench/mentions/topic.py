"""Months of a topic's mentions, minute by minute, with what happened to it."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Final

from infra.bench.mentions.chance import Chance
from infra.bench.mentions.happenings import INCIDENTS, Happening, Outage, happenings, outages
from infra.bench.mentions.minutes import Minute, Voice, bucket
from infra.bench.mentions.subjects import NOUNS, Subject, Vocabulary
from infra.bench.mentions.usual import BUCKETS, MINUTES, SOURCES, STEP, Usual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.bench.mentions.usual import Talk
    from socialindex.alert.model import Bucket

MONDAY: Final = 1_767_538_800
"""2026-01-05, midnight in Korea."""
_TEMPERS: Final = (1.5, 0.8, 0.9, 0.8, 0.7)
"""How much more than others the voices of a source are negative."""
_MOST: Final = 0.9
_JUDGED: Final = 0.9
_CLUSTERS: Final = 4.0
"""Texts of a flood, each with as many authors at the most; one counts where it comes first."""
_COPIES: Final[dict[str, tuple[float, float]]] = {"bots": (200, 1500), "echo": (40, 250)}
"""In all."""
_APART: Final = 0.5
"""Share of a happening's voices that begin a thread of their own; the others are in one of ..."""
_THREADS: Final = 4


class Topic:
    """A topic that is the same for the same seed."""

    def __init__(self, seed: int, volume: int, days: int, quiet_days: int = 14) -> None:
        """Nothing happens to it in its first days but outages."""
        self.volume = volume
        self.days = days
        self._chance = Chance(f"{seed} {volume}")
        self._vocabulary = Vocabulary(Chance(f"{seed} {volume} words"))
        self.usual = Usual(self._chance, self._vocabulary, volume, days)
        self.happenings: list[Happening] = happenings(self._chance, self.usual, quiet_days, days)
        self.outages: list[Outage] = outages(self._chance, days)
        self.subjects: dict[int, Subject] = {each.start: self._vocabulary.subject() for each in self.happenings}
        """By the bucket with which a happening starts."""
        self._share = self.usual.negative
        self._starts = [each.start for each in self.happenings]

    def buckets(self) -> Iterator[Bucket]:
        """All its buckets in order; to be asked once, and not beside its minutes."""
        for number, minutes in enumerate(self.minutes()):
            yield bucket(MONDAY + number * STEP, minutes, self.seen(number))

    def minutes(self) -> Iterator[list[Minute]]:
        """The minutes of each bucket, in order; to be asked once."""
        return (self._minutes(number) for number in range(self.days * BUCKETS))

    def seen(self, number: int) -> float:
        """The share of a bucket's mentions that could be seen."""
        return max(0.0, round(1 - sum(self.usual.mix[place] for place in self.blind(number)), 6))

    def share(self, word: int) -> float:
        """The share of the usual mentions that have a word."""
        return self._vocabulary.share(word)

    def happening(self, number: int) -> Happening | None:
        """What happens in a bucket."""
        place = bisect.bisect_right(self._starts, number) - 1
        if place < 0 or number >= self.happenings[place].end:
            return None
        return self.happenings[place]

    def leaning(self, source: int) -> float:
        """The share of a source's voices that are negative in the bucket that was told last, if nothing happens."""
        return self._negative(self._share, source)

    def _minutes(self, number: int) -> list[Minute]:
        happening, blind = self.happening(number), self.blind(number)
        minutes = [Minute.empty() for _ in range(MINUTES)]
        rates, self._share = self.usual.rates(number)
        for source, rate in enumerate(rates):
            self._many(minutes, source if source not in blind else None, rate, self.leaning(source))
        for talk in self.usual.talks(number):
            self._talk(minutes, talk, blind)
        if happening:
            self._happens(minutes, number, happening, blind)
        self._noise(minutes, number, happening)
        return minutes

    def _negative(self, share: float, source: int) -> float:
        return min(share * _TEMPERS[source], _MOST) * _JUDGED

    def _many(self, minutes: list[Minute], source: int | None, rate: float, negative: float) -> None:
        """Voices that have nothing to do with each other; those of a blind source are drawn and lost."""
        for minute in minutes:
            voices = self._chance.poisson(rate / MINUTES)
            if not voices:
                continue
            bad = self._chance.binomial(voices, negative)
            words = self._vocabulary.mentions(voices)
            if source is not None:
                minute.add_many(source, voices, bad, words)

    def _talk(self, minutes: list[Minute], talk: Talk, blind: frozenset[int]) -> None:
        for _ in range(self._chance.poisson(talk.rate)):
            source = self._chance.choices(range(len(SOURCES)), talk.mix)[0]
            thread = None if self._chance.random() < talk.apart else -talk.thread
            minute = minutes[self._choice(MINUTES)]
            self._speak(minute, source, self._negative(talk.negative, source), talk.subject, thread, blind)

    def _happens(self, minutes: list[Minute], number: int, happening: Happening, blind: frozenset[int]) -> None:
        subject = self.subjects[happening.start]
        for place, minute in enumerate(minutes, number * MINUTES):
            for source, part in enumerate(self.usual.mix):
                for _ in range(self._chance.poisson(happening.voices(place, source) * part)):
                    own = self._chance.random() < _APART
                    thread = None if own else happening.start * _THREADS + self._choice(_THREADS)
                    self._speak(minute, source, happening.negative * _JUDGED, subject, thread, blind)

    def _choice(self, number: int) -> int:
        return int(self._chance.random() * number)

    def _speak(
        self,
        minute: Minute,
        source: int,
        negative: float,
        subject: Subject,
        thread: int | None,
        blind: frozenset[int],
    ) -> None:
        own = subject.said(self._chance)
        words = [*own, *self._vocabulary.mentions(1)[: NOUNS - len(own)]]
        voice = Voice(source, self._chance.random() < negative, thread, words)
        if source not in blind:
            minute.add(voice)

    def _noise(self, minutes: list[Minute], number: int, happening: Happening | None) -> None:
        """Promotional mentions, copies of a text and the clusters that these are in, and of whom the mood is known."""
        for minute in minutes:
            said, negative = sum(minute.voices), sum(minute.negative)
            usual = self.usual.mean(number) / MINUTES
            minute.promoted = self._chance.poisson(usual * self.usual.promotional) if said else 0
            minute.judged = min(said, negative + self._chance.binomial(said - negative, 0.85))
            if happening and happening.kind == "campaign":
                minute.promoted += self._chance.poisson(0.2 + 2.5 * usual)
            elif happening and happening.kind in _COPIES:
                low, high = _COPIES[happening.kind]
                length = (happening.end - happening.start) * MINUTES
                minute.copies = self._chance.poisson(self._chance.uniform(low, high) / length)
                minute.clusters = min(minute.copies, self._chance.poisson(_CLUSTERS / length))

    def blind(self, number: int) -> frozenset[int]:
        """Sources that cannot be seen in a bucket."""
        return frozenset[int]().union(*(each.sources for each in self.outages if each.start <= number < each.end))


def incidents(topic: Topic) -> list[Happening]:
    """What an alert of the topic is for."""
    return [each for each in topic.happenings if each.kind in INCIDENTS]
