"""Whether a word goes round among those who complain: what gives an incident away before it shows in any count.

The first twenty voices of an incident are lost among the thousand that a large topic has in an hour, but they share
words that hardly anybody used before: so each word is held against its own background. Kleinberg, "Bursty and
hierarchical structure in streams" (2002) and Mathioudakis and Koudas, "TwitterMonitor" (2010) look for news so, and
the latter joins words that come together. Most of what comes up is no trouble, though: a subject counts only where
those who speak of it are angrier than subjects are by chance.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.alert.model import STEP, Heard, Incident, Sign, floor
from socialindex.alert.tails import binomial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from socialindex.alert.spread import Mix

_HOUR: Final = 3_600
LENGTHS: Final = (STEP, 3 * STEP, _HOUR, 3 * _HOUR, 6 * _HOUR, 24 * _HOUR)
"""Seconds of the windows in which words are looked for, of which ..."""
ENOUGH: Final = 50
"""... the shortest is taken that has so many negative voices: a large topic's hour, a small one's day."""
FEWEST: Final = 2
"""Negative voices that a word has at the least, and threads in which they speak."""
_FEWEST: Final = 3
"""The same of a subject: a quarrel is in one thread."""
_RARE: Final = math.log(1e-4)
"""``log p`` that so many have a word by chance, below which it is looked at ..."""
_NEW: Final = math.log(1e-6)
"""... and below which it is news: a window has a thousand words, a day many windows."""
_ALIKE: Final = 1 / 7
"""Correlation of two voices' moods about one subject: most subjects are as usual, and some are bad though nothing is
the matter (Rao and Scott 1992, as in :mod:`~socialindex.alert.shift`)."""
_ANGRY: Final = math.log(0.001)
"""``log p`` that a subject comes so far, and is so bad, of a topic of ..."""
_LEAST: Final = math.log(0.1)
"""``log p`` that it is so bad, however far it comes: campaigns and good news come far, too."""
_LARGE: Final = 20_000.0
"""... so many voices a day. In smaller ones less comes up: as their words grow with the root of their length (Heaps,
"Information Retrieval", 1978, 7.5), so do subjects."""
_FAR: Final = 1.3
"""To ``n`` times as many threads, or as many in a part of an hour, comes one subject in ``n ** 1.3``: Goel, Watts and
Goldstein, "The structure of online diffusion networks" (2012)."""
_MANY: Final = 15
"""Negative voices from which on a subject is more than a hint."""
_KEPT: Final = 5


class Said(NamedTuple):
    """A voice that has a word that stands out."""

    at: float
    """Unix time of its publication."""
    source: str
    thread: str | None
    """``None``: one of its own."""
    is_negative: bool
    words: frozenset[str]
    """Those of its words that stand out."""


class Talk(NamedTuple):
    """What is said in a window."""

    voices: int
    negative: int
    said: Sequence[Said]
    """The voices that have words that stand out among negative ones; to leave some out is no error."""
    before: Mapping[str, int]
    """For these words, the mentions that had them in the four weeks before ..."""
    of: int
    """... of so many."""

    def usual(self, word: str) -> float:
        """The share of voices that usually have a word; one that was never there counts as having been there once."""
        return (self.before.get(word, 0) + 1) / (self.of + 1)


class Subject(NamedTuple):
    """Words that come together, the newest first, and the voices that have any of them."""

    words: list[str]
    said: list[Said]
    new: float
    """``log p`` of as many voices with the newest word."""

    @property
    def negative(self) -> list[Said]:
        """The negative voices among them."""
        return [each for each in self.said if each.is_negative]

    @property
    def sources(self) -> dict[str, Heard]:
        """Voices and negative ones by source."""
        voices, negative = (Counter(each.source for each in said) for said in (self.said, self.negative))
        return {source: Heard(number, negative[source]) for source, number in voices.most_common()}


def is_rare(count: int, usual: float, negative: int) -> bool:
    """Whether it is news that so many of a window's negative voices have a word of which a share is usual."""
    return count >= FEWEST and _chance(count, usual * negative) < _RARE


def length(negative: Sequence[int]) -> int:
    """Seconds of the window in which words are to be looked for, by the negative voices of each of the last buckets.

    Six hours of them say which length has enough; a day is taken where none has.
    """
    return next((seconds for seconds in LENGTHS if sum(negative[-seconds // STEP :]) >= ENOUGH), LENGTHS[-1])


def rumor(talk: Talk, mix: Mix, a_day: float, end: int) -> Sign | None:
    """What the words of a window show; ``None`` where none goes round.

    Args:
        talk: the window's.
        mix: what is usual of the topic's sources.
        a_day: the topic's voices of a day.
        end: where the bucket ends in which it is looked at, in Unix time.
    """
    level = min(_ANGRY + math.log(_LARGE / max(a_day, 1.0)) / 2, _LEAST)
    scored = [(angry, each) for each in subjects(talk) if (angry := anger(each, mix)) < level]
    if not scored:
        return None
    angry, subject = min(scored, key=lambda pair: (pair[0], pair[1].words))
    return Sign(_incident(subject, angry + subject.new, talk, mix, end), opens=True)


def subjects(talk: Talk) -> Iterator[Subject]:
    """New words, each alone and with those that come with it; only such as are in some threads."""
    having: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(talk.said):
        for word in each.words:
            having[word].append(place)
    found = {word: new for word, places in having.items() if (new := _new(word, places, talk)) < _RARE}
    for word, new in sorted(found.items()):
        if new < _NEW:
            together = [other for other in found if not set(having[word]).isdisjoint(having[other])]
            for words in ([word], together) if len(together) > 1 else ([word],):
                places = sorted({place for each in words for place in having[each]})
                subject = Subject(sorted(words, key=found.__getitem__), [talk.said[place] for place in places], new)
                if min(len(subject.negative), threads(subject.negative)) >= _FEWEST:
                    yield subject


def anger(subject: Subject, mix: Mix) -> float:
    """``log p`` that a subject comes to so many threads so soon, and is so bad; 0 where it is as good as usual."""
    voices, negative = len(subject.said), subject.negative
    alike = 1 + (voices - 1) * _ALIKE
    bad = binomial(len(negative) / alike, voices / alike, mix.usual_share(subject.sources))
    if bad >= _LEAST:
        return 0.0
    moments = [each.at for each in negative]
    took = min(max(max(moments) - min(moments), STEP), _HOUR)
    return bad - _FAR * math.log(threads(negative) / _FEWEST * _HOUR / took)


def threads(said: Sequence[Said]) -> int:
    """In how many threads voices speak."""
    return len({each.thread for each in said if each.thread is not None}) + sum(each.thread is None for each in said)


def _new(word: str, places: list[int], talk: Talk) -> float:
    """``log p`` that negative voices in as many threads have a word."""
    number = threads([talk.said[place] for place in places if talk.said[place].is_negative])
    return _chance(number, talk.usual(word) * talk.negative) if number >= FEWEST else 0.0


def _chance(count: int, mean: float) -> float:
    """``log p`` of at least so many. People repeat each other, so words' counts are geometric: as uneven as may be."""
    return count * math.log(mean / (1 + mean))


def _incident(subject: Subject, score: float, talk: Talk, mix: Mix, end: int) -> Incident:
    negative, sources = subject.negative, subject.sources
    since = int(min(each.at for each in negative))
    usual = sum(talk.usual(word) for word in subject.words)
    return Incident(
        opened_at=end,
        kind="term",
        severity="medium" if len(negative) >= _MANY and len(sources) > 1 else "low",
        since=since,
        updated_at=min(floor(max(each.at for each in negative)) + STEP, end),
        window=max(end - since, STEP),
        observed=len(subject.said),
        expected=round(usual * talk.voices, 3),
        negative_share=round(len(negative) / len(subject.said), 3),
        usual_negative_share=round(mix.usual_share(sources), 3),
        sources=list(sources),
        score=round(-score / math.log(10), 1),
        words=subject.words[:_KEPT],
    )
