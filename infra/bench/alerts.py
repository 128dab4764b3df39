"""Alerts on generated months of topics with known incidents, beside three usual ways to find them.

What is measured is how right they are, not how fast: recall, precision, false alerts of a topic in a month, and the
delay from an incident's beginning. Tuning and judgement use different seeds: ``BENCH_TUNING=1`` shows the former.
Below ours and the rivals stands how early it could be known: by an oracle that is told what incidents are like, words
included or counts only, and by whoever waits for the third voice that complains.
"""

from __future__ import annotations

import math
import os
import statistics
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.bench.figure import Figure
from infra.bench.mentions import judging, rivals
from infra.bench.mentions.judging import Judgement, foreseen, judge, together
from infra.bench.mentions.topic import Topic, incidents
from infra.bench.mentions.usual import BUCKETS, MINUTES
from infra.bench.mentions.watching import told
from infra.bench.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.bench.mentions.happenings import Happening

VOLUMES: Final = (20, 200, 2_000, 20_000)
"""Mentions a day."""
TOPICS: Final = 12
"""Of each volume: with six, a median of delays moved by two minutes from seeds to seeds."""
QUIET: Final = 14
"""Days of history, of which nothing is judged: the rivals need them."""
DAYS: Final = 74
_JUDGED: Final = (DAYS - QUIET) * BUCKETS
_JUDGED_SEED: Final = 10_000
_TUNING: Final = "BENCH_TUNING"
_PYTHON: Final = "SCRAPY_PYTHON"
"""Names the interpreter that has what benchmarks compare with, ruptures too."""
_CORES: Final = 2
OURS: Final = "ours"
KINDS: Final = ("explosion", "slow burn")


class Result(NamedTuple):
    """What each detector told of a topic, with what ours cost."""

    judgements: dict[str, Judgement]
    known: dict[str, Judgement]
    """When an incident could be known: by the oracles, and when its third voice complains."""
    young: int
    """Our alerts in the quiet days, of the last thirteen of which each is false."""
    microseconds: float
    """Of one bucket, by processor time."""
    size: int
    """Bytes of the memory as JSON at the end."""


def run() -> list[Figure]:
    """Figures for each volume; all detectors, by kind of incident, go to standard error as a table.

    Raises:
        Unavailable: ruptures is there and failed.
    """
    first = 0 if os.environ.get(_TUNING) == "1" else _JUDGED_SEED
    python = os.environ.get(_PYTHON, "")
    if not Path(python).is_file():
        say(f"  without change points: {_PYTHON} names no interpreter that has ruptures; make bench installs it")
        python = ""
    found: list[Figure] = []
    with ProcessPoolExecutor(_CORES, mp_context=get_context("spawn")) as pool:
        for volume in VOLUMES:
            results = list(pool.map(partial(watched, volume, python), range(first, first + TOPICS)))
            found += _figures(volume, results)
    return found


def watched(volume: int, python: str, seed: int) -> Result:
    """A topic under the eyes of all detectors."""
    topic = Topic(seed, volume, DAYS, QUIET)
    ours = told(topic)
    alarms: dict[str, Iterable[int]] = {
        "mean + 3 sigma": rivals.three_sigma(ours.counts),
        "z-score by hour": rivals.hourly(ours.counts),
    }
    if python:
        alarms["change points"] = rivals.changes(ours.counts, python)
    judgements = {OURS: _judged(ours.opened, ours.crises, topic.happenings)}
    for name, buckets in alarms.items():
        minutes = [MINUTES * (bucket + 1) for bucket in judging.alerts(buckets)]
        judgements[name] = _judged(minutes, [], topic.happenings)
    bounds = {"third complaint": {each.start: math.ceil(each.third) for each in incidents(topic)}}
    known = {name: foreseen(minutes, topic.happenings, _JUDGED) for name, minutes in (ours.oracles | bounds).items()}
    young = sum(minute <= QUIET * BUCKETS * MINUTES for minute in ours.opened)
    return Result(judgements, known, young, ours.microseconds, ours.size)


def _judged(opened: Sequence[int], crises: Sequence[int], happenings: Sequence[Happening]) -> Judgement:
    first = QUIET * BUCKETS * MINUTES
    kept = [[minute for minute in minutes if minute > first] for minutes in (opened, crises)]
    return judge(kept[0], kept[1], happenings, _JUDGED)


def _figures(volume: int, results: Sequence[Result]) -> list[Figure]:
    """Ours beside whichever rival has the best balance of precision and recall at this volume."""
    all_ = {name: together([each.judgements[name] for each in results]) for name in results[0].judgements}
    _tell(volume, all_, results)
    ours = all_.pop(OURS)
    rival = max(all_.values(), key=_balance)
    figures = [
        _beside(f"alerts_{volume}_recall", "share", ours.recall, rival.recall),
        _beside(f"alerts_{volume}_precision", "share", ours.precision, rival.precision),
        _beside(f"alerts_{volume}_false", "a topic-month", ours.false_a_month, rival.false_a_month),
        _beside(f"alerts_{volume}_delay_p50", "minutes", ours.delay(5), rival.delay(5)),
        _beside(f"alerts_{volume}_delay_p90", "minutes", ours.delay(9), rival.delay(9)),
        _beside(
            f"alerts_{volume}_delay_p50_of_ten", "minutes", ours.delay(5, of_ten=True), rival.delay(5, of_ten=True)
        ),
    ]
    cost = statistics.median(each.microseconds for each in results)
    return [*(figure for figure in figures if figure), Figure(f"alerts_{volume}_cost", round(cost), "us a bucket")]


def _beside(name: str, unit: str, value: float | None, baseline: float | None) -> Figure | None:
    if value is None:
        return None
    ratio = round(value / baseline, 3) if baseline else None
    return Figure(name, round(value, 3), unit, None if baseline is None else round(baseline, 3), ratio)


def _balance(judgement: Judgement) -> float:
    both = judgement.recall + judgement.precision
    return 2 * judgement.recall * judgement.precision / both if both else 0.0


def _tell(volume: int, all_: dict[str, Judgement], results: Sequence[Result]) -> None:
    say(f"  {volume:,} mentions a day, {all_[OURS].months:.0f} topic-months:")
    say(f"    {'':32} incidents recall precision false/month  p50  p90 (of ten: p50  p90) minutes")
    for name, judgement in all_.items():
        _tell_all(name, judgement)
    for name in results[0].known:
        _tell_all(name, together([each.known[name] for each in results]))
    ours = all_[OURS]
    size = max(each.size for each in results)
    young = sum(each.young for each in results)
    false = ", ".join(sorted(ours.false)) or "none"
    say(f"    false ones of ours: {false}; called a crisis and none: {', '.join(sorted(ours.crises)) or 'none'}")
    say(f"    in {len(results)} histories' first fortnights: {young} false; memory at most {size:,} bytes of JSON")


def _tell_all(name: str, judgement: Judgement) -> None:
    say(_row(name, judgement))
    for kind in KINDS:
        say(_row(f"  {kind}", judgement.of(kind)))


def _row(name: str, found: Judgement) -> str:
    delays = [found.delay(5), found.delay(9), found.delay(5, of_ten=True), found.delay(9, of_ten=True)]
    shown = " ".join("   -" if delay is None else f"{delay:4.0f}" for delay in delays)
    alerts = f"{found.precision:9.2f} {found.false_a_month:11.2f}"
    whole = "" if name.startswith((" ", "oracle", "third")) else alerts
    return f"    {name:32} {len(found.incidents):9} {found.recall:6.2f} {whole:21} {shown}"
