"""A tree back into text, in one canonical spelling: ``parse(show(node)) == node`` for every node that parse makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from socialindex.query import foreign
from socialindex.query.cursor import OPERATORS
from socialindex.query.nodes import And, Between, Exact, Is, Near, Node, Not, Or, Phrase, Prefix, Term, Word, leaves_of

if TYPE_CHECKING:
    from types import UnionType

_NEEDS_QUOTES = re.compile(r"[\s():^|!<>]|&&|^[#@{]|^[A-Za-z]+=\d|~[\d.]*$")
"""What makes the parser read something else than a word."""


def show(node: Node) -> str:
    """The canonical spelling of a tree."""
    return _shown(node, title=False)


def _shown(node: Node, *, title: bool) -> str:  # noqa: C901, PLR0911 - one case a kind of node
    """The spelling where ``title`` says that we stand within ``title:( )`` already."""
    match node:
        case Or():
            return " OR ".join(_grouped(part, And, title=title) for part in node.parts)
        case And():
            return " AND ".join(_grouped(part, Or, title=title) for part in node.parts)
        case Not():
            return f"NOT {_grouped(node.part, Or | And | Near, title=title)}"
        case Near():
            bare = title or not _of_title(node)
            return _near(node, title=title) if bare else f"title:({_near(node, title=True)})"
        case Word() | Phrase() | Prefix():
            return _term(node) if title or not node.title else f"title:{_term(node)}"
        case Exact():
            return f"raw:{_quoted(node.text)}"
        case Is():
            return f"{node.field}:{_quoted(_value(node))}"
        case Between():
            return f"{node.field}:{_bounds(node.low, node.high)}"
        case _:
            assert_never(node)


def _value(node: Is) -> str:
    """A field's value; an address whose query is a slash keeps that slash, without which it has no query."""
    ends = "/" if node.field == "link" and node.value.endswith("?") else "*" * node.prefix
    return node.value + ends


def _grouped(node: Node, looser: type | UnionType, *, title: bool) -> str:
    text = _shown(node, title=title)
    return f"({text})" if isinstance(node, looser) else text


def _near(node: Near, *, title: bool) -> str:
    operands = [_grouped(part, Or | And | Near, title=title) for part in node.parts]
    if len(operands) > 2:  # noqa: PLR2004 - a chain of NEARs would be pairs
        return f"({' AND '.join(operands)})~{node.distance}"
    return f" NEAR/{node.distance}{'f' * node.ordered} ".join(operands)


def _of_title(node: Node) -> bool:
    return all(isinstance(leaf, Word | Phrase | Prefix) and leaf.title for leaf in leaves_of(node))


def _term(node: Term) -> str:
    match node:
        case Phrase():
            return f'"{node.text}"'
        case Prefix():
            return _quoted(f"{node.text}*")
        case Word():
            return _quoted(node.text)


def _quoted(text: str) -> str:
    """In quotation marks where the text would be read as something else without them."""
    return f'"{text}"' if _NEEDS_QUOTES.search(text) or _reads_as_operator(text) else text


def _reads_as_operator(text: str) -> bool:
    near = foreign.NEAR.fullmatch(text)
    is_near = near is not None and (near[2] is not None or text.isupper())
    is_foreign = any(pattern.fullmatch(text) for pattern, _ in foreign.OPERATORS)
    return is_near or is_foreign or text in OPERATORS or foreign.GLUED.search(text) is not None


def _bounds(low: int | None, high: int | None) -> str:
    if high is None:
        return f">={low}"
    if low is None:
        return f"<={high}"
    return f"{low}" if low == high else f"{low}..{high}"
