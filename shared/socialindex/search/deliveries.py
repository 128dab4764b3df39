"""The log of deliveries through the API: what was told, when and how it was taken, and telling it again."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from socialindex.access import Scope
from socialindex.deliver.again import send_again
from socialindex.deliver.delivery import DeliveryLine, DeliveryView, State, view
from socialindex.deliver.event import Kind  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.errors import InvalidCursor
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.aws.deliveries import DeliveriesTable
    from socialindex.aws.destinations import DestinationsTable
    from socialindex.deliver.again import Consents
    from socialindex.search.http import HttpRequest

_HOME: Final = "/v1/workspaces/{id}/deliveries"
_ONE: Final = f"{_HOME}/{{delivery}}"
_TAG: Final = "Deliveries"
_PLACE: Final = re.compile(r"\d{13}-msg_[a-z2-7]{24}")
LOOKED_AT: Final = 1_000
"""Deliveries that one request looks through for those that its filters ask for."""


class ListDeliveries(Struct, frozen=True, kw_only=True):
    """Parameters of a list of deliveries. Within a filter values are alternatives, between filters all must hold."""

    destination: Annotated[list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(max_length=50)] = []
    """Ids of destinations."""
    state: list[State] = []
    kind: list[Kind] = []
    """Kinds of events."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """``next_cursor`` of the page before."""

    def takes(self, one: DeliveryLine) -> bool:
        """Whether a delivery is asked for."""
        wanted = ((self.destination, one.destination), (self.state, one.state), (self.kind, one.kind))
        return all(not values or value in values for values, value in wanted)


class DeliveriesPage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Deliveries of the last thirty days, the newest first. With filters a page may hold few and not be the last."""

    items: list[DeliveryLine]
    next_cursor: str | None


class DeliveriesPart:
    """The routes of deliveries."""

    def __init__(self, table: DeliveriesTable, destinations: DestinationsTable, consents: Consents) -> None:
        self._table = table
        self._destinations = destinations
        self._consents = consents

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        every = Doc("List deliveries, the newest first", _TAG, ListDeliveries, answer=DeliveriesPage, errors=(404,))
        one = Doc("Show a delivery with every attempt", _TAG, answer=DeliveryView, errors=(404,))
        again = Doc(
            "Send a delivery again",
            _TAG,
            answer=DeliveryView,
            status=202,
            description="With the same `webhook-id`, within a minute, and for another day if it is not taken. The mail "
            "that asks whether an address wants mail goes out three times a day at most.",
            errors=(404, 409),
        )
        return {
            f"GET {_HOME}": Route(Scope.READ, self._all, every, weight=0),
            f"GET {_ONE}": Route(Scope.READ, self._one, one, weight=0),
            f"POST {_ONE}/redeliver": Route(Scope.WRITE, self._again, again),
        }

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace, asked = _workspace(request, caller), fields.from_query(ListDeliveries, request.query)
        if asked.cursor and not _PLACE.fullmatch(asked.cursor):
            raise InvalidCursor
        most = LOOKED_AT if asked.destination or asked.state or asked.kind else asked.limit
        looked = list(itertools.islice(self._table.lines(workspace, asked.cursor, most + 1), most + 1))
        found = [(place, one) for place, one in looked[:most] if asked.takes(one)]
        page = found[: asked.limit]
        following = None
        if len(found) > asked.limit:
            following = page[-1][0]
        elif len(looked) > most:
            following = looked[most - 1][0]
        return Answer(200, DeliveriesPage(items=[one for _, one in page], next_cursor=following))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, view(self._table.get(_workspace(request, caller), request.path["delivery"]).delivery))

    def _again(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace = _workspace(request, caller)
        again = send_again(self._table, self._destinations, workspace, request.path["delivery"], self._consents)
        return Answer(202, view(again), {"Location": f"/v1/workspaces/{workspace}/deliveries/{again.id}"})


def _workspace(request: HttpRequest, caller: Caller) -> str:
    """The workspace of the path.

    Raises:
        NotFound: it is not the caller's.
    """
    workspace = request.path["id"]
    caller.owns(workspace)
    return workspace
