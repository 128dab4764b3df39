"""What makes tests that run side by side (``make test``) as reliable as alone, and soon over."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_FIRST: Final = (
    "tests/system/test_soak.py",
    "tests/system/",
    "tests/integration/test_crawl.py",
    "tests/integration/",
)
"""Beginnings of node ids: the soak waits for minutes, so it runs beside all others; then comes who needs servers."""

# The clock on the wall tells how busy the machine is. Where speed matters, tests measure the processor's time.
settings.register_profile("beside others", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("beside others")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the terminal: GNU readline, which pytest loads, hands its size on to every process that is started."""
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let no worker be left alone with a long file at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)


def pytest_collection_finish() -> None:
    """Let what was collected be tidied no more: to walk over eleven thousand tests takes the processor a second."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_doubt() -> Iterator[None]:
    """Let no test wait for the engine otherwise because in another one, of the same process, an engine hung."""
    yield
    if lookup := sys.modules.get("socialindex.search.lookup"):
        lookup.doubt.forget()


def _rank(item: pytest.Item) -> int:
    ranks = (rank for rank, beginning in enumerate(LONGEST_FIRST) if item.nodeid.startswith(beginning))
    return next(ranks, len(LONGEST_FIRST))
