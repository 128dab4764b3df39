"""Setup: puts index templates and stored scripts into the engine, and keeps the index as the dictionary says.

Safe to run again. The schedule's event goes on with a new generation of the index; every other one puts everything.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
from aws_lambda_powertools import Logger

from socialindex import engine, settings
from socialindex.aws.dictionary import Dictionary
from socialindex.setup.rebuilding import SPARE_SECONDS, Rebuilding
from socialindex.setup.stage import Setup

logger = Logger()
_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_dictionary = Dictionary(_settings.table("dictionary"))
_folder = Path(__file__).parent / "opensearch"
_setup = Setup(_engine, _folder, _dictionary.all)
_rebuilding = Rebuilding(_engine, _folder, _dictionary)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own
    """Put everything that the engine must hold, or go on with a new generation of the index."""
    if event.get("part") != "generations":
        return {**_setup.run()}
    until = time.time() + context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    told: dict[str, Any] = msgspec.to_builtins(_rebuilding.run(until)) or {}
    return told
