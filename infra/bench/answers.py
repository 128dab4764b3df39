"""Milliseconds of the API's answers over a million posts, beside the engine's alone for the very same request.

The handler of functions/search/app.py runs in this process, with the event of an HTTP API, and with the tables for
keys, usage and health. What it sends to the engine is caught, and sent again by a bare HTTP client that does not even
read the JSON. The two take turns, question by question; the engine forgets its answers between them.

``python -m infra.bench.answers`` shows where the handler's time goes.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unittest.mock import patch

import msgspec

from infra.bench.answers_questions import CLASSES, Chooser
from infra.bench.answers_wire import Wire, body_of, total_of
from infra.bench.figure import Figure, Spread, compared
from infra.bench.invoking import NOBODY, Invoker, provisioned
from infra.bench.million import million, posts_wanted
from infra.bench.progress import say
from infra.local.cloud import Cloud
from infra.local.keys import first_keys
from infra.local.servers import DynamoDb, DynamoDbConfig, OpenSearch, free_port
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.bench.answers_questions import Question

ROUNDS: Final = 5
TURNS: Final = 20
"""Questions of a class in a round."""
_SHOWN: Final = 40


class Taken(NamedTuple):
    """Milliseconds of one question."""

    handler: float
    engine: float


Round = dict[str, list[Taken]]
"""By class."""


def run() -> list[Figure]:
    """Median and 95th percentile, of each class and of all, after a round that warms up; and what the handler adds."""
    with asking() as ask:
        rounds = [_round(ask, number) for number in range(1 + ROUNDS)][1:]
    return [
        overhead(rounds),
        *figures("", rounds),
        *(figure for name in CLASSES for figure in figures(name, rounds)),
    ]


@contextmanager
def asking() -> Iterator[Asking]:
    """The handler and the engine it stands before, which holds the posts that ``BENCH_POSTS`` asks for.

    Raises:
        Unavailable: a server cannot be had or does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
        tables = DynamoDbConfig(data=Path(folder) / "dynamodb", port=free_port(), persistent=False)
        with million(posts_wanted(), [tables]) as running:
            cloud = Cloud(sqs=NOBODY, dynamodb=running.get(DynamoDb).url, s3=NOBODY)
            engine = running.get(OpenSearch).url
            with patch.dict(os.environ, cloud.environment()):
                template = provisioned(cloud, engine)
                keys = first_keys(Path(folder), cloud, template.tables["AccessTable"].name)
                yield Asking(Invoker(template, keys.client, accepts="gzip"), engine)


class Asking:
    """Both ways to have a question answered.

    Args:
        invoke: the handler.
        engine: the engine's address.
    """

    def __init__(self, invoke: Invoker, engine: str) -> None:
        self.invoke = invoke
        self._wire = Wire(invoke.module._engine, engine)  # noqa: SLF001 - the very client whose requests are measured

    def __call__(self, question: Question, *, engine_first: bool) -> Taken:
        """The time of both.

        Raises:
            Unavailable: a part does not answer, or the two are not about the same posts.
        """
        event = self.invoke.event(question.path, question.body)
        with self._wire.unplugged() as sent:
            self.invoke.module.handler(self.invoke.event(question.path, question.body), self.invoke.context)
        ways: dict[str, Callable[[], Any]] = {
            "handler": lambda: self.invoke(event),
            "engine": lambda: self._wire.send(sent[0]),
        }
        timed = {name: self._timed(ways[name]) for name in (reversed(ways) if engine_first else ways)}
        totals = msgspec.json.decode(body_of(timed["handler"][0]))["total"], total_of(timed["engine"][0])
        if totals[0] != totals[1]:
            raise Unavailable(f"{question}: handler and engine found different numbers of posts: {totals}")
        return Taken(timed["handler"][1], timed["engine"][1])

    def _timed(self, call: Callable[[], Any]) -> tuple[Any, float]:
        self._wire.forget()
        started = time.perf_counter()
        answer = call()
        return answer, (time.perf_counter() - started) * 1000


def _round(ask: Asking, number: int) -> Round:
    say(f"  round {number}: {TURNS} questions of {len(CLASSES)} classes in two ways ...")
    chooser = Chooser(f"round {number}")
    taken: Round = {name: [] for name in CLASSES}
    for turn in range(TURNS):
        for name, choose in CLASSES.items():
            taken[name].append(ask(choose(chooser), engine_first=turn % 2 == 1))
    return taken


def figures(name: str, rounds: list[Round]) -> Iterator[Figure]:
    """The percentiles of a class, or of all questions where there is no name."""
    title = "_".join(filter(None, ("answers", name)))
    pools = [[one for key, taken in found.items() if name in ("", key) for one in taken] for found in rounds]
    for part, place in (("p50", 9), ("p95", 18)):
        pairs = [(_quantile(pool, 0, place), _quantile(pool, 1, place)) for pool in pools]
        yield compared(f"{title}_{part}", "ms", pairs)


def _quantile(pool: list[Taken], way: int, place: int) -> float:
    return statistics.quantiles([one[way] for one in pool], n=20)[place]


def overhead(rounds: list[Round]) -> Figure:
    """The median of what the handler takes longer than the engine, question by question."""
    medians = [
        statistics.median(one.handler - one.engine for taken in found.values() for one in taken) for found in rounds
    ]
    low, high = round(min(medians), 2), round(max(medians), 2)
    return Figure("answers_overhead", round(statistics.median(medians), 2), "ms", spread=Spread(low, high))


def _profile() -> None:
    """Print what the handler's time goes to, with the waiting for engine and tables."""
    with asking() as ask:
        _round(ask, 0)
        chooser, profile = Chooser("profile"), cProfile.Profile()
        for choose in [*CLASSES.values()] * TURNS:
            question = choose(chooser)
            event = ask.invoke.event(question.path, question.body)
            profile.runcall(ask.invoke, event)
    pstats.Stats(profile).sort_stats("tottime").print_stats(_SHOWN)


if __name__ == "__main__":
    _profile()
