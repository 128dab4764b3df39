"""Near-duplicates: which pairs a signature finds beside comparing all parts, what it costs, and the cluster writer.

``near_precision`` and ``near_recall`` are of pairs of labelled/near.toml in five scripts each; their baseline is the
same decision by all parts of both texts, which nothing that is stored allows. ``near_signature_*`` stands beside taking
the text apart into words. The cluster writer's rate stands beside a bulk request of the same documents, and where all
of them are one story, beside its own rate where each is another.

``python -m infra.bench.clusters`` prints the pairs by what they are, in 20 scripts each.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from infra.bench.figure import Figure, compared
from infra.bench.near_pairs import Pair, pairs
from infra.bench.progress import say
from infra.local.servers import OpenSearch, OpenSearchConfig, free_port, start_all
from socialindex import engine
from socialindex.aws.marks import Marks
from socialindex.engine import ALIAS, index_of
from socialindex.maintain.clusters import Clusters
from socialindex.normalize import near
from socialindex.setup.stage import Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch as Engine

    from socialindex.reread.schedule import Mark

SCRIPTS: Final = 20
"""That each pair is written in for the table; to write and compare them takes longer than all else."""
FIRST_SCRIPTS: Final = 5
"""Of these, for the figures."""
ROUNDS: Final = 15
POSTS: Final = 400
WRITTEN: Final = 3
"""Times that the writer is measured."""
SHARED: Final = 0.6
"""Share of all parts in common from which two texts are near-duplicates, where all are compared."""
_WORDS: Final = re.compile(r"\w+")
_OPENSEARCH: Final = Path(__file__).parents[1] / "opensearch"
_PATIENCE: Final = 120
"""Seconds: the first document of an index loads the dictionaries."""
_START: Final = datetime(2026, 11, 1, tzinfo=UTC)
_LATER: Final = datetime(2100, 1, 1, tzinfo=UTC)

Doc = dict[str, Any]


def run() -> list[Figure]:
    """Figures of the signature, then of the writer."""
    say("  comparing pairs ...")
    found = [_rates(_verdicts(script)) for script in range(FIRST_SCRIPTS)]
    return [
        *(compared(f"near_{name}", "share", [each[name] for each in found]) for name in ("precision", "recall")),
        *(_cost(f"near_signature_{length}", _text(length)) for length in (500, 5_000)),
        *_writer(),
    ]


# Pairs


def is_near(pair: Pair) -> bool:
    """What the cluster writer would say."""
    return len(set(near.signature(pair.one)) & set(near.signature(pair.other))) >= near.ALIKE


def is_near_by_parts(pair: Pair) -> bool:
    """The same by all parts."""
    one, other = (near._parts(text) for text in (pair.one, pair.other))  # noqa: SLF001 - what is measured against
    return min(len(one), len(other)) >= near.LEAST and len(one & other) >= SHARED * len(one | other)


def _verdicts(script: int) -> list[tuple[Pair, bool, bool]]:
    written = [pair.written_in(script) for pair in pairs()]
    return [(pair, is_near(pair), is_near_by_parts(pair)) for pair in written]


def _rates(verdicts: list[tuple[Pair, bool, bool]]) -> dict[str, tuple[float, float]]:
    """Precision and recall, each by signature and by all parts."""
    ways = [[(pair.near, verdict[way]) for pair, *verdict in verdicts] for way in (0, 1)]
    right = [sum(near and said for near, said in way) for way in ways]
    precision = [hits / max(1, sum(said for _, said in way)) for hits, way in zip(right, ways, strict=True)]
    recall = [hits / sum(near for near, _ in way) for hits, way in zip(right, ways, strict=True)]
    return {"precision": (precision[0], precision[1]), "recall": (recall[0], recall[1])}


# Cost


def _text(length: int) -> str:
    stories = (pair.one for pair in pairs() if pair.what == "another byline" and not pair.one.isascii())
    return ("\n".join(stories) * (1 + length // 500))[:length]


def _cost(name: str, text: str) -> Figure:
    calls = (lambda: near.signature(text), lambda: _WORDS.findall(text))
    rounds = [(_microseconds(calls[0]), _microseconds(calls[1])) for _ in range(ROUNDS)]
    return compared(name, "us", rounds)


def _microseconds(call: Callable[[], object], times: int = 50) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times * 1e6


# The writer


class _Kept(Marks):
    """Watermarks in memory."""

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}

    def get(self, name: str) -> Mark | None:
        return self._marks.get(name)

    def put(self, name: str, mark: Mark) -> None:
        self._marks[name] = mark

    @contextmanager
    def alone(self, name: str, seconds: float, *, beats: bool = False) -> Iterator[bool]:
        del name, seconds, beats
        yield True


def _writer() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
        config = OpenSearchConfig(data=Path(folder), port=free_port(), heap_mb=1024, quick_start=True, persistent=False)
        with start_all([config]) as servers:
            client = engine.connect(servers.get(OpenSearch).url, signed=False)
            Setup(client, _OPENSEARCH).run()
            mixed = [_clustered(client, _mixed(number)) for number in range(WRITTEN)]
            same = [_clustered(client, _docs([f"{number}/story"] * POSTS))[0] for number in range(WRITTEN)]
            apart = [
                _clustered(client, _docs([f"{number}-{post}" for post in range(POSTS)]))[0] for number in range(WRITTEN)
            ]
    whole = list(zip(same, apart, strict=True))
    return [compared("cluster_writer", "posts/s", mixed), compared("cluster_one_story", "posts/s", whole)]


def _clustered(client: Engine, docs: list[Doc]) -> tuple[float, float]:
    """Posts a second: of the writer, and of the bulk request."""
    client.indices.delete(index=f"{ALIAS}-*")
    written = _rate(lambda: _bulk(client, docs))
    found = _rate(lambda: Clusters(client, _Kept()).run(_LATER))
    say(f"  {len(docs)} posts: written {written:,.0f}/s, clustered {found:,.0f}/s")
    return found, written


def _rate(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return POSTS / (time.perf_counter() - start)


def _bulk(client: Engine, docs: list[Doc]) -> None:
    for start in range(0, len(docs), 500):
        page = docs[start : start + 500]
        lines = [line for doc in page for line in ({"index": {"_index": index_of("2026-11"), "_id": doc["id"]}}, doc)]
        client.bulk(body=b"".join(msgspec.json.encode(line) + b"\n" for line in lines), request_timeout=_PATIENCE)
    client.indices.refresh(index=ALIAS)


def _mixed(seed: int) -> list[Doc]:
    """Of ten posts one tells the big story, two one that ten tell, and seven are alone."""
    tens = (
        [f"{seed}/big", *[f"{seed}/{ten // 5}"] * 2, *(f"{seed}-{ten}-{post}" for post in range(7))]
        for ten in range(POSTS // 10)
    )
    return _docs([story for ten in tens for story in ten])


def _docs(stories: list[str]) -> list[Doc]:
    """Posts that tell these stories, each with three words of its own."""
    chance = random.Random(stories[0])  # noqa: S311 - the same every time, and no secret
    syllables = [chr(0xAC00 + 28 * chance.randrange(399)) for _ in range(300)]
    made: dict[str, str] = defaultdict(lambda: _sentence(chance, syllables, 60))
    docs = []
    for number, story in enumerate(stories):
        text = f"{_sentence(chance, syllables, 2)} {made[story]} {_sentence(chance, syllables, 1)}"
        at = (_START + timedelta(seconds=number)).isoformat()
        times = dict.fromkeys(("published_at", "first_seen_at", "indexed_at", "updated_at", "collected_at"), at)
        name = f"p{number:06}"
        said = {"text": text, "signature": near.signature(text), "visibility": "public", "cluster_id": name}
        docs.append({"id": name, "uri": name, "source": "feed", **times, **said})
    return docs


def _sentence(chance: random.Random, syllables: list[str], words: int) -> str:
    return " ".join("".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(words))


def _table() -> None:
    """Print how many of each kind of pair are found."""
    counts: dict[tuple[bool, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for script in range(SCRIPTS):
        for pair, *verdict in _verdicts(script):
            count = counts[not pair.near, pair.what]
            counts[not pair.near, pair.what] = [known + more for known, more in zip(count, (1, *verdict), strict=True)]
    print("| pair | near | by signature | by all parts |\n|---|---|---|---|")
    for (far, what), (total, signed, parted) in sorted(counts.items()):
        print(f"| {what} | {'no' if far else 'yes'} | {signed / total:.1%} | {parted / total:.1%} |")


if __name__ == "__main__":
    _table()
