"""What the cluster writer asks the engine: many questions in one request, most of them for many posts at once."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from socialindex.engine import ALIAS, answering
from socialindex.errors import Unavailable
from socialindex.maintain.members import SOURCE, member_of
from socialindex.normalize.near import ALIKE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.maintain.members import Member

WINDOW: Final = timedelta(days=14)
"""Near-duplicates are published so close to each other; two far apart are in one cluster where others are between."""
TOGETHER: Final = 60
"""Signatures of one question: an engine takes 1,024 clauses, and each signature is 16."""
MOST_POSTS: Final = 200
"""Posts that one question shows."""
MOST_CLUSTERS: Final = 50
"""Clusters that one question shows; where there are more, it is to be asked again when these are one."""
_QUESTIONS: Final = 100
"""Of one request."""

Body = dict[str, Any]
Group = list["Member"]


def groups(members: Iterable[Member]) -> Iterator[Group]:
    """Members with a signature, those together that one question can be asked for.

    All of a group have the same signature, and from one to the next is no more than ``WINDOW``: so what lies within
    the window around the group lies within the window around one of them.
    """
    ordered = sorted((member for member in members if member.signature), key=_place)
    for _, same in itertools.groupby(ordered, key=lambda member: (member.visibility, member.signature)):
        yield from _close(list(same))


def _close(members: Group) -> Iterator[Group]:
    """Members in the order of time, taken apart where nothing was published for longer than the window."""
    start = 0
    for number, (one, following) in enumerate(itertools.pairwise(members), 1):
        if following.moment - one.moment > WINDOW:
            yield members[start:number]
            start = number
    yield members[start:]


def ask(engine: OpenSearch, bodies: Sequence[Body]) -> list[list[Member]]:
    """The posts that each search finds.

    Raises:
        Unavailable: the engine does not answer all of them.
    """
    found: list[list[Member]] = []
    for start in range(0, len(bodies), _QUESTIONS):
        lines = [line for body in bodies[start : start + _QUESTIONS] for line in ({"index": ALIAS}, body)]
        with answering():
            answers = engine.msearch(body=lines)["responses"]
        if any("error" in answer or answer["timed_out"] or answer["_shards"]["failed"] for answer in answers):
            raise Unavailable("the engine did not look everywhere for near-duplicates")
        found += [[member_of(hit["_source"]) for hit in answer["hits"]["hits"]] for answer in answers]
    return found


def near_any(asked: Sequence[Group]) -> Body:
    """A search for near-duplicates of groups that the same people see: other posts, in no order.

    It also finds what has entries of several signatures and is near none, which is rare.
    """
    return _search(*_near(asked), _but(member.id for group in asked for member in group), size=MOST_POSTS)


def near_beyond(asked: Sequence[Group], clusters: Iterable[str]) -> Body:
    """The same for posts in other clusters than these, one of each cluster."""
    beyond = {"bool": {"must_not": _in(clusters)}}
    return {**_search(*_near(asked), beyond, size=MOST_CLUSTERS), "collapse": {"field": "cluster_id"}}


def near(group: Group) -> Body:
    """A search for a group's near-duplicates, its members among them: one of each cluster."""
    return near_beyond([group], [])


def near_in(cluster: str, member: Member) -> Body:
    """A search for a near-duplicate of a member, other than itself, in a cluster."""
    return _search(_in([cluster]), _but([member.id]), *_near([[member]]), size=1)


def earliest(clusters: Iterable[str], but: Iterable[str] = ()) -> Body:
    """A search for the earliest post of these clusters, but for some posts."""
    first = [{"first_seen_at": {"order": "asc", "numeric_type": "date"}}, {"id": "asc"}]
    return {**_search(_in(clusters), _but(but), size=1), "sort": first}


def _search(*filters: Body, size: int) -> Body:
    return {"query": {"bool": {"filter": filters}}, "size": size, "_source": SOURCE, "track_total_hits": False}


def _near(asked: Sequence[Group]) -> list[Body]:
    entries = sorted({entry for group in asked for entry in group[0].signature})
    return [
        {"term": {"visibility": asked[0][0].visibility}},
        {"bool": {"should": [{"term": {"signature": entry}} for entry in entries], "minimum_should_match": ALIKE}},
        _published(min(group[0].moment for group in asked) - WINDOW, max(group[-1].moment for group in asked) + WINDOW),
    ]


def _published(since: datetime, until: datetime) -> Body:
    between = {"gte": since.isoformat(), "lte": until.isoformat()}
    undated = {"bool": {"must_not": {"exists": {"field": "published_at"}}}}
    seen = {"bool": {"filter": [undated, {"range": {"first_seen_at": between}}]}}
    return {"bool": {"should": [{"range": {"published_at": between}}, seen]}}


def _in(clusters: Iterable[str]) -> Body:
    return {"terms": {"cluster_id": sorted(clusters)}}


def _but(posts: Iterable[str]) -> Body:
    return {"bool": {"must_not": {"terms": {"id": sorted(posts)}}}}


def _place(member: Member) -> tuple[str, tuple[str, ...], datetime]:
    return member.visibility, member.signature, member.moment
