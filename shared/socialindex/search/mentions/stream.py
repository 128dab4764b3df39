"""A topic's stream: everything that is new, changed or deleted since an offset, in the order of its changes.

The order is that of ``mention.changed_at``, which the engine sets by its own clock when it writes. What is written can
be found after five seconds at most (the index's ``refresh_interval``), so that the stream ends ten seconds before now:
nothing can appear before its end any more, and nothing is skipped. What changes while somebody reads moves to the end,
where they meet it again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from socialindex.access import Caller, mentions_visible_to
from socialindex.engine import MENTIONS
from socialindex.errors import InvalidInput
from socialindex.model import Struct
from socialindex.search.http import fitting
from socialindex.search.lookup import look_up
from socialindex.search.mentions.offset import LAST, Offset, decode, encode
from socialindex.search.posts import BEHIND, HIDDEN, ONLY_ALONE, Item

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_AHEAD: Final = 900_000
"""Milliseconds by which our clock may be ahead of the engine's: where nothing came, an offset stays so far behind."""
MOST: Final = 100
_ORDER: Final = [{"mention.changed_at": "asc"}, {"mention.id": "asc"}]


class AskStream(Struct, frozen=True, kw_only=True, rename={"start": "from"}):
    """A part of a topic's stream."""

    after: str | None = None
    """``offset`` of the last answer."""
    start: Literal["start", "now"] | None = None
    """Where to begin without one (``from``): at the oldest mention, which is the default, or with what comes now."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = MOST
    """A part ends earlier where its mentions pass 5 MB."""


class StreamPart(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What came, changed or went since an offset, in the order of the changes."""

    items: list[Item]
    """Mentions: a post each, with ``mention``. Where ``mention.gone`` says why it is none any more there are ids only:
    delete what you have of it."""
    offset: str
    """Where to go on, always: keep it when you have kept the items."""
    more: bool
    """Whether more is there now; else ask again in some seconds."""

    @property
    def posts(self) -> int:
        """How many posts it shows."""
        return sum("gone" not in item["mention"] for item in self.items)


def read(engine: OpenSearch, caller: Caller, topic: str, asked: AskStream, lost_at: float = 0.0) -> StreamPart:
    """The stream of a topic of the caller's, from an offset on.

    Args:
        engine: has the mentions.
        caller: who asks.
        topic: whose stream.
        asked: from where on, and how much.
        lost_at: Unix time when the engine lost its data last.

    Raises:
        InvalidInput: both an offset and another beginning are asked for.
        InvalidCursor: the offset is none of ours.
        ExpiredCursor: it is too old to go on from.
        Unavailable: the engine does not answer.
    """
    now = int(time.time() * 1000)
    end = now - BEHIND
    place = _place(asked, topic, now, lost_at)
    if place.at >= end:
        return StreamPart(items=[], offset=encode(place), more=False)
    hits = look_up(engine, _question(caller, place, end, asked.limit), MENTIONS)["hits"]["hits"]
    items = fitting(_item(hit["_source"]) for hit in hits[: asked.limit])
    more = len(hits) > len(items)
    reached = place.moved(*hits[len(items) - 1]["sort"]) if items else place
    if not more and reached.at < end - _AHEAD:
        reached = reached.moved(end - _AHEAD, LAST)
    return StreamPart(items=items, offset=encode(reached), more=more)


def _place(asked: AskStream, topic: str, now: int, lost_at: float) -> Offset:
    if asked.after and asked.start:
        raise InvalidInput("after and from are two beginnings", field="from", remedy="leave one of them out")
    if asked.after:
        return decode(asked.after, topic, now, round(lost_at * 1000))
    at = now - BEHIND if asked.start == "now" else 0
    return Offset(topic=topic, at=at, id=LAST, begun=now - BEHIND)


def _question(caller: Caller, place: Offset, end: int, limit: int) -> dict[str, Any]:
    """The mentions between two moments. Who began to read after one had gone has nothing of it.

    What is too young to be seen whole is left out by the engine's clock, too: ours may be ahead of it. So what had gone
    shortly before somebody began may have gone after it, and is told.
    """
    settled = {"range": {"mention.changed_at": {"lte": f"now{-BEHIND // 1000:+d}s"}}}
    changed = {"range": {"mention.changed_at": {"gte": place.at, "lte": end, "format": "epoch_millis"}}}
    since = {"range": {"mention.changed_at": {"gte": place.begun - _AHEAD, "format": "epoch_millis"}}}
    living = {"bool": {"must_not": {"exists": {"field": "mention.gone"}}}}
    known = {"bool": {"should": [living, since], "minimum_should_match": 1}}
    return {
        "query": {
            "bool": {
                "filter": [
                    *mentions_visible_to(caller, gone=True),
                    {"term": {"mention.topic": place.topic}},
                    changed,
                    settled,
                    known,
                ]
            }
        },
        "sort": _ORDER,
        "search_after": [place.at, place.id],
        "size": limit + 1,  # one more tells whether more is there
        "track_total_hits": False,
        "_source": {"excludes": [*HIDDEN, *ONLY_ALONE]},
    }


def _item(source: Item) -> Item:
    """A mention; of one that is gone its ids."""
    if "gone" not in source["mention"]:
        return source
    return {"id": source["id"], "mention": source["mention"]}
