"""Walks through channels' histories in DynamoDB: beside each channel, how far the walk has come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from socialindex.errors import NotFound
from socialindex.model import Struct

if TYPE_CHECKING:
    from socialindex.aws.tables import Table
    from socialindex.aws.values import Item

State = Literal["running", "done", "stopped", "cancelled"]
"""``stopped``: a page could not be had, so that nothing follows."""
_PREFIX = "walk_"
_IS_LATEST = "#walk_started_at = :began"


class Backfill(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A walk through a channel's history. Its next page waits in the frontier, behind everything more urgent."""

    channel: str
    state: State
    pages: int
    posts: int
    """As the pages hold them, those included that we had already."""
    oldest: datetime | None = None
    """When the oldest of these posts was published."""
    started_at: datetime  # it also tells one walk of the channel from another: ``Pending.walk``
    updated_at: datetime
    reason: str | None = None
    """Why it was stopped, in the word that is counted."""


class Backfills:
    """The walks in the table of channels.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def start(self, channel: str) -> Backfill:
        """Begin a walk, also one that was ended before.

        Raises:
            NotFound: there is no such channel.
        """
        values: Item = {"state": "running", "zero": 0, "now": _now()}
        expression = (
            "SET #walk_state = :state, #walk_pages = :zero, #walk_posts = :zero, "
            "#walk_started_at = :now, #walk_updated_at = :now REMOVE #walk_oldest, #walk_reason"
        )
        item = self._table.update({"id": channel}, expression, values, condition="attribute_exists(#body)")
        if item is None:
            raise NotFound(f"there is no channel {channel[:64]!r}")
        return _backfill(channel, item)

    def get(self, channel: str) -> Backfill | None:
        """The channel's latest walk; ``None`` where there was none."""
        item = self._table.get({"id": channel})
        return _backfill(channel, item) if item and "walk_state" in item else None

    def page(self, channel: str, walk: datetime, posts: int, oldest: datetime | None) -> State | None:
        """Count a page of the walk that began at ``walk``; its state then, ``None`` where it is not the latest."""
        began = walk.isoformat()
        values: Item = {"one": 1, "posts": posts, "now": _now(), "began": began}
        expression = "SET #walk_updated_at = :now ADD #walk_pages :one, #walk_posts :posts"
        item = self._table.update({"id": channel}, expression, values, condition=_IS_LATEST)
        if oldest is not None:
            older = f"{_IS_LATEST} AND (attribute_not_exists(#walk_oldest) OR #walk_oldest > :oldest)"
            times: Item = {"oldest": oldest.astimezone(UTC).isoformat(), "began": began}
            self._table.update({"id": channel}, "SET #walk_oldest = :oldest", times, condition=older)
        return _backfill(channel, item).state if item else None

    def end(self, channel: str, state: State, reason: str = "", *, walk: datetime | None = None) -> bool:
        """End the walk that is running; False where none is, or not the one that began at ``walk``."""
        values: Item = {"state": state, "reason": reason, "now": _now(), "running": "running"}
        expression = "SET #walk_state = :state, #walk_reason = :reason, #walk_updated_at = :now"
        condition = "#walk_state = :running"
        if walk is not None:
            condition, values = f"{condition} AND {_IS_LATEST}", {**values, "began": walk.isoformat()}
        return self._table.update({"id": channel}, expression, values, condition=condition) is not None


def _backfill(channel: str, item: Item) -> Backfill:
    known = {name.removeprefix(_PREFIX): value for name, value in item.items() if name.startswith(_PREFIX)}
    return msgspec.convert({**known, "reason": known.get("reason") or None, "channel": channel}, Backfill)


def _now() -> str:
    return datetime.now(tz=UTC).isoformat()
