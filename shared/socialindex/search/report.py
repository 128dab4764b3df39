"""A topic's monthly report through the API: as a page for people, or as figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from socialindex.access import Scope
from socialindex.deliver.destination import Language  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct
from socialindex.report.model import MonthReport
from socialindex.report.month import month_of
from socialindex.report.page import page, policy_of
from socialindex.search import fields, listening
from socialindex.search.analytics.voices_asked import MOST, Id
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.access import Caller
    from socialindex.aws.branding import Brandings
    from socialindex.report.figures import Reporter
    from socialindex.search.http import HttpRequest
    from socialindex.search.listening import Topics

WEIGHT: Final = 5
"""Queries that a call counts for: it asks for as many figures."""
_PATH: Final = "/v1/topics/{topic}/report"
_HTML: Final = "text/html; charset=utf-8"
_ZONES: Final[dict[Language, str]] = {"ko": "Asia/Seoul", "en": "UTC"}


class AskReport(Struct, frozen=True, kw_only=True):
    """Parameters of a report."""

    month: Annotated[str, msgspec.Meta(max_length=20)] = ""
    """Such as ``2026-11``; without it the last month that is over. One that is not is reported as far as it has
    gone."""
    language: Language = "en"
    """The page's."""
    time_zone: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Whose days and month are meant: an IANA name. ``Asia/Seoul`` for Korean, else ``UTC``."""
    beside: Annotated[list[Id], msgspec.Meta(max_length=MOST - 1)] = []
    """Ids of topics for the share of voice, such as those of competitors; without them the workspace's other topics,
    nine at most."""
    format: Literal["html", "json"] | None = None
    """A page, or its figures. Without it as ``Accept`` says, a page where it takes both."""


def _now() -> datetime:
    return datetime.now(tz=UTC)


class ReportPart:
    """The route of reports.

    Args:
        topics: whose they are.
        reporter: makes them.
        brandings: what stands on them.
        clock: what time it is.
    """

    def __init__(
        self, topics: Topics, reporter: Reporter, brandings: Brandings, clock: Callable[[], datetime] = _now
    ) -> None:
        self._topics = topics
        self._reporter = reporter
        self._brandings = brandings
        self._clock = clock

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        doc = Doc(
            "Report on a topic's month, as a page or as figures",
            "Reports",
            query=AskReport,
            answer=MonthReport,
            also=("text/html",),
            description="The page is one file that needs nothing else: print it, or send it on. Parts that the engine "
            "does not tell in time are left out and named in `left_out`.",
            errors=(404,),
        )
        return {f"GET {_PATH}": Route(Scope.READ, self._report, doc, WEIGHT)}

    def _report(self, request: HttpRequest, caller: Caller) -> Answer:
        topic = self._topics.of(caller, request.path["topic"])
        asked, now = fields.from_query(AskReport, request.query), self._clock()
        month = month_of(asked.month or None, asked.time_zone or _ZONES[asked.language], now)
        beside = [one for one in listening.topics_of(caller, dict.fromkeys(asked.beside)) if one.id != topic.id]
        report = self._reporter.report(caller, topic, month, beside or self._reporter.beside(topic), now)
        kept = {"Cache-Control": "no-store"}
        if _takes_figures(asked, request):
            return Answer(200, report, kept)
        brand = self._brandings.of(topic.workspace)
        guarded = {"Content-Security-Policy": policy_of(brand), "X-Content-Type-Options": "nosniff"}
        return Answer(200, page(report, month, asked.language, brand), {**kept, **guarded}, _HTML)


def _takes_figures(asked: AskReport, request: HttpRequest) -> bool:
    accepted = request.headers.get("accept", "").lower()
    if asked.format:
        return asked.format == "json"
    return "application/json" in accepted and "text/html" not in accepted
