"""Normalize: NormalizeQueue -> posts -> IndexQueue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import settings, terms
from socialindex.aws.archive import Archive
from socialindex.aws.channels import Channels
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.terms import TermsTable
from socialindex.dictionary import Cached
from socialindex.normalize.polls import Polls
from socialindex.normalize.stage import Normalize
from socialindex.observing import observed

if TYPE_CHECKING:
    from socialindex.batch import BatchAnswer

_settings = settings.load()
terms.use(TermsTable(_settings.table("terms")))
_normalize = Normalize(
    Archive(_settings.archive_bucket),
    Queue(_settings.queue("index")),
    Queue(_settings.dead_letters("normalize")),
    Outcomes(_settings.table("outcomes")),
    Polls(Channels(_settings.table("channels")), _settings.polling),
    Cached(Dictionary(_settings.table("dictionary"))),
    own=Queue(_settings.queue("normalize")),
)


@observed
def handler(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Normalize a batch of archived responses."""
    return _normalize.handle(event)
