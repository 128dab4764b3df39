"""What is counted of a month: days, moods and places, by the same questions that the routes of figures ask."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.query.fields import SENTIMENTS
from socialindex.report.model import ReportBlind, ReportDay, ReportMood, ReportPlace
from socialindex.search.analytics import aggregate, trends
from socialindex.search.analytics.aggregate import Aggregate
from socialindex.search.analytics.buckets import scale_of
from socialindex.search.analytics.figures import share
from socialindex.search.analytics.trends import Trends
from socialindex.search.analytics.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.access import Caller
    from socialindex.report.month import Month
    from socialindex.search.analytics.aggregate import Cell
    from socialindex.search.analytics.coverage import Coverage
    from socialindex.search.analytics.dimensions import Dimension
    from socialindex.search.analytics.part import AnalyticsPart
    from socialindex.search.analytics.trends import TrendsAnswer
    from socialindex.watch.events import BlindInterval

PLACES: Final[dict[Dimension, int]] = {"source": 8, "platform": 8, "language": 6, "hashtag": 10}
"""How many of each are shown."""
_MOODS: Final = 3
_MINUTE: Final = timedelta(minutes=1)


class Counted(NamedTuple):
    """A month."""

    trends: TrendsAnswer
    places: dict[Dimension, list[ReportPlace]]

    @property
    def coverage(self) -> Coverage:
        """What the figures cover."""
        return self.trends.coverage


def counted(analytics: AnalyticsPart, caller: Caller, topic: str, month: Month) -> Counted:
    """All figures of the month, by one request.

    Raises:
        NotFound: the topic is not the caller's.
        Unavailable: a part does not answer.
    """
    asked = _by_day(topic, month, month.since, month.until)
    scale = scale_of(_window(month, month.since, month.until), "day")
    places = {dimension: _by_place(asked, dimension, top) for dimension, top in PLACES.items()}
    questions = [
        *trends.questions(caller, asked, scale),
        *(aggregate.question(caller, one) for one in places.values()),
    ]
    found, coverage = analytics.ask(caller, asked, scale.window, questions, trends.ESTIMATES)
    tables = zip(places.items(), found[2:], strict=True)
    return Counted(
        trends.answer(asked, scale, found[:2], coverage, month.until),
        {name: _places(aggregate.answer(one, answer, coverage).table.cells) for (name, one), answer in tables},
    )


def counted_before(analytics: AnalyticsPart, caller: Caller, topic: str, month: Month) -> TrendsAnswer:
    """Days and moods of the month before, as far as this one has gone.

    Raises:
        NotFound, Unavailable: as ``counted``.
    """
    asked = _by_day(topic, month, month.before_since, month.before_until)
    scale = scale_of(_window(month, month.before_since, month.before_until), "day")
    questions = trends.questions(caller, asked, scale)
    found, coverage = analytics.ask(caller, asked, scale.window, questions, trends.ESTIMATES)
    return trends.answer(asked, scale, found, coverage, month.before_until)


def days(now: TrendsAnswer, before: TrendsAnswer | None) -> list[ReportDay]:
    """The month's days, each beside the same day of the month before."""
    nothing = [0] * len(now.buckets)
    moods = dict.fromkeys(SENTIMENTS, nothing) | {one.value: one.counts for one in now.series if one.value}
    unknown = now.unknown.counts if now.unknown else nothing
    earlier = [bucket.posts for bucket in before.buckets] if before else []
    rows = itertools.zip_longest(now.buckets, earlier[: len(now.buckets)])
    return [
        ReportDay(
            at=bucket.at,
            mentions=bucket.posts,
            before=was,
            positive=moods["positive"][place],
            neutral=moods["neutral"][place],
            negative=moods["negative"][place],
            unknown=unknown[place],
            blind=sorted({*bucket.blind, *bucket.partly_blind}),
        )
        for place, (bucket, was) in enumerate(rows)
    ]


def mood(counts: TrendsAnswer) -> ReportMood:
    """Mentions by mood."""
    found = dict.fromkeys(SENTIMENTS, 0) | {one.value: one.posts for one in counts.series if one.value}
    return ReportMood(
        positive=found["positive"],
        neutral=found["neutral"],
        negative=found["negative"],
        unknown=counts.unknown.posts if counts.unknown else 0,
        negative_share=share(found["negative"], sum(found.values())),
    )


def blind(month: Month, intervals: Iterable[BlindInterval]) -> list[ReportBlind]:
    """For how much of the month each source was not seen, and, apart from that, for how much not wholly."""
    by_source: dict[str, list[BlindInterval]] = {}
    for interval in intervals:
        by_source.setdefault(interval.source, []).append(interval)
    found = [one for source, some in by_source.items() for one in _blind(month, source, some)]
    return sorted(found, key=lambda one: (-one.minutes, one.source, not one.whole))


def _blind(month: Month, source: str, intervals: list[BlindInterval]) -> Iterator[ReportBlind]:
    """An hour of the whole source is none of the weeks of one of its channels, nor are these the source's."""
    wholly = [interval for interval in intervals if interval.channels is None]
    whole = _covered(month, wholly)
    partly = _covered(month, intervals) - whole
    if whole:
        yield ReportBlind(source=source, minutes=_minutes(whole), whole=True)
    if partly:
        yield ReportBlind(source=source, minutes=_minutes(partly), whole=False)


def _minutes(length: timedelta) -> int:
    """A gap is a minute at least: of twenty seconds, too, posts may be missing."""
    return max(1, round(length / _MINUTE))


def _covered(month: Month, intervals: Iterable[BlindInterval]) -> timedelta:
    """How long at least one of them lasts within the month."""
    total, reached = timedelta(), month.since
    for since, until in sorted(_within(month, one) for one in intervals):
        total += max(timedelta(), until - max(since, reached))
        reached = max(reached, until)
    return total


def _within(month: Month, interval: BlindInterval) -> tuple[datetime, datetime]:
    return max(interval.since, month.since), min(interval.until or month.until, month.until)


def _by_day(topic: str, month: Month, since: datetime, until: datetime) -> Trends:
    return Trends(
        topic=[topic],
        since=since,
        until=until,
        time_zone=month.time_zone,
        interval="day",
        by="sentiment",
    )


def _by_place(asked: Trends, dimension: Dimension, top: int) -> Aggregate:
    return Aggregate(
        topic=asked.topic,
        since=asked.since,
        until=asked.until,
        time_zone=asked.time_zone,
        by=[dimension, "sentiment"],
        top=top,
        top_within=_MOODS,
    )


def _window(month: Month, since: datetime, until: datetime) -> Window:
    return Window(since, until, month.zone, month.time_zone)


def _places(cells: Iterable[Cell]) -> list[ReportPlace]:
    return [ReportPlace(value=cell.value, mentions=cell.posts, negative_share=_negative(cell)) for cell in cells]


def _negative(cell: Cell) -> float | None:
    moods = {one.value: one.posts for one in cell.within.cells} if cell.within else {}
    return share(moods.get("negative", 0), sum(moods.values()))
