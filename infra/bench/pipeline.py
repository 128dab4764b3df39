"""Posts/s from an archived response to a searchable document, beside a bare parallel_bulk of the same documents.

The responses are in the archive when the clock starts. It runs while their messages are put on NormalizeQueue, the
stack's functions normalize and index them, and until a refreshed index holds every post.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from opensearchpy import helpers

from infra.bench.corpus import Corpus, crawl_world, posts_of
from infra.bench.figure import Figure, compared
from infra.bench.progress import say
from infra.bench.service import bench_service, engine_of
from socialindex.aws.archive import Archive
from socialindex.aws.queues import Queue
from socialindex.crawl.recorder import MAX_RECORDS
from socialindex.engine import ALIAS, index_of
from socialindex.errors import Unavailable
from socialindex.messages import Archived, encode
from socialindex.warc import WarcObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opensearchpy import OpenSearch

    from infra.local.service import Service
    from socialindex.warc import Exchange

ROUNDS: Final = 3
COPIES: Final = 4
"""Of the small world in a round: about 2,200 posts in 540 responses; half of it warms up."""
_LOOK_SECONDS: Final = 0.2
_LIMIT_SECONDS: Final = 90.0
_BARE: Final = "bare"
_CHUNK: Final = 1_000
THREADS: Final = 2


def run() -> list[Figure]:
    """Both rates, in turns, after a round that warms up processes and engine."""
    corpus = crawl_world()
    with bench_service() as service:
        rounds = _Rounds(service, corpus)
        rounds.next(COPIES // 2)
        return [compared("pipeline", "posts/s", [rounds.next(COPIES) for _ in range(ROUNDS)])]


class _Rounds:
    """Rounds of measurement, each with posts that no earlier one had."""

    def __init__(self, service: Service, corpus: Corpus) -> None:
        self._service = service
        self._corpus = corpus
        self._engine = engine_of(service)
        self._posts = len({post.id for exchange in corpus.exchanges for post in posts_of(exchange)})
        """In one copy."""
        self._done = 0

    def next(self, copies: int) -> tuple[float, float]:
        """The pipeline's rate and the bare one, with so many copies of the corpus."""
        numbers = range(self._done, self._done + copies)
        self._done += copies
        messages = archived(self._service, (page for number in numbers for page in self._corpus.copy(number)))
        seconds = _index_by_pipeline(self._service, self._engine, messages, self._done * self._posts)
        hosts = [host for number in numbers for host in self._corpus.platforms(number)]
        documents = _documents(self._engine, hosts)
        bare = index_bare(self._engine, documents)
        say(f"  {len(messages)} responses, {len(documents)} posts: {seconds:.1f} s; bare bulk: {bare:.2f} s")
        return copies * self._posts / seconds, len(documents) / bare


def archived(service: Service, exchanges: Iterable[Exchange]) -> list[str]:
    """Store responses as the crawl stage does; the messages that name them."""
    archive = Archive(service.stack.bucket_name("ArchiveBucket"))
    waiting, messages = deque(exchanges), list[str]()
    while waiting:
        archived = WarcObject()
        taken = [waiting.popleft() for _ in range(min(MAX_RECORDS, len(waiting)))]
        spans = [archived.add(exchange) for exchange in taken]
        key = archive.store(archived.data())
        messages += [
            encode(Archived(key=key, offset=span.offset, length=span.length, source=exchange.channel.source))
            for span, exchange in zip(spans, taken, strict=True)
        ]
    return messages


def _index_by_pipeline(service: Service, engine: OpenSearch, messages: list[str], total: int) -> float:
    """Seconds until ``total`` posts are searchable."""
    started = time.perf_counter()
    Queue(service.stack.queue_url("NormalizeQueue")).send_all(messages)
    while (found := searchable(engine)) < total:
        if time.perf_counter() - started > _LIMIT_SECONDS:
            raise Unavailable(f"only {found} of {total} posts are searchable after {_LIMIT_SECONDS:.0f} seconds")
        time.sleep(_LOOK_SECONDS)
    return time.perf_counter() - started


def searchable(engine: OpenSearch) -> int:
    """How many posts a search finds."""
    engine.indices.refresh(index=ALIAS, params={"ignore_unavailable": "true"})
    return int(engine.count(index=ALIAS, params={"ignore_unavailable": "true"})["count"])


def _documents(engine: OpenSearch, platforms: list[str]) -> list[dict[str, Any]]:
    """What the pipeline wrote of these hosts' posts."""
    query = {"query": {"terms": {"platform": platforms}}}
    return [{"_id": hit["_id"], **hit["_source"]} for hit in helpers.scan(engine, query=query, index=ALIAS)]


def index_bare(engine: OpenSearch, documents: list[dict[str, Any]]) -> float:
    """Seconds of a plain bulk into an index with the same settings and mapping, until everything is searchable.

    A document has its id as ``_id``.
    """
    template = engine.indices.simulate_index_template(name=index_of("2026-01"))["template"]
    engine.indices.create(index=_BARE, body={"settings": template["settings"], "mappings": template["mappings"]})
    started = time.perf_counter()
    written = helpers.parallel_bulk(engine, _actions(documents), thread_count=THREADS, chunk_size=_CHUNK)
    deque(written, maxlen=0)
    engine.indices.refresh(index=_BARE)
    seconds = time.perf_counter() - started
    engine.indices.delete(index=_BARE)
    return seconds


def _actions(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return ({"_index": _BARE, **document} for document in documents)
