"""The topics that the engine has: those that new posts are held against.

Two invocations may believe that a topic is theirs for a moment. Each writes with the version of the topic's item that
it has seen, so that the one that is behind changes nothing any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opensearchpy.exceptions import ConflictError, NotFoundError, RequestError

from socialindex.engine import TOPICS, answering
from socialindex.errors import Conflict, InvalidQuery, Unavailable
from socialindex.query import COMPILER
from socialindex.topics.stored import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from socialindex.topics.topic import Topic

_PAGE: Final = 1_000
_REMEDY: Final = "Make the query smaller."


class Document(NamedTuple):
    """A topic that the engine has."""

    id: str
    revision: int
    since: datetime
    compiler: int
    """Which compiler made its query (``query.COMPILER``); 0 where none was told yet."""

    def is_of(self, topic: Topic) -> bool:
        """Whether it is the topic's as that is now."""
        return (self.revision, self.since) == (topic.revision, topic.since)

    @property
    def is_compiled(self) -> bool:
        """Whether its query is what this release makes of it."""
        return self.compiler == COMPILER


class Documents:
    """The engine's topics.

    Raises (every method):
        Unavailable: the engine does not answer, or is not set up.
    """

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine

    def put(self, topic: Topic, version: int) -> None:
        """Let the engine hold every post from now on against a topic.

        Args:
            topic: as it is kept.
            version: of its item.

        Raises:
            InvalidQuery: the engine does not take the query.
            Conflict: somebody has seen a newer version of the topic.
        """
        fenced = {"version": str(version), "version_type": "external_gte", "require_alias": "true", "refresh": "true"}
        try:
            with answering():
                self._engine.index(index=TOPICS, id=topic.id, body=stored(topic), params=fenced)
        except ConflictError as error:
            raise Conflict("somebody has seen a newer version of the topic") from error
        except NotFoundError as error:
            raise Unavailable("the engine has no index of topics: it is not set up") from error
        except RequestError as error:
            raise InvalidQuery(f"the engine does not take the query: {error.error}", remedy=_REMEDY) from error

    def remove(self, topic_id: str, version: int) -> None:
        """Let the engine forget a topic, if it has it.

        Raises:
            Conflict: somebody has seen a newer version of the topic.
        """
        try:
            with answering():
                found = self._engine.get(index=TOPICS, id=topic_id, params={"_source": "false"})
                if found["_version"] > version:
                    raise Conflict("somebody has seen a newer version of the topic")
                as_it_was = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
                self._engine.delete(index=TOPICS, id=topic_id, params={**as_it_was, "refresh": "true"})
        except NotFoundError:
            return
        except ConflictError as error:
            raise Conflict("somebody writes the topic at this moment") from error

    def find(self, topic_id: str) -> Document | None:
        """A topic as the engine has it now, searchable or not."""
        try:
            with answering():
                found = self._engine.get(index=TOPICS, id=topic_id, params={"_source": "topic"})
        except NotFoundError:
            return None
        return _document(found)

    def is_empty(self) -> bool:
        """Whether the engine has none: there is no topic, or it has lost them."""
        there = {"ignore_unavailable": "true", "allow_no_indices": "true", "terminate_after": "1"}
        with answering():
            return not self._engine.count(index=TOPICS, params=there)["count"]

    def all(self) -> Iterator[Document]:
        """All that the engine has, in the order of their ids."""
        body: dict[str, Any] = {"size": _PAGE, "sort": [{"topic.id": "asc"}], "_source": ["topic"]}
        while True:
            with answering():
                answer = self._engine.search(index=TOPICS, body=body, params={"ignore_unavailable": "true"})
            hits = answer["hits"]["hits"]
            yield from map(_document, hits)
            if len(hits) < _PAGE:
                return
            body["search_after"] = hits[-1]["sort"]


def _document(found: dict[str, Any]) -> Document:
    topic = found["_source"]["topic"]
    return Document(found["_id"], topic["revision"], datetime.fromisoformat(topic["since"]), topic.get("compiler", 0))
