"""Index: IndexQueue -> the social index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from socialindex import engine, settings, terms
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.index.stage import Index
from socialindex.index.writer import Writer

if TYPE_CHECKING:
    from socialindex.batch import BatchAnswer

logger = Logger()
_settings = settings.load()
terms.use(TermsTable(_settings.table("terms")))
_index = Index(
    Writer(engine.connect(_settings.engine_url, signed=_settings.engine_signed)),
    Queue(_settings.dead_letters("index")),
    Outcomes(_settings.table("outcomes")),
    Suppressions(_settings.table("suppressions")),
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Write a batch of posts."""
    return _index.handle(event)
