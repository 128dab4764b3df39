"""One request that holds posts against topics (the engine's ``percolate`` query)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opensearchpy.exceptions import ConnectionTimeout

from socialindex.engine import TOPICS, WHOLE, answering
from socialindex.errors import InvalidQuery, Unavailable
from socialindex.opensearch import TransportError
from socialindex.topics.stored import SHARDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

    from socialindex.mentions.merge import Document

MOST_HITS: Final = 10_000
"""Topics of one answer, the most that the engine gives. There are no further pages: each would ask all anew."""
_ABOUT_QUERIES: Final = frozenset({400, 500})
"""Statuses with which the engine says that it cannot run something; others are about itself, or about us."""


class TimedOut(Unavailable):
    """The engine is there, and does not come to an end."""


class Pool(NamedTuple):
    """Topics by their numbers (``topics.stored.shard``), or by their ids."""

    low: int = 0
    high: int = SHARDS - 1
    ids: tuple[str, ...] | None = None

    def halves(self) -> list[Pool]:
        """The same topics in two."""
        middle = (self.low + self.high) // 2
        return [Pool(self.low, middle), Pool(middle + 1, self.high)]

    def clauses(self) -> list[dict[str, Any]]:
        """What the engine is asked for; nothing where all topics are meant."""
        if self.ids is not None:
            return [{"terms": {"topic.id": self.ids}}]
        if self == EVERY:
            return []
        return [{"range": {"topic.shard": {"gte": self.low, "lte": self.high}}}]


EVERY: Final = Pool()
NONE: Final = Pool(ids=())


class Question(NamedTuple):
    """Posts, and whose topics they are held against."""

    documents: list[Document]
    """What queries can ask for; at most as many as one request should have."""
    workspace: str | None
    """The one whose topics may match; ``None``: all."""


class Hit(NamedTuple):
    """A topic that some of the posts match."""

    topic: dict[str, Any]
    """The object ``topic`` of its document."""
    slots: list[int]
    """Places of these posts among the question's."""


def ask(engine: OpenSearch, question: Question, pool: Pool) -> list[Hit]:
    """Which topics of a pool match which posts.

    Raises:
        InvalidQuery: the engine cannot run the query of a topic, or take one of the posts.
        TimedOut: it takes too long.
        Unavailable: the engine does not answer.
    """
    own = [{"term": {"topic.workspace": question.workspace}}] if question.workspace else []
    held = {"percolate": {"field": "query", "documents": question.documents}}
    answer = _search(engine, {"bool": {"filter": [*pool.clauses(), *own, held]}}, MOST_HITS)
    hits: Iterable[dict[str, Any]] = answer["hits"]["hits"]
    return [Hit(hit["_source"]["topic"], hit["fields"]["_percolator_document_slot"]) for hit in hits]


def known(engine: OpenSearch, pool: Pool, most: int) -> list[str]:
    """Ids of topics of a pool, at most so many.

    Raises:
        Unavailable: the engine does not answer.
    """
    answer = _search(engine, {"bool": {"filter": pool.clauses()}}, most)
    return [hit["_source"]["topic"]["id"] for hit in answer["hits"]["hits"]]


def _search(engine: OpenSearch, query: dict[str, Any], size: int) -> dict[str, Any]:
    body = {"query": query, "size": size, "sort": ["_doc"], "_source": ["topic"]}
    try:
        with answering():
            answer: dict[str, Any] = engine.search(index=TOPICS, body=body, params=WHOLE)
    except Unavailable as error:
        if isinstance(error.__cause__, ConnectionTimeout):
            raise TimedOut("posts are not held against all topics in time") from error
        raise
    except TransportError as error:
        if error.status_code in _ABOUT_QUERIES:
            raise InvalidQuery(f"the engine cannot run it: {error.error}") from error
        raise Unavailable(f"the engine does not hold posts against topics: {error.error}") from error
    return answer
