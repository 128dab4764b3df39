"""Requests at times that are set beforehand, sent by Locust, for the interpreter that has it.

    python -m infra.bench.loaders.arrivals PLAN ANSWERS

The model is an open one: a request is due when the plan says, whatever became of those before it, and its time counts
from then. Locust's own pacing is closed: a user asks again when it was answered, so that a slow service is asked less
and its worst moments are hardly seen (coordinated omission). Here its users only take what is due; where all of them
are busy, a request waits, and its wait is in its time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import gevent  # type: ignore[import-untyped]  # of another interpreter's
from gevent.queue import Queue  # type: ignore[import-untyped]  # likewise
from locust import FastHttpUser, constant, task  # type: ignore[import-not-found]  # likewise
from locust.env import Environment  # type: ignore[import-not-found]  # likewise

from infra.bench.loaders.told import Answered, Arrival, Plan, kind_of, tell

USERS = 300
"""Requests that are under way at once at most."""
PATIENCE = 40.0
"""Seconds for an answer: ten more than the gateway gives a function."""


class _Run:
    """What the users share."""

    def __init__(self) -> None:
        self.due: Any = Queue()
        self.open: set[Arrival] = set()
        """What is not answered yet."""
        self.answers: list[Answered] = []
        self.began = 0.0

    def now(self) -> float:
        return perf_counter() - self.began

    def let_arrive(self, arrival: Arrival) -> None:
        self.open.add(arrival)
        self.due.put(arrival)

    def note(self, arrival: Arrival, late: float, status: int, kind: str) -> float:
        """Keep what became of a request; the seconds that it took."""
        took = self.now() - arrival.at
        self.open.discard(arrival)
        self.answers.append(Answered(arrival.at, late, took, arrival.name, status, kind))
        return took

    def give_up(self) -> None:
        for arrival in list(self.open):
            self.note(arrival, 0.0, 0, "unclear")


_run = _Run()


class _User(FastHttpUser):  # type: ignore[misc]  # mypy does not see Locust's class
    wait_time = constant(0)
    network_timeout = connection_timeout = PATIENCE

    @task  # type: ignore[untyped-decorator]  # likewise
    def take(self) -> None:
        """Send what is due next."""
        arrival: Arrival = _run.due.get()
        late = _run.now() - arrival.at
        with self.client.request(
            arrival.method,
            arrival.path,
            name=arrival.name,
            data=arrival.body.encode() or None,
            headers=_headers(arrival),
            catch_response=True,
        ) as response:
            took = _run.note(arrival, late, response.status_code, _kind(response))
            response.request_meta["response_time"] = took * 1000
            response.success()  # an error is an answer, too: what it is worth is judged by whoever asked


def _headers(arrival: Arrival) -> dict[str, str]:
    given = {"Accept-Encoding": "gzip"}
    if arrival.key:
        given["Authorization"] = f"Bearer {arrival.key}"
    if arrival.body:
        given["Content-Type"] = "application/json"
    return given


def _kind(response: Any) -> str:  # noqa: ANN401 - Locust's response
    if not response.status_code:
        return "unclear"
    headers = response.headers
    content_type, retry_after = headers.get("content-type", ""), headers.get("retry-after")
    return kind_of(response.status_code, content_type, retry_after, response.content or b"")


def _main(plan: Plan) -> list[Answered]:
    environment = Environment(user_classes=[_User], host=plan.host)
    runner = environment.create_local_runner()
    runner.start(USERS, spawn_rate=USERS)
    while runner.user_count < USERS:
        gevent.sleep(0.05)
    _run.began = perf_counter()
    for arrival in plan.arrivals:
        gevent.sleep(max(0.0, arrival.at - _run.now()))
        _run.let_arrive(arrival)
    with gevent.Timeout(PATIENCE, exception=False):
        while _run.open:
            gevent.sleep(0.1)
    _run.give_up()
    runner.quit()
    return _run.answers[: len(plan.arrivals)]


if __name__ == "__main__":
    tell(_main(Plan.read(Path(sys.argv[1]))), Path(sys.argv[2]))
