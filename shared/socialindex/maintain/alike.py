"""What the cluster writer asks the engine: many questions in one request.

The engine counts how many entries of a signature each post has, and shows one post of each cluster: a cluster of ten
thousand is one hit.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialindex.engine import ALIAS, answering
from socialindex.errors import Unavailable
from socialindex.normalize.near import ALIKE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.maintain.members import Member

WINDOW: Final = timedelta(days=14)
"""Near-duplicates are published so close to each other; two far apart are in one cluster where others are between."""
MOST_CLUSTERS: Final = 50
"""Clusters that one question shows; where there are more, it is to be asked again when these are one."""
_QUESTIONS: Final = 100
"""Of one request."""

_PLAIN: Final = {"_source": ["cluster_id"], "track_total_hits": False}

Body = dict[str, Any]
Hits = list[dict[str, Any]]


def groups(members: Iterable[Member]) -> Iterator[list[Member]]:
    """Members with a signature, in groups that one question can be asked for.

    All of a group have the same signature, and from one to the next is no more than ``WINDOW``: so what lies within
    the window around the group lies within the window around one of them.
    """
    ordered = sorted((member for member in members if member.signature), key=_place)
    for _, same in itertools.groupby(ordered, key=lambda member: (member.visibility, member.signature)):
        yield from _close(list(same))


def _close(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Members in the order of time, taken apart where nothing was published for longer than the window."""
    start = 0
    for number, (one, following) in enumerate(itertools.pairwise(members), 1):
        if following.moment - one.moment > WINDOW:
            yield list(members[start:number])
            start = number
    yield list(members[start:])


def ask(engine: OpenSearch, bodies: Sequence[Body]) -> list[Hits]:
    """The hits of each search.

    Raises:
        Unavailable: the engine does not answer all of them.
    """
    found: list[Hits] = []
    for start in range(0, len(bodies), _QUESTIONS):
        lines = [line for body in bodies[start : start + _QUESTIONS] for line in ({"index": ALIAS}, body)]
        with answering():
            answers = engine.msearch(body=lines)["responses"]
        if any("error" in answer or answer["timed_out"] or answer["_shards"]["failed"] for answer in answers):
            raise Unavailable("the engine did not look everywhere for near-duplicates")
        found += [answer["hits"]["hits"] for answer in answers]
    return found


def near(group: Sequence[Member]) -> Body:
    """A search for a group's near-duplicates, its members among them: the earliest of each cluster."""
    return {**_search(*_near(group)), "size": MOST_CLUSTERS, "collapse": {"field": "cluster_id"}}


def near_in(cluster: str, member: Member) -> Body:
    """A search for a near-duplicate of a member, other than itself, in a cluster."""
    return _search({"term": {"cluster_id": cluster}}, _but([member.id]), *_near([member]))


def earliest(clusters: Iterable[str], but: Iterable[str] = ()) -> Body:
    """A search for the earliest post of these clusters, but for some posts."""
    return _search({"terms": {"cluster_id": sorted(clusters)}}, _but(but))


def _search(*filters: Body) -> Body:
    first = [{"first_seen_at": {"order": "asc", "numeric_type": "date"}}, {"id": "asc"}]
    return {"query": {"bool": {"filter": filters}}, "sort": first, "size": 1, **_PLAIN}


def _near(group: Sequence[Member]) -> list[Body]:
    first, last = group[0], group[-1]
    entries = [{"term": {"signature": entry}} for entry in first.signature]
    return [
        {"term": {"visibility": first.visibility}},
        {"bool": {"should": entries, "minimum_should_match": ALIKE}},
        _published(first.moment - WINDOW, last.moment + WINDOW),
    ]


def _published(since: datetime, until: datetime) -> Body:
    between = {"gte": since.isoformat(), "lte": until.isoformat()}
    undated = {"bool": {"must_not": {"exists": {"field": "published_at"}}}}
    seen = {"bool": {"filter": [undated, {"range": {"first_seen_at": between}}]}}
    return {"bool": {"should": [{"range": {"published_at": between}}, seen]}}


def _but(posts: Iterable[str]) -> Body:
    return {"bool": {"must_not": {"ids": {"values": sorted(posts)}}}}


def _place(member: Member) -> tuple[str, tuple[str, ...], datetime]:
    return member.visibility, member.signature, member.moment
