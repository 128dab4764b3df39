"""Watch: EventBridge Scheduler -> health events, told to administrators."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from socialindex import engine, settings
from socialindex.aws.channels import Channels
from socialindex.aws.health import Health
from socialindex.aws.notices import Notices
from socialindex.aws.outcomes import Outcomes
from socialindex.watch.history import IndexHistories
from socialindex.watch.stage import Watch

logger = Logger()
_settings = settings.load()
_watch = Watch(
    Health(_settings.table("health")),
    (
        Channels(_settings.table("channels")),
        Outcomes(_settings.table("outcomes")),
        IndexHistories(engine.connect(_settings.engine_url, signed=_settings.engine_signed)),
    ),
    Notices(_settings.text("HEALTH_TOPIC")),
    _settings.polling,
)


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Look once."""
    return _watch.run()
