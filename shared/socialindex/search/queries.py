"""Checking a query before it is used: what it means in words, what it costs, how much it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.access import Scope
from socialindex.errors import InvalidInput, Unavailable
from socialindex.model import Struct
from socialindex.query import Note, compile_query, cost, explain, read, selective, sense, show
from socialindex.query.guided import Guided  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.ask import asked_query
from socialindex.search.fields import from_body
from socialindex.search.http import Answer
from socialindex.search.lookup import look_up
from socialindex.search.routes import Doc, Route
from socialindex.search.selection import Selection, index_of, selected

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.search.http import HttpRequest

COUNTED: Final = 10_000
"""Posts up to which the estimate counts."""
_TIME: Final = "2s"
"""How long it may take: an estimate that is late is left out."""


class AskValidation(Selection, frozen=True, kw_only=True):
    """A query, and the posts among which it is to be tried."""

    guided: Guided | None = None
    """A query by its parts, instead of ``q``."""


class Explanation(Struct, frozen=True, kw_only=True):
    """What posts the query finds, in words: the end of the sentence "posts …"."""

    en: str
    ko: str


class Estimate(Struct, frozen=True, kw_only=True):
    """How many posts it finds now."""

    posts: int
    at_least: bool
    """Whether there are more: it is not counted beyond ten thousand."""


class Cost(Struct, frozen=True, kw_only=True):
    """What it costs the engine, in units of one word looked up."""

    units: int
    most: int


class Validation(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A query that can be used."""

    canonical: str
    """Its canonical spelling, which asks the same."""
    explanation: Explanation
    notes: tuple[Note, ...]
    """What its author may not have meant, each with its position (of the canonical spelling for a guided query)."""
    compiled: dict[str, Any]
    """What the engine is asked."""
    cost: Cost
    estimate: Estimate | None
    """Null where the engine does not tell in time."""
    topic: bool
    """Whether it can be a topic: every match holds something rare."""


class QueriesPart:
    """The route of queries."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc(
            "Check a query, explain it in words and estimate its hits",
            "Queries",
            body=AskValidation,
            answer=Validation,
            description="A query that cannot be read is refused as a search would refuse it: with `position`, "
            "`detail` and `remedy`.",
            errors=(404,),
        )
        return {"POST /v1/queries/validate": Route(Scope.READ, self._validate, doc)}

    def _validate(self, request: HttpRequest, caller: Caller) -> Answer:
        asked = from_body(AskValidation, request.body())
        asked.check()
        query = asked_query(asked.q, asked.guided)
        return Answer(200, validation(self._engine, caller, msgspec.structs.replace(asked, q=query, guided=None)))


def validation(engine: OpenSearch, caller: Caller, asked: Selection) -> Validation:
    """What can be told of a query.

    Raises:
        InvalidQuery: it cannot be read, costs too much, or can find nothing.
        InvalidInput: there is none.
    """
    if not asked.q.strip():
        raise InvalidInput("there is no query", field="q", remedy="give q or guided")
    reading = read(asked.q)
    cost.check(reading.node)
    sense.check(reading.node, asked.q)
    return Validation(
        canonical=show(reading.node),
        explanation=Explanation(en=explain(reading.node, "en"), ko=explain(reading.node, "ko")),
        notes=reading.notes,
        compiled=compile_query(reading.node),
        cost=Cost(units=cost.units(reading.node), most=cost.MAX_UNITS),
        estimate=_estimate(engine, caller, asked),
        topic=selective(reading.node),
    )


def _estimate(engine: OpenSearch, caller: Caller, asked: Selection) -> Estimate | None:
    body = {"query": selected(caller, asked), "size": 0, "track_total_hits": COUNTED, "timeout": _TIME}
    try:
        total = look_up(engine, body, index_of(asked))["hits"]["total"]
    except Unavailable:
        return None
    return Estimate(posts=total["value"], at_least=total["relation"] == "gte")
