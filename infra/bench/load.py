"""What the local API answers to ever more requests, to four times its knee, beside what it answers at the knee.

Locust sends a mix of real requests (``load_requests``) at moments that are set beforehand, whatever became of those
before. Rates double until fewer than 99 of 100 requests are answered, or the slowest twentieth takes longer than a
second, and go on to four times the knee. What is refused must say so clearly, and when the rate falls all must be as
before. Then: a client that exceeds its plan beside one that does not, and more posts than the pipeline can write.

All of it is sent to this machine. ``BENCH_CURVE`` names a file for the curve (SVG).
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.bench import load_scene as scene
from infra.bench.corpus import crawl_world
from infra.bench.load_curve import HEAD, KNEE_SECONDS, knee, line, recovery, row
from infra.bench.load_flood import flood
from infra.bench.load_picture import drawn
from infra.bench.load_requests import SEARCHES, Step, arrivals, names
from infra.bench.load_sending import sent
from infra.bench.load_told import Calm, Found, Loud, figures, tell
from infra.bench.load_watch import watching
from infra.bench.progress import say
from infra.bench.search import index_copies
from infra.bench.service import bench_service, engine_of
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from infra.bench.figure import Figure
    from infra.bench.load_curve import Row
    from infra.bench.load_requests import Client
    from infra.local.service import Service

FIRST: Final = 5.0
"""Requests a second of the first step; each is twice the one before."""
MOST: Final = 640.0
SECONDS: Final = 10.0
"""Of a step."""
BEYOND: Final = 4
"""Times the knee."""
CALM: Final = 15.0
"""Seconds after the worst, at half the knee."""
_WARM: Final = Step(15, 8)


def run() -> list[Figure]:
    """The curve's figures; the whole curve is told on standard error.

    Raises:
        Unavailable: a part cannot be had or does not answer, there is no Locust, or not even the first rate is borne.
    """
    corpus = crawl_world()
    with bench_service() as service:
        index_copies(engine_of(service))
        client = scene.listening_client(service)
        sent(service.stack.url, arrivals([_WARM], client, seed=1))
        began = time.perf_counter()
        with watching(lambda: scene.processes(service), lambda: time.perf_counter() - began) as looks:
            rows = _curve(service, client)
            at_knee = _knee(rows)
            calm = _calm(service, client, at_knee)
            loud = _loud(service, client, at_knee)
        flooded = flood(service, corpus, client, at_knee.offered / 4)
        found = Found(rows, at_knee, calm, loud, looks, scene.failures(service), flooded)
    tell(found)
    _draw(rows)
    return figures(found)


def _curve(service: Service, client: Client) -> list[Row]:
    """A row for each rate, to ``BEYOND`` times the highest that was borne."""
    say(HEAD)
    rows: list[Row] = []
    rate = FIRST
    while rate <= min(MOST, BEYOND * (borne.offered if (borne := knee(rows)) else FIRST)):
        answers = sent(service.stack.url, arrivals([Step(rate, SECONDS)], client, seed=int(rate)))
        rows.append(row(rate, SECONDS, answers))
        say(line(rows[-1]))
        rate *= 2
    return rows


def _knee(rows: list[Row]) -> Row:
    found = knee(rows)
    if found is None:
        raise Unavailable(f"not even {FIRST:g} requests a second are answered: {line(rows[0])}")
    return found


def _calm(service: Service, client: Client, at_knee: Row) -> Calm:
    """The worst once more, and what comes after it."""
    worst, half = Step(BEYOND * at_knee.offered, SECONDS), Step(at_knee.offered / 2, CALM)
    answers = sent(service.stack.url, arrivals([worst, half], client, seed=2))
    after = [one for one in answers if one.at >= worst.seconds]
    return Calm(recovery(answers, worst.seconds, KNEE_SECONDS), row(half.rate, half.seconds, after))


def _loud(service: Service, client: Client, at_knee: Row) -> Loud:
    """A client that asks as much as the knee, far beyond its plan, beside one that does not."""
    loud, quiet = Step(at_knee.offered, SECONDS), Step(at_knee.offered / 4, SECONDS)
    both = [
        *arrivals([quiet], client, seed=3),
        *arrivals([loud], scene.loud_client(service), seed=4, kinds=names(SEARCHES, "loud")),
    ]
    answers = sent(service.stack.url, sorted(both))
    itself = [one for one in answers if one.name.startswith("loud ")]
    others = [one for one in answers if not one.name.startswith("loud ")]
    return Loud(row(loud.rate, loud.seconds, itself), row(quiet.rate, quiet.seconds, others))


def _draw(rows: list[Row]) -> None:
    if path := os.environ.get("BENCH_CURVE"):
        Path(path).write_text(drawn(rows), "utf-8")
