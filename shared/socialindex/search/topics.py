"""Topics through the API: make, look at, change, pause and delete them.

Whoever's key is not for the workspace learns nothing, not even whether there is such a topic.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, InvalidCursor
from socialindex.messages import encode
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import Answer, fitting
from socialindex.search.idempotency import digest, identifier
from socialindex.search.routes import Doc, Route
from socialindex.search.topic_views import ChangeTopic, NewTopic, TopicsPage, TopicView, counted, view, watched
from socialindex.topics.changing import Pair, asked_anew, resumed, stopped
from socialindex.topics.job import Job, Wake
from socialindex.topics.topic import Topic, Watched

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.aws.queues import Queue
    from socialindex.aws.topics import Kept, TopicsTable
    from socialindex.search.http import HttpRequest

_HOME: Final = "/v1/workspaces/{id}/topics"
_ONE: Final = "/v1/topics/{topic}"
_TAG: Final = "Topics"
_TRIES: Final = 5
"""Of a change while the topics stage writes down how far it is."""
_ID: Final = re.compile(r"tp_[a-z2-7]{16}")


class ListTopics(Struct, frozen=True, kw_only=True):
    """Parameters of a list of topics."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    cursor: str = ""
    """``next_cursor`` of the page before."""


class TopicsPart:
    """The routes of topics.

    Args:
        engine: counts their mentions.
        table: where topics are kept.
        queue: the topics stage's, which is told of changes.
    """

    def __init__(self, engine: OpenSearch, table: TopicsTable, queue: Queue) -> None:
        self._engine = engine
        self._table = table
        self._queue = queue

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        make = Doc(
            "Make a topic",
            _TAG,
            body=NewTopic,
            answer=TopicView,
            status=201,
            description="New posts are held against it from now on. Those that are there already become mentions too, "
            "the newest first; `backfill` tells how far that is.",
            errors=(404, 409),
            repeatable=True,
        )
        every = Doc("List a workspace's topics", _TAG, query=ListTopics, answer=TopicsPage, errors=(404,))
        one = Doc("Show a topic", _TAG, answer=TopicView, errors=(404,))
        change = Doc("Change, pause or resume a topic", _TAG, body=ChangeTopic, answer=TopicView, errors=(404, 409))
        delete = Doc("Delete a topic with its mentions", _TAG, answer=TopicView, status=202, errors=(404, 409))
        return {
            f"POST {_HOME}": Route(Scope.WRITE, self._make, make),
            f"GET {_HOME}": Route(Scope.READ, self._all, every, weight=0),
            f"GET {_ONE}": Route(Scope.READ, self._one, one, weight=0),
            f"PATCH {_ONE}": Route(Scope.WRITE, self._change, change),
            f"DELETE {_ONE}": Route(Scope.WRITE, self._delete, delete, weight=0),
        }

    def _make(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace = request.path["id"]
        caller.owns(workspace)
        wanted = fields.from_body(NewTopic, request.body())
        about = watched(wanted.q, wanted.guided, wanted.language, wanted.source)
        now = datetime.now(tz=UTC)
        topic = Topic(
            id=identifier("tp", workspace, request),
            workspace=workspace,
            organization=caller.organization,
            name=wanted.name,
            watched=about,
            since=now,
            answer_minutes=wanted.answer_minutes,
            created_at=now,
            changed_at=now,
        )
        job = Job(asked=digest(wanted), history_days=_days(caller, wanted.backfill_days))
        kept = self._made(topic, job, caller)
        return Answer(201, self._view(kept, caller), {"Location": f"/v1/topics/{kept.topic.id}"})

    def _made(self, topic: Topic, job: Job, caller: Caller) -> Kept:
        """Keep a topic, and tell the stage; one that was asked for before is left as it is."""
        kept = self._table.add(topic, job, caller.limits.topics)
        if kept is None:
            known = self._table.get(topic.id)
            if known.job.asked != job.asked:
                raise Conflict("this Idempotency-Key was used for another topic")
            if known.topic.state == "deleting":
                raise Conflict("what this Idempotency-Key made was deleted since: use another one")
            return known
        self._wake(topic.id)
        return kept

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        caller.owns(request.path["id"])
        asked = fields.from_query(ListTopics, request.query)
        if asked.cursor and not _ID.fullmatch(asked.cursor):
            raise InvalidCursor
        found = self._table.page(request.path["id"], asked.cursor, asked.limit + 1)
        page = found[: asked.limit]
        following = page[-1].topic.id if len(found) > asked.limit else None
        shown = [kept for kept in page if kept.topic.state != "deleting"]
        counts = counted(self._engine, caller, [kept.topic for kept in shown])
        items = fitting(view(kept, counts.get(kept.topic.id)) for kept in shown)
        if len(items) < len(shown):  # long queries, each with what it says in two languages
            following = items[-1].id
        return Answer(200, TopicsPage(items=items, next_cursor=following))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, self._view(self._table.kept_of(caller, request.path["topic"]), caller))

    def _change(self, request: HttpRequest, caller: Caller) -> Answer:
        topic_id = request.path["topic"]
        self._table.kept_of(caller, topic_id)  # nobody learns by a mistake in the body that there is one
        wanted = fields.from_body(ChangeTopic, request.body())
        for _ in range(_TRIES):
            kept = self._table.kept_of(caller, topic_id)
            pair = changed(Pair(kept.topic, kept.job), wanted, caller, datetime.now(tz=UTC))
            if pair.topic == kept.topic:
                return Answer(200, self._view(kept, caller))
            try:
                kept = self._table.save(kept, *pair)
            except Conflict:
                continue
            self._wake(topic_id)
            return Answer(200, self._view(kept, caller))
        raise Conflict("the topic is changing: ask again in a moment")

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        topic = self._table.of(caller, request.path["topic"])
        return Answer(202, view(doom(self._table, self._queue, topic.id), None))

    def _view(self, kept: Kept, caller: Caller) -> TopicView:
        return view(kept, counted(self._engine, caller, [kept.topic]).get(kept.topic.id))

    def _wake(self, topic_id: str) -> None:
        self._queue.send_all([encode(Wake(id=topic_id))])


class TopicsOfWorkspace:
    """Hands a workspace's topics to the topics stage, which deletes them with their mentions: ``within.Rooms``."""

    def __init__(self, table: TopicsTable, queue: Queue) -> None:
        self._table = table
        self._queue = queue

    def clear(self, workspace: str) -> int:
        """Begin to delete everything. Doing it again does no harm.

        Returns:
            None of them counts as a thing of the workspace's own: mentions are copies.

        Raises:
            Conflict: a topic changes so fast that we cannot.
            Unavailable: table or queue do not answer.
        """
        for topic in self._table.of_workspace(workspace):
            if topic.state != "deleting":
                doom(self._table, self._queue, topic.id)
        return 0


def doom(table: TopicsTable, queue: Queue, topic_id: str) -> Kept:
    """Mark a topic that is to be deleted, and tell the stage; whoever works at it finds out.

    Raises:
        NotFound: it is gone already.
        Conflict: it changes so fast that we cannot.
        Unavailable: table or queue do not answer.
    """
    for _ in range(_TRIES):
        try:
            doomed = table.doom(table.get(topic_id))
        except Conflict:
            continue
        queue.send_all([encode(Wake(id=topic_id))])
        return doomed
    raise Conflict("the topic is changing: ask again in a moment")


def changed(pair: Pair, wanted: ChangeTopic, caller: Caller, now: datetime) -> Pair:
    """The topic as it is asked to be; itself where nothing is different.

    Raises:
        InvalidInput: the query cannot be taken.
    """
    plain = {name: value for name in ("name", "answer_minutes") if (value := getattr(wanted, name)) is not _UNSET}
    if any(getattr(pair.topic, name) != value for name, value in plain.items()):
        pair = Pair(msgspec.structs.replace(pair.topic, changed_at=now, **plain), pair.job)
    about = _about(pair.topic.watched, wanted)
    if about != pair.topic.watched:
        pair = asked_anew(pair, about, _days(caller, wanted.backfill_days), now)
    if wanted.state == "paused" and pair.topic.state != "paused":
        return stopped(pair, "paused", now)
    if wanted.state == "active" and pair.topic.state != "active":
        return resumed(pair, now)
    return pair


_UNSET: Final = msgspec.UNSET


def _about(now: Watched, wanted: ChangeTopic) -> Watched:
    """What the topic is to be about."""
    given: dict[str, Any] = {
        name: value for name in ("q", "guided", "language", "source") if (value := getattr(wanted, name)) is not _UNSET
    }
    if not given:
        return now
    has_query = "q" in given or "guided" in given
    query = given.get("q", "") if has_query else now.q
    lists = [given.get(name, getattr(now, name)) for name in ("language", "source")]
    return watched(query, given.get("guided"), *lists)


def _days(caller: Caller, wanted: int) -> int:
    """How far back the backfill goes, by the caller's plan."""
    history = caller.limits.history_days
    return wanted if history is None else min(wanted, history)
