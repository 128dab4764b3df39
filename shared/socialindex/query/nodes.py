"""What a query is once it is read: a small immutable tree without positions, equal when it asks the same.

Build inner nodes with :func:`all_of`, :func:`any_of` and :func:`none_of`: they keep trees flat, so that
``a AND (b AND c)`` and ``(a AND b) AND c`` are one and the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Word(msgspec.Struct, frozen=True, tag=True):
    """One word, in any inflection; ``title`` narrows it to the title. Has no space and no quotation mark."""

    text: str
    title: bool = False


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """Two or more words in this order with nothing between them, single spaces apart."""

    text: str
    title: bool = False


class Prefix(msgspec.Struct, frozen=True, tag=True):
    """Words that begin with ``text``."""

    text: str
    title: bool = False


class Exact(msgspec.Struct, frozen=True, tag=True):
    """One or more words exactly as written: case, inflection and signs count."""

    text: str


class Near(msgspec.Struct, frozen=True, tag=True):
    """All ``parts`` with at most ``distance`` words between them, ``ordered`` where their order counts too.

    More than two parts are never ordered: a longer order is a chain of pairs.
    """

    parts: tuple[Operand, ...]
    distance: int
    ordered: bool = False


class Is(msgspec.Struct, frozen=True, tag=True):
    """A field has this value, or one that begins with it where ``prefix`` is true."""

    field: str
    value: str
    prefix: bool = False


class Between(msgspec.Struct, frozen=True, tag=True):
    """A number that is known and lies within these bounds, both inclusive; ``None`` is unbounded."""

    field: str
    low: int | None = None
    high: int | None = None


class Not(msgspec.Struct, frozen=True, tag=True):
    """Whatever ``part`` does not match."""

    part: Node


class And(msgspec.Struct, frozen=True, tag=True):
    """All of two or more parts, none of them an ``And``."""

    parts: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """Any of two or more parts, none of them an ``Or``."""

    parts: tuple[Node, ...]


Term: TypeAlias = Word | Phrase | Prefix
"""What is looked for in the text and has a place in it."""
Leaf: TypeAlias = Word | Phrase | Prefix | Exact | Is | Between
Operand: TypeAlias = Union[Word, Phrase, Prefix, Near, Or]  # noqa: UP007 - names that are still to come, for mypy
"""What NEAR can measure the distance of. An ``Or`` in it holds operands only."""
Node: TypeAlias = Union[Word, Phrase, Prefix, Exact, Near, Is, Between, Not, And, Or]  # noqa: UP007 - same


def all_of(parts: Iterable[Node]) -> Node:
    """What matches where all ``parts`` (one or more) do."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: Iterable[Node]) -> Node:
    """What matches where any of ``parts`` (one or more) does."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def none_of(part: Node) -> Node:
    """What matches where ``part`` does not."""
    return part.part if isinstance(part, Not) else Not(part)


def leaves_of(node: Node) -> Iterator[Leaf]:
    """All terms, values and ranges of a tree, excluded ones too, in the order of the text."""
    match node:
        case And() | Or() | Near():
            for part in node.parts:
                yield from leaves_of(part)
        case Not():
            yield from leaves_of(node.part)
        case _:
            yield node
