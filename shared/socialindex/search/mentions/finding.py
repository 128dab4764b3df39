"""The mentions that a request is about: those of one of the caller's topics, named or found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from socialindex.access import mentions_visible_to
from socialindex.engine import MENTIONS
from socialindex.errors import InvalidInput, NotFound
from socialindex.mentions.desk import Held
from socialindex.mentions.telling import NEEDED
from socialindex.search.lookup import look_up
from socialindex.search.posts import HIDDEN, NEWEST
from socialindex.search.selection import Selection, selected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller

MOST = 1_000
"""Mentions of one request."""
_WHOLE = {"excludes": HIDDEN}
_BRIEF = {"includes": NEEDED}


class Found(NamedTuple):
    """Mentions, and how many there are with those beyond ``MOST``."""

    held: list[Held]
    total: int


def one(engine: OpenSearch, caller: Caller, topic: str, mention: str) -> Held:
    """A mention of a topic of the caller's.

    Raises:
        NotFound: the topic has none with this id, or no longer.
        Unavailable: the engine does not answer.
    """
    found = _look(engine, _named(caller, topic, [mention]), 1, _WHOLE).held
    if not found:
        raise NotFound("there is no such mention of this topic", of="mentions")
    return found[0]


def named(engine: OpenSearch, caller: Caller, topic: str, mentions: Sequence[str]) -> Found:
    """Those of some mentions that are a topic's, in no order."""
    return _look(engine, _named(caller, topic, mentions), len(mentions), _BRIEF)


def matching(engine: OpenSearch, caller: Caller, topic: str, where: Selection) -> Found:
    """A topic's mentions by query and filters, the newest first.

    Raises:
        InvalidInput: the selection names a topic itself, or its parts do not go together.
        InvalidQuery: the query cannot be read.
    """
    if where.topic:
        raise InvalidInput("the topic stands in the path", field="topic", remedy="leave it out of where")
    about = msgspec.structs.replace(where, topic=[topic])
    about.check()
    return _look(engine, selected(caller, about), MOST, _BRIEF)


def _named(caller: Caller, topic: str, mentions: Sequence[str]) -> dict[str, Any]:
    these = [{"ids": {"values": list(mentions)}}, {"term": {"mention.topic": topic}}]
    return {"bool": {"filter": [*mentions_visible_to(caller), *these]}}


def _look(engine: OpenSearch, query: dict[str, Any], size: int, source: dict[str, Any]) -> Found:
    body = {"query": query, "size": size, "sort": NEWEST, "track_total_hits": True, "_source": source}
    hits = look_up(engine, body, MENTIONS)["hits"]
    return Found([Held(hit["_index"], hit["_source"]) for hit in hits["hits"]], hits["total"]["value"])
