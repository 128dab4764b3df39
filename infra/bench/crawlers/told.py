"""What a crawler tells of a crawl. Standard library only: Scrapy's interpreter has nothing of ours."""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path
from typing import NamedTuple

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_STATUS = Path("/proc/self/status")
_MIB = 1024 * 1024


class Told(NamedTuple):
    """Pages that were fetched and read (lists included, robots.txt not), in what time, with what memory at most."""

    pages: int
    seconds: float
    peak_mb: float


def tell(pages: int, seconds: float) -> None:
    """Print what was done, as the process's only line of output."""
    sys.stdout.write(json.dumps(Told(pages, seconds, _peak_mb())) + "\n")


def heard(line: str) -> Told:
    """What a crawler printed."""
    return Told(*json.loads(line))


def _peak_mb() -> float:
    """The most memory that this process held (resident), in MiB."""
    if _STATUS.exists():  # its ``ru_maxrss`` can be what the parent held when it forked
        found = _PEAK.search(_STATUS.read_text())
        return int(found[1]) / 1024 if found else 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB  # macOS counts bytes
