"""Questions to the engine: several in one request, each answered as a whole or not at all."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opensearchpy.exceptions import RequestError, TransportError

from socialindex.engine import ALIAS
from socialindex.errors import InvalidQuery, Unavailable
from socialindex.search.lookup import TIME, patient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

Dsl = dict[str, Any]

_HEADER: Final[Dsl] = {"ignore_unavailable": True, "request_cache": True}
"""The cache answers a question that was asked since the index last changed: dashboards ask the same again."""


class Question(NamedTuple):
    """What posts, and what figures of them."""

    query: Dsl
    aggs: Dsl = {}
    where: str = ALIAS
    """Where to look: ``selection.index_of``."""


class Found(NamedTuple):
    """How many posts there are, and their figures by the aggregations' names; none where there is no index yet."""

    total: int
    figures: Dsl

    def part(self, name: str) -> Dsl:
        """One aggregation's answer; empty where there is none."""
        answer: Dsl = self.figures.get(name, {})
        return answer


def ask(engine: OpenSearch, questions: Sequence[Question]) -> list[Found]:
    """Answers in the order of the questions, by one request; by none where nothing is asked.

    Raises:
        InvalidQuery, InvalidInput: a question is more than the engine takes.
        Unavailable: the engine does not answer, or has not looked everywhere in time.
    """
    if not questions:
        return []
    lines = [line for question in questions for line in ({**_HEADER, "index": question.where}, _body(question))]
    try:
        with patient(engine):
            return [_found(answer) for answer in engine.msearch(body=lines)["responses"]]
    except RequestError as error:
        raise InvalidQuery(f"the engine refuses the query: {error.error}", remedy="make the query smaller") from error


def _body(question: Question) -> Dsl:
    return {
        "size": 0,
        "track_total_hits": True,
        "timeout": TIME,
        "query": question.query,
        **({"aggs": question.aggs} if question.aggs else {}),
    }


def _found(answer: Dsl) -> Found:
    """One answer of several; a failed one carries what the client would have raised, had it been the only one."""
    if "error" in answer:
        status, error = answer["status"], answer["error"]
        kind = RequestError if status == HTTPStatus.BAD_REQUEST else TransportError
        raise kind(status, error["type"], answer)
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise Unavailable("the engine did not look everywhere in time")
    return Found(answer["hits"]["total"]["value"], answer.get("aggregations", {}))
