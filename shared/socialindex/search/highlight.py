"""What matched, marked in fragments of title and text.

A fragment is a list of pieces, each of which is a hit or is not. There are no tags in it and no offsets: a client puts
the pieces into its page as text, each hit in an element of its own, and nothing that a post says can become markup.

The engine marks each face of a text by itself (``query/compile.py``): morphemes in the field, whole eojeol in
``.eojeol``, words as written in ``.exact``. Here they become one: where morphemes are marked within an eojeol they say
it more finely, and where a term stands in it as it was asked for, that is marked and the particle behind it is not.
The words of a NEAR, and of a phrase in Korean, are marked wherever they stand in a post that matches.
"""

from __future__ import annotations

import itertools
import secrets
import unicodedata
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.model import Struct
from socialindex.query import compile_query, terms
from socialindex.query.expanding import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.query import Node

COLUMNS: Final = ("title", "text")
_FACES: Final = ("", ".eojeol", ".exact")
_LONGEST: Final = 5_000
"""Characters of a text in which hits are looked for: marking takes the text apart again."""
_FRAGMENTS: Final = 3
_AROUND: Final = 60
"""Characters that are shown around hits."""
_WIDEST: Final = 240
"""Characters from the first hit of a fragment to its last."""
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})
_SKINS: Final = range(0x1F3FB, 0x1F400)
_JOINER: Final = "\u200d"


class Piece(Struct, frozen=True, kw_only=True):
    """A part of a fragment: plain text, never markup."""

    text: str
    hit: bool = False
    """Whether this is what the query looks for; absent where it is not."""


Fragment = list[Piece]
Highlights = dict[str, list[Fragment]]
"""Fragments by ``title`` and ``text``; what has no hit is left out."""


class _Span(NamedTuple):
    start: int
    end: int


_start: Final = attrgetter("start")


class Marker:
    """Marks what one query looks for. Its marks are random: no post can hold them."""

    def __init__(self, node: Node) -> None:
        nonce = secrets.token_hex(4)
        self._open, self._close = f"\ue000{nonce}<", f"\ue000{nonce}>"
        self._query = compile_query(node)
        words = {word for term in terms(node) for word in term.text.casefold().split()}
        self._words = sorted(words, key=len, reverse=True)
        self._lettered = [word for word in self._words if LETTERS.search(word)]

    def clause(self) -> dict[str, Any]:
        """What the engine is asked beside the search; it answers by whole fields."""
        named = set(_strings(self._query))
        fields = [column + face for column in COLUMNS for face in _FACES if column + face in named]
        return {
            "type": "unified",
            "number_of_fragments": 0,
            "pre_tags": [self._open],
            "post_tags": [self._close],
            "max_analyzer_offset": _LONGEST,
            "highlight_query": self._query,
            "fields": {field: {} for field in fields},
        }

    def shown(self, marked: dict[str, list[str]]) -> Highlights:
        """A post's fragments, from its fields as the engine marked them."""
        found = {column: self._fragments(marked, column) for column in COLUMNS}
        return {column: fragments for column, fragments in found.items() if fragments}

    def _fragments(self, marked: dict[str, list[str]], column: str) -> list[Fragment]:
        faces = {face: _whole(marked[column + face][0]) for face in _FACES if column + face in marked}
        if not faces:
            return []
        parted = {face: self._parted(text) for face, text in faces.items()}
        text = next(iter(parted.values()))[0]
        spans = [span for face, (_, found) in parted.items() if face != ".eojeol" for span in found]
        finer, asked = _joined(spans), self._asked(text)
        for span in parted.get(".eojeol", ("", []))[1]:
            if not _meets(finer, span):
                spans += self._narrowed(text, span, asked)
        return _cut(text, _merged(text, spans))

    def _parted(self, marked: str) -> tuple[str, list[_Span]]:
        """A marked text as plain text, and where its marks stood."""
        plain, *rest = marked.split(self._open)
        spans = []
        for part in rest:
            hit, _, behind = part.partition(self._close)
            spans.append(_Span(len(plain), len(plain) + len(hit)))
            plain += hit + behind
        return plain, spans

    def _asked(self, text: str) -> list[_Span]:
        """Where terms stand in scripts that the index cuts into letters: a NEAR marks these wherever they are."""
        small = text.replace("İ", "i").lower() if self._lettered else ""  # the one that grows when it is made small
        return _joined(span for word in self._lettered for span in _places(word, small))

    def _narrowed(self, text: str, eojeol: _Span, asked: list[_Span]) -> list[_Span]:
        """What of an eojeol is marked: a term as asked for, else all; a letter where it is of one that is asked for."""
        seen = text[eojeol.start : eojeol.end].lower()
        if len(seen) != eojeol.end - eojeol.start:  # some letters grow when they are made small
            return [eojeol]
        if LETTERS.match(seen):
            return [eojeol] if _meets(asked, eojeol) else []
        for word in self._words:
            if (place := seen.find(word)) >= 0:
                return [_Span(eojeol.start + place, eojeol.start + place + len(word))]
        return [eojeol]


def _whole(text: str) -> str:
    """The text with halves of characters, between which the engine may have set a mark, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _strings(dsl: object) -> Iterator[str]:
    """All names and values of a query, a field's weight left out."""
    if isinstance(dsl, dict):
        yield from dsl
        dsl = list(dsl.values())
    if isinstance(dsl, list):
        for each in dsl:
            yield from _strings(each)
    elif isinstance(dsl, str):
        yield dsl.partition("^")[0]


def _places(word: str, text: str) -> Iterator[_Span]:
    """Where a word stands in a text."""
    place = text.find(word)
    while place >= 0:
        yield _Span(place, place + len(word))
        place = text.find(word, place + 1)


def _meets(joined: list[_Span], span: _Span) -> bool:
    """Whether a span overlaps one of those that are joined, of which the last one to begin before its end ends last."""
    before = bisect_left(joined, span.end, key=_start)
    return before > 0 and span.start < joined[before - 1].end


def _joined(spans: Iterable[_Span]) -> list[_Span]:
    """Spans in the order of the text, those that overlap as one."""
    joined: list[_Span] = []
    for span in sorted(spans):
        if joined and span.start < joined[-1].end:
            joined[-1] = _Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _merged(text: str, spans: Iterable[_Span]) -> list[_Span]:
    """Spans in the order of the text, those that overlap or touch made one."""
    merged: list[_Span] = []
    for span in sorted({_Span(start, _behind(text, end)) for start, end in spans}):
        if merged and span.start <= merged[-1].end:
            merged[-1] = _Span(merged[-1].start, max(merged[-1].end, span.end))
        elif text[span.start : span.end].strip():
            merged.append(span)
    return merged


def _cut(text: str, spans: list[_Span]) -> list[Fragment]:
    """The fragments with the most different hits, in the order of the text."""
    groups = list(_groups(spans))
    best = sorted(groups, key=lambda group: -len({text[start:end].casefold() for start, end in group}))[:_FRAGMENTS]
    return [_fragment(text, group) for group in sorted(best)]


def _groups(spans: list[_Span]) -> Iterator[list[_Span]]:
    """Spans that one fragment shows together."""
    group: list[_Span] = []
    for span in spans:
        if group and (span.start - group[-1].end > 2 * _AROUND or span.end - group[0].start > _WIDEST):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _fragment(text: str, group: list[_Span]) -> Fragment:
    start, end = _left(text, group[0].start), _right(text, group[-1].end)
    edges = [start, *itertools.chain.from_iterable(group), end]
    pieces = [(text[a:b], number % 2 == 1) for number, (a, b) in enumerate(itertools.pairwise(edges))]
    return [Piece(text=piece, hit=hit) for piece, hit in pieces if piece]


def _left(text: str, place: int) -> int:
    """Where a fragment begins: at a word, if there is one near."""
    start = max(0, place - _AROUND)
    space = text.find(" ", start, place) if start else -1
    return space + 1 if space >= 0 else min(_behind(text, start), place)


def _right(text: str, place: int) -> int:
    end = min(len(text), place + _AROUND)
    space = text.rfind(" ", place, end) if end < len(text) else -1
    return space if space >= 0 else _behind(text, end)


def _behind(text: str, place: int) -> int:
    """The first place from this one on that is not within a character as people see it.

    The engine's terms leave out what is behind an emoji: its skin, and whether it is one or a sign of the text.
    """
    while 0 < place < len(text) and _goes_on(text, place):
        place += 1
    return place


def _goes_on(text: str, place: int) -> bool:
    """Whether the character at a place belongs to the one before it: looks, vowel signs, what a joiner joins."""
    this = text[place]
    return _JOINER in text[place - 1 : place + 1] or unicodedata.category(this) in _MARKS or ord(this) in _SKINS
