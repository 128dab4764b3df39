"""Counting by buckets of time, each as long as our own list of time zones says.

The engine is told no zone's name, but which buckets have which distance to UTC (``zones`` says why). It counts
those of each distance by a histogram, which leaves out empty ones: an author who wrote once in a year costs one bucket,
not 365. A bucket in which clocks are put back is longer than any of a histogram, so that it is named by its edges; a
year has few.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from socialindex.search.analytics.window import Interval, Window, edges, first_day, next_day

Dsl = dict[str, Any]

PUBLISHED: Final = "published_at"
_NAME: Final = "time"
"""What the names of the aggregations begin with."""


class Bucket(NamedTuple):
    """A bucket, and how the engine is asked for it."""

    since: datetime
    until: datetime
    offset: timedelta | None
    """By which distance to UTC it is one of a histogram's buckets; ``None``: by none."""
    key: int
    """What the engine calls it: where that bucket begins, in milliseconds of Unix time."""


class Scale(NamedTuple):
    """The buckets of an answer."""

    window: Window
    interval: Interval
    edges: list[datetime]
    buckets: list[Bucket]

    @property
    def length(self) -> int:
        """How many there are."""
        return len(self.buckets)

    def over_time(self, aggs: Dsl | None = None, field: str = PUBLISHED) -> Dsl:
        """The engine's aggregations into these buckets, with ``aggs`` in each."""
        inside = {"aggs": aggs} if aggs else {}
        parts: Dsl = {}
        for offset in dict.fromkeys(bucket.offset for bucket in self.buckets):
            some = [bucket for bucket in self.buckets if bucket.offset == offset]
            if offset is None:
                parts[f"{_NAME} longer"] = {**_named(some, field), **inside}
            else:
                counted = {**_histogram(self.interval, offset, field), **inside}
                parts[f"{_NAME} {_written(offset)}"] = (
                    counted if len(some) == self.length else _only(some, field, counted)
                )
        return parts

    def row(self, figures: Dsl) -> list[Dsl]:
        """What the engine has for each bucket, from a part of its answer that has the aggregations of ``over_time``."""
        row: list[Dsl] = [{"doc_count": 0}] * self.length
        places = {bucket.key: place for place, bucket in enumerate(self.buckets)}
        for name, answer in figures.items():
            if name.startswith(f"{_NAME} "):
                for found in answer.get(_NAME, answer)["buckets"]:
                    row[places[int(found.get("from", found["key"]))]] = found
        return row


def scale_of(window: Window, interval: Interval) -> Scale:
    """The buckets of a window."""
    found = edges(window, interval)
    first = _offset(found[0], window)
    buckets = [
        Bucket(since, until, first, _milliseconds(since))
        if interval == "hour"
        else _bucket(since, until, interval, _offset(since, window))
        for since, until in itertools.pairwise(found)
    ]
    return Scale(window, interval, found, buckets)


def _bucket(since: datetime, until: datetime, interval: Interval, offset: timedelta) -> Bucket:
    """A day, week or month; where clocks are put forward in it, or over its midnight, it is a part of the engine's."""
    day = first_day((since + offset).date(), interval)
    begins, ends = _midnight(day, offset), _midnight(next_day(day, interval), offset)
    if until > ends:
        return Bucket(since, until, None, _milliseconds(since))
    return Bucket(since, until, offset, _milliseconds(begins))


def _histogram(interval: Interval, offset: timedelta, field: str) -> Dsl:
    length = {"fixed_interval": "1h"} if interval == "hour" else {"calendar_interval": interval}
    return {"date_histogram": {"field": field, **length, "time_zone": _written(offset), "min_doc_count": 1}}


def _only(some: list[Bucket], field: str, counted: Dsl) -> Dsl:
    """An aggregation of what is in some of the buckets."""
    runs: list[Bucket] = []
    for bucket in some:
        if runs and runs[-1].until == bucket.since:
            runs[-1] = runs[-1]._replace(until=bucket.until)
        else:
            runs.append(bucket)
    times = [{"range": {field: {"gte": run.since.isoformat(), "lt": run.until.isoformat()}}} for run in runs]
    return {"filter": {"bool": {"should": times}}, "aggs": {_NAME: counted}}


def _named(some: list[Bucket], field: str) -> Dsl:
    ranges = [{"from": _milliseconds(bucket.since), "to": _milliseconds(bucket.until)} for bucket in some]
    return {"date_range": {"field": field, "format": "epoch_millis", "ranges": ranges}}


def _offset(moment: datetime, window: Window) -> timedelta:
    """How far the zone's clocks are from UTC."""
    return moment.astimezone(window.zone).utcoffset() or timedelta()


def _midnight(day: date, offset: timedelta) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC) - offset


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _written(offset: timedelta) -> str:
    """As the engine takes it, such as ``+09:00``."""
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"{'-' if offset < timedelta() else '+'}{hours:02}:{minutes:02}"
