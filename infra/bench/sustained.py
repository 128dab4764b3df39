"""Mentions/minute that normalize, index and alert sustain without a growing queue, beside the aim; and alerts' delays.

The whole service runs. Responses of five platforms are archived once a second and come through the queues; topics are
such that a post makes one mention on average. The rate rises, a minute each, until what waits gets older and older;
then the best rate is held. Meanwhile quiet topics are spoken of, whose alerts go to a webhook.

``SUSTAINED_MINUTES`` (10) says how long it is held, ``SUSTAINED_RATE`` holds so many posts a minute without looking for
the best rate, ``SUSTAINED_TOPICS`` (1,500) says how many topics there are.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.bench.progress import say
from infra.bench.service import bench_service, engine_of
from infra.bench.sustaining.audience import gathered
from infra.bench.sustaining.feeder import PROBE_EVERY, Wanted, feeding
from infra.bench.sustaining.gauge import engine_milliseconds, gauging, processor_seconds, slope
from infra.bench.sustaining.telling import Alarms, told
from infra.local.receiver import receiving
from socialindex.client import Client
from socialindex.engine import ALIAS, MENTIONS, answering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from infra.bench.figure import Figure
    from infra.bench.sustaining.feeder import Feeder
    from infra.bench.sustaining.gauge import Gauge
    from infra.local.receiver import Receiver
    from infra.local.service import Service

MINUTES: Final = float(os.environ.get("SUSTAINED_MINUTES", "10"))
RATE: Final = float(os.environ.get("SUSTAINED_RATE", "0"))
TOPICS: Final = int(os.environ.get("SUSTAINED_TOPICS", "1500"))
STEPS: Final = (4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000, 22_000, 25_000, 28_000)
"""Posts a minute that are tried, one minute each."""
STEP_SECONDS: Final = 60.0
WARM_UP_SECONDS: Final = 60.0
_OLD: Final = 30.0
"""Seconds: older must nothing be at the end of a step. The windows and the refresh take some ten."""
_TOO_OLD: Final = 120.0
"""The same while a rate is held: it is given up."""
_GROWTH: Final = 1.0
"""Seconds a minute by which what waits may get older while a rate is held: that of a queue that grows is more."""
_LESS: Final = 0.9
"""The share of a rate that is tried next where it could not be held."""
_TRIES: Final = 4
_DRAINED: Final = 1.0
_LOOK: Final = 3.0
"""Seconds in which the gauge has surely looked."""
_PATIENCE: Final = 600.0


class Held(NamedTuple):
    """What was seen while a rate was held."""

    rate: float
    began: float
    ended: float
    growth: float
    """Seconds a minute by which what waited got older."""
    seconds: dict[str, float]
    """Of processors, by who used them."""
    engine: dict[str, float]
    """Milliseconds of the engine's threads, by what was done."""
    shown: float
    """Posts in all responses, those that were known too."""

    @property
    def minutes(self) -> float:
        """How long."""
        return (self.ended - self.began) / 60


class Bench(NamedTuple):
    """What a run is made of."""

    service: Service
    engine: OpenSearch
    feeder: Feeder
    gauge: Gauge


def run() -> list[Figure]:
    """What was sustained, and the delays at it; what limits it goes to standard error.

    Raises:
        Unavailable: a part cannot be had or does not answer.
    """
    alarms = Alarms()
    with receiving(alarms.hear) as receiver, bench_service() as service, _bench(service, receiver) as bench:
        _warm_up(bench)
        held = _sustained(bench)
        _settle(bench)
        return told(bench, held, alarms)


@contextmanager
def _bench(service: Service, receiver: Receiver) -> Iterator[Bench]:
    engine, workspace = engine_of(service), _listening(service, receiver)
    say(f"  making {TOPICS:,} topics ...")
    audience = gathered(service, engine, workspace, TOPICS, round((MINUTES + 1) * 60 * _TRIES / PROBE_EVERY))
    stack = service.stack
    wanted = Wanted(
        service.cloud.environment(), stack.bucket_name("ArchiveBucket"), stack.queue_url("NormalizeQueue"), audience
    )
    with feeding(wanted) as feeder, gauging(service, engine, feeder) as gauge:
        yield Bench(service, engine, feeder, gauge)


def _listening(service: Service, receiver: Receiver) -> str:
    """Have the receiver told of alerts of a workspace, which is given back."""
    client = Client(service.stack.url, service.keys.client)
    receiver.trust(client.add_destination("bench", "webhook", url=receiver.url).secret)
    return client.workspaces()[0].id


def _warm_up(bench: Bench) -> None:
    say("  warming up ...")
    bench.feeder.feed(RATE or STEPS[0])
    _wait(bench, WARM_UP_SECONDS)


def _sustained(bench: Bench) -> Held:
    rate = RATE or _best(bench)
    for _ in range(_TRIES):
        _drain(bench)
        held = _hold(bench, rate)
        say(f"  {rate:,.0f} posts/min for {held.minutes:.1f} min: older by {held.growth:.2f} s a minute")
        if held.growth <= _GROWTH or RATE:
            break
        rate *= _LESS
    return held


def _best(bench: Bench) -> float:
    """The highest rate of ``STEPS`` at whose end nothing old waits."""
    best = float(STEPS[0])
    for rate in STEPS:
        bench.feeder.feed(rate)
        _wait(bench, STEP_SECONDS)
        point = bench.gauge.last()
        say(f"  {rate:,} posts/min: the oldest that waits is {point.behind:.0f} s old; {point.waiting}")
        if point.behind > _OLD:
            break
        best = float(rate)
    return best


def _drain(bench: Bench) -> None:
    """Let what waits be done, so that a rate is held from a clean start."""
    bench.feeder.feed(0)
    deadline = time.monotonic() + _PATIENCE
    _wait(bench, 2 * _LOOK)
    while not _is_idle(bench) and time.monotonic() < deadline:
        _wait(bench, 1)


def _is_idle(bench: Bench) -> bool:
    point = bench.gauge.last()
    return point.behind < _DRAINED and not any(point.waiting)


def _hold(bench: Bench, rate: float) -> Held:
    bench.feeder.feed(rate, probing=True)
    _wait(bench, STEP_SECONDS / 2)
    began, shown = time.time(), bench.feeder.counts[1]
    seconds, engine = processor_seconds(bench.service, bench.feeder), engine_milliseconds(bench.engine)
    for _ in range(max(1, round(MINUTES * 2))):
        _wait(bench, STEP_SECONDS / 2)
        point = bench.gauge.last()
        say(f"    {datetime.now(tz=UTC):%H:%M:%S} {point.behind:5.1f} s behind, waiting {point.waiting}")
        if point.behind > _TOO_OLD:
            break
    ended = time.time()
    after, engine_after = processor_seconds(bench.service, bench.feeder), engine_milliseconds(bench.engine)
    return Held(
        rate,
        began,
        ended,
        slope(bench.gauge.between(began, ended)),
        {name: after[name] - seconds[name] for name in after},
        {name: engine_after[name] - engine.get(name, 0.0) for name in engine_after},
        bench.feeder.counts[1] - shown,
    )


def _settle(bench: Bench) -> None:
    """Let the last of what was held arrive: two runs of the alert stage, a minute each."""
    _drain(bench)
    _wait(bench, 2 * STEP_SECONDS)
    bench.feeder.feed(0)
    with answering():
        bench.engine.indices.refresh(index=f"{ALIAS},{MENTIONS}")


def _wait(bench: Bench, seconds: float) -> None:
    """Let time pass.

    Raises:
        Unavailable: nobody feeds any more.
    """
    bench.feeder.check()
    time.sleep(seconds)
