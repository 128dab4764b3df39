"""Channels in DynamoDB: what is crawled, its adapter's cursor, its validators and when it is polled next."""

from __future__ import annotations

import heapq
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex import releases
from socialindex.aws.backfills import Backfills
from socialindex.aws.pauses import Again, ChannelPauses, Pause, pauses_in
from socialindex.aws.tables import Table
from socialindex.crawl.refusals import Refusal
from socialindex.crawl.rhythm import Rhythm
from socialindex.errors import Conflict
from socialindex.identity import shard_of
from socialindex.model import Struct
from socialindex.sources.base import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from socialindex.aws.values import Item
    from socialindex.crawl.fetch import Validators

SHARDS = 4
"""Partitions of the index of due channels: each takes 1,000 writes a second (DynamoDB's limit of a partition)."""

DISTRUST_SECONDS: Final = 30 * 86_400.0
"""How long polls do without validators that lied. Servers are mended, and whoever asks for whole answers for ever costs
them more than a site should pay for a mistake; the usual checks find the next lie."""


class ChannelState(Struct, frozen=True, kw_only=True):
    """A channel with what its crawls left."""

    channel: Channel
    poll_at: float
    """Unix time of the next poll."""
    validated: str | None = None
    """The address whose last answer had the validators that follow."""
    etag: str | None = None
    last_modified: str | None = None
    distrusted_until: datetime | None = None
    """Until when polls do without the host's validators, which lied: it said "not modified" where something was new."""
    unchanged: int = 0
    """Answers "not modified" since one was last checked."""
    full_at: datetime | None = None
    """When a poll was last answered in full."""
    rhythm: Rhythm = Rhythm()
    last_success_at: datetime | None = None
    failures: int = 0
    """Polls in a row that failed for good."""
    failure: str | None = None
    """Why the last one did: the reason that is counted."""
    paused: list[Pause] = []
    """By what, since when and why it is not crawled for now; empty where it is."""
    refused: dict[str, Refusal] = {}
    """Parts that the host refuses though it answers polls, by the kind of request."""


class Unchanged(NamedTuple):
    """An answer that says "not modified": when, by which address, and the validators for the next time."""

    at: datetime
    url: str
    validators: Validators


class Channels:
    """The table of channels."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)
        self.backfills = Backfills(self._table)
        self._pauses = ChannelPauses(self._table)

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

    def pause(self, channel_id: str, pause: Pause) -> bool:
        """Crawl a channel no more until all that it is paused by is resumed; False where there is none.

        Raises:
            Conflict: as ``ChannelPauses``; so of ``resume``.
        """
        return self._pauses.begin(channel_id, pause)

    def resume(self, channel_id: str, by: str) -> bool:
        """End what a channel is paused by; its poll is due at once where that was all. False where it was not."""
        return self._pauses.end(channel_id, by, Again(time.time(), shard_of(channel_id, SHARDS)))

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

    def schedule_all(self, poll_at: Mapping[str, float]) -> None:
        """Set the time of the next poll of many channels, by their ids."""
        keys, values = [{"id": name} for name in poll_at], [{"poll_at": at} for at in poll_at.values()]
        self._table.set_all(keys, values, there="body")

    def succeeded(
        self, channel_id: str, at: datetime, url: str, validators: Validators, *, checked: bool = False
    ) -> None:
        """Record a poll that was answered in full.

        Args:
            channel_id: the channel's.
            at: when.
            url: the address that answered.
            validators: of its answer.
            checked: whether it was asked for without validators, to check a "not modified".
        """
        counted = ", #unchanged = :zero" if checked else ""
        expression = f"SET {_SUCCESS}, {_VALIDATORS}, #full_at = :at{counted} {_FORGET}"
        self._change(channel_id, expression, {"at": at.isoformat(), "zero": 0, **_told(url, validators)})

    def unchanged(self, channel_id: str, answer: Unchanged, rhythm: Rhythm | None, poll_at: float) -> None:
        """Record a poll that was answered with "not modified", and when the channel is polled next.

        Its rhythm stays as it is where none is given, so that an earlier poll can still be heard of.
        """
        told = {"at": answer.at.isoformat(), **_told(answer.url, answer.validators)}
        heard = {"rhythm": _encoded(rhythm), "heard": rhythm.at or 0.0} if rhythm else {}
        kept = _HEARD if rhythm else _NEXT
        expression = f"SET {_SUCCESS}, {_VALIDATORS}, {kept} {_FORGET} ADD #unchanged :one"
        self._change(channel_id, expression, {**told, **heard, "poll_at": poll_at, "zero": 0, "one": 1})

    def heard(self, channel_id: str, rhythm: Rhythm, poll_at: float, *, lied: bool = False) -> None:
        """Keep what a poll told of the channel's rhythm, and when it is polled next, unless a later poll told more.

        Args:
            channel_id: the channel's.
            rhythm: what is known of it by that poll.
            poll_at: Unix time of the next one.
            lied: whether the poll found that the host's validators did.
        """
        values: Item = {"rhythm": _encoded(rhythm), "heard": rhythm.at or 0.0, "poll_at": poll_at}
        expression = f"SET {_HEARD}"
        if lied:
            until = datetime.fromtimestamp((rhythm.at or poll_at) + DISTRUST_SECONDS, UTC)
            expression, values = f"{expression}, #distrusted_until = :until", {**values, "until": until.isoformat()}
        self._change(channel_id, expression, values, "attribute_not_exists(#heard_at) OR #heard_at < :heard")

    def failed(self, channel_id: str, reason: str) -> None:
        """Record a poll that failed for good."""
        self._change(channel_id, "SET #failure = :reason ADD #failures :one", {"reason": reason, "one": 1})

    def refuse(self, channel_id: str, refused: Mapping[str, Refusal]) -> None:
        """Record what its host refuses of a channel, by the kind of request.

        Who has the host's lease is alone with it; of two hosts of a channel, the next refusal repeats what is lost.
        """
        self._change(channel_id, "SET #refused = :refused", {"refused": msgspec.json.encode(refused).decode()})

    def move(self, channel_id: str, cursor: dict[str, str]) -> None:
        """Set the adapter's cursor, once everything that it stands for is written down."""
        self._change(channel_id, "SET #cursor = :cursor", {"cursor": msgspec.json.encode(cursor).decode()})

    def _change(self, channel_id: str, expression: str, values: Item, further: str = "") -> None:
        # A channel that was removed meanwhile must not rise again as half an item.
        there = "attribute_exists(#body)"
        condition = f"{there} AND ({further})" if further else there
        self._table.update({"id": channel_id}, expression, values, condition=condition)


_SUCCESS = "#last_success_at = :at, #failures = :zero"
_VALIDATORS = "#validated = :url, #etag = :etag, #last_modified = :modified"
_NEXT = "#poll_at = :poll_at"
_HEARD = f"#rhythm = :rhythm, #heard_at = :heard, {_NEXT}"
_FORGET = "REMOVE #failure"


def _encoded(rhythm: Rhythm) -> str:
    return msgspec.json.encode(rhythm).decode()


def _told(url: str, validators: Validators) -> Item:
    return {"url": url, "etag": validators.etag or "", "modified": validators.last_modified or ""}


_KEPT = tuple(name for name in ChannelState.__struct_fields__ if name not in {"channel", "rhythm", "paused", "refused"})
"""Attributes that are fields as they are."""


def _state(item: Item) -> ChannelState:
    channel = releases.decode(item["body"], Channel)
    cursor = msgspec.json.decode(item["cursor"], type=dict[str, str])
    rest = {name: item[name] for name in _KEPT if item.get(name) not in {None, ""}}
    rhythm = releases.decode(item.get("rhythm", "{}"), Rhythm)
    own = {
        "channel": msgspec.structs.replace(channel, cursor=cursor),
        "rhythm": rhythm,
        "paused": pauses_in(item),
        "refused": releases.decode(item["refused"], dict[str, Refusal]) if "refused" in item else {},
    }
    return msgspec.convert({**own, **rest}, ChannelState)
