"""Whether a word goes round among those who complain: what gives an incident away before it shows in any count.

The first twenty voices of an incident are lost among the thousand that a large topic has in an hour, but they share
words that hardly anybody used before: so each word is held against its own background. Kleinberg, "Bursty and
hierarchical structure in streams" (2002) and Mathioudakis and Koudas, "TwitterMonitor" (2010) look for news so, and
the latter joins words that come together. Most of what comes up is no trouble, though: see
:mod:`~socialindex.alert.trouble`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.alert.model import DIGITS, STEP, Heard, Incident, Sign, floor
from socialindex.alert.trouble import THREADS, trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from socialindex.alert.spread import Mix

_HOUR: Final = 3_600
LENGTHS: Final = (STEP, 3 * STEP, _HOUR, 3 * _HOUR, 6 * _HOUR, 24 * _HOUR)
"""Seconds of the windows in which words are looked for, of which ..."""
ENOUGH: Final = 50
"""... the shortest is taken that has so many negative voices: a large topic's hour, a small one's day."""
FEWEST: Final = 2
"""Negative voices that a word has at the least, and threads in which they speak."""
_RARE: Final = math.log(1e-3)
"""``log p`` that so many have a word by chance, below which it is looked at."""
_NEW: Final = math.log(5e-8)
"""``log p`` that so many have any of a subject's words by chance, below which it is news where one voice complains; of
more voices more words meet by chance. Words that are less of news are news where its voices are as many times likelier
an incident's than they need be: that chance brings words together and moods, too, is as unlikely as both."""
_SURE: Final = math.log(300)
"""How many times likelier than what usually comes up an incident is, of a topic of ..."""
_LARGE: Final = 5_000.0
"""... so many voices a day or more, where some hundred subjects come up in a month. In smaller ones less comes up: as
their words grow with the root of their length (Heaps, "Information Retrieval", 1978, 7.5), so do subjects."""
_LEAST: Final = math.log(10)
"""The same of the smallest topic."""
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

    def where(self, place: int) -> str | int:
        """Its thread; if that is one of its own, its place among those that are looked at stands for it."""
        return self.thread or place


class Talk(NamedTuple):
    """What is said in a window."""

    voices: int
    negative: int
    said: Sequence[Said]
    """The voices that have words that stand out among negative ones, in the order of their time; to leave some out is
    no error."""
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
    """``log p`` that so many have them by chance."""

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
    """Whether it is unusual that so many of a window's negative voices have a word of which a share is usual."""
    return count >= FEWEST and count * _chance(usual * negative) < _RARE


def may_be_rare(usual: float) -> bool:
    """Whether ``is_rare`` can be true of a word at all: ``log p`` stays above ``-1 / usual``, however many have it."""
    return usual * -_RARE < 1


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
    sure = max(_SURE + math.log(min(max(a_day, 1.0), _LARGE) / _LARGE) / 2, _LEAST)
    news = _NEW - math.log(max(talk.negative, 1))
    told = ((trouble(each.said, mix), each) for each in subjects(talk))
    found = [(best, each) for best, each in told if best.likelier >= sure and each.new - best.likelier < news - sure]
    if not found:
        return None
    best, subject = max(found, key=lambda pair: (pair[0].likelier, pair[1].words))
    own = subject._replace(said=subject.said[best.begin :])
    return Sign(_incident(own, subject.new - best.likelier, talk, mix, end), opens=True)


def subjects(talk: Talk) -> Iterator[Subject]:
    """Rare words, each alone and with those that come with it; only such as are in some threads."""
    having: defaultdict[str, set[int]] = defaultdict(set)
    for place, each in enumerate(talk.said):
        for word in each.words:
            having[word].add(place)
    rare = {word for word, places in having.items() if _news({word}, places, talk) < _RARE}
    together = {frozenset(other for other in rare if having[word] & having[other]) for word in rare}
    for words in together | {frozenset({word}) for word in rare}:
        places = sorted(set[int]().union(*(having[word] for word in words)))
        newest_first = sorted(words, key=lambda word: (talk.usual(word), word))
        subject = Subject(newest_first, [talk.said[place] for place in places], _news(words, places, talk))
        if threads(subject.negative) >= THREADS:
            yield subject


def threads(said: Iterable[Said]) -> int:
    """In how many threads voices speak."""
    return len({each.where(place) for place, each in enumerate(said)})


def _news(words: AbstractSet[str], places: Iterable[int], talk: Talk) -> float:
    """``log p`` that negative voices have some of these words: each thread counts once, by the newest that it has."""
    usual = {word: talk.usual(word) for word in words}
    newest: dict[str | int, float] = {}
    for place in places:
        each = talk.said[place]
        if each.is_negative:
            thread = each.where(place)
            newest[thread] = min(newest.get(thread, 1.0), *(usual[word] for word in words & each.words))
    if len(newest) < FEWEST:
        return 0.0
    return sum(_chance(share * talk.negative) for share in newest.values())


def _chance(mean: float) -> float:
    """``log p`` of one more. People repeat each other, so words' counts are geometric: as uneven as may be."""
    return math.log(mean / (1 + mean))


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
        negative_share=round(len(negative) / len(subject.said), DIGITS),
        usual_negative_share=round(mix.usual_share(sources), 3),
        sources=list(sources),
        score=round(-score / math.log(10), 1),
        words=subject.words[:_KEPT],
    )
