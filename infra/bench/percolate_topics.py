"""Topics as companies have them, in the words of ``million_text``: the same in every run.

Most watch a name or its spellings; the others narrow it: by what is said about it, by what stands near it, by what
must not be there, by hashtags and sites. How rare a name is decides what its topic costs. Names are as rare as those
of small companies and of large ones: words from the 3,000th place of a vocabulary on, and a few that everybody uses.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from infra.bench.million_posts import BEGIN
from infra.bench.million_text import LANGUAGES, Language, vocabulary, words_file
from socialindex.query import parse, selective
from socialindex.topics.topic import Topic, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LANGUAGE_SHARES: Final = (70, 25, 5)
"""Topics in Korean, English and Japanese, of a hundred."""
_RAREST: Final = 3_000
"""The place in the vocabulary from which on words are names; a brand is one before it."""
_NAMES: Final = 40_000
_SHORTEST: Final = 4
"""Characters of a name: many a shorter one of random syllables is a form of a Korean verb, which every post has."""
_THEMES: Final = (20, 300)
"""Places of the words that say what a name is watched for: battery, refund, price."""
_BRANDS: Final = 0.003
"""The share of names that everybody uses."""


def topics(number: int, seed: int = 6) -> list[Topic]:
    """So many topics, each of a workspace of its own."""
    chance = random.Random(f"topics {seed}")  # noqa: S311 - the same topics in every run
    made = _queries(chance)
    return [_topic(place, next(made)) for place in range(number)]


def _queries(chance: random.Random) -> Iterator[str]:
    """Queries as people write them, as many as wanted; none that a topic may not have."""
    shapes = list(_SHAPES)
    while True:
        words = _Words(chance)
        query = chance.choices(shapes, weights=[_SHAPES[shape] for shape in shapes])[0](words)
        if selective(parse(query)):
            yield query


def _topic(place: int, query: str) -> Topic:
    return Topic(
        id=f"tp_bench{place:06d}",
        workspace=f"ws_bench{place:06d}",
        organization="org_bench",
        name=query[:60],
        watched=Watched(q=query),
        since=BEGIN,
        state="active",
        created_at=BEGIN,
        changed_at=BEGIN,
    )


class _Words:
    """The words of one topic, in one language."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._language: Language = chance.choices(LANGUAGES, weights=_LANGUAGE_SHARES)[0]
        self._all = vocabulary(self._language).words.things

    def name(self) -> str:
        """What is watched."""
        if self.chance.random() < _BRANDS:
            brands: list[str] = words_file()["names"]["brands"]
            return self._quoted(self.chance.choice(brands))
        return self._quoted(self._rare())

    def names(self) -> str:
        """One to five names or spellings of one."""
        return self._either([self.name() for _ in range(self.chance.randint(1, 5))])

    def tag(self) -> str:
        """A name without spaces and quotation marks."""
        return self.name().strip('"').replace(" ", "")

    def themes(self, most: int = 6) -> str:
        """What is said about it, in two words or more."""
        places = self.chance.sample(range(*_THEMES), self.chance.randint(2, most))
        return self._either([self._quoted(self._all[place]) for place in places])

    def beginning(self) -> str:
        """What words begin with."""
        return f"{self._rare()[:6]}*"

    def _rare(self) -> str:
        while True:
            word: str = self._all[self.chance.randrange(_RAREST, _NAMES)]
            if len(word) >= _SHORTEST:
                return word

    @staticmethod
    def _quoted(word: str) -> str:
        return f'"{word}"' if not word.isalnum() else word

    @staticmethod
    def _either(words: list[str]) -> str:
        return words[0] if len(words) == 1 else f"({' OR '.join(words)})"


_SHAPES: Final[dict[Callable[[_Words], str], int]] = {
    lambda words: words.names(): 35,
    lambda words: f"{words.names()} AND {words.themes()}": 20,
    lambda words: f"{words.names()} NEAR/{words.chance.choice((3, 5, 10))} {words.themes(4)}": 15,
    lambda words: f"{words.names()} NOT {words.themes(4)}": 12,
    lambda words: f"({words.beginning()} OR {words.name()})": 8,
    lambda words: f"{words.beginning()} AND {words.themes(3)}": 3,
    lambda words: f"{words.names()} lang:ko": 3,
    lambda words: f"({words.name()} OR hashtag:{words.tag()})": 2,
    lambda words: f'"{words.tag()} {words.tag()}"': 2,
}
"""Kinds of queries, with how many of a hundred are such."""


def compiled(topic: Topic) -> dict[str, Any]:
    """What the engine stores of a topic's query."""
    return topic.watched.compiled()
