"""Which sources are blind: as a whole, or at half of their channels; never by an operator's own will."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from socialindex.aws.channels import ChannelState
from socialindex.aws.pauses import Pause
from socialindex.sources.base import Channel
from socialindex.watch.blindness import Census
from socialindex.watch.events import Finding, Kind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def state(source: str, number: int, **given: Any) -> ChannelState:
    channel = Channel(id=f"ch_{number}", source=source, url=f"https://{number}.example/", created_at=NOW)
    return ChannelState(channel=channel, poll_at=0.0, **given)


def finding(kind: Kind, source: str, channel: str | None) -> Finding:
    return Finding(kind=kind, source=source, channel=channel, since=NOW, message="", evidence={})


@pytest.mark.parametrize(
    ("findings", "blind"),
    [
        ([], set()),
        ([("down", "ch_0")], set()),
        ([("down", "ch_0"), ("unpolled", "ch_1")], {"feed"}),
        ([("down", "ch_0"), ("unpolled", "ch_0")], set()),
        ([("silent", "ch_0"), ("silent", "ch_1"), ("silent", "ch_2")], set()),
        ([("paused", f"ch_{number}") for number in range(4)], set()),
        ([("layout", None)], {"feed"}),
    ],
)
def test_a_source_is_blind_of_which_half_is_not_seen(findings: list[tuple[Kind, str | None]], blind: set[str]) -> None:
    census = Census()
    states = [*(state("feed", number) for number in range(4)), *(state("mastodon", 10 + n) for n in range(9))]
    assert [each.channel.id for each in census.passing(states)] == [each.channel.id for each in states]
    assert census.blind(finding(kind, "feed", channel) for kind, channel in findings) == blind


def test_channels_are_counted_whose_last_poll_met_a_changed_layout() -> None:
    census = Census()
    states = [
        state("gnuboard", 0, failures=1, failure="LayoutChanged"),
        state("gnuboard", 1, failures=2, failure="timeout"),
        state("gnuboard", 2),
        state("rhymix", 3, failure="LayoutChanged", paused=[Pause(by="source:rhymix", since=NOW, reason="asked")]),
    ]
    assert len(list(census.passing(states))) == len(states)
    assert [census.changed(source) for source in ("gnuboard", "rhymix", "feed")] == [1, 0, 0]
