"""Posts that are there already and match a topic, page by page, the newest first; the engine keeps nothing for us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.access import Caller, visible_to
from socialindex.mentions.merge import NOT_SHOWN
from socialindex.search.lookup import look_up
from socialindex.search.posts import NEWEST

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.topics.topic import Topic

Place = list[int | float | str]
"""Sort values of a post."""
Hit = dict[str, Any]
"""A post as the engine returns it: ``_index``, ``_id``, ``_source``."""

PAGE: Final = 500
"""Posts that are in memory at once."""
_LEFT_OUT: Final = sorted(NOT_SHOWN - {"visibility"})


class Span(NamedTuple):
    """Which posts are looked through."""

    published: datetime
    """Published at this time or later; posts without a time of publication by when we saw them first."""
    arrived: datetime | None = None
    """Came, or changed, at this time or later."""
    read: datetime | None = None
    """Or read at this time or later, whenever they were published."""


class Page(NamedTuple):
    """Some posts that match."""

    hits: list[Hit]
    after: Place
    """Of the last one."""
    is_last: bool

    @property
    def reached(self) -> datetime | None:
        """Down to when posts were looked through, if the last one tells."""
        millis = self.after[0] if self.hits else 0
        return datetime.fromtimestamp(float(millis) / 1000, tz=UTC) if millis else None


def page(engine: OpenSearch, topic: Topic, span: Span, after: Place) -> Page:
    """The page behind a place; the first one where the place is empty.

    Raises:
        InvalidQuery: the topic's query cannot be read, or asks too much of the engine.
        Unavailable: the engine does not answer, or not whole.
    """
    matching = [*_visible(topic), topic.watched.compiled(), *_within(span)]
    body: dict[str, Any] = {
        "query": {"bool": {"filter": matching}},
        "sort": NEWEST,
        "size": PAGE,
        "track_total_hits": False,
        "_source": {"excludes": _LEFT_OUT},
    }
    hits = look_up(engine, body | ({"search_after": after} if after else {}))["hits"]["hits"]
    return Page(hits, hits[-1]["sort"] if hits else after, is_last=len(hits) < PAGE)


def floor_of(now: datetime, history_days: int) -> datetime:
    """How far back posts are looked through."""
    return now - timedelta(days=history_days)


def _visible(topic: Topic) -> list[dict[str, Any]]:
    """What a topic may match: what everybody may read, and what is its workspace's own."""
    own = Caller(organization=topic.organization, workspaces=frozenset({topic.workspace}), scopes=frozenset())
    return visible_to(own)


def _within(span: Span) -> list[dict[str, Any]]:
    published, seen = (
        {"range": {name: {"gte": span.published.isoformat()}}} for name in ("published_at", "first_seen_at")
    )
    undated = {"bool": {"filter": [seen], "must_not": {"exists": {"field": "published_at"}}}}
    read = [{"range": {"collected_at": {"gte": span.read.isoformat()}}}] if span.read else []
    clauses: list[dict[str, Any]] = [{"bool": {"should": [published, undated, *read]}}]
    return [*clauses, {"range": {"updated_at": {"gte": span.arrived.isoformat()}}}] if span.arrived else clauses
