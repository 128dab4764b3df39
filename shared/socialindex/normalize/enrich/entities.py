"""Which of the names that administrators teach the service a post names.

A name is found in any of its ways to be written, in any case and width, with or without the spaces within it, and with
Korean particles behind it; never within another word: 이마트 is not in 하이마트.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from ahocorasick_rs import AhoCorasick

from socialindex.marks import MARKS, is_mark
from socialindex.widths import narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.dictionary import Entry

MAX_ENTITIES = 100
"""Names kept of a post."""
_SHORT = 2
"""Characters up to which a name in letters of the alphabet takes no number behind it: GS25 is not GS."""

_PARTICLES = (
    r"(?:[은는이가을를의도만과와로야아여랑에]|에서|에게|에게서|한테|한테서|께|께서|으로|이랑|하고|부터|까지|보다|처럼|같이|마다|조차|마저|밖에"
    r"|이나|나|이든|든|이라|라|이라고|라고|이라는|라는|이라면|라면|이며|며|이고|고|인데|인지|인가|이네|네|입니다|이다|이에요|예요"
    r"|이였|였|이었|이란|란|치고|대로|만큼|뿐|용|같은|때문에|말고)?"
    r"(?:[은는도만의요]|서는|에는|에도|까지|부터|다|습니다|어요)?(?![가-힣])"
)
_COPULA = (
    r"(?:(?:이었|이였|였)(?:는데|지만|으니까?|던데?|다[고는면]|다는데|네|죠|지|음|을까|으면|거든|잖아)"
    r"|이?(?:지만|니까|라서|라니|라던데|라면서|라는데|라든지|라거나|던데|든지|죠|지요|군요|구나|잖아|거든|랍니다|므로)"
    r"|이[면야지니냐래]|이나마|임)"
    r"[요는도은]?(?![가-힣])"
    r"|인 ?[줄걸것거게건듯]"  # but 현대인 are people of today
)
_AFTER = re.compile(rf"(?:들|님|측)?(?:{_PARTICLES}|{_COPULA})")
"""What may be written together with a name: particles, the copula, and a few suffixes."""


class Names(Protocol):
    """Where the dictionary is kept."""

    def entries(self) -> Sequence[Entry]:
        """All entries; the same object as long as nothing changed, so that they are compiled once."""


class NoNames:
    """A dictionary without entries."""

    def entries(self) -> Sequence[Entry]:
        """None."""
        return ()


class Recognizer:
    """Finds the names of so many entries in one pass through a text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Compile the entries; where two share a way to be written, it means both."""
        self._meant: dict[str, list[str]] = {}
        for entry in entries:
            for way in _ways(entry):
                meant = self._meant.setdefault(way, [])
                if entry.name not in meant:
                    meant.append(entry.name)
        self._ways = list(self._meant)
        self._automaton = AhoCorasick(self._ways) if self._ways else None

    def names(self, text: str, hashtags: Sequence[str] = ()) -> list[str]:
        """The names of the entries that a folded text and its hashtags name, in their order, each once.

        Where one name is within another (갤럭시 in 갤럭시 탭), the longer is meant.
        """
        if hashtags:
            text = "\n".join((text, *map(narrow, hashtags)))
        named: dict[str, None] = {}
        for start, end in _longest(self._found(text)):
            named.update(dict.fromkeys(self._meant[text[start:end]]))
            if len(named) >= MAX_ENTITIES:
                break
        return list(named)[:MAX_ENTITIES]

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        if self._automaton is None:
            return
        for _, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if _begins(text, start) and _ends(text, start, end):
                yield start, end


def _ways(entry: Entry) -> Iterator[str]:
    """The ways in which a name is written, folded as texts are; with its spaces and without them."""
    for written in (entry.name, *entry.variants):
        way = " ".join(narrow(written).casefold().split())
        if way:
            yield way
            yield way.replace(" ", "")


def _longest(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that do not overlap: of those that begin first the longest."""
    reached = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            yield start, end
            reached = end


def _begins(text: str, start: int) -> bool:
    """Whether a word begins here: behind no letter of the same kind, and behind no digit."""
    before = text[start - 1 : start] if start else ""
    if not _is_of_word(before):
        return True
    return not before.isdigit() and _is_hangul(before) is not _is_hangul(text[start])


def _ends(text: str, start: int, end: int) -> bool:
    """Whether a word ends here, but for particles, or a number that tells the model."""
    after = text[end : end + 1]
    if not _is_of_word(after):
        return True
    last = text[end - 1]
    if after.isdigit():
        return not last.isdigit() and (_is_hangul(last) or end - start > _SHORT)
    return _is_hangul(after) and _AFTER.match(text, end) is not None


def _is_of_word(character: str) -> bool:
    """Whether a character is a letter, a digit, or a mark on one; none is not."""
    return character.isalnum() or (character >= MARKS[0] and is_mark(character))


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"
