"""Run the servers in the foreground: ``python -m infra.local.servers [--data FOLDER] [--in-memory]``."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.artifacts.cache import PROJECT
from infra.local.servers.environment import configs_of_environment
from infra.local.servers.running import start_all
from socialindex.errors import InvalidInput, SocialIndexError

if TYPE_CHECKING:
    from types import FrameType

    from infra.local.servers.running import Running

_WATCH_SECONDS = 1.0


def main() -> int:
    """Start all, say where they are, and stay until interrupted or until one dies."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.servers", description=__doc__)
    parser.add_argument("--data", type=Path, default=PROJECT / ".local" / "data", help="folder for the servers' data")
    parser.add_argument("--in-memory", action="store_true", help="keep nothing after the stop")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with start_all(configs_of_environment(arguments.data, persistent=not arguments.in_memory)) as running:
            return _watch(running)
    except KeyboardInterrupt:
        return 0
    except SocialIndexError as error:
        remedy = f"\n{error.remedy}" if isinstance(error, InvalidInput) and error.remedy else ""
        print(f"{error}{remedy}", file=sys.stderr)
        return 1


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _watch(running: Running) -> int:
    for server in running.servers:
        print(f"{server.name:15} {server.url:25} {server.log}", flush=True)
    while not (dead := running.died()):
        time.sleep(_WATCH_SECONDS)
    print(f"{dead.name} ended; see {dead.log}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
