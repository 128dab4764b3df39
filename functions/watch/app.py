"""Watch: EventBridge Scheduler -> health events, told to administrators."""

from __future__ import annotations

from typing import Any

from socialindex import engine, settings
from socialindex.aws.channels import Channels
from socialindex.aws.health import Health
from socialindex.aws.notices import Notices
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.observing import observed
from socialindex.watch.history import IndexHistories
from socialindex.watch.projection import Projection
from socialindex.watch.removals import Removals
from socialindex.watch.stage import Watch

_QUEUED_STAGES = ("crawl", "imports", "normalize", "index", "exports", "topics", "network", "deliver")

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_health, _outcomes = Health(_settings.table("health")), Outcomes(_settings.table("outcomes"))
_watch = Watch(
    _health,
    (Channels(_settings.table("channels")), _outcomes, IndexHistories(_engine)),
    Notices(_settings.text("HEALTH_TOPIC")),
    _settings.polling,
)
_projection = Projection(
    _engine,
    _health,
    _outcomes,
    {stage: (Queue(_settings.queue(stage)), Queue(_settings.dead_letters(stage))) for stage in _QUEUED_STAGES},
)
_removals = Removals(_health, _projection)


@observed
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Look once, forget what goes with removed channels, and have dashboards show what was seen."""
    return {**_watch.run(), "forgotten": _removals.run(), "shown": _projection.run()}
