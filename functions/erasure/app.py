"""Erasure: EventBridge Scheduler -> the index and the archive without what was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import engine, settings
from socialindex.aws.archive import Archive
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.work import WorkTable
from socialindex.erasure.stage import Erasure
from socialindex.mentions.forgetting import Memories
from socialindex.observing import observed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_RESERVE = 60.0
"""Seconds kept for the object at hand and for writing progress down."""

_settings = settings.load()
_erasure = Erasure(
    engine.connect(_settings.engine_url, signed=_settings.engine_signed),
    Archive(_settings.archive_bucket),
    Suppressions(_settings.table("suppressions")),
    memories=Memories(WorkTable(_settings.table("work"))),
)


@observed
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Go on with open removals."""
    return _erasure.run(context.get_remaining_time_in_millis() / 1000 - _RESERVE)
