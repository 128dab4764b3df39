"""When a post is read again, and which posts are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from socialindex.engine import ALIAS, answering
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

Item = dict[str, Any]


class Step(NamedTuple):
    """Posts are read again so long after a moment of theirs."""

    since: Literal["first_seen_at", "deleted_at"]
    after: timedelta

    @property
    def name(self) -> str:
        """What the step's watermark is kept under."""
        return f"{self.since}+{int(self.after.total_seconds())}"


STEPS = (
    *(Step("first_seen_at", timedelta(hours=hours)) for hours in (1, 6, 24, 3 * 24, 7 * 24)),
    # YouTube's terms let data be kept for 30 days without being read again; two days are left for the reading.
    Step("first_seen_at", timedelta(days=28)),
    # A post comes back: soon, where it was hidden by mistake; after 30 days at the latest, where it was blocked for the
    # time that article 44-2 of the Korean Network Act gives (임시조치).
    Step("deleted_at", timedelta(days=1)),
    Step("deleted_at", timedelta(days=31)),
)


class Mark(NamedTuple):
    """A step is done up to this moment (Unix ms) and, of those with the same one, up to this id."""

    at: int
    id: str


class Due(NamedTuple):
    """A post that is due, and the mark that stands for everything up to it."""

    post: Item
    mark: Mark


def due(engine: OpenSearch, step: Step, mark: Mark, now: datetime, limit: int) -> list[Due]:
    """Posts of a step behind its mark whose time has come, the longest waiting first.

    What a client brought along is nobody's to read again, and may be millions at once.

    Raises:
        Unavailable: the engine does not answer.
    """
    until = int((now - step.after).timestamp() * 1000)
    body = {
        "query": {"bool": {"filter": [_PUBLIC, _between(step, mark.at, until)], "must_not": [_WITHDRAWN]}},
        "sort": [{step.since: {"order": "asc", "numeric_type": "date"}}, {"id": "asc"}],
        "search_after": [mark.at, mark.id],
        "size": limit,
        "_source": ["id", "uri", "kind", "url", "thread_id", "published_at", "source", "provenance.channel"],
    }
    with answering():
        answer = engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
    return [Due(hit["_source"], Mark(*hit["sort"])) for hit in answer["hits"]["hits"]]


def uris(engine: OpenSearch, posts: Iterable[str]) -> dict[str, str]:
    """The publishers' names of posts by their ids, of those that we have."""
    wanted = sorted(set(posts))
    if not wanted:
        return {}
    body = {"query": {"ids": {"values": wanted}}, "size": len(wanted), "_source": ["uri"]}
    with answering():
        answer = engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
    return {hit["_id"]: hit["_source"]["uri"] for hit in answer["hits"]["hits"]}


def start(step: Step, now: datetime) -> Mark:
    """Where a step begins that was never run: posts that were due long before are due at their next step."""
    return Mark(int((now.astimezone(UTC) - step.after - _FIRST).timestamp() * 1000), "")


_PUBLIC: Item = {"term": {"visibility": PUBLIC}}
_WITHDRAWN: Item = {"term": {"withdrawn": True}}
_FIRST = timedelta(hours=1)
"""How far a new step looks back."""


def _between(step: Step, after: int, until: int) -> Item:
    return {"range": {step.since: {"gte": after, "lte": until, "format": "epoch_millis"}}}
