"""What a topic becomes when somebody changes it, and what the topics stage then has to do for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from socialindex.topics.job import Job

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.topics.topic import State, Topic, Watched


class Pair(NamedTuple):
    """A topic and the work at it."""

    topic: Topic
    job: Job

    def to(self, topic: dict[str, Any], **job: Any) -> Pair:  # noqa: ANN401 - the job's fields
        """The pair with other values; the stage may begin at once."""
        fresh = {"work_at": 0.0, "attempts": 0, **job}
        return Pair(msgspec.structs.replace(self.topic, **topic), msgspec.structs.replace(self.job, **fresh))


def asked_anew(pair: Pair, watched: Watched, history_days: int, now: datetime) -> Pair:
    """The topic with another query: a revision that is backfilled from the start. A suspended one runs again."""
    job = Job(
        asked=pair.job.asked,
        history_days=history_days,
        earliest=deepest(pair.job),
        changed=True,
        hide=pair.topic.state == "paused" and pair.job.hide,
        stopped_at=pair.job.stopped_at if pair.topic.state == "paused" else None,
    )
    state: State = "active" if pair.topic.state == "suspended" else pair.topic.state
    topic: dict[str, Any] = {
        "watched": watched,
        "revision": pair.topic.revision + 1,
        "since": now,
        "state": state,
        "trouble": None,
        "backfilled_until": None,
        "backfill_done": False,
        "changed_at": now,
    }
    return Pair(msgspec.structs.replace(pair.topic, **topic), job)


def stopped(pair: Pair, state: State, now: datetime, trouble: str | None = None) -> Pair:
    """The topic paused or suspended: no post is held against it."""
    topic = {"state": state, "trouble": trouble, "synced": 0, "changed_at": now}
    since = pair.job.stopped_at or now
    return pair.to(topic, hide=True, told=False, stopped_at=since)


def resumed(pair: Pair, now: datetime) -> Pair:
    """The topic running again: what came in between is looked through, and is no news."""
    topic = {"state": "active", "trouble": None, "synced": 0, "since": now, "backfill_done": False, "changed_at": now}
    job = pair.job
    again: dict[str, Any] = {"hide": False, "stopped_at": None}
    if job.step == "done":
        again |= {"step": "looking", "arrived_since": job.stopped_at or now, "began_at": None, "after": []}
    elif job.step in {"catching_up", "withdrawing"}:  # the newest come first: where it was, they are passed already
        again |= {"step": "catching_up", "after": []}
    return pair.to(topic, **again)


def lost(pair: Pair) -> Pair:
    """The topic when the engine has lost it: it is taken in anew, and backfilled as deep as it ever was."""
    topic = {"synced": 0, "backfilled_until": None, "backfill_done": False}
    anew: dict[str, Any] = {
        "step": "looking",
        "arrived_since": None,
        "floor": deepest(pair.job),
        "met_since": pair.topic.created_at,
        "began_at": None,
        "after": [],
    }
    return pair.to(topic, changed=pair.job.changed or pair.topic.revision > 1, found=0, **anew)


def stored_anew(pair: Pair) -> Pair:
    """The topic when the engine has its query as an earlier release compiled it: stored anew, and nothing else.

    What was there before is left as it is. Posts that match only now would be told as news, though they are none.
    """
    return pair.to({"synced": 0})


def deepest(job: Job) -> datetime | None:
    """How far back posts were looked through for any revision; ``None`` where that never began."""
    return min((floor for floor in (job.floor, job.earliest) if floor), default=None)


def runs(topic: Topic) -> bool:
    """Whether new posts are to be held against a topic."""
    return topic.state == "active"
