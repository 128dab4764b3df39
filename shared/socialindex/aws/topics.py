"""Topics in DynamoDB.

tp_...              a topic: workspace, body, job, version; work, work_at where the topics stage has something to do
organization#<id>   made: how many topics the organization has, those that are being deleted aside
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.aws.transactions import together
from socialindex.errors import Conflict, NotFound
from socialindex.mentions.reach import Reach
from socialindex.topics.changing import deepest
from socialindex.topics.job import Job
from socialindex.topics.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.access import Caller
    from socialindex.aws.values import Item

_WORK: Final = "work"
"""The one partition of the index of topics with something to do: there are few of them."""
_NONE: Final = "there is no such topic"


class Kept(NamedTuple):
    """A topic with the work at it and the version of its item: whoever writes must have seen the newest."""

    topic: Topic
    job: Job
    version: int

    @property
    def is_at_work(self) -> bool:
        """Whether the topics stage has something to do for it."""
        topic, job = self.topic, self.job
        if topic.state == "active":
            return topic.synced != topic.revision or not topic.backfill_done
        return topic.state == "deleting" or job.hide or (topic.state == "suspended" and not job.told)


class TopicsTable:
    """The table of topics.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    # Making and deleting, by which an organization's count changes

    def add(self, topic: Topic, job: Job, most: int) -> Kept | None:
        """Keep a new topic, where its organization has fewer than ``most``; None where there is one with its id.

        Raises:
            Conflict: it has as many as its plan grants.
        """
        kept = Kept(topic, job, 1)
        values = _item(kept)
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        make = self._table.change({"id": topic.id}, f"SET {sets}", values, condition="attribute_not_exists(#version)")
        holds = together(make, self._counted(topic, 1, most))
        if holds is None:
            return kept
        if not holds[0]:
            return None
        raise Conflict(f"the organization has {most} topics, as many as its plan grants: delete one first")

    def doom(self, kept: Kept) -> Kept:
        """Begin to delete a topic; it counts no longer.

        Raises:
            Conflict: somebody else has written meanwhile.
        """
        if kept.topic.state == "deleting":
            return kept
        following = Kept(
            msgspec.structs.replace(kept.topic, state="deleting"),
            msgspec.structs.replace(kept.job, step="looking", work_at=0, attempts=0),
            kept.version + 1,
        )
        values = _item(following)
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        mark = self._table.change(
            {"id": kept.topic.id}, f"SET {sets}", values | {"seen": kept.version}, condition="#version = :seen"
        )
        if together(mark, self._counted(kept.topic, -1)) is not None:
            raise Conflict("the topic has been changed meanwhile")
        return following

    def remove(self, topic: Topic) -> None:
        """Forget a topic that is being deleted."""
        self._table.delete({"id": topic.id})

    def count(self, organization: str) -> int:
        """How many topics an organization has."""
        item = self._table.get({"id": _organization(organization)}) or {}
        return int(item.get("made", 0))

    def _counted(self, topic: Topic, change: int, most: int | None = None) -> Item:
        """The change of an organization's count, made only where there is room for it."""
        key, values = {"id": _organization(topic.organization)}, {"change": change}
        if most is None:
            return self._table.change(key, "ADD #made :change", values)
        room = "attribute_not_exists(#made) OR #made < :most" if most else "#made < :most"
        return self._table.change(key, "ADD #made :change", values | {"most": most}, condition=room)

    # Reading

    def find(self, topic_id: str) -> Kept | None:
        """A topic, if there is one with this id."""
        item = self._table.get({"id": topic_id})
        return _kept(item) if item and "body" in item else None

    def of_ids(self, topics: Iterable[str]) -> dict[str, Topic]:
        """Those of some topics that there are, by their ids."""
        items = self._table.get_all({"id": topic} for topic in topics)
        return {item["id"]: _kept(item).topic for item in items if "body" in item}

    def reaches(self, topics: Iterable[str]) -> dict[str, Reach]:
        """Which posts topics have met, by their ids; of those whose backfill has begun."""
        items = self._table.get_all({"id": topic} for topic in topics)
        found = {item["id"]: _kept(item) for item in items if "body" in item}
        floors = {name: deepest(kept.job) for name, kept in found.items()}
        return {name: Reach(found[name].topic.created_at, floor) for name, floor in floors.items() if floor}

    def get(self, topic_id: str) -> Kept:
        """A topic, whosever it is.

        Raises:
            NotFound: there is none.
        """
        kept = self.find(topic_id)
        if kept is None:
            raise NotFound(_NONE, of="topics")
        return kept

    def kept_of(self, caller: Caller, topic_id: str) -> Kept:
        """A topic of one of the caller's workspaces that nobody deletes.

        Raises:
            NotFound: there is none, or it is not the caller's: nobody learns which.
        """
        kept = self.get(topic_id)
        if kept.topic.workspace not in caller.workspaces or kept.topic.state == "deleting":
            raise NotFound(_NONE, of="topics")
        return kept

    def of(self, caller: Caller, topic_id: str) -> Topic:
        """As ``kept_of``, the topic alone."""
        return self.kept_of(caller, topic_id).topic

    def of_workspace(self, workspace: str) -> list[Topic]:
        """A workspace's topics by their ids, those that are being deleted too; one just made may be missing yet."""
        found = self._table.query("#workspace = :workspace", {"workspace": workspace}, index="workspace")
        return [_kept(item).topic for item in found]

    def page(self, workspace: str, after: str, limit: int) -> list[Kept]:
        """A workspace's topics behind an id, by their ids, those that are being deleted too."""
        condition, values = "#workspace = :workspace AND #id > :after", {"workspace": workspace, "after": after or "-"}
        return [_kept(item) for item in self._table.query(condition, values, index="workspace", limit=limit)]

    def all(self) -> Iterator[Kept]:
        """All topics of all workspaces, in no order."""
        return (_kept(item) for item in self._table.scan() if "body" in item)

    # Work

    def due(self, now: float) -> Iterator[str]:
        """Ids of topics that somebody should work at, the longest waiting first."""
        values: Item = {"work": _WORK, "now": now}
        for item in self._table.query("#work = :work AND #work_at <= :now", values, index="due"):
            yield item["id"]

    def save(self, kept: Kept, topic: Topic, job: Job | None = None) -> Kept:
        """Write the next version of a topic, and of the work at it.

        Raises:
            Conflict: somebody else has written meanwhile, or it is gone.
        """
        following = Kept(topic, job or kept.job, kept.version + 1)
        values = _item(following)
        if not self._table.write_next({"id": topic.id}, values, kept.version, drops=("work", "work_at")):
            raise Conflict("the topic has been changed meanwhile")
        return following


def _item(kept: Kept) -> Item:
    """What is kept of a topic, beside its id."""
    item: Item = {
        "workspace": kept.topic.workspace,
        "version": kept.version,
        "body": msgspec.json.encode(kept.topic).decode(),
        "job": msgspec.json.encode(kept.job).decode(),
    }
    return item | ({"work": _WORK, "work_at": kept.job.work_at} if kept.is_at_work else {})


def _kept(item: Item) -> Kept:
    topic, job = releases.decode(item["body"], Topic), releases.decode(item["job"], Job)
    return Kept(topic, job, item["version"])


def _organization(organization: str) -> str:
    return f"organization#{organization}"
