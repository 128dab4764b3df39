"""What the engine counts of a topic's words: in the last hours, and in the four weeks before."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final

from infra.bench.mentions.usual import SOURCES
from socialindex.alert.rumor import FEWEST, LENGTHS, Said, Talk, is_rare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.bench.mentions.minutes import Minute

_DAY: Final = 1_440
_KEPT: Final = LENGTHS[-1] // 60
_DAYS: Final = 28
"""Of which words are remembered."""


class Speech:
    """Words of a topic's mentions, taken in minute by minute.

    Args:
        begin: Unix time of the first minute.
    """

    def __init__(self, begin: int) -> None:
        self._end = begin
        self._minutes: deque[Minute] = deque()
        self._length = LENGTHS[0] // 60
        self._voices = self._negative = 0
        self._bad: Counter[int] = Counter()
        self._before: Counter[int] = Counter()
        self._heard = 0
        self._days: deque[tuple[int, Counter[int]]] = deque([(0, Counter())])

    def add(self, minute: Minute) -> None:
        """Take in the next minute."""
        self._end += 60
        self._minutes.append(minute)
        self._enter(minute, 1)
        if len(self._minutes) > self._length:
            self._enter(self._minutes[-1 - self._length], -1)
        if len(self._minutes) > _KEPT:
            self._learn(self._minutes.popleft())

    def talk(self, seconds: int) -> Talk:
        """What the last minute's negative voices share with others of the last seconds, so many of them.

        Words that only others share are left out: they were told when these spoke.
        """
        self._look_back(seconds // 60)
        recent = {word for told in _negative(self._minutes[-1]) for word in told}
        if not any(map(self._stands_out, recent)):
            return Talk(self._voices, self._negative, [], {}, self._heard)
        words = {word for word in self._bad if self._stands_out(word)}
        before = {str(word): self._before[word] for word in words}
        return Talk(self._voices, self._negative, list(self._said(words)), before, self._heard)

    def _stands_out(self, word: int) -> bool:
        count = self._bad[word]
        return count >= FEWEST and is_rare(count, (self._before[word] + 1) / (self._heard + 1), self._negative)

    def _said(self, words: set[int]) -> Iterator[Said]:
        first = max(len(self._minutes) - self._length, 0)
        for place in range(first, len(self._minutes)):
            minute, at = self._minutes[place], self._end - 60 * (len(self._minutes) - place) + 30.0
            for crowd in minute.crowd:
                for is_negative, had, voices in crowd.alike(words):
                    if had:
                        yield from [Said(at, SOURCES[crowd.source], None, is_negative, _named(had))] * voices
            for voice in minute.others:
                if own := words.intersection(voice.words):
                    thread = None if voice.thread is None else str(voice.thread)
                    yield Said(at, SOURCES[voice.source], thread, voice.negative, _named(own))

    def _look_back(self, length: int) -> None:
        """Have the window be so many minutes long."""
        if length == self._length:
            return
        known = len(self._minutes)
        longer = range(known - length, known - self._length) if length > self._length else range(0)
        shorter = range(known - self._length, known - length) if length < self._length else range(0)
        for places, sign in ((longer, 1), (shorter, -1)):
            for place in places:
                if place >= 0:
                    self._enter(self._minutes[place], sign)
        self._length = length

    def _enter(self, minute: Minute, sign: int) -> None:
        self._voices += sign * sum(minute.voices)
        self._negative += sign * sum(minute.negative)
        for told in _negative(minute):
            if sign > 0:
                self._bad.update(told)
            else:
                self._bad.subtract(told)

    def _learn(self, minute: Minute) -> None:
        if self._end % 3_600 == 0:
            self._bad = +self._bad
        if self._end // 60 % _DAY == 0:
            self._days.append((0, Counter()))
            if len(self._days) > _DAYS:
                voices, words = self._days.popleft()
                self._heard -= voices
                self._before.subtract(words)
        voices, words = self._days[-1]
        said = sum(minute.voices)
        self._days[-1] = (voices + said, words)
        self._heard += said
        for told in (*(crowd.words for crowd in minute.crowd), *(voice.words for voice in minute.others)):
            words.update(told)
            self._before.update(told)


def _negative(minute: Minute) -> Iterator[list[int]]:
    """The words of negative voices."""
    for crowd in minute.crowd:
        if crowd.negative:
            yield crowd.bad
    for voice in minute.others:
        if voice.negative:
            yield voice.words


def _named(words: Iterable[int]) -> frozenset[str]:
    return frozenset(map(str, words))
