"""In which sources more is said than usual, and where the bad news starts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.model import STEP
from socialindex.alert.tails import clearly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from socialindex.alert.model import Heard

SOURCES: Final = 20
"""Sources of a topic that are kept apart; the others are one."""
OTHERS: Final = "others"
_MEMORY: Final = math.exp(-STEP / (14 * 86_400))
_TRUST: Final = 0.5
"""Voices that each source counts for, also one that was never heard."""
_FAITH: Final = 20.0
"""Voices that what is known of a wider circle counts for: of all topics beside this one, of it beside a source."""
_NEGATIVE: Final = 0.15
"""Usual share of negative voices of a topic of which nothing is known."""
_CLUMPS: Final = 2.0
"""A source's voices vary more than the topic's: a conversation is in one place, and brings its voices together."""
_ABOVE: Final = math.log(0.01)
_LEAST: Final = 2
"""Voices: one is nobody's rumour."""
_FORGOTTEN: Final = 0.01
"""Voices below which a source is no longer one of the topic's."""


class Mix(msgspec.Struct, array_like=True):
    """A topic's voices and negative voices by source, exponentially forgotten; the loudest sources by name."""

    sources: dict[str, tuple[float, float]] = {}

    def expected(self, source: str, expected: float) -> float:
        """Voices of a source, of so many in all."""
        total = sum(voices for voices, _ in self.sources.values()) + _TRUST * (len(self.sources) + 1)
        return expected * (self.sources.get(source, (0.0, 0.0))[0] + _TRUST) / total

    def usual(self, source: str) -> float:
        """A source's usual share of negative voices, drawn to the topic's."""
        return self._of(source, self._overall())

    def usual_share(self, heard: Mapping[str, Heard]) -> float:
        """The share of negative voices to expect of voices in these sources.

        An outage of the press leaves the boards, which are angrier: that is no shift.
        """
        overall = self._overall()
        voices = sum(each.voices for each in heard.values())
        if not voices:
            return overall
        return sum(each.voices * self._of(source, overall) for source, each in heard.items()) / voices

    def _of(self, source: str, overall: float) -> float:
        voices, negative = self.sources.get(source, (0.0, 0.0))
        return (negative + _FAITH * overall) / (voices + _FAITH)

    def _overall(self) -> float:
        voices = sum(each[0] for each in self.sources.values())
        negative = sum(each[1] for each in self.sources.values())
        return (negative + _FAITH * _NEGATIVE) / (voices + _FAITH)

    def surprise(self, source: str, voices: int, expected: float, dispersion: float) -> float:
        """``log p`` of at least so many voices in a source, 0 if hardly more; voices come in clumps."""
        mean = self.expected(source, expected)
        return clearly(voices / _CLUMPS, mean / _CLUMPS, dispersion)

    def above(self, heard: Mapping[str, Heard], expected: float, dispersion: float) -> list[str]:
        """Sources of a window that are above their own baseline, the loudest first: at the level of 1 % each."""
        found = [
            (each.voices, source)
            for source, each in heard.items()
            if each.voices >= _LEAST and self.surprise(source, each.voices, expected, dispersion) < _ABOVE
        ]
        return [source for _, source in sorted(found, key=lambda each: (-each[0], each[1]))]

    def learn(self, heard: Mapping[str, Heard]) -> None:
        """Take in a bucket in which nothing was the matter."""
        kept = {name: (v * _MEMORY, n * _MEMORY) for name, (v, n) in self.sources.items() if v > _FORGOTTEN}
        for source, each in heard.items():
            name = source if source in kept or len(kept) < SOURCES else OTHERS
            voices, negative = kept.get(name, (0.0, 0.0))
            kept[name] = (voices + each.voices, negative + min(each.negative, each.voices))
        self.sources = kept
