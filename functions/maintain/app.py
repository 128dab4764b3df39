"""Maintain: EventBridge Scheduler -> retention and repairs of the index."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from socialindex import engine, settings
from socialindex.maintain.stage import Maintain

logger = Logger()
_settings = settings.load()
_maintain = Maintain(engine.connect(_settings.engine_url, signed=_settings.engine_signed))


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: object) -> dict[str, list[str]]:
    """Delete months beyond the retention and mend ids that live twice."""
    return _maintain.run(_settings.retention_months)
