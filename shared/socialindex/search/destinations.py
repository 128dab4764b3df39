"""Destinations through the API: who is told of what happens in a workspace, and how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from socialindex.access import Scope
from socialindex.deliver.delivery import Delivery, DeliveryView, view
from socialindex.deliver.event import Event, event_id
from socialindex.deliver.fanout import delivery_of
from socialindex.deliver.signing import new_secret
from socialindex.errors import Conflict, InvalidInput, NotFound
from socialindex.identity import new_id
from socialindex.messages import encode
from socialindex.search import fields, listening
from socialindex.search.destination_making import changed, made, rotated
from socialindex.search.destination_views import (
    ChangedDestination,
    DestinationList,
    DestinationView,
    DestinationWithSecret,
    NewDestination,
    SecretRotation,
    shown,
)
from socialindex.search.http import Answer
from socialindex.search.idempotency import identifier
from socialindex.search.routes import Doc, Route
from socialindex.search.within import check_room

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.access import Caller
    from socialindex.aws.deliveries import DeliveriesTable
    from socialindex.aws.destinations import DestinationsTable
    from socialindex.aws.queues import Queue
    from socialindex.deliver.again import Consents
    from socialindex.deliver.destination import Destination
    from socialindex.search.destination_making import Ground
    from socialindex.search.http import HttpRequest

_HOME: Final = "/v1/workspaces/{id}/destinations"
_ONE: Final = f"{_HOME}/{{destination}}"
_TAG: Final = "Destinations"
_NO_STORE: Final = {"Cache-Control": "no-store"}
MOST: Final = 50
"""Destinations of a workspace."""
_AGAIN: Final = timedelta(hours=24)
"""For which a repeated request to make a webhook is told its secret again."""
_SHOWN_ONCE: Final = (
    "`secret` (`whsec_...`) is shown once. Check each call with it as [Standard Webhooks](https://www.standardwebhooks"
    ".com) has it: libraries do it in two lines."
)
_EARLIER_ONES: Final = (
    "Rotated again within `grace_hours`, the earlier secrets sign on for their own time, five at most (409); "
    "`grace_hours` 0 ends them all at once. "
)


class DestinationsPart:
    """The routes of destinations.

    Args:
        table: where destinations are kept.
        deliveries: where deliveries are.
        consents: which mail addresses may be asked.
        queue: the deliver stage's.
        ground: what this service can do.
    """

    def __init__(
        self,
        table: DestinationsTable,
        deliveries: DeliveriesTable,
        consents: Consents,
        queue: Queue,
        ground: Ground,
    ) -> None:
        self._table = table
        self._deliveries = deliveries
        self._consents = consents
        self._queue = queue
        self._ground = ground

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        wrong = (404, 409)
        add = Doc(
            "Make a destination",
            _TAG,
            body=NewDestination,
            answer=DestinationWithSecret,
            status=201,
            description=_SHOWN_ONCE,
            errors=wrong,
            repeatable=True,
        )
        every = Doc("List destinations", _TAG, answer=DestinationList, errors=(404,))
        one = Doc("Show a destination", _TAG, answer=DestinationView, errors=(404,))
        change = Doc("Change a destination", _TAG, body=ChangedDestination, answer=DestinationView, errors=wrong)
        remove = Doc("Delete a destination, with its secrets", _TAG, status=204, errors=(404,))
        rotate = Doc(
            "Give a webhook a new secret",
            _TAG,
            body=SecretRotation,
            answer=DestinationWithSecret,
            status=201,
            description=_EARLIER_ONES + _SHOWN_ONCE,
            errors=wrong,
        )
        test = Doc(
            "Send a test",
            _TAG,
            answer=DeliveryView,
            status=202,
            description="See by `Location` what came of it. A destination that is paused or disabled takes tests too.",
            errors=wrong,
        )
        return {
            f"POST {_HOME}": Route(Scope.WRITE, self._add, add),
            f"GET {_HOME}": Route(Scope.READ, self._all, every, weight=0),
            f"GET {_ONE}": Route(Scope.READ, self._one, one, weight=0),
            f"PATCH {_ONE}": Route(Scope.WRITE, self._change, change),
            f"DELETE {_ONE}": Route(Scope.WRITE, self._remove, remove, weight=0),
            f"POST {_ONE}/rotation": Route(Scope.WRITE, self._rotate, rotate, weight=0),
            f"POST {_ONE}/test": Route(Scope.WRITE, self._test, test),
        }

    def _add(self, request: HttpRequest, caller: Caller) -> Answer:
        workspace = _workspace(request, caller)
        wanted = fields.from_body(NewDestination, request.body())
        name, now = identifier("ds", workspace, request), datetime.now(tz=UTC)
        destination = made(workspace, name, wanted, self._ground, now)
        there = self._table.of_workspace(workspace)
        check_room(name, there, "destinations of this workspace", MOST)
        if name not in {one.id for one in there}:
            _check_topics(caller, workspace, wanted.wishes.topics)
            self._may_ask(destination)
        if self._table.add(destination):
            self._ask(destination)
            return _told(destination, with_secret=True)
        known = self._table.get(workspace, destination.id).destination
        if known.asked != destination.asked:
            raise Conflict("this Idempotency-Key was used for another destination")
        return _told(known, with_secret=_is_fresh(known))

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        found = self._table.of_workspace(_workspace(request, caller))
        return Answer(200, DestinationList(items=[shown(one) for one in found]))

    def _one(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, shown(self._named(request, caller)))

    def _change(self, request: HttpRequest, caller: Caller) -> Answer:
        known = self._named(request, caller)
        wanted = fields.from_body(ChangedDestination, request.body())
        now = datetime.now(tz=UTC)
        following = changed(known, wanted, self._ground, now)
        _check_topics(caller, known.workspace, _new_topics(known, following))
        if following.address != known.address:
            self._may_ask(following)
        following = self._table.change(known.workspace, known.id, lambda one: changed(one, wanted, self._ground, now))
        if following.state == "unconfirmed" and following.address != known.address:
            self._ask(following)
        return Answer(200, shown(following))

    def _remove(self, request: HttpRequest, caller: Caller) -> Answer:
        known = self._named(request, caller)
        self._table.remove(known.workspace, known.id)
        return Answer(204)

    def _rotate(self, request: HttpRequest, caller: Caller) -> Answer:
        known = self._named(request, caller)
        wanted = fields.from_body(SecretRotation, request.body())
        secret, now = new_secret(), datetime.now(tz=UTC)
        until = now + timedelta(hours=wanted.grace_hours)
        following = self._table.change(known.workspace, known.id, lambda one: rotated(one, secret, now, until))
        return _told(following, with_secret=True)

    def _test(self, request: HttpRequest, caller: Caller) -> Answer:
        known = self._named(request, caller)
        if known.state == "unconfirmed":
            raise Conflict("this mail address has not been confirmed: open the link that was sent to it")
        delivery = self._send("test", known, new_id("t"))
        place = f"/v1/workspaces/{known.workspace}/deliveries/{delivery.id}"
        return Answer(202, view(delivery), {"Location": place})

    def _may_ask(self, destination: Destination) -> None:
        """Pass what asks nobody, or somebody who may be asked; see ``aws.consents``."""
        if destination.way == "email":
            self._consents.take(destination.workspace, destination.address, destination.changed_at)

    def _ask(self, destination: Destination) -> None:
        """Ask the owner of a mail address whether they want mail."""
        if destination.state == "unconfirmed":
            self._send(
                "destination.confirm", destination, f"{destination.address} {destination.changed_at.isoformat()}"
            )

    def _send(self, kind: Literal["test", "destination.confirm"], destination: Destination, version: str) -> Delivery:
        """Keep a delivery to one destination, and tell the stage, which would find it by itself in a minute."""
        now = datetime.now(tz=UTC)
        event = Event(
            id=event_id(kind, destination.id, version),
            kind=kind,
            workspace=destination.workspace,
            at=now,
            data={"destination": destination.id, "name": destination.name},
        )
        delivery = delivery_of(event, destination, now)
        self._deliveries.add(delivery)
        self._queue.send_all([encode(event)])
        return delivery

    def _named(self, request: HttpRequest, caller: Caller) -> Destination:
        return self._table.get(_workspace(request, caller), request.path["destination"]).destination


class DestinationsOfWorkspace:
    """Forgets whom a workspace has told, and what: ``within.Rooms``."""

    def __init__(self, table: DestinationsTable, deliveries: DeliveriesTable) -> None:
        self._table = table
        self._deliveries = deliveries

    def clear(self, workspace: str) -> int:
        """Delete destinations with their secrets, and deliveries. Doing it again does no harm.

        Returns:
            None of them counts as a thing of the workspace's own: it is told elsewhere what was here.

        Raises:
            Unavailable: a table does not answer.
        """
        for destination in self._table.of_workspace(workspace):
            self._table.remove(workspace, destination.id)
        self._deliveries.clear(workspace)
        return 0


def _told(destination: Destination, *, with_secret: bool) -> Answer:
    secret = destination.secrets.secret if destination.secrets and with_secret else None
    headers = {"Location": f"/v1/workspaces/{destination.workspace}/destinations/{destination.id}", **_NO_STORE}
    return Answer(201, DestinationWithSecret(destination=shown(destination), secret=secret), headers)


def _is_fresh(destination: Destination) -> bool:
    """Whether the request that made it may be repeating itself, and has perhaps not heard the secret."""
    rotated = destination.secrets is not None and destination.secrets.rotated_at is not None
    return not rotated and datetime.now(tz=UTC) - destination.created_at < _AGAIN


def _new_topics(known: Destination, following: Destination) -> set[str]:
    """Topics that are to be looked at: those that it is now for, and all where it is set to work again."""
    is_resumed = following.state == "active" and known.state != "active"
    return {*following.wishes.topics} - (set() if is_resumed else {*known.wishes.topics})


def _check_topics(caller: Caller, workspace: str, topics: Iterable[str]) -> None:
    """Pass topics that the destination can hear of: of any other it would be told nothing, and nobody would notice.

    Raises:
        InvalidInput: one is none of the workspace's.
        Unavailable: the table does not answer.
    """
    for topic in topics:
        try:
            is_own = all(one.workspace == workspace for one in listening.topics_of(caller, [topic]))
        except NotFound:
            is_own = False
        if not is_own:
            remedy = f"send ids that GET /v1/workspaces/{workspace}/topics lists; none for all topics"
            raise InvalidInput(f"{topic!r} is no topic of this workspace", field="wishes.topics", remedy=remedy)


def _workspace(request: HttpRequest, caller: Caller) -> str:
    """The workspace of the path.

    Raises:
        NotFound: it is not the caller's.
    """
    workspace = request.path["id"]
    caller.owns(workspace)
    return workspace
