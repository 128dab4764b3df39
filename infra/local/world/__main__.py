"""Runs the sample world until SIGINT or SIGTERM; prints one line of JSON with its addresses once it is ready.

At SIGUSR1 something new breaks out: a burst of posts about a product that burns people, before any newspaper knows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.world.config import SITES, Faults, WorldConfig, system_clock
from infra.local.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit status is 1 where a port is taken."""
    config = _config(_parser().parse_args(arguments))
    try:
        asyncio.run(_serve(config))
    except OSError as error:
        print(error.strerror or error, file=sys.stderr)
        return 1
    return 0


async def _serve(config: WorldConfig) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with World(config) as world:
        running: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, lambda: running.add(loop.create_task(world.break_out())))
        ready = {"addresses": world.addresses.as_dict(), "anchor": world.truth.anchor.isoformat()}
        print(json.dumps(ready), flush=True)
        await stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local.world", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for world.json and manifest.json")
    parser.add_argument("--port", type=int, default=0, help=f"first of {len(SITES)} ports in a row; 0: any free ones")
    parser.add_argument(
        "--now", type=_moment, help="start the world's clock here instead of now (ISO 8601 with offset)"
    )
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--slow-seconds", type=float, default=Faults.slow_seconds, help="answer time of the slow host")
    parser.add_argument(
        "--flaky-every", type=int, default=Faults.flaky_every, help="the flaky host fails every k-th time"
    )
    return parser


def _config(options: argparse.Namespace) -> WorldConfig:
    return WorldConfig(
        data=options.data,
        ports=tuple(range(options.port, options.port + len(SITES))) if options.port else (),
        seed=options.seed,
        clock=_clock(options.now),
        faults=Faults(slow_seconds=options.slow_seconds, flaky_every=options.flaky_every),
    )


def _clock(now: datetime | None) -> Callable[[], datetime]:
    """A clock that reads ``now`` at this moment and runs on."""
    if now is None:
        return system_clock
    ahead = now - system_clock()
    return lambda: system_clock() + ahead


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("give an offset, such as +09:00 or Z")
    return moment


if __name__ == "__main__":
    sys.exit(main())
