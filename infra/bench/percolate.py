"""Posts/s held against 10,000 topics, beside a bare percolate call of the same batches, and the mentions that it makes.

Ours takes posts' documents as the engine has them and gives matches with their reasons; it is told what people see and
what is a workspace's own apart. The bare call is given the documents, cut down and in batches already, asks for the
least that says which topics match which posts, and its answer is thrown away. Both ask one engine with the same topics,
in turns. ``BENCH_TOPICS`` takes another number of topics.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from opensearchpy import helpers

from infra.bench.figure import Figure, Spread, compared, rounded
from infra.bench.million import POSTS
from infra.bench.million_posts import Posts
from infra.bench.percolate_topics import topics
from infra.bench.progress import say
from infra.local.servers import OpenSearch, OpenSearchConfig, free_port, start_all
from socialindex import engine
from socialindex.engine import TOPICS
from socialindex.mentions.percolate import BATCH, Percolator, asked_of
from socialindex.setup.stage import Setup
from socialindex.topics.stored import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch as Engine

NUMBER: Final = int(os.environ.get("BENCH_TOPICS", "10000"))
"""Topics."""
ROUNDS: Final = 5
CHUNKS: Final = 3
"""Thousands of posts in a round."""
_MINUTE: Final = 60
_HEAP_MB: Final = 1_024
_NOTHING_ELSE: Final = {"size": 10_000, "sort": ["_doc"], "_source": False, "track_total_hits": False}
"""The least that still says which topics match which posts: nothing is scored, counted or read."""
_PATIENCE: Final = 300
"""Seconds that a request may take here: on a busy machine, ours would go on to look for a topic to blame."""
_PARTS: Final = Path(__file__).parents[2] / "infra" / "opensearch"

Documents = list[dict[str, Any]]


class _Round(NamedTuple):
    """What the same posts took: seconds of ours and of the bare call."""

    posts: int
    ours: float
    bare: float
    matches: int

    def rates(self) -> tuple[float, float]:
        """Posts a second of both."""
        return self.posts / self.ours, self.posts / self.bare

    def mentions(self) -> float:
        """Matches that ours found in a minute."""
        return self.matches / self.ours * _MINUTE


def run() -> list[Figure]:
    """Both rates, after a round that warms up the engine."""
    with engine_with_topics(NUMBER) as client:
        rounds = [_round(client, documents(number * CHUNKS), number) for number in range(1 + ROUNDS)][1:]
    mentions = [each.mentions() for each in rounds]
    spread = Spread(rounded(min(mentions)), rounded(max(mentions)))
    return [
        compared("percolate", "posts/s", [each.rates() for each in rounds]),
        Figure("percolate_matches", rounded(statistics.median(mentions)), "matches/min", spread=spread),
    ]


@contextmanager
def engine_with_topics(number: int) -> Iterator[Engine]:
    """An engine that has so many topics and nothing else.

    Raises:
        Unavailable: it cannot be had or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
        data, port = Path(folder) / "engine", free_port()
        engine.TIMEOUT = _PATIENCE
        configs = [OpenSearchConfig(data=data, port=port, heap_mb=_HEAP_MB, persistent=False)]
        with start_all(configs) as running:
            client = engine.connect(running.get(OpenSearch).url, signed=False)
            Setup(client, _PARTS).run()
            say(f"  storing {number} topics ...")
            made = ({"_index": TOPICS, "_id": topic.id, **stored(topic)} for topic in topics(number))
            helpers.bulk(client, made, chunk_size=100, refresh=True)
            yield client


def documents(first: int) -> Documents:
    """Living posts of some chunks, as the engine gives them back."""
    year = Posts(POSTS)
    posts = [post for number in range(first, first + CHUNKS) for post in year.chunk(number)]
    return [{"visibility": "public", **msgspec.to_builtins(post)} for post in posts if post.deleted_at is None]


def _round(client: Engine, posts: Documents, number: int) -> _Round:
    """Both in turns, each first in every second round."""
    batches = [[asked_of(post) for post in posts[start : start + BATCH]] for start in range(0, len(posts), BATCH)]
    if number % 2:
        (ours, matches), bare = _ours(client, posts), _bare(client, batches)
    else:
        bare, (ours, matches) = _bare(client, batches), _ours(client, posts)
    say(f"  {len(posts)} posts in {ours:.1f} s, bare in {bare:.1f} s: {matches} matches")
    return _Round(len(posts), ours, bare, matches)


def _ours(client: Engine, posts: Documents) -> tuple[float, int]:
    started = time.perf_counter()
    matches = Percolator(client, _nobody).match(posts)
    return time.perf_counter() - started, sum(map(len, matches.values()))


def _bare(client: Engine, batches: list[Documents]) -> float:
    started = time.perf_counter()
    for batch in batches:
        held = {"percolate": {"field": "query", "documents": batch}}
        client.search(index=TOPICS, body={"query": {"bool": {"filter": [held]}}, **_NOTHING_ELSE})
    return time.perf_counter() - started


def _nobody(topic: str, why: str) -> None:
    raise AssertionError(f"{topic}: {why}")
