"""Why a post matches a topic: what of the query was found in it.

Only a topic that the engine has matched is looked at, so that much is known without looking: every part that the
query demands was found. Of alternatives, those are told that stand in the text at the beginning of a word. Where none
does, since the engine knows other endings and spellings, the alternatives are told together. That is cheap, and what is
told is there; an alternative that only the engine sees, beside one that everybody sees, is not told.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
_VALUES: Final = {"hashtag": "hashtags", "kind": "kind", "lang": "language", "mention": "mentions", "source": "source"}
"""Fields of a post that have a query's value as it is."""


def found(query: str, document: Document) -> list[str]:
    """What of a topic's query was found in a post that matches it, each part as the query has it.

    Of a query that an earlier version took and this one does not, it is the whole: the engine has matched it.
    """
    try:
        told = dict.fromkeys(_told(_parsed(query), _Post(document)))
    except InvalidQuery:
        told = {query: None}
    return [reason for reason in told if len(reason) <= LONGEST][:MOST]


@lru_cache(maxsize=4_096)
def _parsed(query: str) -> Node:
    return parse(query)


@lru_cache(maxsize=16_384)
def _spelled(node: Node) -> str:
    return show(node)


class _Post:
    """What can be seen of a post without the engine."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._title = document.get("title", "").casefold()
        self._text = f"{self._title}\n{document.get('text', '').casefold()}"

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
        is_titled = not isinstance(term, Exact) and term.title
        return (
            _pattern(term.text, isinstance(term, Prefix)).search(self._title if is_titled else self._text) is not None
        )

    def _has(self, node: Is | Between) -> bool:
        value = self._document.get(_VALUES.get(node.field, ""), ())
        return (
            isinstance(node, Is) and not node.prefix and node.value in ((value,) if isinstance(value, str) else value)
        )


@lru_cache(maxsize=16_384)
def _pattern(text: str, is_beginning: bool) -> re.Pattern[str]:  # noqa: FBT001 - a cache takes what it gets by place
    """Where a term stands: at the beginning of a word, with any ending behind it; in Latin letters an s at most."""
    words = r"\s*".join(map(re.escape, text.casefold().split()))
    if SPACELESS.search(text) or not text[0].isalnum():
        return re.compile(words)
    ending = r"(?:e?s)?(?!\w)" if text.isascii() and text[-1:].isalnum() and not is_beginning else ""
    return re.compile(rf"(?<!\w){words}{ending}")


def _told(node: Node, post: _Post) -> Iterator[str]:
    """What of a part that was found."""
    match node:
        case And() | Near():
            for part in node.parts:
                yield from _told(part, post)
        case Or():
            yield from _of_any(node, post)
        case Not() | Between():
            return
        case _:
            yield _spelled(node)


def _of_any(node: Or, post: _Post) -> Iterable[str]:
    seen = [part for part in node.parts if post.shows(part)]
    return [reason for part in seen for reason in _told(part, post)] if seen else [_spelled(node)]
