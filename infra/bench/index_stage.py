"""Posts/s of the index stage without topics, beside a bare parallel_bulk of the same documents.

The handler of functions/index/app.py runs in this process, two calls at once as ``parallel_bulk`` has two threads, each
with an event of twenty messages as full as normalize makes them. The tables for suppressions, terms and counts are
real. Both ways begin with an empty index and end with everything searchable; they take turns at being the first.

``python -m infra.bench.index_stage`` shows where the stage's time goes.
"""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from opensearchpy import helpers

from infra.bench.figure import Figure, compared
from infra.bench.invoking import NOBODY, context_of, module_of, provisioned
from infra.bench.million import POSTS
from infra.bench.million_posts import BEGIN, Posts
from infra.bench.pipeline import THREADS, index_bare
from infra.bench.progress import say
from infra.local.cloud import Cloud
from infra.local.servers import DynamoDb, DynamoDbConfig, OpenSearch, OpenSearchConfig, free_port, start_all
from socialindex import engine
from socialindex.engine import ALIAS, index_of
from socialindex.errors import Unavailable
from socialindex.messages import pack
from socialindex.setup.stage import Setup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch as Engine

    from infra.local.template.model import Function

ROUNDS: Final = 5
CHUNKS: Final = 12
"""Thousands of posts in a round."""
MESSAGES: Final = 20
"""Of an event: the template's ``BatchSize``."""
_TRIES: Final = 5
_HOME: Final = index_of(f"{BEGIN:%Y-%m}")
"""Where all posts of a round live: they are those of the first days."""
_HEAP_MB: Final = 1_024
_PARTS: Final = Path(__file__).parents[2] / "infra" / "opensearch"
_SHOWN: Final = 40


def run() -> list[Figure]:
    """Both rates, after a round that warms up the engine."""
    with indexing() as stage:
        stage.warm_up()
        documents = stage.documents()
        rounds = [_round(stage, documents, number) for number in range(1 + ROUNDS)][1:]
    return [compared("index_stage", "posts/s", rounds)]


@contextmanager
def indexing() -> Iterator[Stage]:
    """The function before an empty engine.

    Raises:
        Unavailable: a server cannot be had or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
        configs = [
            OpenSearchConfig(data=Path(folder) / "engine", port=free_port(), heap_mb=_HEAP_MB, persistent=False),
            DynamoDbConfig(data=Path(folder) / "dynamodb", port=free_port(), persistent=False),
        ]
        with start_all(configs) as running:
            cloud = Cloud(sqs=NOBODY, dynamodb=running.get(DynamoDb).url, s3=NOBODY)
            url = running.get(OpenSearch).url
            with patch.dict(os.environ, cloud.environment()):
                template = provisioned(cloud, url)
                client = engine.connect(url, signed=False)
                Setup(client, _PARTS).run()
                function = template.functions["IndexFunction"]
                with patch.dict(os.environ, function.environment):
                    yield Stage(function, client, events(CHUNKS))


def events(chunks: int) -> list[dict[str, Any]]:
    """What a queue hands over of so many thousand posts."""
    year = Posts(POSTS)
    posts = [post for number in range(chunks) for post in year.chunk(number)]
    records = [
        {"messageId": f"message-{number}", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        for number, body in enumerate(pack(posts, live=True))
    ]
    return [{"Records": records[start : start + MESSAGES]} for start in range(0, len(records), MESSAGES)]


class Stage:
    """The index function's handler, and the engine that it writes to.

    Args:
        function: of the template.
        client: of the engine.
        waiting: the events to handle.
    """

    def __init__(self, function: Function, client: Engine, waiting: list[dict[str, Any]]) -> None:
        self._handler = module_of(function).handler
        self._context = context_of(function)
        self._client = client
        self._waiting = waiting

    def warm_up(self) -> None:
        """Index everything in small pieces: a full event may be too much for an engine that has compiled nothing.

        Raises:
            Unavailable: as ``handle``.
        """
        pieces = [{"Records": [record]} for event in self._waiting for record in event["Records"]]
        with _quiet():
            for piece in pieces:
                self.handle(piece)
        self._client.indices.refresh(index=ALIAS)

    def by_stage(self) -> float:
        """Seconds until all posts are searchable.

        Raises:
            Unavailable: as ``handle``.
        """
        self._clear()
        started = time.perf_counter()
        with _quiet(), ThreadPoolExecutor(THREADS, "index") as threads:
            list(threads.map(self.handle, self._waiting))
        self._client.indices.refresh(index=ALIAS)
        return time.perf_counter() - started

    def handle(self, event: dict[str, Any]) -> None:
        """Handle an event; what fails comes again, as it does from a queue.

        Raises:
            Unavailable: some of it fails again and again.
        """
        for _ in range(_TRIES):
            answer = self._handler(event, self._context)
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
            if not failed:
                return
            event = {"Records": [record for record in event["Records"] if record["messageId"] in failed]}
        raise Unavailable(f"the index stage does not write {len(failed)} messages")

    def by_bulk(self, documents: list[dict[str, Any]]) -> float:
        """Seconds until all documents are searchable."""
        self._client.indices.delete(index=f"{ALIAS}-g1-*")
        return index_bare(self._client, documents)

    def documents(self) -> list[dict[str, Any]]:
        """What the stage has written."""
        return [{"_id": hit["_id"], **hit["_source"]} for hit in helpers.scan(self._client, index=ALIAS)]

    def profile(self) -> cProfile.Profile:
        """Handle all events, one after the other, under a profiler."""
        self._clear()
        profile = cProfile.Profile()
        with _quiet():
            for event in self._waiting:
                profile.runcall(self.handle, event)
        return profile

    def _clear(self) -> None:
        """Begin with an empty index, which answers searches at once, as the bulk does."""
        self._client.indices.delete(index=f"{ALIAS}-g1-*")
        self._client.indices.create(index=_HOME)


def _quiet() -> redirect_stdout[io.StringIO]:
    """Counts are printed, as metrics: to a terminal they would be noise."""
    return redirect_stdout(io.StringIO())


def _round(stage: Stage, documents: list[dict[str, Any]], number: int) -> tuple[float, float]:
    """Posts/s of the stage and of the bulk."""
    if number % 2:
        ours, bare = stage.by_stage(), stage.by_bulk(documents)
    else:
        bare, ours = stage.by_bulk(documents), stage.by_stage()
    say(f"  round {number}: {len(documents)} posts in {ours:.1f} s; bare bulk: {bare:.1f} s")
    return len(documents) / ours, len(documents) / bare


def _profile() -> None:
    with indexing() as stage:
        stage.warm_up()
        profile = stage.profile()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(_SHOWN)


if __name__ == "__main__":
    _profile()
