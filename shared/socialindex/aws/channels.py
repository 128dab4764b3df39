"""Channels in DynamoDB: what is crawled, its adapter's cursor, its validators and when it is polled next."""

from __future__ import annotations

import heapq
import time
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING

import msgspec

from socialindex.aws.tables import Item, Table
from socialindex.errors import Conflict
from socialindex.identity import shard_of
from socialindex.model import Struct
from socialindex.sources.base import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.crawl.fetch import Validators

SHARDS = 4
"""Partitions of the index of due channels: each takes 1,000 writes a second (DynamoDB's limit of a partition)."""


class ChannelState(Struct, frozen=True, kw_only=True):
    """A channel with what its crawls left."""

    channel: Channel
    poll_at: float
    """Unix time of the next poll."""
    validated: str | None = None
    """The address whose last answer had the validators that follow."""
    etag: str | None = None
    last_modified: str | None = None
    last_success_at: datetime | None = None
    failures: int = 0
    """Polls in a row that failed for good."""


class Channels:
    """The table of channels."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, channel: Channel) -> None:
        """Add a channel, due at once.

        Raises:
            Conflict: it is there already.
        """
        item: Item = {
            "id": channel.id,
            "shard": shard_of(channel.id, SHARDS),
            "poll_at": time.time(),
            "body": msgspec.json.encode(channel).decode(),
            "cursor": "{}",
        }
        if not self._table.put(item, unless="id"):
            raise Conflict(f"channel {channel.id} exists already: {channel.url}")

    def remove(self, channel_id: str) -> bool:
        """Remove a channel; its posts stay. False where there was none."""
        return self._table.delete({"id": channel_id})

    def get(self, channel_id: str) -> ChannelState | None:
        """A channel by its id."""
        item = self._table.get({"id": channel_id})
        return _state(item) if item and "body" in item else None

    def all(self) -> Iterator[ChannelState]:
        """Every channel, in no order."""
        return (_state(item) for item in self._table.scan() if "body" in item)

    def due(self, now: float) -> Iterator[ChannelState]:
        """Channels whose poll is due, the longest waiting first."""
        shards = (self._due(shard, now) for shard in range(SHARDS))
        return map(_state, heapq.merge(*shards, key=lambda item: float(item["poll_at"])))

    def _due(self, shard: int, now: float) -> Iterator[Item]:
        values: Item = {"shard": str(shard), "now": now}
        return self._table.query("#shard = :shard AND #poll_at <= :now", values, index="due")

    def schedule(self, channel_id: str, poll_at: float) -> None:
        """Set the time of the next poll."""
        self._change(channel_id, "SET #poll_at = :poll_at", {"poll_at": poll_at})

    def succeeded(self, channel_id: str, at: datetime, url: str, validators: Validators) -> None:
        """Record a poll that worked, with the address that answered and the validators of its answer."""
        etag, modified = validators.etag or "", validators.last_modified or ""
        values: Item = {"at": at.isoformat(), "url": url, "etag": etag, "modified": modified, "zero": 0}
        expression = (
            "SET #last_success_at = :at, #failures = :zero, "
            "#validated = :url, #etag = :etag, #last_modified = :modified"
        )
        self._change(channel_id, expression, values)

    def failed(self, channel_id: str) -> None:
        """Record a poll that failed for good."""
        self._change(channel_id, "ADD #failures :one", {"one": 1})

    def move(self, channel_id: str, cursor: dict[str, str]) -> None:
        """Set the adapter's cursor, once everything that it stands for is written down."""
        self._change(channel_id, "SET #cursor = :cursor", {"cursor": msgspec.json.encode(cursor).decode()})

    def _change(self, channel_id: str, expression: str, values: Item) -> None:
        # A channel that was removed meanwhile must not rise again as half an item.
        self._table.update({"id": channel_id}, expression, values, condition="attribute_exists(#body)")


def _state(item: Item) -> ChannelState:
    channel = msgspec.json.decode(item["body"], type=Channel)
    cursor = msgspec.json.decode(item["cursor"], type=dict[str, str])
    wanted = ("poll_at", "validated", "etag", "last_modified", "last_success_at", "failures")
    rest = {name: item[name] for name in wanted if item.get(name) not in {None, ""}}
    return msgspec.convert({"channel": msgspec.structs.replace(channel, cursor=cursor), **rest}, ChannelState)
