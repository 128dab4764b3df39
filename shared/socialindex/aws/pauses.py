"""Pauses of channels in DynamoDB: beside each channel, by what it is paused, since when and why.

A paused channel is not in the index of channels that are due (``shard`` is that index's key), so that it costs dispatch
nothing. All that is known of it stays.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from socialindex import releases
from socialindex.errors import Conflict
from socialindex.model import Struct

if TYPE_CHECKING:
    from socialindex.aws.tables import Table
    from socialindex.aws.values import Item


class Pause(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Why a channel is not crawled for now; it may have several, and is crawled again when none is left."""

    by: str
    """What was paused: ``host:board.example``, ``source:gnuboard``."""
    since: datetime
    reason: str
    """In an operator's words."""


class Again(NamedTuple):
    """When a channel is polled next, and its partition of the index of those that are due."""

    at: float
    shard: str


class ChannelPauses:
    """The pauses in the table of channels.

    Raises (every method):
        Conflict: somebody else has paused or resumed the channel at this moment.
        Unavailable: the table does not answer.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, channel: str, pause: Pause) -> bool:
        """Pause a channel, unless it is paused by the same already. False where there is none."""
        item = self._item(channel)
        if item is None:
            return False
        before = pauses_in(item)
        if all(each.by != pause.by for each in before):
            self._put(channel, item, "SET #paused = :paused REMOVE #shard", {"paused": _encoded([*before, pause])})
        return True

    def end(self, channel: str, by: str, again: Again) -> bool:
        """End what a channel is paused by; False where it was not paused by this."""
        item = self._item(channel) or {}
        before = pauses_in(item)
        left = [each for each in before if each.by != by]
        if len(left) == len(before):
            return False
        if left:
            self._put(channel, item, "SET #paused = :paused", {"paused": _encoded(left)})
        else:
            values: Item = {"shard": again.shard, "at": again.at}
            self._put(channel, item, "SET #shard = :shard, #poll_at = :at REMOVE #paused", values)
        return True

    def _item(self, channel: str) -> Item | None:
        item = self._table.get({"id": channel})
        return item if item and "body" in item else None

    def _put(self, channel: str, item: Item, expression: str, values: Item) -> None:
        as_it_was = "attribute_not_exists(#paused)"
        if "paused" in item:
            as_it_was, values = "#paused = :before", {**values, "before": item["paused"]}
        condition = f"attribute_exists(#body) AND {as_it_was}"
        if self._table.update({"id": channel}, expression, values, condition=condition) is None:
            raise Conflict(f"channel {channel} was changed at this moment: do it again")


def pauses_in(item: Item) -> list[Pause]:
    """The pauses in a channel's item, the oldest first."""
    return releases.decode(item["paused"], list[Pause]) if "paused" in item else []


def _encoded(pauses: list[Pause]) -> str:
    return msgspec.json.encode(pauses).decode()
