"""What is shown of posts that a query finds, and queries put together from their parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from socialindex.access import visible_to
from socialindex.errors import InvalidInput, InvalidQuery
from socialindex.model import Struct
from socialindex.query import And, Near, Not, Or, atoms, parse
from socialindex.query.nodes import all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.access import Caller
    from socialindex.query import Node
    from socialindex.query.nodes import Leaf

Dsl = dict[str, Any]

DAYS: Final = 30
"""Days that a proposal looks at."""
_LONG: Final = 200
"""Characters of a text that are shown."""
_SHOWN: Final = ["id", "source", "platform", "url", "title", "text", "language", "published_at"]


class SamplePost(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A post that a query finds."""

    post: str
    """Its id."""
    source: str
    platform: str | None
    """The host that published it."""
    url: str | None
    title: str | None
    excerpt: str | None
    """Of its text, around what was found."""
    language: str | None
    published_at: datetime | None


class Scope(NamedTuple):
    """Among which posts a proposal is tried."""

    caller: Caller
    language: Sequence[str]
    source: Sequence[str]
    since: datetime

    def of(self, *clauses: Dsl) -> Dsl:
        """The engine's query for the posts of the scope that match all clauses."""
        given = (("language", self.language), ("source", self.source))
        filters = [{"terms": {name: list(values)}} for name, values in given if values]
        recent = {"range": {"published_at": {"gte": self.since.isoformat()}}}
        return {"bool": {"filter": [*visible_to(self.caller), recent, *filters, *clauses]}}


def lately(caller: Caller, language: Sequence[str] = (), source: Sequence[str] = ()) -> Scope:
    """The posts of the last days that a caller may see."""
    return Scope(caller, language, source, datetime.now(tz=UTC) - timedelta(days=DAYS))


def latest(size: int) -> Dsl:
    """An aggregation: the latest posts."""
    return {"top_hits": {"size": size, "_source": _SHOWN, "sort": [{"published_at": "desc"}, {"id": "asc"}]}}


def samples(hits: Iterable[Dsl], words: Sequence[str]) -> list[SamplePost]:
    """Posts as they are shown, each at where one of these words stands."""
    return [_sample(hit["_source"], words) for hit in hits]


def term(text: str, field: str) -> Node:
    """The node for a name: a word, or several side by side; in which quotation marks mean nothing.

    Raises:
        InvalidInput: there is nothing to look for in it; names the field.
    """
    try:
        return atoms.phrase(text.replace('"', " ").strip(), 0, title=False)
    except InvalidQuery as error:
        raise InvalidInput(str(error), field=field, remedy=error.remedy or "write a name") from error


def without(node: Node, out: Sequence[Node]) -> Node:
    """What a node finds, but for posts that have one of these."""
    return all_of([node, Not(any_of(out))]) if out else node


def widened(node: Node, leaf: Leaf, other: Node) -> Node:
    """The same query where ``other`` counts wherever ``leaf`` does; what is excluded stays excluded."""
    match node:
        case And():
            return all_of([widened(part, leaf, other) for part in node.parts])
        case Or():
            return any_of([widened(part, leaf, other) for part in node.parts])
        case Near() if all(not isinstance(part, Near) for part in node.parts):
            parts = tuple(widened(part, leaf, other) for part in node.parts)
            return msgspec.structs.replace(node, parts=parts)
        case _ if node == leaf:
            return any_of([leaf, other])
        case _:
            return node


def is_query(text: str) -> bool:
    """Whether this can be read."""
    try:
        parse(text)
    except InvalidQuery:
        return False
    return True


def _sample(source: Dsl, words: Sequence[str]) -> SamplePost:
    published = source.get("published_at")
    return SamplePost(
        post=source["id"],
        **{name: source.get(name) for name in ("platform", "url", "title", "language")},
        source=source["source"],
        excerpt=_around(source.get("text") or "", words),
        published_at=datetime.fromisoformat(published) if published else None,
    )


def _around(text: str, words: Sequence[str]) -> str | None:
    lower = text.casefold()
    places = [place for word in words if (place := lower.find(word.casefold())) >= 0]
    start = max(0, min(places, default=0) - _LONG // 4)
    cut = " ".join(text[start : start + _LONG].split())
    before, after = "…" if start else "", "…" if start + _LONG < len(text) else ""
    return f"{before}{cut}{after}" if cut else None
