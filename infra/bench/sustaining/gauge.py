"""Watches the stack: how old the oldest of what waits is, how long things take, and who uses the processors."""

from __future__ import annotations

import os
import queue
import statistics
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.bench.progress import say
from infra.bench.sustaining.feeder import Fed, Probed
from infra.local.servers import S3, DynamoDb, OpenSearch, Sqs
from socialindex.aws.queues import Queue
from socialindex.engine import ALIAS, MENTIONS, answering
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opensearchpy import OpenSearch as Engine

    from infra.bench.sustaining.feeder import Feeder
    from infra.local.service import Service
    from socialindex.aws.queues import Depth

QUEUES: Final = ("NormalizeQueue", "IndexQueue", "DeliverQueue")
_EVERY: Final = 2.0
_ASKED: Final = 500
"""Posts of one look, the oldest first."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_LEAST_POINTS: Final = 3
_UNMATCHED: Final = 300.0
"""Seconds after which a probe's post is taken for one that its topic does not match."""
_IDLE: Final = 15.0
"""Seconds in which nothing waits, until what no search finds is taken for lost."""


class Point(NamedTuple):
    """The stack at a time."""

    at: float
    behind: float
    """Seconds since the oldest post was archived of which a search does not find the document, or the mention; also
    where the next refresh will show it."""
    waiting: tuple[int, ...]
    """Messages in each of ``QUEUES``, those in work too."""


class Took(NamedTuple):
    """How long something took that was archived at a time."""

    at: float
    seconds: float
    source: str = ""


class Gauge:
    """What was seen so far; a thread of its own looks every two seconds.

    Attributes:
        points: of time.
        posts: from the archive until a search finds a post.
        mentions: the same of a probe's first mention.
        probed: when each probe's posts were archived, by its topic.
        missing: posts that no search found though nothing waited any more.
    """

    def __init__(self, service: Service, engine: Engine, feeder: Feeder) -> None:
        self._queues = [Queue(service.stack.queue_url(name)) for name in QUEUES]
        self._engine = engine
        self._feeder = feeder
        self.points: list[Point] = []
        self.posts: list[Took] = []
        self.mentions: list[Took] = []
        self.probed: dict[str, Probed] = {}
        self.missing: list[Fed] = []
        self._fed: dict[str, Fed] = {}
        self._unmentioned: dict[str, Probed] = {}
        self._idle_since = time.time()

    def look(self) -> None:
        """Look once."""
        self._listen()
        now = time.time()
        oldest = sorted(self._fed.values())[:_ASKED]
        for name in self._there(ALIAS, "id", [fed.post for fed in oldest]):
            fed = self._fed.pop(name)
            self.posts.append(Took(fed.at, now - fed.at, fed.source))
        for topic in self._there(MENTIONS, "mention.topic", [*self._unmentioned]):
            probe = self._unmentioned.pop(topic)
            self.mentions.append(Took(probe.at, now - probe.at))
        depths = [each.depth() for each in self._queues]
        self._give_up(now, depths)
        self.points.append(Point(now, now - self._oldest(now), tuple(sum(depth) for depth in depths)))

    def last(self) -> Point:
        """What the last look saw."""
        return self.points[-1] if self.points else Point(0.0, 0.0, (0,) * len(QUEUES))

    def between(self, began: float, ended: float) -> list[Point]:
        """The points of a time."""
        return [point for point in self.points if began <= point.at < ended]

    def _oldest(self, now: float) -> float:
        """When the oldest was archived that no search finds, of posts and of probes' mentions."""
        probes = (probe.at for probe in self._unmentioned.values() if now - probe.at < _UNMATCHED)
        return min((*(fed.at for fed in self._fed.values()), *probes), default=now)

    def _listen(self) -> None:
        while True:
            try:
                told = self._feeder.told.get_nowait()
            except queue.Empty:
                return
            if isinstance(told, Fed):
                self._fed[told.post] = told
            else:
                self.probed[told.topic] = self._unmentioned[told.topic] = told

    def _there(self, index: str, field: str, values: list[str]) -> list[str]:
        """Those of some values of a field that a search finds."""
        if not values:
            return []
        groups = {"found": {"terms": {"field": field, "size": len(values)}}}
        body: dict[str, Any] = {"query": {"terms": {field: values}}, "size": 0, "aggs": groups}
        with answering():
            answer = self._engine.search(index=index, body=body, params={"ignore_unavailable": "true"})
        return [bucket["key"] for bucket in answer.get("aggregations", {}).get("found", {}).get("buckets", [])]

    def _give_up(self, now: float, depths: Sequence[Depth]) -> None:
        """Posts that do not come: nothing has waited for so long that a refresh shows all there is."""
        if any(map(sum, depths[:2])):
            self._idle_since = now
        if now - self._idle_since > _IDLE:
            lost = [fed for fed in self._fed.values() if fed.at < self._idle_since]
            self.missing += lost
            for fed in lost:
                del self._fed[fed.post]


@contextmanager
def gauging(service: Service, engine: Engine, feeder: Feeder) -> Iterator[Gauge]:
    """A gauge that looks until the block ends."""
    gauge, over = Gauge(service, engine, feeder), threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY):
            try:
                gauge.look()
            except Unavailable as error:  # the next look sees what this one did not
                say(f"    not seen: {error}"[:120])

    thread = threading.Thread(target=watch, name="gauge", daemon=True)
    thread.start()
    try:
        yield gauge
    finally:
        over.set()
        thread.join()


def slope(points: Sequence[Point]) -> float:
    """Seconds by which what waits gets older in a minute, by least squares."""
    if len(points) < _LEAST_POINTS:
        return 0.0
    line = statistics.linear_regression([point.at for point in points], [point.behind for point in points])
    return 60 * line.slope


def processor_seconds(service: Service, feeder: Feeder) -> dict[str, float]:
    """Processor time so far of functions, servers, the local stack's own pollers and the feeder."""
    stack, servers = service.stack, service.servers
    used = {
        name: sum(map(_seconds, stack.workers(f"{name.title()}Function")))
        for name in ("normalize", "index", "alert", "deliver", "maintain", "dispatch")
    }
    used |= {
        "engine": _seconds(servers.get(OpenSearch).pid),
        "queues": _seconds(servers.get(Sqs).pid),
        "tables": _seconds(servers.get(DynamoDb).pid),
        "archive": _seconds(servers.get(S3).pid),
    }
    return used | {"pollers": _seconds(os.getpid()), "feeder": _seconds(feeder.pid)}


def _seconds(pid: int | None) -> float:
    """Of a process and its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def engine_milliseconds(engine: Engine) -> dict[str, float]:
    """What the engine says that it has done so far, in milliseconds of its threads."""
    with answering():
        stats = engine.indices.stats(metric="indexing,search,refresh,merge,get")["indices"]
    done: dict[str, float] = {}
    for index, each in stats.items():
        family = index.partition("-")[0]
        total = each["total"]
        for what, field in (
            ("indexing", total["indexing"]["index_time_in_millis"]),
            ("search", total["search"]["query_time_in_millis"] + total["search"]["fetch_time_in_millis"]),
            ("refresh", total["refresh"]["total_time_in_millis"]),
            ("merge", total["merges"]["total_time_in_millis"]),
            ("get", total["get"]["time_in_millis"]),
        ):
            done[f"{family} {what}"] = done.get(f"{family} {what}", 0.0) + field
    return done
