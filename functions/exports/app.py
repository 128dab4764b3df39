"""Exports: ExportsQueue -> pages of the index -> files; and every minute, those that go on or whose time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import engine, settings, terms
from socialindex.aws.export_files import Files
from socialindex.aws.exports import ExportsTable
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.aws.topics import TopicsTable
from socialindex.aws.usage import Usage
from socialindex.exports.charges import Charges
from socialindex.exports.run import Ways
from socialindex.exports.stage import Exports, Queues
from socialindex.observing import observed
from socialindex.search import listening

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from socialindex.batch import BatchAnswer

_settings = settings.load()
_table = ExportsTable(_settings.table("exports"))
_ways = Ways(
    engine=engine.connect(_settings.engine_url, signed=_settings.engine_signed),
    suppressions=Suppressions(_settings.table("suppressions")),
    files=Files(_settings.archive_bucket),
)
_queues = Queues(own=Queue(_settings.queue("exports")), dead_letters=Queue(_settings.dead_letters("exports")))
_charges = Charges(_table, Usage(_settings.table("usage")))
_exports = Exports(_table, _ways, _charges, _queues, Outcomes(_settings.table("outcomes")))
terms.use(TermsTable(_settings.table("terms")))
listening.use(TopicsTable(_settings.table("topics")))


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer | dict[str, int]:
    """Work at exports that a message names; at a schedule's event, wake those that are due."""
    if "Records" not in event:
        return {"woken": _exports.sweep()}
    return _exports.handle(event, lambda: context.get_remaining_time_in_millis() / 1000)
