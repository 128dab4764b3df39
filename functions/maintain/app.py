"""Maintain: EventBridge Scheduler -> retention and repairs of the index, and what must not be in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import engine, settings, terms
from socialindex.aws.marks import Marks
from socialindex.aws.queues import Queue
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.terms import TermsTable
from socialindex.aws.topics import TopicsTable
from socialindex.aws.work import WorkTable
from socialindex.maintain.clusters import Clusters
from socialindex.maintain.forbidden import take_down
from socialindex.maintain.freshness import expire_unread
from socialindex.maintain.hourly import Hourly
from socialindex.maintain.missed import Missed
from socialindex.maintain.stage import Maintain
from socialindex.maintain.suppressed import Suppressed
from socialindex.maintain.titles import Titles
from socialindex.mentions.follow import Listener
from socialindex.mentions.forgetting import Memories
from socialindex.mentions.percolate import Percolator
from socialindex.mentions.writer import MentionWriter
from socialindex.observing import observed
from socialindex.topics.documents import Documents
from socialindex.topics.suspension import Suspension

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_RESERVE = 60.0
"""Seconds kept for the part of the suppression list that is at hand; before, as many are kept for the list."""

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_work = WorkTable(_settings.table("work"))
_memories = Memories(_work)
_marks = Marks(_settings.table("marks"))
_hourly = Hourly(_marks)
_maintain = Maintain(_engine, _memories, _marks)
_clusters = Clusters(_engine, _marks)
_suspension = Suspension(TopicsTable(_settings.table("topics")), Documents(_engine), Queue(_settings.queue("topics")))
_listener = Listener(
    _engine,
    Percolator(_engine, _suspension.suspend),
    MentionWriter(_engine, _work),
)
_missed = Missed(_engine, _marks, _listener.again)
_titles = Titles(_engine, _listener.again)
_suppressed = Suppressed(_engine, Suppressions(_settings.table("suppressions")), _marks, _memories)
terms.use(TermsTable(_settings.table("terms")))


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete months beyond the retention, what was not read again in time and what must not be there; mend the rest.

    The schedule whose input names the part ``clusters`` only brings near-duplicates together, and that which names
    ``mentions`` to mentions what they missed of their posts; it comes often enough to take texts that must not be kept,
    of which there may be a great many.
    """
    if event.get("part") == "clusters":
        return _clusters.run()
    if event.get("part") == "mentions":
        _hourly.tell()
        return {**_missed.run(), "titles": _titles.run()}
    told: dict[str, Any] = _maintain.run(_settings.retention_months)

    def has(seconds: float) -> bool:
        return context.get_remaining_time_in_millis() / 1000 > seconds

    unread = expire_unread(_engine, _memories, go_on=lambda: has(2 * _RESERVE))
    forbidden = take_down(_engine, _memories, go_on=lambda: has(2 * _RESERVE))
    # A backup that was restored brings back what was erased. The list only grows: it has what time is left.
    listed = _suppressed.run(lambda: has(_RESERVE))
    _hourly.done()
    return {**told, **listed, "unread": unread, "forbidden": forbidden}
