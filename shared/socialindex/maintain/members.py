"""Posts as the cluster writer sees them, and how they get another cluster."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from socialindex.engine import ALIAS, WHOLE, answering
from socialindex.errors import Unavailable
from socialindex.mentions import byposts
from socialindex.mentions.byposts import Update
from socialindex.mentions.merge import moving
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from opensearchpy import OpenSearch

_MOVES: Final = 500
"""Documents of one bulk request: an engine that has others to serve writes so many before it counts as silent."""
SOURCE: Final = ["id", "visibility", "cluster_id", "signature", "published_at", "first_seen_at"]
"""What a member is made of."""
_MISSING: Final = 404
# Not where the post was given other words since it was looked at, and so a cluster of its own.
_MOVE: Final = """
if (params.from.equals(ctx._source.cluster_id)) { ctx._source.cluster_id = params.to; } else { ctx.op = 'none'; }
"""


class Age(NamedTuple):
    """A post's place among others of its cluster."""

    first_seen: datetime
    """To the millisecond, as the engine sorts by it."""
    id: str


class Member(NamedTuple):
    """A post. One that was deleted is in no cluster."""

    id: str
    visibility: str
    cluster: str | None
    signature: tuple[str, ...]
    moment: datetime
    """When it was published, or first seen where it does not tell."""
    age: Age


def changed(engine: OpenSearch, mark: Mark, until: datetime, limit: int) -> tuple[list[Member], Mark]:
    """Posts that changed behind a mark and not after a moment, the longest ago first; and the mark behind them.

    Raises:
        Unavailable: the engine does not answer.
    """
    between = {"gte": mark.at, "lte": int(until.timestamp() * 1000), "format": "epoch_millis"}
    body = {
        "query": {"range": {"updated_at": between}},
        "sort": [{"updated_at": {"order": "asc", "numeric_type": "date"}}, {"id": "asc"}],
        "search_after": [mark.at, mark.id],
        "size": limit,
        "_source": SOURCE,
    }
    hits = _hits(engine, body)
    return [member_of(hit["_source"]) for hit in hits], Mark(*hits[-1]["sort"]) if hits else mark


def sizes(engine: OpenSearch, clusters: Collection[str]) -> dict[str, int]:
    """How many posts are in each of these clusters, of those that have any."""
    # By map: most clusters are of one post, and a table of all their names would be made after every refresh.
    counted = {"terms": {"field": "cluster_id", "size": len(clusters), "execution_hint": "map"}}
    body = {"size": 0, "query": _in(clusters), "aggs": {"sizes": counted}}
    with answering():
        answer = engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["sizes"]["buckets"]}


def move(engine: OpenSearch, to: Mapping[str, str], *, last: Iterable[str] = (), never: Iterable[str] = ()) -> int:
    """Give the posts of these clusters another one, and their mentions too; how many posts there were.

    Args:
        engine: where they are.
        to: by cluster, the new one.
        last: posts that are moved when all others have been. As long as there is something to do, they tell of it.
        never: posts that stay.

    Raises:
        Unavailable: the engine does not answer, or not all could be moved; doing it again does the rest.
    """
    never = set(never)
    others = _move(engine, to, never.union(last))
    _move_mentions(engine, to, never)
    return others + _move(engine, to, never)


def _move_mentions(engine: OpenSearch, to: Mapping[str, str], spared: Collection[str]) -> None:
    others = {"must_not": {"terms": {"mention.post": sorted(spared)}}}
    query = {"bool": {"filter": _in(to), **others}}
    for places in byposts.where(engine, query) if to else ():
        moved = (
            Update(place.home, place.id, moving(place.cluster, to[place.cluster]))
            for place in places
            if place.cluster is not None and place.cluster in to
        )
        byposts.write_all(engine, moved)


def _move(engine: OpenSearch, to: Mapping[str, str], spared: Collection[str]) -> int:
    others = {"must_not": {"ids": {"values": sorted(spared)}}}
    body = {"query": {"bool": {"filter": _in(to), **others}}, "size": _MOVES, "_source": ["cluster_id"]}
    moved, more = 0, bool(to)
    while more and (hits := _hits(engine, body)):
        with answering():
            answer = engine.bulk(body=b"".join(_update(hit, to) for hit in hits), params={"refresh": "true"})
        failed = [item["update"] for item in answer["items"] if "error" in item["update"]]
        if any(item["status"] != _MISSING for item in failed):  # what is missing was erased just now
            raise Unavailable("the engine did not give all posts their clusters")
        moved, more = moved + len(hits), len(hits) == _MOVES
    return moved


def _update(hit: dict[str, Any], to: Mapping[str, str]) -> bytes:
    known = hit["_source"]["cluster_id"]
    action = {"update": {"_index": hit["_index"], "_id": hit["_id"], "retry_on_conflict": 3}}
    script = {"script": {"source": _MOVE, "params": {"from": known, "to": to[known]}}}
    return b"".join(msgspec.json.encode(line) + b"\n" for line in (action, script))


def _in(clusters: Iterable[str]) -> dict[str, Any]:
    return {"terms": {"cluster_id": sorted(clusters)}}


def _hits(engine: OpenSearch, body: dict[str, Any]) -> list[dict[str, Any]]:
    with answering():
        hits: list[dict[str, Any]] = engine.search(index=ALIAS, body=body, params=WHOLE)["hits"]["hits"]
    return hits


def member_of(source: dict[str, Any]) -> Member:
    """A member by its document, of which it needs ``SOURCE``."""
    first_seen = datetime.fromisoformat(source["first_seen_at"])
    published = source.get("published_at")
    return Member(
        source["id"],
        source["visibility"],
        source.get("cluster_id"),
        tuple(source.get("signature", ())),
        datetime.fromisoformat(published) if published else first_seen,
        Age(first_seen.replace(microsecond=first_seen.microsecond // 1_000 * 1_000), source["id"]),
    )
