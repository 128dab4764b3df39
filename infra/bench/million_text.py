"""Invented text in three languages whose words are as unevenly frequent as people's (Zipf-Mandelbrot).

A vocabulary is a list of real words, then pairs of them (compounds, which is how Korean and Japanese make words), then
words of syllables that mean nothing. A text is words, each with what may stand behind it: a particle, an ending or a
mark.
"""

from __future__ import annotations

import itertools
import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar

Language = Literal["ko", "en", "ja"]
LANGUAGES: Final[tuple[Language, ...]] = ("ko", "en", "ja")

WORDS_FILE: Final = Path(__file__).with_name("million.toml")
VOCABULARY: Final = 40_000
"""Words of a language."""
_COMPOUNDS: Final = 12_000
"""Of them pairs of real words, where a language writes pairs as one."""
_EXPONENT: Final = 1.05
_OFFSET: Final = 2.7
"""Mandelbrot's: the first words are not quite as frequent as Zipf's law has it."""
_HANGUL: Final = "가나다라마바사아자차카타파하누리한빛온별솔빈결담울새강물불꽃달해봄길숲들"
_BETWEEN: Final[dict[Language, str]] = {"ko": " ", "en": " ", "ja": ""}

T = TypeVar("T")


class Weighted(NamedTuple):
    """Things to choose from, the most frequent first. ``weights`` are cumulative, as ``random.choices`` takes them."""

    things: list[Any]
    weights: list[float]

    def some(self, chance: random.Random, number: int) -> list[Any]:
        """So many of them, by their weights."""
        return chance.choices(self.things, cum_weights=self.weights, k=number)


class Vocabulary(NamedTuple):
    """The words of a language, and what stands behind a word."""

    words: Weighted
    after: list[str]
    between: str

    def text(self, chance: random.Random, length: int) -> str:
        """A text of so many words."""
        words = self.words.some(chance, length)
        return self.between.join(map("".join, zip(words, chance.choices(self.after, k=length), strict=True)))


def zipf(things: list[T], exponent: float = _EXPONENT) -> Weighted:
    """Things, each as frequent as its rank has it."""
    weights = (1 / (rank + _OFFSET) ** exponent for rank in range(len(things)))
    return Weighted(things, list(itertools.accumulate(weights)))


@cache
def vocabulary(language: Language) -> Vocabulary:
    """The words of a language: the same in every process."""
    listed = words_file()[language]
    return Vocabulary(zipf(_words(language, listed)), listed["after"], _BETWEEN[language])


@cache
def words_file() -> dict[str, Any]:
    """What ``million.toml`` lists."""
    return tomllib.loads(WORDS_FILE.read_text("utf-8"))


def _words(language: Language, listed: dict[str, Any]) -> list[str]:
    chance = random.Random(f"words {language}")  # noqa: S311 - the same words in every run
    real: list[str] = listed["words"]
    pairs = ["".join(chance.choices(real, k=2)) for _ in range(_COMPOUNDS if language != "en" else 0)]
    syllables = listed.get("syllables", list(_HANGUL))
    invented = ("".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(4 * VOCABULARY))
    return list(itertools.islice(dict.fromkeys(itertools.chain(real, pairs, invented)), VOCABULARY))
