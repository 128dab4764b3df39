"""What figures cover and what they do not: every answer says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.aws.health import KEPT
from socialindex.model import Struct
from socialindex.query import Note  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.asking import Question
from socialindex.search.outages import blind, intervals
from socialindex.search.selection import index_of, selected
from socialindex.watch.events import BlindInterval, without_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from socialindex.access import Caller
    from socialindex.aws.health import Health
    from socialindex.search.analytics.window import Window, Windowed
    from socialindex.watch.events import HealthEvent

FRESH: Final = timedelta(minutes=1)
"""How old what we know of the sources' health may be: the watch looks no more often."""
SETTLING: Final = timedelta(minutes=15)
"""How long after its time an event may still be closed: a look, whose beginning that is, lasts five minutes at most."""


class Sample(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A part of the posts that was looked at instead of all."""

    posts: int
    of: int


class Coverage(Struct, frozen=True, kw_only=True, omit_defaults=False, rename={"since": "from", "until": "to"}):
    """What the figures beside it cover."""

    since: datetime
    """The window's beginning (``from``)."""
    until: datetime
    """The window's end, which is not in it (``to``)."""
    time_zone: str
    undated: int
    """Posts of the selection without a time of publication that were first seen in the window: in no figure."""
    blind: list[BlindInterval]
    """Times in the window in which a source or channels of the selection may have been missed."""
    silent: list[BlindInterval]
    """Times in which channels answered and had nothing new, though they should have."""
    health_since: datetime
    """Blind and silent times before are not known any more."""
    kept_since: datetime | None
    """Posts that were first seen before are deleted; ``None``: none are."""
    history_since: date | None
    """Public posts from before this day are beyond the caller's plan; ``None``: none are."""
    sample: Sample | None
    """``None``: all posts of the selection were looked at."""
    estimates: list[str]
    """Names of figures that are counted with an error of about one percent beyond some thousand values."""
    notes: tuple[Note, ...] = ()
    """What of the query its author may not have meant, each with its position; of voices, behind the voice's name."""


class HealthLog:
    """The sources' health, read once a minute: every answer needs it and it seldom changes.

    What was closed before is read once: a host that fails for a day leaves an event for each of its channels, and half
    a year of them would be read each minute. None has its words here, which go with their channel.
    """

    def __init__(self, health: Health, clock: Callable[[], datetime]) -> None:
        self._health = health
        self._clock = clock
        self._read_at: datetime | None = None
        self._closed: dict[tuple[datetime | None, str], HealthEvent] = {}
        self._events: list[HealthEvent] = []

    def events(self) -> list[HealthEvent]:
        """All events that are kept.

        Raises:
            Unavailable: the table does not answer.
        """
        now = self._clock()
        if self._read_at is None or now - self._read_at > FRESH:
            opened, first = self._health.open_events(), now - KEPT
            found = self._health.closed_events(self._read_at - SETTLING if self._read_at else first)
            closed = {**self._closed, **{(event.closed_at, event.id): _bare(event) for event in found}}
            self._closed = {key: event for key, event in closed.items() if (event.closed_at or now) >= first}
            self._events = [*map(_bare, opened), *self._closed.values()]
            self._read_at = now
        return self._events


def _bare(event: HealthEvent) -> HealthEvent:
    return msgspec.structs.replace(event, finding=without_words(event.finding))


class Gaps(NamedTuple):
    """What was wrong with sources in a window."""

    blind: list[BlindInterval]
    silent: list[BlindInterval]


class Missed(NamedTuple):
    """Sources that were not seen in a part of a window."""

    wholly: list[str]
    """Anything of the source may have been missed."""
    partly: list[str]
    """Channels of the source may have been missed."""


def gaps(events: Iterable[HealthEvent], window: Window, sources: Sequence[str]) -> Gaps:
    """What was wrong in the window with these sources, or with any where none is named, in the order of time."""
    found = [
        event
        for event in events
        if (not sources or event.finding.source in sources)
        and _meets(event.finding.since, event.closed_at, window.since, window.until)
    ]
    return Gaps(blind(found), intervals(event for event in found if not event.is_blind))


def missed(times: Iterable[BlindInterval], since: datetime, until: datetime) -> Missed:
    """Which sources may have been missed between two moments; none between a later one and an earlier."""
    meeting = [interval for interval in times if _meets(interval.since, interval.until, since, until)]
    wholly = {interval.source for interval in meeting if interval.channels is None}
    return Missed(sorted(wholly), sorted({interval.source for interval in meeting} - wholly))


def undated(caller: Caller, asked: Windowed, window: Window) -> Question:
    """How many posts of a selection cannot be placed in time."""
    timeless = msgspec.structs.replace(asked, since=None, until=None)
    seen = {"range": {"first_seen_at": {"gte": window.since.isoformat(), "lt": window.until.isoformat()}}}
    no_date = {"bool": {"must_not": {"exists": {"field": "published_at"}}}}
    query = {"bool": {"filter": [selected(caller, timeless), no_date, seen]}}
    return Question(query, where=index_of(asked))


def kept_since(now: datetime, months: int) -> datetime | None:
    """The beginning of the first month that is kept beside the current one; 0 months keep everything."""
    if not months:
        return None
    month = now.year * 12 + now.month - 1 - months
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _meets(began: datetime, ended: datetime | None, since: datetime, until: datetime) -> bool:
    return began < until and since < until and (ended is None or ended > since)
