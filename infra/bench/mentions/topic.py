"""Months of a topic's mentions, bucket by bucket, with what happened to it."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Final

from infra.bench.mentions.chance import Chance
from infra.bench.mentions.happenings import Happening, Outage, happenings, outages
from infra.bench.mentions.usual import BUCKETS, SOURCES, STEP, Usual
from socialindex.alert.model import Bucket, Heard

if TYPE_CHECKING:
    from collections.abc import Iterator

MONDAY: Final = 1_767_538_800
"""2026-01-05, midnight in Korea."""
_TEMPERS: Final = (1.5, 0.8, 0.9, 0.8, 0.7)
"""How much more than others the voices of a source are negative."""
_JUDGED: Final = 0.9
_CLUSTERS: Final = 4.0
"""Texts of a flood, each with as many authors at the most; one counts where it comes first."""
_COPIES: Final[dict[str, tuple[float, float]]] = {"bots": (200, 1500), "echo": (40, 250)}
"""In all."""


class Topic:
    """A topic that is the same for the same seed."""

    def __init__(self, seed: int, volume: int, days: int, quiet_days: int = 14) -> None:
        """Nothing happens to it in its first days but outages."""
        self.volume = volume
        self.days = days
        self._chance = Chance(f"{seed} {volume}")
        self._usual = Usual(self._chance, volume, days)
        self.happenings: list[Happening] = happenings(self._chance, self._usual, quiet_days, days)
        self.outages: list[Outage] = outages(self._chance, days)
        self._starts = [each.start for each in self.happenings]

    def buckets(self) -> Iterator[Bucket]:
        """All its buckets in order; to be asked once."""
        for number in range(self.days * BUCKETS):
            yield self._bucket(number)

    def _bucket(self, number: int) -> Bucket:
        happening = self._happening(number)
        blind = self._blind(number)
        sources = {
            SOURCES[place]: heard
            for place, heard in enumerate(self._heard(number, happening))
            if heard.voices and place not in blind
        }
        said = sum(heard.voices for heard in sources.values())
        negative = sum(heard.negative for heard in sources.values())
        promoted, copies, clusters = self._noise(number, happening, said)
        return Bucket(
            at=MONDAY + number * STEP,
            seen=max(0.0, round(1 - sum(self._usual.mix[place] for place in blind), 6)),
            mentions=said + promoted + copies,
            distinct=said + promoted + clusters,
            promotional=promoted,
            voices=said + clusters,
            judged=min(said, negative + self._chance.binomial(said - negative, 0.85)),
            negative=negative,
            sources=sources,
        )

    def _heard(self, number: int, happening: Happening | None) -> Iterator[Heard]:
        """What each source says; of one in ten voices the sentiment is not known."""
        rates, share = self._usual.rates(number)
        for source, rate in enumerate(rates):
            voices = self._chance.poisson(rate)
            negative = self._chance.binomial(voices, min(share * _TEMPERS[source], 0.9) * _JUDGED)
            if happening:
                more = self._chance.poisson(happening.voices(number, source) * self._usual.mix[source])
                voices += more
                negative += self._chance.binomial(more, happening.negative * _JUDGED)
            yield Heard(voices, negative)

    def _noise(self, number: int, happening: Happening | None, said: int) -> tuple[int, int, int]:
        """Promotional mentions, copies of a text, and the clusters that these are in."""
        promoted = self._chance.poisson(self._usual.mean(number) * self._usual.promotional) if said else 0
        if happening is None:
            return promoted, 0, 0
        if happening.kind == "campaign":
            return promoted + self._chance.poisson(1 + 2.5 * self._usual.mean(number)), 0, 0
        if happening.kind not in _COPIES:
            return promoted, 0, 0
        low, high = _COPIES[happening.kind]
        copies = self._chance.poisson(self._chance.uniform(low, high) / (happening.end - happening.start))
        return promoted, copies, min(copies, self._chance.poisson(_CLUSTERS / (happening.end - happening.start)))

    def _happening(self, number: int) -> Happening | None:
        place = bisect.bisect_right(self._starts, number) - 1
        if place < 0 or number >= self.happenings[place].end:
            return None
        return self.happenings[place]

    def _blind(self, number: int) -> frozenset[int]:
        return frozenset[int]().union(*(each.sources for each in self.outages if each.start <= number < each.end))
