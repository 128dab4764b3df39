"""What we crawl, by what came of it in the last month: sources, their channels, and those that give articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex import engine as posts
from socialindex.alert.asking import ARTICLE, ask, figures
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_MONTH: Final = 30 * 86_400.0
_FRESH: Final = 600.0
"""Seconds that a landscape is believed."""
_SOURCES: Final = 50


class Source(NamedTuple):
    """A source's part of what we see."""

    posts: int
    channels: int


class Landscape(NamedTuple):
    """What we crawl."""

    sources: dict[str, Source]
    news_channels: int
    """Channels that gave an article in the last thirty days: those that an alert's lead is measured over."""


class Landscapes:
    """The landscape, asked for now and then: it changes slowly, but for the first news channel, which is looked for."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine
        self._known: tuple[float, Landscape] | None = None

    def at(self, now: float) -> Landscape:
        """The landscape of a moment (Unix time).

        Raises:
            Unavailable: the engine does not answer.
        """
        if self._known is None or not 0 <= now - self._known[0] <= _FRESH or not self._known[1].news_channels:
            self._known = (now, _landscape(self._engine, now))
        return self._known[1]


def _landscape(engine: OpenSearch, now: float) -> Landscape:
    channels: dict[str, Any] = {"cardinality": {"field": "provenance.channel"}}
    since = {"gte": round((now - _MONTH) * 1000), "format": "epoch_millis"}
    recent = [{"term": {"visibility": PUBLIC}}, {"range": {"first_seen_at": since}}]
    body = {
        "size": 0,
        "query": {"bool": {"filter": recent}},
        "aggs": {
            "sources": {"terms": {"field": "source", "size": _SOURCES}, "aggs": {"channels": channels}},
            "news": {"filter": ARTICLE, "aggs": {"channels": channels}},
        },
    }
    answer = ask(engine, body, index=posts.ALIAS)[0]
    return Landscape(
        {
            each["key"]: Source(each["doc_count"], int(each["channels"]["value"]))
            for each in figures(answer, "sources").get("buckets", [])
        },
        int(figures(answer, "news").get("channels", {}).get("value", 0)),
    )
