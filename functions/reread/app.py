"""Reread: EventBridge Scheduler -> posts whose time has come -> frontier."""

from __future__ import annotations

from typing import Any

from socialindex import engine, settings
from socialindex.aws.channels import Channels
from socialindex.aws.frontier import Frontier
from socialindex.aws.hosts import Hosts
from socialindex.aws.marks import Marks
from socialindex.aws.outcomes import Outcomes
from socialindex.observing import observed
from socialindex.reread.stage import Reread

_settings = settings.load()
_reread = Reread(
    engine.connect(_settings.engine_url, signed=_settings.engine_signed),
    Channels(_settings.table("channels")),
    Frontier(_settings.table("frontier")),
    Hosts(_settings.table("hosts")),
    Marks(_settings.table("marks")),
    Outcomes(_settings.table("outcomes")),
)


@observed
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Hand out posts to be read again."""
    return _reread.run()
