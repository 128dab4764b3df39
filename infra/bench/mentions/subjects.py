"""What people talk about: a topic's words, and subjects that bring words of their own."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from infra.bench.mentions.chance import Chance

WORDS: Final = 20_000
"""Nouns that a topic's mentions have, beside those that come up."""
NOUNS: Final = 6
"""In a mention."""
_ZIPF: Final = 1.07
_SHIFT: Final = 2.7
"""Zipf's law as Mandelbrot has it, "An informational theory of the statistical structure of language" (1953)."""
_RARE: Final = (1e-5, 1e-3)
_COMMON: Final = (1e-3, 2e-2)
"""Shares of the mentions that have a word."""
_SAID: Final = ((0.35, 0.7), (0.2, 0.5), (0.1, 0.3))
"""Shares of a subject's mentions that have its first word, its second and its third."""


class Subject(NamedTuple):
    """Something that is talked about."""

    words: tuple[tuple[int, float], ...]
    """Its own words, each with the share of its mentions that have it."""

    def said(self, chance: Chance) -> list[int]:
        """Those that a mention has."""
        return [word for word, share in self.words if chance.random() < share]


class Vocabulary:
    """A topic's words as numbers, the most frequent first; words that never were there before have higher ones."""

    def __init__(self, chance: Chance) -> None:
        """All of them drawn from a chance of their own."""
        self._chance = chance
        weights = map(_weight, range(WORDS))
        self._heights = list(itertools.accumulate(weights))
        self._fresh = WORDS
        self._words = range(WORDS)

    def mentions(self, number: int) -> list[int]:
        """The words of so many mentions, one mention after the other."""
        return self._chance.choices(self._words, cum_weights=self._heights, k=NOUNS * number) if number else []

    def share(self, word: int) -> float:
        """Of the usual mentions that have a word."""
        if word >= WORDS:
            return 0.0
        return NOUNS * _weight(word) / self._heights[-1]

    def subject(self, words: int = 3, fresh: float = 0.4, rare: float = 0.4) -> Subject:
        """One of so many words: each was never heard, or seldom, or is said every day."""
        kinds = self._chance.choices((None, _RARE, _COMMON), (fresh, rare, 1 - fresh - rare), k=words)
        said = [self._chance.uniform(*_SAID[place]) for place in range(words)]
        return Subject(tuple(zip(map(self._word, kinds), said, strict=True)))

    def _word(self, kind: tuple[float, float] | None) -> int:
        if kind is None:
            self._fresh += 1
            return self._fresh
        share = self._chance.spread(*kind)
        rank = math.pow(share / NOUNS * self._heights[-1], -1 / _ZIPF) - _SHIFT
        return min(max(round(rank) - 1, 0), WORDS - 1)


def _weight(word: int) -> float:
    return math.pow(word + 1 + _SHIFT, -_ZIPF)
