"""What is told of a single channel: plain failures at once, silence only where it cannot be chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from socialindex.aws.channels import ChannelState
from socialindex.aws.pauses import Pause
from socialindex.crawl.refusals import Refusal
from socialindex.crawl.rhythm import Polling, Rhythm
from socialindex.sources.base import Channel
from socialindex.watch.channels import FAILURES, History, findings, is_silent

if TYPE_CHECKING:
    from socialindex.watch.events import Finding

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CHANNEL = Channel(id="ch_1", source="feed", url="https://a.example/feed", created_at=NOW - timedelta(days=60))
HOUR = 3_600.0
BUSY = History(posts=336, seconds=14 * 24 * HOUR, longest_gap=8 * HOUR)
"""A post an hour, and quiet nights."""


@dataclass
class Histories:
    history: History = BUSY
    asked: list[str] = field(default_factory=list)

    def of(self, channel: str, until: datetime) -> History:
        assert until <= NOW
        self.asked.append(channel)
        return self.history


def state(
    *, failures: int = 0, failure: str | None = None, due: float = 60, newest: float | None = 0.5, answered: float = 1
) -> ChannelState:
    """A channel that is due in ``due`` seconds, answered so many hours ago and has a post that old."""
    at = None if newest is None else NOW.timestamp() - newest * HOUR
    return ChannelState(
        channel=CHANNEL,
        poll_at=NOW.timestamp() + due,
        failures=failures,
        failure=failure,
        last_success_at=NOW - timedelta(hours=answered),
        rhythm=Rhythm(posts=10, seconds=10 * HOUR, at=NOW.timestamp(), newest=at),
    )


def found(one: ChannelState, histories: Histories | None = None) -> list[Finding]:
    return list(findings([one], Polling(), histories or Histories(), NOW))


def test_a_channel_that_answers_and_posts_is_well() -> None:
    histories = Histories()
    assert found(state(), histories) == []
    assert histories.asked == []


def test_failures_in_a_row_are_an_outage_since_the_last_success() -> None:
    assert found(state(failures=FAILURES - 1, failure="server_error")) == []
    (finding,) = found(state(failures=FAILURES, failure="server_error", answered=5))
    assert (finding.kind, finding.channel, finding.since) == ("down", "ch_1", NOW - timedelta(hours=5))
    assert finding.evidence["reason"] == "server_error"
    assert "https://a.example/feed" in finding.message


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("not_indexable", "since its owner does not want it to be indexed (not_indexable): remove the channel"),
        ("robots", "robots.txt does not let it be read (robots)"),
        ("members_only", "not open to everybody (members_only)"),
        ("server_error", "the last 3 polls failed (server_error)."),
    ],
)
def test_who_says_no_is_told_as_that_and_not_as_something_broken(reason: str, words: str) -> None:
    (finding,) = found(state(failures=FAILURES, failure=reason))
    assert words in finding.message


def test_a_channel_that_an_operator_has_paused_is_told_as_that_alone() -> None:
    pauses = [
        Pause(by=by, since=NOW - timedelta(hours=at), reason="asked")
        for by, at in (("host:a.example", 2), ("source:feed", 1))
    ]
    one = msgspec.structs.replace(state(failures=FAILURES, due=-20 * 60, newest=100), paused=pauses)
    (finding,) = found(one)
    assert (finding.kind, finding.since) == ("paused", NOW - timedelta(hours=2))
    assert finding.evidence == {"by": "host:a.example, source:feed", "reason": "asked"}


def test_a_channel_that_never_answered_is_down_since_it_was_added() -> None:
    one = ChannelState(channel=CHANNEL, poll_at=NOW.timestamp() + 60, failures=FAILURES)
    (finding,) = found(one)
    assert finding.since == CHANNEL.created_at


def test_a_channel_that_is_due_and_not_asked_is_our_own_fault() -> None:
    assert found(state(due=-10 * 60)) == []
    (finding,) = found(state(due=-20 * 60))
    assert finding.kind == "unpolled"
    assert finding.evidence["minutes"] == 20


@pytest.mark.parametrize(
    ("minutes", "failures", "is_told"),
    [
        (124, 0, False),
        (126, 0, True),  # two of its intervals of 55 minutes, and a quarter of an hour
        (126, 1, False),  # a failed poll is repeated later
        (152, 1, True),
        (184, 2, False),
        (186, 2, True),
    ],
)
def test_polls_that_wait_at_their_host_are_told_though_they_are_handed_out_in_time(
    minutes: int, failures: int, *, is_told: bool
) -> None:
    histories = Histories()
    told = found(state(answered=minutes / 60, failures=failures, newest=100), histories)
    assert [finding.kind for finding in told] == ["unpolled" if is_told else "silent"]
    if is_told:
        assert told[0].since == NOW - timedelta(minutes=minutes)
        assert "its budget" in told[0].message


def test_a_channel_that_was_just_added_is_given_time_for_its_first_poll() -> None:
    def added(minutes: int) -> ChannelState:
        at = NOW - timedelta(minutes=minutes)
        return ChannelState(channel=msgspec.structs.replace(CHANNEL, created_at=at), poll_at=NOW.timestamp() + 60)

    assert found(added(24)) == []
    (finding,) = found(added(26))
    assert (finding.kind, finding.since) == ("unpolled", NOW - timedelta(minutes=26))


def test_a_silence_that_no_chance_explains_is_told_with_its_evidence() -> None:
    (finding,) = found(state(newest=13))
    assert finding.kind == "silent"
    assert finding.since == NOW - timedelta(hours=13)
    assert finding.evidence["usual_seconds"] == HOUR
    assert "no post for 13 hours" in finding.message


@pytest.mark.parametrize(
    ("history", "hours", "silent"),
    [
        (BUSY, 13, True),
        (BUSY, 11, False),  # exp(-11) is above the threshold
        (BUSY._replace(longest_gap=10 * HOUR), 14, False),  # its nights are as long as that
        (BUSY._replace(longest_gap=10 * HOUR), 16, True),
        (BUSY._replace(posts=19), 1000, False),  # too little is known
        (History(posts=50, seconds=14 * 24 * HOUR, longest_gap=30 * HOUR), 78, True),
        (History(posts=50, seconds=14 * 24 * HOUR, longest_gap=60 * HOUR), 78, False),
        (History(0, 0.0, 0.0), 1000, False),
    ],
)
def test_silence_is_judged_by_the_channels_own_rate_and_pauses(history: History, hours: float, silent: bool) -> None:
    assert is_silent(history, hours * HOUR) is silent


def test_the_index_is_asked_only_of_suspicious_channels() -> None:
    histories = Histories()
    found(state(newest=2), histories)
    found(state(newest=None), histories)
    found(state(newest=100, failures=FAILURES), histories)
    assert histories.asked == []
    found(state(newest=4), histories)
    assert histories.asked == ["ch_1"]


@pytest.mark.parametrize(
    ("refused", "kinds"),
    [
        (
            {"comments": Refusal(url="https://a.example/1", reason="forbidden", since=NOW - timedelta(days=9), at=NOW)},
            ["refused"],
        ),
        (
            {
                "comments": Refusal(
                    url="https://a.example/1",
                    reason="forbidden",
                    since=NOW - timedelta(days=9),
                    at=NOW - timedelta(days=3),
                )
            },
            [],
        ),
    ],
    ids=["lasts", "not met any more"],
)
def test_a_part_that_the_host_refuses_is_told_with_its_reason(refused: dict[str, Refusal], kinds: list[str]) -> None:
    told = found(msgspec.structs.replace(state(), refused=refused))
    assert [finding.kind for finding in told] == kinds
    for finding in told:
        assert (finding.since, finding.evidence) == (NOW - timedelta(days=9), {"comments": "forbidden"})
        assert "refuses a part of it, comments (forbidden)" in finding.message
