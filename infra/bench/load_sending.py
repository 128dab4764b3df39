"""Having requests sent, by a process of its own that has Locust: see ``loaders``."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.bench.crawl import SCRAPY_PYTHON
from infra.bench.loaders.told import Plan, heard
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from infra.bench.loaders.told import Answered, Arrival

_ROOT: Final = Path(__file__).parents[2]
_GRACE: Final = 90.0
"""Seconds beside those of the plan: for starting, and for answers that are late."""


def sent(host: str, arrivals: list[Arrival]) -> list[Answered]:
    """What became of requests to ``host``, an address of this machine; takes as long as the last one's time says.

    Raises:
        Unavailable: there is no Locust, or it failed, or did not tell what became of all.
    """
    if not host.startswith("http://127.0.0.1:"):
        raise Unavailable(f"{host} is not on this machine")
    with tempfile.TemporaryDirectory(prefix="socialindex-load-") as folder:
        plan, answers = Path(folder) / "plan", Path(folder) / "answers"
        Plan(host, arrivals).write(plan)
        _run([_python(), "-m", "infra.bench.loaders.arrivals", str(plan), str(answers)], arrivals[-1].at + _GRACE)
        found = heard(answers)
    if len(found) != len(arrivals):
        raise Unavailable(f"of {len(arrivals)} requests only {len(found)} are accounted for")
    return found


def _python() -> str:
    """The interpreter that has what benchmarks compare with, as the Makefile names it."""
    python = os.environ.get(SCRAPY_PYTHON, "")
    if not Path(python).is_file():
        raise Unavailable(f"{SCRAPY_PYTHON} names no interpreter that has Locust; make bench installs it")
    return python


def _run(command: list[str], seconds: float) -> None:
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"loaders/arrivals did not end within {seconds:.0f} seconds") from error
    if done.returncode:
        raise Unavailable(f"loaders/arrivals failed: {done.stderr[-1000:]}")
