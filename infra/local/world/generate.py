"""Makes the sample world: the same seed and anchor give the same bytes.

Run as ``python -m infra.local.world.generate --seed 12 --anchor 2026-06-01T00:00:00Z`` to read it as JSON.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

import msgspec

from infra.local.world.records import WorldData
from infra.local.world.story import boards, fediverse
from infra.local.world.story.press import Press
from infra.local.world.story.stage import Stage


def generate(seed: int, anchor: datetime, outbreak: datetime | None = None) -> WorldData:
    """Everything that the world will show, for an anchor with a time zone.

    With an ``outbreak``, a moment after the anchor, something new happens from then on; what was before is the same.
    """
    stage = Stage(seed, anchor, outbreak)
    press = Press(stage)
    articles = press.newspaper()
    accounts, statuses = fediverse.write(stage, articles)
    return WorldData(
        seed=seed,
        anchor=anchor,
        boards=boards.write(stage),
        accounts=accounts,
        statuses=statuses,
        articles=articles,
        walk=press.blog("walk", "느린산책"),
        lab=press.blog("lab", "뚝딱연구소"),
    )


def encode(world: WorldData) -> bytes:
    """The world as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(world), indent=1)


def main() -> None:
    """Print a world."""
    parser = argparse.ArgumentParser(description="Print the sample world as JSON.")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--anchor", type=datetime.fromisoformat, required=True, help="ISO 8601 with an offset")
    options = parser.parse_args()
    sys.stdout.buffer.write(encode(generate(options.seed, options.anchor)) + b"\n")


if __name__ == "__main__":
    main()
