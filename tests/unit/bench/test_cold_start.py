"""What functions load before they can answer."""

from __future__ import annotations

import asyncio

import pytest

from infra.bench.cold_start import functions, loaded, starts


@pytest.mark.parametrize("name", ["search", "index", "maintain", "setup"])
def test_who_does_not_fetch_loads_no_http_client_for_it(name: str) -> None:
    packages = loaded(functions()[name])
    assert {"opensearchpy", "socialindex"} <= packages
    assert not {"aiohttp", "lxml"} & packages


def test_a_start_lasts_until_the_runtime_asks_for_work() -> None:
    targets = {"dispatch": functions()["dispatch"]}
    (found,) = asyncio.run(starts(targets, rounds=1))
    ours, least = found["dispatch"]
    assert 20 < least < 60_000
    assert 20 < ours < 60_000
