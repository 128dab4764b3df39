"""Functions on real parts, as their own modules wire them, and pieces of work that they are given again and again."""

from __future__ import annotations

import os
import runpy
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol
from unittest.mock import patch

from socialindex import engine, settings, terms
from socialindex.aws.topics import TopicsTable
from socialindex.errors import Unavailable
from socialindex.query import names
from socialindex.search import listening
from socialindex.topics.documents import Documents
from socialindex.topics.job import Job
from socialindex.topics.topic import Topic, Watched
from tests.integration.parts import real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.local.servers import Running
    from tests.integration.parts import Parts

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn",
    aws_request_id="r",
    get_remaining_time_in_millis=lambda: 300_000,
)


class Case(Protocol):
    """One piece of work."""

    def attempt(self, receives: int) -> bool:
        """Have the stage work at it, for the so many-th time; whether nothing failed."""

    def is_done(self) -> bool:
        """Whether nothing is left to do for it."""

    def outcome(self) -> Any:
        """What there is now, without the case's own names."""


class Stages:
    """Functions on real parts; ``through`` is another way to the engine, for them alone."""

    def __init__(self, parts: Parts, engine_url: str, *, through: str = "") -> None:
        self.parts, self._url = parts, through or engine_url
        self.engine = engine.connect(engine_url, signed=False)
        self.topics = TopicsTable(parts.table("TopicsTable"))
        self._handlers: dict[str, Callable[..., Any]] = {}

    def run(self, stage: str, event: dict[str, Any]) -> Any:
        """What a function answers to an event."""
        if stage not in self._handlers:
            self._handlers[stage] = self._handler(stage)
        return self._handlers[stage](event, CONTEXT)

    def watch(self, word: str, *, is_held: bool = True) -> Topic:
        """A topic that has all its history behind it; with ``is_held`` off, one that the engine does not know yet."""
        since = START - timedelta(days=1)
        topic = Topic(
            id=unique("tp"),
            workspace="ws_faults",
            organization="org_faults",
            name=word,
            watched=Watched(q=word),
            since=since,
            synced=int(is_held),
            backfill_done=is_held,
            created_at=since,
            changed_at=since,
        )
        self.topics.add(topic, Job(history_days=365), 10_000)
        if is_held:
            Documents(self.engine).put(topic, 1)
        return topic

    def found(self, index: str, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Documents as they are at this moment."""
        self.engine.indices.refresh(index=index, params={"ignore_unavailable": "true"})
        body = {"query": query, "size": 100}
        return [hit["_source"] for hit in self.engine.search(index=index, body=body)["hits"]["hits"]]

    def _handler(self, stage: str) -> Callable[..., Any]:
        function = self.parts.template.functions[f"{stage.capitalize()}Function"]
        given = {**function.environment, "ENGINE_URL": self._url, "TOPIC_SETTLE_SECONDS": "0", "ALLOW_LOOPBACK": "true"}
        settings.load.cache_clear()
        with patch.dict(os.environ, given):
            handler: Callable[..., Any] = runpy.run_path(str(function.code / "app.py"))["handler"]
        settings.load.cache_clear()
        return handler


@contextmanager
def function_parts(servers: Running) -> Iterator[Parts]:
    """Parts for functions in this process, which leaves nothing of theirs behind for others."""
    with real_parts(servers) as parts:
        template = parts.template  # all at once: what is made later would meet the faults of tests
        parts.make(*template.queues, *template.tables, *template.buckets, *template.topics)
        yield parts
    for module in (terms, names, listening):
        module.use(None)


@contextmanager
def stages_on(parts: Parts, engine_url: str) -> Iterator[Stages]:
    """Functions, and no topic left at the end."""
    stages = Stages(parts, engine_url)
    yield stages
    for kept in stages.topics.all():
        stages.topics.remove(kept.topic)


class Messages:
    """Messages of a queue until they are done, as an event source mapping hands them over."""

    def __init__(self, stages: Stages, stage: str, *bodies: str) -> None:
        self._stages, self._stage = stages, stage
        self._left = {str(number): body for number, body in enumerate(bodies)}

    def attempt(self, receives: int) -> bool:
        """Hand over what is left; whether all is done. Of an invocation that fails all messages come again."""
        records = [
            {"messageId": name, "body": body, "attributes": {"ApproximateReceiveCount": str(receives)}}
            for name, body in self._left.items()
        ]
        try:
            failed = self._stages.run(self._stage, {"Records": records})["batchItemFailures"] if records else []
        except Unavailable:
            return False
        self._left = {one["itemIdentifier"]: self._left[one["itemIdentifier"]] for one in failed}
        return not self._left
