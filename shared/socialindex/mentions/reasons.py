"""Why a post matches a topic: what of the query was found in it.

Only a topic that the engine has matched is looked at, so that much is known without looking: every part that the
query demands was found. Of alternatives, those are told that stand in the text at the beginning of a word. Where none
does, since the engine knows other endings and spellings, the alternatives are told together. That is cheap, and what is
told is there; an alternative that only the engine sees, beside one that everybody sees, is not told.

Whoever writes a topic chooses how many alternatives are looked for, and maybe the posts, too. So words are found in a
list of the post's own words, which is made once for all topics; what else is looked for by going through the text, no
more of it than ``LOOKS``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from socialindex.errors import InvalidQuery
from socialindex.query import And, Between, Exact, Is, Near, Not, Or, Prefix, parse, show
from socialindex.query.expanding import SPACELESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.mentions.merge import Document
    from socialindex.query import Node
    from socialindex.query.nodes import Term

MOST: Final = 20
"""Reasons that a mention keeps."""
LONGEST: Final = 200
"""Characters of one; longer lists of alternatives are not told."""
LOOKS: Final = 200_000
"""Characters that are gone through for one topic in one post; an alternative that comes then counts as not seen."""
_VALUES: Final = {"hashtag": "hashtags", "kind": "kind", "lang": "language", "mention": "mentions", "source": "source"}
"""Fields of a post that have a query's value as it is."""
_WORD: Final = re.compile(r"\w+")
_NO_PLURALS: Final = re.compile("(?!ads|cds|djs|evs|ids|pcs|tvs)..s|news")
"""What ends in an s and is no plural: ``no_plurals`` in infra/opensearch/analysis.json."""


def found(query: str, post: Seen) -> list[str]:
    """What of a topic's query was found in a post that matches it, each part as the query has it.

    Of a query that an earlier version took and this one does not, it is the whole: the engine has matched it.
    """
    try:
        told = dict.fromkeys(_told(_parsed(query), _Look(post)))
    except InvalidQuery:
        told = {query: None}
    return [reason for reason in told if len(reason) <= LONGEST][:MOST]


@lru_cache(maxsize=4_096)
def _parsed(query: str) -> Node:
    return parse(query)


@lru_cache(maxsize=16_384)
def _spelled(node: Node) -> str:
    return show(node)


class Seen:
    """What can be seen of a post without the engine, by as many topics as there are."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.title = _Column(document.get("title", ""))
        self.text = _Column(f"{document.get('title', '')}\n{document.get('text', '')}")


class _Column:
    """A text in which terms are looked for, without differences of case."""

    def __init__(self, text: str) -> None:
        self._given = text

    @cached_property
    def text(self) -> str:
        return self._given.casefold()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text))

    def has_beginning(self, beginning: str) -> bool:
        """Whether one of the words begins so."""
        place = bisect_left(self._ordered, beginning)
        return place < len(self._ordered) and self._ordered[place].startswith(beginning)

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self.words)


class _Look:
    """One topic's look at a post."""

    def __init__(self, post: Seen) -> None:
        self._post = post
        self._left = LOOKS

    def shows(self, node: Node) -> bool:
        """Whether one can see that a part of a query is in it."""
        match node:
            case And() | Near():
                return all(map(self.shows, node.parts))
            case Or():
                return any(map(self.shows, node.parts))
            case Not():
                return not self.shows(node.part)
            case Is() | Between():
                return self._has(node)
            case _:
                return self._says(node)

    def _says(self, term: Term | Exact) -> bool:
        is_titled, is_beginning = not isinstance(term, Exact) and term.title, isinstance(term, Prefix)
        column = self._post.title if is_titled else self._post.text
        word, endings = term.text.casefold(), _endings(term.text, is_beginning)
        if not (_begins_a_word(term.text) and _WORD.fullmatch(word)):
            self._left -= len(column.text)
            return self._left >= 0 and _pattern(term.text, is_beginning).search(column.text) is not None
        return any(word + ending in column.words for ending in endings) if endings else column.has_beginning(word)

    def _has(self, node: Is | Between) -> bool:
        value = self._post.document.get(_VALUES.get(node.field, ""), ())
        return (
            isinstance(node, Is) and not node.prefix and node.value in ((value,) if isinstance(value, str) else value)
        )


def _begins_a_word(text: str) -> bool:
    """Whether a term stands at the beginning of a word, as far as that shows."""
    return text[0].isalnum() and not SPACELESS.search(text)


@lru_cache(maxsize=16_384)
def _endings(text: str, is_beginning: bool) -> tuple[str, ...] | None:  # noqa: FBT001 - a cache takes what it gets by place
    """What may stand behind a term before its word ends; ``None`` for anything. KBS is no plural of KB."""
    if is_beginning or not text.isascii() or not text[-1:].isalnum():
        return None
    last = _WORD.findall(text.casefold())[-1]
    return ("", *(ending for ending in ("s", "es") if not _NO_PLURALS.fullmatch(last + ending)))


@lru_cache(maxsize=16_384)
def _pattern(text: str, is_beginning: bool) -> re.Pattern[str]:  # noqa: FBT001 - as ``_endings``
    """Where a term stands: at the beginning of a word, with any ending behind it; in Latin letters an s at most."""
    words = r"\s*".join(map(re.escape, text.casefold().split()))
    if not _begins_a_word(text):
        return re.compile(words)
    endings = _endings(text, is_beginning)
    ending = rf"(?:{'|'.join(endings)})(?!\w)" if endings else ""
    return re.compile(rf"(?<!\w){words}{ending}")


def _told(node: Node, look: _Look) -> Iterator[str]:
    """What of a part that was found."""
    match node:
        case And() | Near():
            for part in node.parts:
                yield from _told(part, look)
        case Or():
            yield from _of_any(node, look)
        case Not() | Between():
            return
        case _:
            yield _spelled(node)


def _of_any(node: Or, look: _Look) -> Iterable[str]:
    seen = [part for part in node.parts if look.shows(part)]
    return [reason for part in seen for reason in _told(part, look)] if seen else [_spelled(node)]
