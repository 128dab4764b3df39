"""Channels are read now and then; what a poll decides by is read anew, and what is known by now counts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.aws.channels import ChannelState
from socialindex.aws.frontier import Pending
from socialindex.crawl import states as module
from socialindex.crawl.states import FRESH_SECONDS, States
from socialindex.sources.base import Channel, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

AT = datetime(2026, 11, 1, tzinfo=UTC)


class Table:
    """The table of channels, with how often it was read, and a clock."""

    def __init__(self, *channels: str) -> None:
        self.now = 1_000.0
        self.reads: list[str] = []
        self.there = {
            name: Channel(id=name, source="feed", url=f"https://{name}.example/", created_at=AT) for name in channels
        }

    def get(self, name: str) -> ChannelState | None:
        self.reads.append(name)
        return ChannelState(channel=self.there[name], poll_at=0.0) if name in self.there else None


def asked(table: Table, states: States, name: str, *, poll: bool = False) -> ChannelState | None:
    pending = Pending(host="a.example", channel=name, request=Request(url="https://a.example/1"), poll=poll)
    return asyncio.run(states.of(pending))


def states_of(table: Table) -> States:
    return States(cast("Any", table), lambda: table.now)


@pytest.mark.parametrize(
    ("poll", "pauses", "reads"),
    [
        (False, [0.0, 1.0, 1.0], 1),
        (False, [0.0, FRESH_SECONDS, FRESH_SECONDS - 0.1], 2),
        (True, [0.0, 0.0, 1.0], 3),
    ],
    ids=["pages share a reading", "until it is old", "a poll reads anew"],
)
def test_a_channel_is_read_as_often_as_it_must_be(poll: bool, pauses: Sequence[float], reads: int) -> None:
    table = Table("one")
    states = states_of(table)
    for pause in pauses:
        table.now += pause
        assert asked(table, states, "one", poll=poll)
    assert len(table.reads) == reads


def test_what_a_poll_read_counts_for_the_pages_that_it_found() -> None:
    table = Table("one")
    states = states_of(table)
    asked(table, states, "one", poll=True)
    asked(table, states, "one")
    assert table.reads == ["one"]


def test_a_removed_channel_is_asked_nothing_more_after_so_long() -> None:
    table = Table("one")
    states = states_of(table)
    assert asked(table, states, "one")
    del table.there["one"]
    table.now += FRESH_SECONDS
    assert asked(table, states, "one") is None


def test_a_cursor_that_moved_is_seen_though_it_is_not_written_down_yet() -> None:
    table = Table("one", "two")
    states = states_of(table)
    asked(table, states, "one")
    states.move("one", {"newest": "5"})
    for poll in (False, True):
        state = asked(table, states, "one", poll=poll)
        assert state is not None
        assert state.channel.cursor == {"newest": "5"}
    other = asked(table, states, "two")
    assert other is not None
    assert other.channel.cursor == {}


def test_however_many_channels_there_are_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_KEPT", 2)
    table = Table("a", "b", "c")
    states = states_of(table)
    states.move("a", {"newest": "5"})
    for name in ("a", "b", "c", "a"):
        state = asked(table, states, name)
    assert table.reads == ["a", "b", "c", "a"]
    assert state is not None
    assert state.channel.cursor == {"newest": "5"}
