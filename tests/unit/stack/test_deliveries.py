from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.events.deliveries import Deliveries
from infra.local.runtime.outcome import Outcome, RequestTooLarge, failure


class Pool:
    """Fails so many times; counts its invocations."""

    def __init__(self, failures: int, retries: int) -> None:
        self.function = SimpleNamespace(logical_id="F", retries=retries)
        self.invocations = 0
        self._failures = failures

    async def invoke(self, _: bytes) -> Outcome:
        self.invocations += 1
        return failure("ValueError", "on purpose") if self.invocations <= self._failures else Outcome(b"null")


def deliver(pool: Any) -> int:
    async def run() -> None:
        deliveries = Deliveries(pool, speed=1e6)
        deliveries.submit(b"{}")
        while deliveries.outstanding:  # noqa: ASYNC110 - it offers nothing to wait for
            await asyncio.sleep(0.001)

    asyncio.run(run())
    return int(pool.invocations)


@pytest.mark.parametrize(
    ("failures", "retries", "invocations"),
    [(0, 2, 1), (1, 2, 2), (2, 2, 3), (9, 2, 3), (9, 1, 2), (9, 0, 1)],
)
def test_a_failed_event_is_repeated_as_often_as_the_function_says(
    failures: int, retries: int, invocations: int
) -> None:
    assert deliver(Pool(failures, retries)) == invocations


def test_a_stop_ends_the_wait_for_a_repetition() -> None:
    pool: Any = Pool(failures=9, retries=2)

    async def run() -> None:
        deliveries = Deliveries(pool, speed=1)
        deliveries.submit(b"{}")
        await asyncio.sleep(0.01)
        await asyncio.wait_for(deliveries.stop(grace=30), 5)

    asyncio.run(run())
    assert pool.invocations == 1


def test_an_event_over_the_limit_is_refused() -> None:
    pool: Any = Pool(failures=0, retries=0)
    with pytest.raises(RequestTooLarge, match="1048576"):
        Deliveries(pool, speed=1).submit(b"x" * 1_048_577)
