"""Posts/s and memory of an export through the real stage, beside a bare walk through the same pages.

The walk asks the engine for the same pages and drops them; the export checks every post against suppressions and terms,
writes it, and sends parts to the bucket. Memory is the most that a process of its own held while it exported all posts,
beside that of a tenth of them: where it is flat, the two are alike. ``BENCH_POSTS`` says how many posts there are.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import msgspec

from infra.bench.figure import Figure, compared
from infra.bench.memory import MemoryOutcomes, MemoryQueue
from infra.bench.million import million, posts_wanted
from infra.bench.progress import say
from infra.local.provision import provision
from infra.local.servers import DynamoDbConfig, OpenSearch, S3Config, SqsConfig, free_port
from infra.local.service import TEMPLATE, cloud_at
from infra.local.standin import standing_in
from infra.local.template import Site, read_template
from socialindex import engine as engine_module
from socialindex.access import Caller
from socialindex.aws.export_files import Files
from socialindex.aws.exports import ExportsTable
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.usage import Usage
from socialindex.engine import ALIAS
from socialindex.errors import Unavailable
from socialindex.exports.charges import Charges
from socialindex.exports.job import Export, Wake, asker
from socialindex.exports.pages import Pages
from socialindex.exports.run import Ways
from socialindex.exports.stage import Exports, Queues
from socialindex.exports.wanted import Wanted
from socialindex.identity import new_id
from socialindex.messages import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    import opensearchpy

    from infra.local.servers import Running
    from socialindex.aws.queues import Queue

_LEFT: Final = 900.0
"""Seconds of an invocation."""
_WORKSPACE: Final = "ws_bench"
_KIB: Final = 1024


class Place(NamedTuple):
    """Where the parts of a running service are, as another process can be told."""

    engine: str
    exports: str
    usage: str
    suppressions: str
    bucket: str
    environment: dict[str, str]


class Done(NamedTuple):
    """What an export took."""

    posts: int
    bytes: int
    seconds: float
    peak: int
    """The most memory that the process held, in bytes."""


def run() -> list[Figure]:
    """The figures for all posts of the million."""
    with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
        others = [
            kind(data=Path(folder) / kind.__name__, port=free_port(), persistent=False)
            for kind in (SqsConfig, DynamoDbConfig, S3Config)
        ]
        with million(posts_wanted(), others) as servers:
            return measured(servers)


def measured(servers: Running) -> list[Figure]:
    """The figures for whatever public posts an engine holds; beside it there are queues, tables and a bucket."""
    engine = engine_module.connect(servers.get(OpenSearch).url, signed=False)
    count = int(engine.count(index=ALIAS)["count"])
    tenth = _cut(engine, count // 10)
    with _parts(servers) as place:
        return [
            *_compared("export_ndjson", engine, place, Wanted(), tenth),
            *_compared("export_csv_gzip", engine, place, Wanted(format="csv", compression="gzip", until=tenth), tenth),
        ]


def _compared(
    name: str, engine: opensearchpy.OpenSearch, place: Place, wanted: Wanted, tenth: datetime
) -> Iterator[Figure]:
    """An export's rate beside the bare one; where it is of more than a tenth, its memory beside that of a tenth."""
    done, bare = _apart(place, wanted), _walk(engine, wanted)
    say(f"  {name}: {done.posts} posts, {done.bytes / 1e6:.1f} MB, {done.seconds:.1f} s; bare: {bare:.1f} s")
    yield compared(name, "posts/s", [(done.posts / done.seconds, done.posts / bare)])
    if wanted.until is None:
        small = _apart(place, msgspec.structs.replace(wanted, until=tenth))
        say(f"  of a tenth: {small.posts} posts, {small.peak / 1e6:.0f} MB; of all: {done.peak / 1e6:.0f} MB")
        yield compared(f"{name}_peak", "MB", [(done.peak / 1e6, small.peak / 1e6)])


def _cut(engine: opensearchpy.OpenSearch, count: int) -> datetime:
    """A time before which about so many posts were published."""
    percent = 100 * count / int(engine.count(index=ALIAS)["count"])
    asked = {"at": {"percentiles": {"field": "published_at", "percents": [percent], "keyed": False}}}
    found = engine.search(index=ALIAS, body={"size": 0, "aggs": asked})["aggregations"]["at"]["values"]
    return datetime.fromtimestamp(found[0]["value"] / 1000, tz=UTC)


@contextmanager
def _parts(servers: Running) -> Iterator[Place]:
    """The template's tables and bucket on the servers."""
    with standing_in() as standin:
        cloud, url = cloud_at(servers, standin), servers.get(OpenSearch).url
        site = Site("bench", cloud, "http://127.0.0.1")
        template = read_template(TEMPLATE, site, parameters={"EngineUrl": url})
        provision(template, cloud)
        yield Place(
            engine=url,
            exports=template.tables["ExportsTable"].name,
            usage=template.tables["UsageTable"].name,
            suppressions=template.tables["SuppressionsTable"].name,
            bucket=template.buckets["ArchiveBucket"].name,
            environment=cloud.environment(),
        )


def _apart(place: Place, wanted: Wanted) -> Done:
    """An export in a process of its own, whose memory is that of nothing else."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(export, place, wanted).result()


def export(place: Place, wanted: Wanted) -> Done:
    """Export posts as the function does, in as many invocations as it takes."""
    os.environ.update(place.environment)
    table = ExportsTable(place.exports)
    job = _job(wanted)
    table.add(job)
    stage = _stage(place, table)
    started = time.perf_counter()
    while (now := table.get(job.workspace, job.id).job).state in {"queued", "running"}:
        _check(stage.handle(_event(job), lambda: _LEFT))
    seconds, peak = time.perf_counter() - started, _peak()
    if now.state != "done":
        raise Unavailable(f"the export is {now.state}")
    Files(place.bucket).remove(now)
    return Done(now.posts, now.bytes, seconds, peak)


def _stage(place: Place, table: ExportsTable) -> Exports:
    ways = Ways(
        engine_module.connect(place.engine, signed=False), Suppressions(place.suppressions), Files(place.bucket)
    )
    nowhere = MemoryQueue()
    queues = Queues(cast("Queue", nowhere), nowhere)
    return Exports(table, ways, Charges(table, Usage(place.usage)), queues, MemoryOutcomes())


def _job(wanted: Wanted) -> Export:
    caller = Caller(organization="org_bench", workspaces=frozenset({_WORKSPACE}), scopes=frozenset(), key="key_bench")
    return Export(
        workspace=_WORKSPACE,
        id=new_id("ex"),
        by=asker(caller),
        wanted=wanted,
        asked="",
        created_at=datetime.now(tz=UTC),
        bound=int(time.time() * 1000),
        total=0,
    )


def _event(job: Export) -> dict[str, Any]:
    body = encode(Wake(workspace=job.workspace, id=job.id))
    return {"Records": [{"messageId": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}]}


def _check(answer: dict[str, list[dict[str, str]]]) -> None:
    if answer["batchItemFailures"]:
        raise Unavailable("a part of the export failed")


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KIB


def _walk(engine: opensearchpy.OpenSearch, wanted: Wanted) -> float:
    """Seconds of the same pages without anything done to them."""
    pages = Pages(engine, _job(wanted))
    after: list[int | float | str] = []
    is_last = False
    started = time.perf_counter()
    while not is_last:
        _, _, after, is_last = pages.next(after)
    return time.perf_counter() - started
