"""More requests than can be taken: refused at once as AWS refuses them, while those that were taken are answered."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from infra.local.cloud import Cloud
from infra.local.events.front import Front
from infra.local.events.gate import Gate
from infra.local.events.routes import Routes
from infra.local.runtime.outcome import Outcome
from infra.local.runtime.pool import THROTTLED, Pool
from infra.local.template.model import Route, Throttling

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.unit.stack.conftest import Reader

ROUTE = Route(function="F", api="api", method="GET", path="/v1/posts")
API = """
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefaultRouteSettings: {ThrottlingBurstLimit: 200, ThrottlingRateLimit: 100}
"""


class Workers:
    """Stand-ins for processes, which answer when they are let go."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.taken = 0
        self.alive = True

    async def start(self, _: object) -> Workers:
        return self

    async def started(self) -> None:
        return None

    async def invoke(self, _: bytes) -> Outcome:
        self.taken += 1
        await self.released.wait()
        return Outcome(b'{"statusCode": 200}')


def pool_of(workers: Any, reserved: int | None) -> Pool:
    function: Any = SimpleNamespace(reserved=reserved, logical_id="F")
    return Pool(function, workers, cap=2, most=6)


async def asked(pool: Pool, count: int) -> list[asyncio.Task[Outcome]]:
    """So many questions at once, each begun."""
    tasks = [asyncio.create_task(pool.answer(b"{}")) for _ in range(count)]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize(("reserved", "refused"), [(3, 4), (6, 1), (7, 1), (None, 1)])
def test_no_more_is_waited_for_than_the_function_may_run(reserved: int | None, refused: int) -> None:
    async def run() -> tuple[list[str | None], int, int]:
        workers = Workers()
        pool = pool_of(workers, reserved)
        tasks = await asked(pool, 7)
        assert sum(task.done() for task in tasks) == refused, "a refusal does not wait"
        taken = workers.taken
        workers.released.set()
        return [outcome.error for outcome in await asyncio.gather(*tasks)], taken, pool.counters.throttled

    errors, taken, counted = asyncio.run(run())
    assert errors == [None] * (7 - refused) + [THROTTLED] * refused
    assert (taken, counted) == (2, refused)


def test_there_is_room_again_when_something_was_answered() -> None:
    async def run() -> list[Outcome]:
        workers = Workers()
        pool = pool_of(workers, reserved=1)
        workers.released.set()
        return [await pool.answer(b"{}") for _ in range(3)]

    assert [outcome.error for outcome in asyncio.run(run())] == [None] * 3


def test_queues_and_schedules_wait_their_turn_whoever_else_asks() -> None:
    async def run() -> list[str | None]:
        workers = Workers()
        pool = pool_of(workers, reserved=1)
        tasks = [asyncio.create_task(pool.invoke(b"{}")) for _ in range(5)]
        await asyncio.sleep(0)
        workers.released.set()
        return [outcome.error for outcome in await asyncio.gather(*tasks)]

    assert asyncio.run(run()) == [None] * 5


@pytest.mark.parametrize(
    ("times", "through"),
    [
        ([0.0] * 5, [True, True, True, False, False]),
        ([0.0, 0.0, 0.0, 0.0, 0.5, 0.5], [True, True, True, False, True, False]),
        ([0.0, 0.0, 0.0, 1000.0, 1000.0, 1000.0, 1000.0], [True] * 6 + [False]),
    ],
    ids=["a burst", "filled up at its rate", "never more than a burst"],
)
def test_the_gate_is_a_bucket_that_fills_up_evenly(times: list[float], through: list[bool]) -> None:
    gate = Gate(Throttling(rate=2, burst=3))
    assert [gate.admits(now) for now in times] == through


def test_a_gate_without_limits_lets_everything_through() -> None:
    assert all(Gate(None).admits(0.0) for _ in range(1_000))


@pytest.mark.parametrize(("text", "limits"), [(API, Throttling(rate=100, burst=200)), ("Resources: {}", None)])
def test_the_limits_are_the_templates(read: Reader, text: str, limits: Throttling | None) -> None:
    assert read(text).throttling == limits


def test_what_is_too_much_is_answered_as_by_api_gateway() -> None:
    """One is being answered, one was too many at once, then the burst of three is used up."""

    async def ask(get: Callable[[], Awaitable[tuple[int, object]]], workers: Workers) -> list[tuple[int, object]]:
        first = asyncio.ensure_future(get())
        while not workers.taken:  # noqa: ASYNC110 - it offers nothing to wait for
            await asyncio.sleep(0.001)
        refused = [await get() for _ in range(3)]
        workers.released.set()
        return [await first, *refused]

    async def run() -> list[tuple[int, object]]:
        workers = Workers()
        cloud = Cloud(sqs="http://127.0.0.1:1", dynamodb="http://127.0.0.1:1", s3="http://127.0.0.1:1")
        gate = Gate(Throttling(rate=0.001, burst=3))
        front = Front(Routes([ROUTE]), gate, {"F": pool_of(workers, reserved=1)}, cloud)
        listener = socket.create_server(("127.0.0.1", 0))
        await front.start(listener)
        try:
            async with aiohttp.ClientSession() as session:

                async def get() -> tuple[int, object]:
                    async with session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/v1/posts") as answer:
                        return answer.status, await answer.json(content_type=None)

                return await ask(get, workers)
        finally:
            await front.stop(1)

    busy, many = {"message": "Service Unavailable"}, {"message": "Too Many Requests"}
    assert asyncio.run(run()) == [(200, None), (503, busy), (503, busy), (429, many)]
