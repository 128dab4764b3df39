"""Index: IndexQueue -> the social index, and mentions of the topics that posts match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import engine, settings, terms
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.aws.topics import TopicsTable
from socialindex.aws.work import WorkTable
from socialindex.index.stage import Index
from socialindex.index.writer import Writer
from socialindex.mentions.follow import Listener
from socialindex.mentions.percolate import Percolator
from socialindex.mentions.writer import MentionWriter
from socialindex.observing import observed
from socialindex.topics.documents import Documents
from socialindex.topics.suspension import Suspension

if TYPE_CHECKING:
    from socialindex.batch import BatchAnswer

_settings = settings.load()
terms.use(TermsTable(_settings.table("terms")))
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_topics = TopicsTable(_settings.table("topics"))
_suspension = Suspension(_topics, Documents(_engine), Queue(_settings.queue("topics")))
_listener = Listener(
    _engine,
    Percolator(_engine, _suspension.suspend),
    MentionWriter(_engine, WorkTable(_settings.table("work"))),
    _topics.reaches,
)
_index = Index(
    Writer(_engine),
    Queue(_settings.dead_letters("index")),
    Outcomes(_settings.table("outcomes")),
    Suppressions(_settings.table("suppressions")),
    _listener,
    Queue(_settings.queue("index")),
)


@observed
def handler(event: dict[str, Any], _context: object) -> BatchAnswer:
    """Write a batch of posts."""
    return _index.handle(event)
