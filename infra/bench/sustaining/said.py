"""What people say: invented texts, about topics of ``percolate_topics`` or about nothing that anybody watches."""

from __future__ import annotations

import random
import re
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Final

import msgspec

from infra.bench.million_text import Language, vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

ABOUT: Final = (0.4, 0.3, 0.2, 0.1)
"""Shares of posts that are about none, one, two and three topics: a mention a post."""
AUTHORS: Final = 200_000
_LENGTHS: Final = (3, 120)
_NOT: Final = re.compile(r"\bNOT\b.*")
_PARTS: Final = re.compile(r"\bAND\b|\bNEAR/\d+")
_EITHER: Final = re.compile(r"\bOR\b")
_SIGNS: Final = str.maketrans("", "", '()"*')


class Said(msgspec.Struct, frozen=True):
    """Something that somebody writes somewhere; platforms give it its shape."""

    number: int
    """Of all that is ever said: no two have the same."""
    author: int
    text: str
    language: Language
    at: datetime


class Speech:
    """Makes what is said.

    Args:
        queries: of topics, as many of which as wanted are talked about.
        seed: another one says other things.
    """

    def __init__(self, queries: Sequence[str], seed: int = 0) -> None:
        self._words = [words_for(query) for query in queries]
        self._chance = random.Random(f"speech {seed}")  # noqa: S311 - the same words in every run
        self._number = seed * 1_000_000_000

    def some(self, talked_of: int, at: datetime) -> Said:
        """A post about as many of the first topics as ``ABOUT`` has it."""
        many = self._chance.choices(range(len(ABOUT)), ABOUT)[0]
        return self._said([self._words[self._chance.randrange(talked_of)] for _ in range(many)], at)

    def about(self, query: str, at: datetime) -> Said:
        """A post that a topic's query matches."""
        return self._said([words_for(query)], at)

    def _said(self, about: list[str], at: datetime) -> Said:
        self._number += 1
        language = language_of(about[0]) if about else self._chance.choices(("ko", "en", "ja"), (70, 25, 5))[0]
        shortest, longest = _LENGTHS
        length = min(longest, shortest + int(self._chance.lognormvariate(2.3, 0.8)))
        words = vocabulary(language)
        text = " ".join([*about, words.text(self._chance, length)])
        return Said(self._number, self._chance.randrange(AUTHORS), text, language, at)


def words_for(query: str) -> str:
    """Words that a query of ``percolate_topics`` matches: the first alternative of each part that it demands."""
    parts = (_EITHER.split(part)[0].translate(_SIGNS).strip() for part in _PARTS.split(_NOT.sub("", query)))
    return " ".join(word.replace("hashtag:", "#") for part in parts for word in part.split() if "lang:" not in word)


def language_of(words: str) -> Language:
    """The language of a topic, by its script."""
    if any("\uac00" <= character <= "\ud7a3" for character in words):
        return "ko"
    return "en" if words.isascii() else "ja"
