"""Queries that can find nothing, for a reason that nobody sees in an empty answer: refused where they are asked anew.

Topics that are kept already are not held against this: what an earlier version took goes on as it is.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from socialindex import sources
from socialindex.errors import InvalidQuery
from socialindex.query.nodes import And, Is, Near, Node, Not, Or, leaves_of
from socialindex.query.show import show

if TYPE_CHECKING:
    from collections.abc import Iterator

_SINGLE: Final = frozenset({"kind", "lang", "sentiment", "source"})
"""Fields of which a post has one value at most."""


def check(node: Node, text: str) -> None:
    """Pass a query that can find something; ``text`` is what it was read from.

    Raises:
        InvalidQuery: it names a source that there is none of, a hashtag that no post has, or two values of a field that
            has one.
    """
    for leaf in leaves_of(node):
        if isinstance(leaf, Is) and not leaf.prefix:
            _check_value(leaf, _place(text, leaf.value))
    for part in _conjunctions(node):
        _check_together(part, text)


def _check_value(leaf: Is, place: int) -> None:
    if leaf.field == "source":
        _check_source(leaf, place)
    elif leaf.field == "hashtag" and leaf.value.isdigit():
        raise InvalidQuery(
            f"#{leaf.value} is a number, which is kept as no hashtag",
            position=place,
            remedy=f'Write raw:"#{leaf.value}" for the text as it is written.',
        )
    elif leaf.field in {"author", "hashtag", "mention"} and leaf.value.endswith((",", ";")):
        raise InvalidQuery(
            f"{leaf.field}: takes no list with {leaf.value[-1]}",
            position=place,
            remedy=f"Write OR between values, such as {leaf.field}:({leaf.value[:-1]} OR ...).",
        )


def _check_source(leaf: Is, place: int) -> None:
    names = sources.names()
    if leaf.value in names:
        return
    close = difflib.get_close_matches(leaf.value, names, n=1)
    meant = f"Did you mean source:{close[0]}? " if close else "For an outlet or a host use site:. "
    remedy = f"{meant}Sources: {', '.join(names)}."
    raise InvalidQuery(f"no source is named {leaf.value[:64]!r}", position=place, remedy=remedy)


def _conjunctions(node: Node) -> Iterator[And]:
    if isinstance(node, And):
        yield node
    if isinstance(node, And | Or | Near):
        for part in node.parts:
            yield from _conjunctions(part)
    elif isinstance(node, Not):
        yield from _conjunctions(node.part)


def _check_together(node: And, text: str) -> None:
    first: dict[str, Is] = {}
    for part in node.parts:
        if not isinstance(part, Is) or part.field not in _SINGLE:
            continue
        one = first.setdefault(part.field, part)
        if one.value != part.value:
            raise InvalidQuery(
                f"no post is both {show(one)} and {show(part)}",
                position=_place(text, part.value),
                remedy=f"Write OR between them: {part.field}:({one.value} OR {part.value}).",
            )


def _place(text: str, value: str) -> int:
    """Where a value stands last in a query as it was written; 0 where it was written otherwise."""
    places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)]
    return places[-1] if places else 0
