"""Milliseconds of a search through the real handler and through HTTP, beside the bare engine's for the same request.

The handler runs in this process with the event of an HTTP API and a key of the table; the engine is asked with
opensearch-py for exactly what the handler would ask. The three take turns, question by question.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from infra.bench.corpus import copies_of, crawl_world, posts_of
from infra.bench.figure import Figure, compared
from infra.bench.invoking import Invoker
from infra.bench.progress import say
from infra.bench.service import bench_service, engine_of
from socialindex.access import Caller, Scope
from socialindex.client import Client
from socialindex.engine import ALIAS
from socialindex.errors import Unavailable
from socialindex.index.writer import Write, Writer
from socialindex.search import ask, posts
from socialindex.search.cursor import Cursor
from socialindex.search.selection import query_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch

    from infra.local.service import Service

COPIES: Final = 10
"""Of the small world: about 5,400 documents."""
ROUNDS: Final = 5
TURNS: Final = 6
"""Times that each question is asked in a round."""
_BATCH: Final = 200

QUESTIONS: Final[list[dict[str, Any]]] = [
    {"q": "배터리"},
    {"q": "누리폰 배터리", "sort": "relevance"},
    {"q": '"보조배터리"'},
    {"q": "배터리 AND (폭발 OR 발화 OR 리콜) -광고"},
    {"q": "배터* NEAR/5 (교체 OR 환불)", "sort": "relevance"},
    {"q": "리콜", "source": ["gnuboard"], "language": ["ko"]},
    {"q": "battery", "sort": "relevance"},
    {"q": "battery OR recall", "language": ["en"]},
    {"q": "swollen phone", "source": ["mastodon"], "limit": 50},
    {"q": "lang:ko source:feed 회사"},
    {"q": "", "hashtag": ["배터리"]},
    {"q": "", "source": ["mastodon"], "from": "2026-01-01T00:00:00Z", "sort": "oldest"},
]
"""Searches as clients send them: Korean and English words, phrases, Boolean queries, distance, filters, no words."""


class Taken(NamedTuple):
    """Milliseconds of one question, asked in the three ways."""

    handler: float
    http: float
    engine: float


def run() -> list[Figure]:
    """Median and 95th percentile of all questions together, after a round that warms up."""
    with bench_service() as service:
        index_copies(engine_of(service))
        ways = _Ways(service)
        rounds = [_round(ways, number) for number in range(1 + ROUNDS)][1:]
    return [
        compared(f"{name}_{part}", "ms", [_percentiles(taken, way)[part] for taken in rounds])
        for name, way in (("search", "handler"), ("search_http", "http"))
        for part in ("p50", "p95")
    ]


def index_copies(engine: OpenSearch) -> None:
    """Fill the index with copies of the small world through the index stage's writer, and merge it to rest."""
    world = crawl_world()
    found = [post for exchange in world.exchanges for post in posts_of(exchange)]
    say(f"  indexing {COPIES * len(found)} posts ...")
    writes = [Write(post, live=False, replay=False) for post in copies_of(found, world.hosts, COPIES)]
    for start in range(0, len(writes), _BATCH):
        refused = [verdict for verdict in Writer(engine).write(writes[start : start + _BATCH]) if verdict]
        if refused:
            raise refused[0]
    engine.indices.forcemerge(index=ALIAS, params={"max_num_segments": "4"})
    engine.indices.refresh(index=ALIAS)


class _Ways:
    """The three ways to ask a question."""

    def __init__(self, service: Service) -> None:
        self._engine = engine_of(service)
        self._client = Client(service.stack.url, service.keys.client)
        self._invoke = Invoker(service.stack.template, service.keys.client)
        self._caller = Caller(organization="bench", workspaces=frozenset(), scopes=frozenset({Scope.READ}))

    def handler(self, question: dict[str, Any]) -> Callable[[], int]:
        """Through functions/search/app.py in this process; the call gives how many posts match."""
        payload = self._invoke.event("/v1/posts/search", question)

        def call() -> int:
            return int(msgspec.json.decode(self._invoke(payload)["body"])["total"])

        return call

    def http(self, question: dict[str, Any]) -> Callable[[], int]:
        """Through the HTTP API and the function's own process."""
        return lambda: int(self._client.call("POST", "/v1/posts/search", question)["total"])

    def engine(self, question: dict[str, Any]) -> Callable[[], int]:
        """The engine alone, asked for what the handler asks for."""
        asked = ask.from_body(msgspec.json.encode(question).decode())
        cursor = Cursor(ask="", bound=int(time.time() * 1000), after=[])
        body = posts.request(self._caller, asked, cursor, query_of(asked))
        return lambda: int(self._engine.search(index=ALIAS, body=body)["hits"]["total"]["value"])


def _round(ways: _Ways, number: int) -> list[Taken]:
    say(f"  round {number}: {TURNS * len(QUESTIONS)} searches in three ways ...")
    return [_asked(ways, question, turn) for turn in range(TURNS) for question in QUESTIONS]


def _asked(ways: _Ways, question: dict[str, Any], turn: int) -> Taken:
    """One question in the three ways; who comes first, and finds the engine's caches cold, changes with the turn."""
    calls = {name: getattr(ways, name)(question) for name in Taken._fields}
    order = Taken._fields[turn % len(calls) :] + Taken._fields[: turn % len(calls)]
    timed = {name: _timed(calls[name]) for name in order}
    totals = {total for total, _ in timed.values()}
    if len(totals) != 1:
        raise Unavailable(f"{question}: the three ways found different numbers of posts: {totals}")
    return Taken(**{name: milliseconds for name, (_, milliseconds) in timed.items()})


def _timed(call: Callable[[], int]) -> tuple[int, float]:
    started = time.perf_counter()
    total = call()
    return total, (time.perf_counter() - started) * 1000


def _percentiles(taken: list[Taken], way: str) -> dict[str, tuple[float, float]]:
    """Per percentile this way's value and the engine's."""
    ours, engine = (statistics.quantiles([getattr(one, name) for one in taken], n=20) for name in (way, "engine"))
    return {"p50": (ours[9], engine[9]), "p95": (ours[18], engine[18])}
