"""Time to answer: how fast a topic's mentions are answered, and whether within its target.

A mention waits from when it was found until it was answered; one that was answered before we found it did not wait.
What was there before the topic was made is in none of the figures, nor is noise.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from socialindex.access import Caller, mentions_visible_to
from socialindex.engine import MENTIONS
from socialindex.model import Struct
from socialindex.search.analytics.asking import Question, ask
from socialindex.search.analytics.buckets import Scale, scale_of
from socialindex.search.analytics.figures import share
from socialindex.search.analytics.window import Windowed, window_of

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.topics.topic import Topic

Dsl = dict[str, Any]

MOST_PEOPLE: Final = 100
_TOOK: Final = (
    "long took = doc['mention.answered_at'].value.toInstant().toEpochMilli()"
    " - doc['mention.matched_at'].value.toInstant().toEpochMilli(); return took < 0 ? 0 : took"
)
_IN_TIME: Final = (
    "doc['mention.answered_at'].value.toInstant().toEpochMilli()"
    " <= doc['mention.due_at'].value.toInstant().toEpochMilli()"
)
_ANSWERED: Final[Dsl] = {"exists": {"field": "mention.answered_at"}}
_TARGETED: Final[Dsl] = {"exists": {"field": "mention.due_at"}}
_OPEN: Final[Dsl] = {"terms": {"mention.status": ["new", "assigned"]}}


class AskAnswers(Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """Mentions that were found within a window of time; without one those of the last thirty days."""

    since: datetime | None = None
    """Found at this time or later (``from``)."""
    until: datetime | None = None
    """Found before this time (``to``)."""
    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "UTC"
    """Whose weeks are meant: an IANA name, such as ``Asia/Seoul``. They begin on Monday."""


class Answers(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How fast some mentions were answered."""

    mentions: int
    answered: int
    """Answered, and not taken up again."""
    median_minutes: float | None
    """Half of those answered were answered within this time; ``None`` where none was."""
    p90_minutes: float | None
    """Nine of ten were."""
    within_target: int
    """Answered before they were due."""
    missed: int
    """Answered later, or open and due."""
    share_within_target: float | None
    """Of those answered with a target, and those overdue; ``None`` where there is none."""
    open: int
    """New or assigned."""
    assigned: int
    """Of these, somebody's."""
    overdue: int
    """Of these, open beyond their target."""


class WeekAnswers(Answers, frozen=True, kw_only=True, omit_defaults=False):
    """Those that were found within a week."""

    week: datetime
    """When it begins."""


class PersonAnswers(Answers, frozen=True, kw_only=True, omit_defaults=False):
    """Those of one assignee."""

    assignee: str
    """Whose they are."""


class AnswersReport(Struct, frozen=True, kw_only=True, omit_defaults=False, rename={"since": "from", "until": "to"}):
    """How fast a topic's mentions are answered."""

    topic: str
    """The topic's id."""
    since: datetime
    """The window's beginning (``from``)."""
    until: datetime
    """Its end, which is not in it (``to``)."""
    target_minutes: int | None
    """The topic's present target; ``None`` where it has none."""
    total: Answers
    weeks: list[WeekAnswers]
    """Weeks in which mentions were found, the oldest first."""
    assignees: list[PersonAnswers]
    """The hundred with the most mentions."""


def report(engine: OpenSearch, caller: Caller, topic: Topic, asked: AskAnswers, now: datetime) -> AnswersReport:
    """How fast mentions of a topic of the caller's are answered.

    Raises:
        InvalidInput: the window is none.
        Unavailable: the engine does not answer.
    """
    window = window_of(Windowed(since=asked.since, until=asked.until, time_zone=asked.time_zone), now)
    found = {"gte": window.since.isoformat(), "lt": window.until.isoformat()}
    filters = [
        *mentions_visible_to(caller),
        {"term": {"mention.topic": topic.id}},
        {"range": {"mention.matched_at": found}},
    ]
    unwanted = [{"term": {"mention.noise": True}}, {"term": {"mention.backfilled": True}}]
    query = {"bool": {"filter": filters, "must_not": unwanted}}
    weeks = scale_of(window, "week")
    (answer,) = ask(engine, [Question(query, _aggregations(weeks, now), MENTIONS)])
    return AnswersReport(
        topic=topic.id,
        since=window.since,
        until=window.until,
        target_minutes=topic.answer_minutes,
        total=Answers(**_figures({**answer.figures, "doc_count": answer.total})),
        weeks=[
            WeekAnswers(week=week, **_figures(found))
            for week, found in zip(weeks.edges, weeks.row(answer.figures), strict=False)
            if found["doc_count"]
        ],
        assignees=[
            PersonAnswers(assignee=one["key"], **_figures(one)) for one in answer.part("assignees").get("buckets", [])
        ],
    )


def _aggregations(weeks: Scale, now: datetime) -> Dsl:
    figures = _asked_for(now)
    return {
        **figures,
        **weeks.over_time(figures, "mention.matched_at"),
        "assignees": {"terms": {"field": "mention.assignee", "size": MOST_PEOPLE}, "aggs": figures},
    }


def _asked_for(now: datetime) -> Dsl:
    """Aggregations for ``_figures``."""
    took = {"percentiles": {"script": {"source": _TOOK}, "percents": [50, 90]}}
    in_time = {"script": {"script": {"source": _IN_TIME}}}
    overdue = {"range": {"mention.due_at": {"lt": now.isoformat()}}}
    return {
        "answered": {
            "filter": _ANSWERED,
            "aggs": {
                "took": took,
                "targeted": {"filter": _TARGETED, "aggs": {"in_time": {"filter": in_time}}},
            },
        },
        "open": {
            "filter": _OPEN,
            "aggs": {
                "assigned": {"filter": {"term": {"mention.status": "assigned"}}},
                "overdue": {"filter": overdue},
            },
        },
    }


def _figures(bucket: Dsl) -> dict[str, Any]:
    if "answered" not in bucket:  # there is no index yet
        counts = ("mentions", "answered", "within_target", "missed", "open", "assigned", "overdue")
        return {**dict.fromkeys(counts, 0), **dict.fromkeys(("median_minutes", "p90_minutes", "share_within_target"))}
    answered, waiting = bucket["answered"], bucket["open"]
    within: int = answered["targeted"]["in_time"]["doc_count"]
    overdue: int = waiting["overdue"]["doc_count"]
    counted = answered["targeted"]["doc_count"] + overdue
    return {
        "mentions": bucket["doc_count"],
        "answered": answered["doc_count"],
        "median_minutes": _minutes(answered, "50.0"),
        "p90_minutes": _minutes(answered, "90.0"),
        "within_target": within,
        "missed": counted - within,
        "share_within_target": share(within, counted),
        "open": waiting["doc_count"],
        "assigned": waiting["assigned"]["doc_count"],
        "overdue": overdue,
    }


def _minutes(answered: Dsl, percent: str) -> float | None:
    return round(answered["took"]["values"][percent] / 60_000, 1) if answered["doc_count"] else None
