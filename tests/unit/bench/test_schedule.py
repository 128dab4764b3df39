"""Hosts are kept busy, by a clock that is right."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from infra.bench.schedule import simulated
from infra.bench.virtual import EPOCH, VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


def test_hosts_are_asked_within_five_percent_of_what_they_bear() -> None:
    reached, ideal = simulated(hosts=40, seconds=60.0)
    assert 0.95 < reached / ideal <= 1.01


def test_hosts_whose_crawler_ends_soon_have_the_next() -> None:
    reached, ideal = simulated(hosts=2, seconds=1_600.0)
    assert 0.95 < reached / ideal <= 1.01


def virtually(work: Callable[[VirtualLoop], Coroutine[Any, Any, Any]], **options: float) -> Any:
    loop = VirtualLoop(**options)
    with closing(loop):
        return loop.run_until_complete(work(loop))


def test_waiting_takes_virtual_time_only() -> None:
    async def work(loop: VirtualLoop) -> tuple[float, ...]:
        async def nap(seconds: float) -> float:
            await asyncio.sleep(seconds)
            return loop.time()

        return await asyncio.gather(nap(3_600.0), nap(0.5), nap(0.0))

    assert virtually(work) == pytest.approx((3_600.0, 0.5, 0.0), abs=1e-6)


def test_calls_that_would_be_a_threads_take_their_time_and_raise_their_errors() -> None:
    async def work(loop: VirtualLoop) -> tuple[int, float]:
        number = await asyncio.to_thread(int, "5")
        with pytest.raises(ValueError, match="five"):
            await asyncio.to_thread(int, "five")
        return number, loop.unix_time()

    assert virtually(work, call_seconds=0.25) == (5, pytest.approx(EPOCH + 0.5))


def test_what_waits_for_nothing_is_an_error() -> None:
    async def work(loop: VirtualLoop) -> None:
        await loop.create_future()

    with pytest.raises(RuntimeError, match="never comes"):
        virtually(work)
