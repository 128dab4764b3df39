"""Topics in a generation that is being made: stored anew from their table, with the names that are in use by then.

A stored query has the terms that the analysis made of it when it was stored, so that a copy of the engine's document
would go on to look for the old ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex.engine import answering
from socialindex.errors import InvalidQuery, Unavailable
from socialindex.mentions.byposts import bulks
from socialindex.setup.families import TOPICS
from socialindex.setup.indices import make
from socialindex.topics.stored import stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.topics import Kept

_PAGE: Final = 5_000
_BAD_REQUEST: Final = 400

logger = Logger(child=True)


class Topics(Protocol):
    """Where topics are kept (``aws.topics``)."""

    def all(self) -> Iterable[Kept]:
        """All topics, whatever their state, with the versions of their items."""


def fill(engine: OpenSearch, generation: int, topics: Topics) -> int:
    """Have a generation hold the active topics as they are now; how many were stored or deleted.

    Done again, it does what has changed since: each document has the version of its topic's item, as the topics stage
    gives it. A topic that cannot be stored is left out, and logged: it would keep the dictionary from all others.

    Args:
        engine: that has the generation's templates.
        generation: which.
        topics: where they are kept.

    Raises:
        Unavailable: the engine or the table does not answer.
    """
    index = TOPICS.named(generation)
    make(engine, index)
    wanted = {kept.topic.id: kept for kept in topics.all() if kept.topic.state == "active"}
    present = _versions(engine, index)
    lines = [
        *(_line({"delete": {"_id": name}}) for name in present.keys() - wanted.keys()),
        *_stored(kept for name, kept in wanted.items() if kept.version > present.get(name, 0)),
    ]
    for body in bulks(lines):
        _write(engine, index, body)
    return len(lines)


def _versions(engine: OpenSearch, index: str) -> dict[str, int]:
    """The topics that an index has, with their versions."""
    body: dict[str, Any] = {"size": _PAGE, "sort": [{"topic.id": "asc"}], "version": True, "_source": False}
    found: dict[str, int] = {}
    with answering():
        engine.indices.refresh(index=index)
        while hits := engine.search(index=index, body=body)["hits"]["hits"]:
            found |= {hit["_id"]: hit["_version"] for hit in hits}
            body["search_after"] = hits[-1]["sort"]
    return found


def _line(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _stored(topics: Iterable[Kept]) -> Iterator[bytes]:
    for topic, _, version in topics:
        fenced = {"_id": topic.id, "version": version, "version_type": "external_gte"}
        try:
            yield _line({"index": fenced}) + _line(stored(topic))
        except InvalidQuery:
            logger.warning("a topic cannot be read", extra={"topic": topic.id})


def _write(engine: OpenSearch, index: str, body: bytes) -> None:
    with answering():
        items = engine.bulk(index=index, body=body, params={"refresh": "true"})["items"]
    for item in (item.get("index") or item["delete"] for item in items):
        if item["status"] == _BAD_REQUEST:
            logger.error("the engine refuses a topic", extra={"topic": item["_id"], "reason": item["error"]["type"]})
        elif "error" in item:
            raise Unavailable(f"the engine did not take a topic now: {item['error'].get('type')}")
