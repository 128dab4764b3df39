"""What makes tests that run side by side (``make test``) as reliable as alone, and soon over."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer

LONGEST_FIRST: Final = (
    "tests/system/test_soak.py",
    "tests/system/",
    "tests/integration/test_crawl.py",
    "tests/integration/",
)
"""Beginnings of node ids: the soak waits for minutes, so it runs beside all others; then comes who needs servers."""

ONE_AFTER_THE_OTHER: Final = dict.fromkeys(
    ("tests/system/test_soak.py", "tests/system/test_failures.py", "tests/system/test_disaster.py"),
    "tests/system/test_soak.py",
)
"""Files that one worker runs, as if they were one: each is a whole service, of which two at once are enough."""

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Give a whole file to a worker, and some files to the same one."""
    return _Files(config, log)


class _Files(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return ONE_AFTER_THE_OTHER.get(file, file)


def pytest_collection_finish() -> None:
    """Let what was collected be tidied no more: to walk over eleven thousand tests takes the processor a second."""
    gc.freeze()


def _rank(item: pytest.Item) -> int:
    ranks = (rank for rank, beginning in enumerate(LONGEST_FIRST) if item.nodeid.startswith(beginning))
    return next(ranks, len(LONGEST_FIRST))
