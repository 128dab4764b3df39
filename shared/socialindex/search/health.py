"""Health and coverage through the API: what is wrong, when we were blind, what is covered and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from socialindex import terms
from socialindex.access import Scope
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.coverage import ChannelCoverage, SourceCoverage, covered
from socialindex.search.http import Answer
from socialindex.search.outages import EventCount, blind, counted, newest
from socialindex.search.routes import Doc, Route
from socialindex.watch.events import (  # noqa: TC001 - msgspec reads the annotations at run time
    BlindInterval,
    HealthEvent,
)

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.aws.channels import Channels
    from socialindex.aws.health import Health
    from socialindex.search.http import HttpRequest

DAYS: Final = 7
"""How far back closed events are shown, unless the caller asks for other days."""
MOST_DAYS: Final = 180
_TAG: Final = "Coverage"


class Back(Struct, frozen=True, kw_only=True):
    """How far a report looks back."""

    days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] = DAYS
    """Days for which events that are over are shown."""

    @property
    def since(self) -> datetime:
        """Where it begins."""
        return datetime.now(tz=UTC) - timedelta(days=self.days)


class HealthReport(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What is wrong now, and what was in the days asked for."""

    open: list[HealthEvent]
    """The newest: a thousand, or as many as fit into the answer."""
    closed: list[HealthEvent]
    """Likewise."""
    open_counts: list[EventCount]
    """All that are open, by kind and source."""
    closed_counts: list[EventCount]
    """All that were closed in these days, by kind and source."""


class NotCovered(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Something that is not covered, and why."""

    what: str
    why: str


class Coverage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What the index holds, where it has gaps, and what it does not hold."""

    sources: list[SourceCoverage]
    channels: list[ChannelCoverage]
    """The thousand with the most posts."""
    gaps: list[BlindInterval]
    """Times in which channels or a source may have been missed; no posts then do not mean that nothing was said."""
    not_covered: list[NotCovered]


class HealthPart:
    """The routes of health and coverage."""

    def __init__(self, health: Health, channels: Channels, engine: OpenSearch) -> None:
        self._health = health
        self._channels = channels
        self._engine = engine

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        report = Doc("Show what is wrong with sources and channels", _TAG, query=Back, answer=HealthReport)
        coverage = Doc("Show what the index holds, its gaps, and what it does not hold", _TAG, Back, answer=Coverage)
        return {
            "GET /v1/health": Route(Scope.READ, self._report, report),
            "GET /v1/coverage": Route(Scope.READ, self._coverage, coverage),
        }

    def _report(self, request: HttpRequest, _caller: Caller) -> Answer:
        every = self._health.open_events()
        over = self._health.closed_events(fields.from_query(Back, request.query).since)
        opened, closed = newest(every, over)
        report = HealthReport(open=opened, closed=closed, open_counts=counted(every), closed_counts=counted(over))
        return Answer(200, report)

    def _coverage(self, request: HttpRequest, caller: Caller) -> Answer:
        since = fields.from_query(Back, request.query).since
        sources, channels = covered(self._engine, caller, self._channels.all())
        gaps = blind([*self._health.open_events(), *self._health.closed_events(since)])
        return Answer(200, Coverage(sources=sources, channels=channels, gaps=gaps, not_covered=not_covered()))


def not_covered() -> list[NotCovered]:
    """What the terms register keeps us from, and sources that are off."""
    objecting = [entry for entry in terms.register() if entry.objects]
    return [NotCovered(what=", ".join(entry.domains), why=f"{entry.reason} ({entry.source})") for entry in objecting]
