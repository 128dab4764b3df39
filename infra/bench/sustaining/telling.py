"""What is told at the end: rates, delays, and who used the processors."""

from __future__ import annotations

import random
import statistics
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from infra.bench.figure import Figure
from infra.bench.progress import say
from infra.bench.sustaining.plan import SPEEDS, plans
from socialindex.engine import ALIAS, MENTIONS, answering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.bench.sustained import Bench, Held
    from infra.bench.sustaining.gauge import Point
    from infra.local.receiver import Call

AIM: Final = 20_000
"""Mentions a minute."""
LATEST: Final = 90.0
"""Seconds from the archive to an alert, of nineteen in twenty."""
_P50, _P95 = 50, 95
_DRAWN: Final = 20_000


class Alarms:
    """When the first alert of each topic arrived at the webhook."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: dict[str, tuple[float, str]] = {}

    def hear(self, call: Call) -> None:
        """Take a call of the receiver's."""
        data = call.event["data"]
        with self._lock:
            self._first.setdefault(data["topic"], (time.time(), data["kind"]))

    def of(self, topic: str) -> tuple[float, str] | None:
        """When it came, and the alert's kind."""
        with self._lock:
            return self._first.get(topic)


def told(bench: Bench, held: Held, alarms: Alarms) -> list[Figure]:
    """All figures; what limits them goes to standard error."""
    mentions = _counted(bench, MENTIONS, held) / held.minutes
    posts = _counted(bench, ALIAS, held) / held.minutes
    alerts = _alerts(bench, held, alarms)
    if bench.gauge.missing:
        say(f"  {len(bench.gauge.missing)} posts never arrived, the first {bench.gauge.missing[0]}")
    _tell_queues(bench.gauge.between(held.began, held.ended))
    _tell_processors(held, max(posts * held.minutes, 1))
    _tell_engine(held)
    found = [took.seconds for took in bench.gauge.mentions if held.began <= took.at < held.ended]
    searchable = [took.seconds for took in bench.gauge.posts if held.began <= took.at < held.ended]
    return [
        _figure("sustained_mentions", "mentions/min", mentions, AIM),
        _figure("sustained_posts", "posts/min", posts),
        _figure("sustained_read", "posts/min", held.shown / held.minutes),
        _figure("sustained_growth", "s/min", held.growth),
        *_times("archived_to_post", searchable),
        *_times("archived_to_mention", found),
        *_times("archived_to_alert", alerts, LATEST),
        *_published(alerts),
    ]


def _counted(bench: Bench, index: str, held: Held) -> int:
    """What there is of the responses that were archived meanwhile, known posts not counted."""
    moments = [datetime.fromtimestamp(each, tz=UTC).isoformat() for each in (held.began, held.ended)]
    query = {"range": {"first_seen_at": {"gte": moments[0], "lt": moments[1]}}}
    must_not = [{"exists": {"field": "mention.gone"}}] if index == MENTIONS else []
    body: dict[str, Any] = {"query": {"bool": {"filter": [query], "must_not": must_not}}}
    with answering():
        return int(bench.engine.count(index=index, body=body)["count"])


def _alerts(bench: Bench, held: Held, alarms: Alarms) -> list[float]:
    """Seconds from the archive to the webhook; of a probe without an alert none."""
    probed = [each for each in bench.gauge.probed.values() if held.began <= each.at < held.ended]
    by_kind: dict[str, list[float]] = {}
    missed = 0
    for probe in probed:
        heard = alarms.of(probe.topic)
        if heard is None:
            missed += 1
        else:
            by_kind.setdefault(heard[1], []).append(heard[0] - probe.at)
    for kind, seconds in by_kind.items():
        say(f"  {kind}: {len(seconds)} alerts, p50 {_share(seconds, _P50):.1f} s, p95 {_share(seconds, _P95):.1f} s")
    say(f"  {len(probed)} quiet topics were spoken of, {missed} without an alert")
    return [each for seconds in by_kind.values() for each in seconds]


def _published(alerts: Sequence[float]) -> list[Figure]:
    """From publication to alert by source: the wait for the poll by its plan, then a delay as it was measured."""
    if not alerts:
        return []
    figures = []
    for speed, an_hour in SPEEDS.items():
        say(f"  from publication to alert, channels with {an_hour:g} posts an hour:")
        for plan in plans(speed):
            chance = random.Random(plan.name)  # noqa: S311 - the same in every run
            drawn = [plan.archived_after(chance) + chance.choice(alerts) for _ in range(_DRAWN)]
            say(f"  {plan.name:12} p50 {_share(drawn, _P50) / 60:5.1f} min, p95 {_share(drawn, _P95) / 60:5.1f} min")
            if speed == "busy":
                figures.append(_figure(f"published_to_alert_{plan.name}_p95", "s", _share(drawn, _P95)))
    return figures


def _tell_queues(points: Sequence[Point]) -> None:
    say("  minute  oldest, mean and most   messages waiting: normalize, index, deliver")
    first = points[0].at if points else 0.0
    minutes: dict[int, list[Point]] = {}
    for point in points:
        minutes.setdefault(int((point.at - first) // 60), []).append(point)
    for minute, some in minutes.items():
        behind = [point.behind for point in some]
        waiting = [statistics.mean(column) for column in zip(*(point.waiting for point in some), strict=True)]
        shown = "".join(f"{each:8.0f}" for each in waiting)
        say(f"  {minute + 1:6} {statistics.mean(behind):9.1f} {max(behind):7.1f} s   {shown}")


def _tell_processors(held: Held, posts: float) -> None:
    total = sum(held.seconds.values())
    say(f"  processor time: {total / held.minutes / 60:.2f} cores; by who used it, with ms for each new post:")
    for name, seconds in sorted(held.seconds.items(), key=lambda pair: -pair[1]):
        cores = seconds / held.minutes / 60
        say(f"  {name:10} {cores:6.3f} cores {100 * seconds / total:5.1f} % {1000 * seconds / posts:7.3f} ms")


def _tell_engine(held: Held) -> None:
    say("  the engine's threads by what they did:")
    for name, milliseconds in sorted(held.engine.items(), key=lambda pair: -pair[1]):
        if milliseconds > 0:
            say(f"  {name:20} {milliseconds / held.minutes / 60_000:6.3f} threads")


def _times(name: str, seconds: Sequence[float], baseline: float | None = None) -> list[Figure]:
    if not seconds:
        return []
    return [
        _figure(f"{name}_p50", "s", _share(seconds, _P50)),
        _figure(f"{name}_p95", "s", _share(seconds, _P95), baseline),
    ]


def _share(values: Sequence[float], percent: int) -> float:
    """A percentile, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-percent * len(ordered) // 100) - 1)]


def _figure(name: str, unit: str, value: float, baseline: float | None = None) -> Figure:
    ratio = round(value / baseline, 3) if baseline else None
    return Figure(name, float(f"{value:.3g}"), unit, baseline, ratio)
