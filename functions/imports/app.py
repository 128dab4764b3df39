"""Imports: ImportsQueue -> rows in the archive -> NormalizeQueue; and every minute, those that go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import engine, settings
from socialindex.aws.archive import Archive
from socialindex.aws.imports import ImportArchive, ImportsTable, Uploads
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.work import WorkTable
from socialindex.imports.removal import Stores
from socialindex.imports.stage import Imports, Queues
from socialindex.mentions.forgetting import Memories
from socialindex.observing import observed

if TYPE_CHECKING:
    from socialindex.batch import BatchAnswer

_settings = settings.load()
_stores = Stores(
    table=ImportsTable(_settings.table("imports")),
    uploads=Uploads(_settings.archive_bucket),
    rows=ImportArchive(_settings.archive_bucket),
    archive=Archive(_settings.archive_bucket),
    engine=engine.connect(_settings.engine_url, signed=_settings.engine_signed),
    normalize=Queue(_settings.queue("normalize")),
    memories=Memories(WorkTable(_settings.table("work"))),
)
_queues = Queues(own=Queue(_settings.queue("imports")), dead_letters=Queue(_settings.dead_letters("imports")))
_imports = Imports(_stores, _queues, Outcomes(_settings.table("outcomes")))


@observed
def handler(event: dict[str, Any], _context: object) -> BatchAnswer | dict[str, int]:
    """Work at imports that a message names; at a schedule's event, wake those that are due."""
    return _imports.handle(event) if "Records" in event else {"woken": _imports.sweep()}
