"""Topics: TopicsQueue -> the engine's topics, and mentions of posts that were there; every minute, those that go on.

Every hour, and as soon as the engine has none at all, what it has of topics is compared with what is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import engine, settings
from socialindex.alert.leaving import Leaving
from socialindex.aws.alerts import AlertsTable
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.outcomes import Outcomes
from socialindex.aws.queues import Queue
from socialindex.aws.topics import TopicsTable
from socialindex.aws.work import WorkTable
from socialindex.mentions.writer import MentionWriter
from socialindex.observing import observed
from socialindex.query import names
from socialindex.topics.documents import Documents
from socialindex.topics.mending import Mending
from socialindex.topics.mentioning import Mentioning
from socialindex.topics.stage import Queues, Topics, Ways

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from socialindex.batch import BatchAnswer

_settings = settings.load()
_engine = engine.connect(_settings.engine_url, signed=_settings.engine_signed)
_table, _work = TopicsTable(_settings.table("topics")), WorkTable(_settings.table("work"))
_documents = Documents(_engine)
_outcomes = Outcomes(_settings.table("outcomes"))
_queues = Queues(
    own=Queue(_settings.queue("topics")),
    dead_letters=Queue(_settings.dead_letters("topics")),
    deliver=Queue(_settings.queue("deliver")),
)
_ways = Ways(
    engine=_engine,
    documents=_documents,
    mentions=Mentioning(MentionWriter(_engine, _work), _outcomes),
    stores=[
        _work.forget_topic,
        Leaving(_engine, AlertsTable(_settings.table("alerts")), _queues.deliver).forget,
    ],
    settle=_settings.topic_settle_seconds,
)
_topics = Topics(_table, _ways, _queues, _outcomes)
_mending = Mending(_table, _documents)
names.use(Dictionary(_settings.table("dictionary")))


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> BatchAnswer | dict[str, int]:
    """Work at topics that a message names; at a schedule's event, wake those that are due, or mend."""
    if "Records" in event:
        return _topics.handle(event, lambda: context.get_remaining_time_in_millis() / 1000)
    mended = _mending.mend() if event.get("part") == "mend" or _documents.is_empty() else {}
    return mended if event.get("part") == "mend" else {**mended, "woken": _topics.sweep()}
