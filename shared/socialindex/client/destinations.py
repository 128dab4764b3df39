"""Destinations: who is told of what happens in a workspace; and the log of what was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.client.asking import several
from socialindex.client.core import Json, path
from socialindex.client.files import OfWorkspaces
from socialindex.client.models import Deliveries, Delivery, Destination, DestinationWithSecret, EventKind, EventKinds
from socialindex.client.models import Destinations as Listed
from socialindex.client.transport import Request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from socialindex.client.asking import ChangedDestinationFields, DestinationFields


class Destinations(OfWorkspaces):
    """The routes of destinations and deliveries. ``workspace`` need not be named where the key has only one."""

    def destinations(self, *, workspace: str | None = None) -> list[Destination]:
        """A workspace's destinations."""
        return self._get(self._destinations(workspace), Listed).items

    def destination(self, destination: str, *, workspace: str | None = None) -> Destination:
        """One destination, by its id."""
        return self._get(self._destinations(workspace, destination), Destination)

    def add_destination(
        self,
        name: str,
        way: str,
        *,
        workspace: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[DestinationFields],
    ) -> DestinationWithSecret:
        """Make a destination. A webhook's ``secret`` is shown this once: keep it.

        Args:
            name: as you call it.
            way: ``webhook`` and ``slack`` with a ``url``, ``email`` with an ``email``.
            workspace: whose events it is told.
            idempotency_key: asked for again with the same key, it is made only once.
            fields: the address, and what it is told, when, and in which language.
        """
        given = {key: value for key, value in fields.items() if value is not None}
        wanted = {"name": name, "way": way, **given}
        return self._make(self._destinations(workspace), wanted, DestinationWithSecret, idempotency_key)

    def change_destination(
        self, destination: str, *, workspace: str | None = None, **fields: Unpack[ChangedDestinationFields]
    ) -> Destination:
        """Change what is named of a destination; ``state="active"`` sets one to work again that was disabled."""
        return self._change(self._destinations(workspace, destination), fields, Destination)

    def remove_destination(self, destination: str, *, workspace: str | None = None) -> None:
        """Delete a destination, with its secrets."""
        self._delete(self._destinations(workspace, destination), Json)

    def rotate_destination(
        self, destination: str, *, grace_hours: int = 24, workspace: str | None = None
    ) -> DestinationWithSecret:
        """Give a webhook a new secret; for some hours calls are signed by both."""
        where = self._destinations(workspace, destination) + "/rotation"
        return self._transport.ask(Request("POST", where, {"grace_hours": grace_hours}), DestinationWithSecret)

    def test_destination(self, destination: str, *, workspace: str | None = None) -> Delivery:
        """Send a test; ``delivery`` shows what came of it."""
        return self._transport.ask(Request("POST", self._destinations(workspace, destination) + "/test"), Delivery)

    def deliveries(
        self,
        *,
        destination: str | Iterable[str] = (),
        state: str | Iterable[str] = (),
        kind: str | Iterable[str] = (),
        workspace: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Deliveries:
        """What was told in the last thirty days, the newest first."""
        filters = {"destination": destination, "state": state, "kind": kind}
        given = {name: ",".join(several(values)) for name, values in filters.items()}
        paging = {"limit": str(limit) if limit else "", "cursor": cursor or ""}
        query = {name: value for name, value in (given | paging).items() if value}
        return self._transport.ask(Request("GET", self._deliveries(workspace), query=query), Deliveries)

    def delivery(self, delivery: str, *, workspace: str | None = None) -> Delivery:
        """A delivery with every attempt."""
        return self._get(self._deliveries(workspace, delivery), Delivery)

    def redeliver(self, delivery: str, *, workspace: str | None = None) -> Delivery:
        """Send a delivery again, with the same ``webhook-id``."""
        return self._transport.ask(Request("POST", self._deliveries(workspace, delivery) + "/redeliver"), Delivery)

    def events(self) -> list[EventKind]:
        """The kinds of events, with the schemas of their data."""
        return self._get(path("events"), EventKinds).items

    def _destinations(self, workspace: str | None, *parts: str) -> str:
        return path("workspaces", self._workspace(workspace), "destinations", *parts)

    def _deliveries(self, workspace: str | None, *parts: str) -> str:
        return path("workspaces", self._workspace(workspace), "deliveries", *parts)
