"""A query by its parts, for people who do not want to learn the language: it is written in the language for them."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from socialindex.errors import InvalidInput, InvalidQuery
from socialindex.model import Struct
from socialindex.query import atoms
from socialindex.query.fields import FIELDS
from socialindex.query.folding import fold
from socialindex.query.limits import MAX_CLAUSES, MAX_DISTANCE, MAX_NEAR
from socialindex.query.nodes import Node, Not, all_of, any_of
from socialindex.query.parser import parse
from socialindex.query.proximity import near
from socialindex.query.show import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
_Texts = Annotated[list[_Text], msgspec.Meta(max_length=MAX_CLAUSES)]


class Nearby(Struct, frozen=True, kw_only=True):
    """Terms near each other."""

    terms: Annotated[list[_Text], msgspec.Meta(min_length=2, max_length=MAX_NEAR)]
    distance: Annotated[int, msgspec.Meta(ge=0, le=MAX_DISTANCE)] = 5
    """How many words may stand between them at most."""
    ordered: bool = False
    """Whether they must come in this order."""


class Origin(Struct, frozen=True, kw_only=True):
    """Where posts come from: values of one list are alternatives, the lists must hold together."""

    sites: _Texts = []
    """Hosts, subdomains included."""
    sources: _Texts = []
    authors: _Texts = []
    """Handles or names; ``nuri*`` for those that begin so."""
    languages: _Texts = []


class Guided(Struct, frozen=True, kw_only=True, rename={"every": "all", "some": "any", "no": "none", "origin": "from"}):
    """A query by its parts. A term is a word, several words side by side, a beginning (``배터*``) or a ``#hashtag``."""

    every: _Texts = []
    """All of these must be there (``all``)."""
    some: _Texts = []
    """At least one of these (``any``)."""
    no: _Texts = []
    """None of these (``none``)."""
    near: Nearby | None = None
    origin: Origin | None = None
    """Where the posts come from (``from``)."""


_FIELDS: Final = {"sites": "site", "sources": "source", "authors": "author", "languages": "lang"}


def written(guided: Guided) -> str:
    """The query in the language, in its canonical spelling.

    Raises:
        InvalidInput: nothing is asked for, or a part cannot be taken; names it.
    """
    parts = list(_parts(guided))
    if not parts:
        raise InvalidInput("nothing is asked for", field="guided", remedy="fill one of all, any, none, near and from")
    query = show(all_of(parts))
    try:
        parse(query)  # the limits are those of the language, for all parts together
    except InvalidQuery as error:
        raise InvalidInput(str(error), field="guided", remedy=error.remedy) from error
    return query


def _parts(guided: Guided) -> Iterator[Node]:
    yield from _read("all", guided.every, _term)
    if some := _read("any", guided.some, _term):
        yield any_of(some)
    if guided.near:
        yield _near(guided.near)
    yield from _origin(guided.origin or Origin())
    yield from (Not(node) for node in _read("none", guided.no, _term))


def _origin(origin: Origin) -> Iterator[Node]:
    for name, field in _FIELDS.items():
        values: list[str] = getattr(origin, name)
        if values:
            yield any_of(_read(f"from.{name}", values, partial(FIELDS[field].node, position=0)))


def _near(nearby: Nearby) -> Node:
    terms = _read("near.terms", nearby.terms, _phrase)
    with _part("near"):
        if not nearby.ordered:
            return near(terms, nearby.distance, ordered=False, place=0)
        node = terms[0]
        for term in terms[1:]:  # the language has an order for two
            node = near((node, term), nearby.distance, ordered=True, place=0)
        return node


def _read(name: str, texts: Sequence[str], read: Callable[[str], Node]) -> list[Node]:
    """The nodes of a part's texts, in which quotation marks mean nothing."""
    nodes = []
    for place, text in enumerate(texts):
        with _part(f"{name}[{place}]"):
            nodes.append(read(fold(text).text.replace('"', " ").strip()))
    return nodes


def _term(text: str) -> Node:
    is_tag = text.startswith("#") and " " not in text
    return atoms.unquoted(text, 0, "text") if is_tag else _phrase(text)


def _phrase(text: str) -> Node:
    return atoms.phrase(text, 0, title=False)


@contextmanager
def _part(name: str) -> Iterator[None]:
    """Name the part that a mistake is in: a position in a query that nobody wrote says nothing."""
    try:
        yield
    except InvalidQuery as error:
        raise InvalidInput(str(error), field=f"guided.{name}", remedy=error.remedy) from error
