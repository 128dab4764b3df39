"""Which sources are blind: as a whole, or at half of their channels; never by an operator's own will."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from socialindex.aws.channels import ChannelState
from socialindex.sources.base import Channel
from socialindex.watch.blindness import Census
from socialindex.watch.events import Finding, Kind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def state(source: str, number: int) -> ChannelState:
    channel = Channel(id=f"ch_{number}", source=source, url=f"https://{number}.example/", created_at=NOW)
    return ChannelState(channel=channel, poll_at=0.0)


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
