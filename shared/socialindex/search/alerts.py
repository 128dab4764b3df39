"""Alerts through the API: a workspace's alerts, one of them, and what people do with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from socialindex.access import Scope
from socialindex.alert.alert import Alert, AlertKind
from socialindex.alert.deeds import Deeds
from socialindex.alert.model import Severity  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.alert.shown import shown
from socialindex.errors import InvalidCursor, InvalidInput, NotFound
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.aws.alerts import AlertsTable
    from socialindex.search.http import HttpRequest

_HOME: Final = "/v1/workspaces/{id}/alerts"
_ONE: Final = "/v1/alerts/{alert}"
_TAG: Final = "Alerts"
_PLACE: Final = re.compile(r"\d{13}-al_[a-z2-7]{24}")
_NONE: Final = "there is no such alert"


class ListAlerts(Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """Parameters of a list of alerts."""

    topic: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """Only this topic's: its id."""
    state: Literal["open", "closed"] | None = None
    """Only those that run, or that are over."""
    kind: AlertKind | None = None
    """Only those of a kind."""
    severity: Severity | None = None
    """Only those as severe."""
    since: datetime | None = None
    """Opened at this time or later (``from``)."""
    until: datetime | None = None
    """Opened before this time (``to``)."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """``next_cursor`` of the page before."""


class AlertsPage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Alerts, the newest first. With filters a page may hold few, or none, and not be the last."""

    items: list[Alert]
    next_cursor: str | None


class ChangeAlert(Struct, frozen=True, kw_only=True):
    """What a person did with an alert; what is not given stays."""

    acknowledged: Literal[True] | msgspec.UnsetType = msgspec.UNSET
    """Somebody has seen it; who did so first counts."""
    assigned_to: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | msgspec.UnsetType | None = msgspec.UNSET
    """Whose business it is, by any name that your people know; ``null``: nobody's."""


class AlertsPart:
    """The routes of alerts.

    Args:
        engine: has what posts say.
        table: where alerts are kept.
    """

    def __init__(self, engine: OpenSearch, table: AlertsTable) -> None:
        self._engine = engine
        self._table = table
        self._deeds = Deeds(engine, table)

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        every = Doc("List a workspace's alerts, the newest first", _TAG, ListAlerts, answer=AlertsPage, errors=(404,))
        one = Doc("Show an alert", _TAG, answer=Alert, errors=(404,))
        change = Doc("Acknowledge or assign an alert", _TAG, body=ChangeAlert, answer=Alert, errors=(404, 409))
        return {
            f"GET {_HOME}": Route(Scope.READ, self._all, every),
            f"GET {_ONE}": Route(Scope.READ, self._one, one),
            f"PATCH {_ONE}": Route(Scope.WRITE, self._change, change),
        }

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace, asked = request.path["id"], fields.from_query(ListAlerts, request.query)
        caller.owns(workspace)
        _check(asked)
        wanted = {name: getattr(asked, name) for name in ("topic", "state", "kind", "severity")}
        page = self._table.page(
            workspace,
            after=asked.cursor,
            since=asked.since,
            until=asked.until,
            limit=asked.limit,
            **{name: value for name, value in wanted.items() if value},
        )
        return Answer(200, AlertsPage(items=shown(self._engine, page.alerts), next_cursor=page.following))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        return self._answer(self._alert(request, caller))

    def _change(self, request: HttpRequest, caller: Caller) -> Answer:
        alert, asked = self._alert(request, caller), fields.from_body(ChangeAlert, request.body())
        if asked.acknowledged is not msgspec.UNSET:
            alert = self._deeds.acknowledge(alert.id, caller.key, datetime.now(tz=UTC))
        if not isinstance(asked.assigned_to, msgspec.UnsetType):
            alert = self._deeds.assign(alert.id, asked.assigned_to)
        return self._answer(alert)

    def _alert(self, request: HttpRequest, caller: Caller) -> Alert:
        """The alert of the path.

        Raises:
            NotFound: there is none, or it is not the caller's: nobody learns which.
        """
        alert = self._table.get(request.path["alert"]).alert
        if alert.workspace not in caller.workspaces:
            raise NotFound(_NONE)
        return alert

    def _answer(self, alert: Alert) -> Answer:
        return Answer(200, shown(self._engine, [alert])[0])


def _check(asked: ListAlerts) -> None:
    if asked.since and asked.until and asked.since >= asked.until:
        raise InvalidInput("from is not before to", field="from", remedy="exchange the two")
    if asked.cursor and not _PLACE.fullmatch(asked.cursor):
        raise InvalidCursor
