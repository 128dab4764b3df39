"""Setup: puts index templates and stored scripts into the engine. Safe to run again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger

from socialindex import engine, settings
from socialindex.setup.stage import Setup

logger = Logger()
_settings = settings.load()
_setup = Setup(
    engine.connect(_settings.engine_url, signed=_settings.engine_signed), Path(__file__).parent / "opensearch"
)


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: object) -> dict[str, list[str]]:
    """Put everything that the engine must hold."""
    return _setup.run()
