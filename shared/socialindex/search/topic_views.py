"""What is sent to make or change a topic, and what is shown of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from socialindex.access import mentions_visible_to
from socialindex.engine import MENTIONS
from socialindex.errors import InvalidInput, InvalidQuery, Unavailable
from socialindex.model import Struct
from socialindex.query import Note, cost, explain, parse, read, selective, sense, show
from socialindex.query.guided import Guided  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.ask import asked_query
from socialindex.search.lookup import look_up
from socialindex.search.queries import Explanation
from socialindex.search.selection import languages_in, sources_in
from socialindex.topics.topic import State, Topic, Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.aws.topics import Kept

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Languages = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=64, examples=["ko"])]], msgspec.Meta(max_length=50)
]
Sources = Annotated[
    list[Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,63}$", examples=["gnuboard"])]],
    msgspec.Meta(max_length=50),
]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=43_200)]
Days = Annotated[int, msgspec.Meta(ge=0, le=1_100)]
DAYS: Final = 90
"""How far back a topic looks unless told otherwise."""
_TIME: Final = "2s"
"""How long counting may take: counts that are late are left out."""
_DAY: Final = timedelta(days=1)


class NewTopic(Struct, frozen=True, kw_only=True):
    """A topic that is to be."""

    name: Name
    """As its workspace calls it."""
    q: str = ""
    """What it is about, in the query language."""
    guided: Guided | None = None
    """The query by its parts, instead of ``q``."""
    language: Languages = []
    """Only posts in these languages, such as ``ko``, ``kor`` or ``ko-KR``; empty for all."""
    source: Sources = []
    """Only posts of these sources, such as ``gnuboard``; empty for all."""
    answer_minutes: Minutes | None = None
    """The target: how long a mention that somebody is to answer may wait."""
    backfill_days: Days = DAYS
    """How far back posts that are there already become mentions; as far as the plan's history goes."""


class ChangeTopic(Struct, frozen=True, kw_only=True):
    """What is to become of a topic; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    q: str | msgspec.UnsetType = msgspec.UNSET
    """Another query. Posts that are there already are looked through again; mentions that it does not match go."""
    guided: Guided | msgspec.UnsetType = msgspec.UNSET
    """Another query by its parts, instead of ``q``."""
    language: Languages | msgspec.UnsetType = msgspec.UNSET
    source: Sources | msgspec.UnsetType = msgspec.UNSET
    answer_minutes: Minutes | msgspec.UnsetType | None = msgspec.UNSET
    """Null for no target."""
    backfill_days: Days = DAYS
    """How far back is looked with another query, language or source."""
    state: Literal["active", "paused"] | msgspec.UnsetType = msgspec.UNSET
    """``paused``: new posts make no mentions. ``active`` goes on, and makes up for what came in between."""


class MentionCounts(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How many mentions there are, without those marked as noise."""

    total: int
    day: int
    """Published in the last 24 hours."""
    open: int
    """New or assigned: nobody has answered or closed them."""


class BackfillView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How far posts that were there before have been looked through."""

    done: bool
    """Whether all have, also those that arrived meanwhile."""
    until: datetime | None
    """Down to when; null until it began."""
    found: int
    """Posts that matched so far."""


class TopicView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A topic."""

    id: str
    workspace: str
    name: str
    q: str
    """Its query in the canonical spelling."""
    explanation: Explanation
    notes: tuple[Note, ...]
    """What of the query its author may not have meant, each with its position in ``q``."""
    language: list[str]
    source: list[str]
    revision: int
    """Grows with each change of query, language or source."""
    since: datetime
    """Posts that we saw first at this time or later are news; what is older is backfilled, and raises no alert."""
    state: State
    trouble: str | None
    """Why it is suspended, and what to change."""
    live: bool
    """Whether new posts are held against it, as it is now."""
    backfill: BackfillView
    """How far posts that were there before have been looked through."""
    answer_minutes: int | None
    """The target: how long a mention that somebody is to answer may wait."""
    mentions: MentionCounts | None
    """Null where the engine does not tell in time."""
    created_at: datetime
    changed_at: datetime
    """When anybody last changed, paused or resumed it."""


class TopicsPage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Topics of a workspace, by their ids."""

    items: list[TopicView]
    next_cursor: str | None


def watched(q: str, guided: Guided | None, language: Sequence[str], source: Sequence[str]) -> Watched:
    """What a topic is about, checked.

    Raises:
        InvalidInput: there is no query, or two, or its parts make none, or a language or source is none.
        InvalidQuery: it cannot be read, costs too much, can find nothing, or would be held against every post.
    """
    query = asked_query(q, guided)
    if not query.strip():
        raise InvalidInput("there is no query", field="q", remedy="give q or guided, or have one proposed from a name")
    node = parse(query)
    cost.check(node)
    sense.check(node, query)
    if not selective(node):
        raise InvalidQuery(
            "a topic needs something rare in every match",
            remedy="Name a word, a phrase, a hashtag, an author, a site or a link that every match must have; "
            "languages, sources, kinds, numbers and NOT only narrow it. With OR, each side needs one.",
        )
    return Watched(q=show(node), language=sorted(languages_in(language)), source=sorted(sources_in(source)))


def view(kept: Kept, mentions: MentionCounts | None) -> TopicView:
    """What is shown of a topic."""
    topic, job = kept.topic, kept.job
    same = ("id", "workspace", "name", "revision", "since", "state", "trouble", "answer_minutes")
    explanation, notes = _explained(topic.watched.q)
    return TopicView(
        **{name: getattr(topic, name) for name in (*same, "created_at", "changed_at")},
        **{name: getattr(topic.watched, name) for name in ("q", "language", "source")},
        explanation=explanation,
        notes=notes,
        live=topic.state == "active" and topic.synced == topic.revision,
        backfill=BackfillView(done=topic.backfill_done, until=topic.backfilled_until, found=job.found),
        mentions=mentions,
    )


def _explained(query: str) -> tuple[Explanation, tuple[Note, ...]]:
    """A kept query in words, with its notes; of one that an earlier version took and this one does not, why not."""
    try:
        reading = read(query)
    except InvalidQuery as error:
        return Explanation(en=f"Write it anew: {error}.", ko=f"다시 써 주세요: {error}."), ()
    return Explanation(en=explain(reading.node, "en"), ko=explain(reading.node, "ko")), reading.notes


def counted(engine: OpenSearch, caller: Caller, topics: Sequence[Topic]) -> dict[str, MentionCounts]:
    """Mentions of some topics of the caller's, by topic; empty where the engine does not tell in time."""
    if not topics:
        return {}
    try:
        found = look_up(engine, _question(caller, topics), MENTIONS).get("aggregations", {})
    except Unavailable:
        return {}
    buckets = {bucket["key"]: bucket for bucket in found.get("topics", {}).get("buckets", [])}
    return {topic.id: _counts(buckets.get(topic.id)) for topic in topics}


def _question(caller: Caller, topics: Sequence[Topic]) -> dict[str, Any]:
    ids = [topic.id for topic in topics]
    noise = {"bool": {"must_not": {"term": {"mention.noise": True}}}}
    day = {"range": {"published_at": {"gte": (datetime.now(tz=UTC) - _DAY).isoformat()}}}
    waiting = {"terms": {"mention.status": ["new", "assigned"]}}
    inner = {"day": {"filter": day}, "open": {"filter": waiting}}
    return {
        "size": 0,
        "timeout": _TIME,
        "query": {"bool": {"filter": [*mentions_visible_to(caller), noise, {"terms": {"mention.topic": ids}}]}},
        "aggs": {"topics": {"terms": {"field": "mention.topic", "size": len(ids)}, "aggs": inner}},
    }


def _counts(bucket: dict[str, Any] | None) -> MentionCounts:
    if bucket is None:
        return MentionCounts(total=0, day=0, open=0)
    return MentionCounts(total=bucket["doc_count"], day=bucket["day"]["doc_count"], open=bucket["open"]["doc_count"])
