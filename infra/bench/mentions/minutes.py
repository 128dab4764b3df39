"""What is said of a topic in a minute, and what of five of them a detector is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from infra.bench.mentions.subjects import NOUNS
from infra.bench.mentions.usual import SOURCES
from socialindex.alert.model import Bucket, Heard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Voice(NamedTuple):
    """Somebody who speaks in a thread, or about something that others speak about, too."""

    source: int
    negative: bool
    thread: int | None
    """``None``: one of its own."""
    words: list[int]


class Crowd(NamedTuple):
    """Voices of a source that have nothing to do with each other; the first of them are the negative ones."""

    source: int
    voices: int
    negative: int
    words: list[int]
    """Of one voice after the other, as many of each."""

    @property
    def bad(self) -> list[int]:
        """Words of the negative ones."""
        return self.words[: self.negative * NOUNS]

    def alike(self, words: set[int]) -> Iterator[tuple[bool, frozenset[int], int]]:
        """Its voices by mood and by which of some words they have, and how many are such."""
        having: dict[int, set[int]] = {}
        if not words.isdisjoint(self.words):
            for place, word in enumerate(self.words):
                if word in words:
                    having.setdefault(place // NOUNS, set()).add(word)
        for place, had in having.items():
            yield place < self.negative, frozenset(had), 1
        negative = self.negative - sum(place < self.negative for place in having)
        yield True, frozenset(), negative
        yield False, frozenset(), self.voices - len(having) - negative


class Minute(msgspec.Struct):
    """A minute's voices."""

    voices: list[int]
    """By source, as are the next."""
    negative: list[int]
    judged: int = 0
    promoted: int = 0
    copies: int = 0
    clusters: int = 0
    crowd: list[Crowd] = []
    """Voices that have nothing to do with others."""
    others: list[Voice] = []

    @classmethod
    def empty(cls) -> Minute:
        """One in which nothing was said."""
        return cls([0] * len(SOURCES), [0] * len(SOURCES))

    def add_many(self, source: int, voices: int, negative: int, words: list[int]) -> None:
        """Add voices that have nothing to do with others."""
        self.voices[source] += voices
        self.negative[source] += negative
        self.crowd.append(Crowd(source, voices, negative, words))

    def add(self, voice: Voice) -> None:
        """Add one that has."""
        self.voices[voice.source] += 1
        self.negative[voice.source] += voice.negative
        self.others.append(voice)

    @property
    def mentions(self) -> int:
        """All of them, copies too."""
        return sum(self.voices) + self.promoted + self.copies

    @property
    def distinct(self) -> int:
        """Texts, however often they were copied."""
        return sum(self.voices) + self.promoted + self.clusters


def bucket(at: int, minutes: Sequence[Minute], seen: float) -> Bucket:
    """The minutes of a bucket so far as the engine counts them.

    Args:
        at: where the bucket begins.
        minutes: of it.
        seen: the share of its mentions that could be seen.
    """
    voices = [sum(counts) for counts in zip(*(minute.voices for minute in minutes), strict=True)]
    negative = [sum(counts) for counts in zip(*(minute.negative for minute in minutes), strict=True)]
    promoted, copies, clusters = (
        sum(getattr(minute, name) for minute in minutes) for name in ("promoted", "copies", "clusters")
    )
    said = sum(voices)
    return Bucket(
        at=at,
        seen=seen,
        mentions=said + promoted + copies,
        distinct=said + promoted + clusters,
        promotional=promoted,
        voices=said + clusters,
        judged=sum(minute.judged for minute in minutes),
        negative=sum(negative),
        sources={SOURCES[place]: Heard(heard, negative[place]) for place, heard in enumerate(voices) if heard},
    )
