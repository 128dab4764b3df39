"""What is told of a whole source, from counts between looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from socialindex.aws.outcomes import Counted
from socialindex.watch.sources import BEFORE, Interval, Totals, findings, totals

if TYPE_CHECKING:
    from socialindex.watch.events import Kind

AT = datetime(2026, 11, 28, tzinfo=UTC)


def counted(stage: str, outcome: str, times: int, reason: str = "", source: str = "feed") -> Counted:
    return Counted(
        stage=stage, day="2026-11-28", source=source, outcome=outcome, reason=reason, times=times, last_at=AT
    )


def day(*recent: Interval) -> list[Interval]:
    """A good day, and then what came last."""
    before = [Interval(at=AT + number * timedelta(minutes=5), asked=20, failed=1, read=20) for number in range(BEFORE)]
    return [*before, *recent]


def later(**counts: int) -> Interval:
    return Interval(at=AT + timedelta(hours=2), **counts)


def test_counts_are_summed_by_source() -> None:
    crawled = [
        counted("crawl", "ok", 10),
        counted("crawl", "retry", 3, "timeout"),
        counted("crawl", "retry", 5, "paced"),
        counted("crawl", "discard", 2, "robots"),
        counted("crawl", "discard", 1, "forbidden"),
        counted("crawl", "quarantine", 1, "server_error"),
    ]
    normalized = [
        counted("normalize", "ok", 8),
        counted("normalize", "ok", 2, "empty"),
        counted("normalize", "quarantine", 3, "ParseError"),
        counted("normalize", "quarantine", 1, "LayoutChanged"),
        counted("normalize", "ok", 8, source=""),
    ]
    assert totals(crawled, normalized) == {"feed": Totals(asked=22, failed=5, read=10, empty=2, unreadable=4, layout=1)}


def test_what_moved_between_two_looks_is_an_interval_also_when_counts_began_anew() -> None:
    before, now = Totals(asked=10, failed=4), Totals(asked=15, failed=1)
    assert now.since(before, AT) == Interval(at=AT, asked=5, failed=1)


@pytest.mark.parametrize(
    ("recent", "kinds"),
    [
        ([later(asked=20, failed=1, read=20)], []),
        ([later(asked=20, failed=20, read=0)], ["errors"]),
        ([later(asked=5, failed=5)], []),  # too few to say
        ([later(asked=20, failed=9, read=11)], []),
        ([later(asked=20, read=20, empty=20)], ["unreadable"]),
        ([later(asked=20, read=20, layout=1, unreadable=1)], ["layout"]),
        ([later(asked=20, read=8, unreadable=12)], ["unreadable"]),
        ([later(asked=20, read=19, unreadable=1)], []),
    ],
)
def test_a_source_is_compared_with_its_own_day(recent: list[Interval], kinds: list[Kind]) -> None:
    quiet = [later(), later()]
    assert [finding.kind for finding in findings("feed", day(*quiet, *recent))] == kinds


def test_a_source_that_is_often_empty_is_not_told_for_that() -> None:
    before = [Interval(at=AT, asked=20, read=20, empty=15) for _ in range(BEFORE)]
    assert list(findings("mastodon", [*before, later(), later(), later(asked=20, read=20, empty=20)])) == []


def test_nothing_is_said_of_a_source_that_was_just_added() -> None:
    assert list(findings("feed", [later(asked=50, failed=50)] * 5)) == []


def test_a_finding_says_how_we_know_and_since_when() -> None:
    (finding,) = findings("feed", day(later(), later(), later(asked=20, failed=16, read=4)))
    assert finding.since == AT + (BEFORE - 1) * timedelta(minutes=5)
    assert finding.evidence == {"share": 0.8, "share_before": 0.05, "times": 16, "of": 20}
    assert "80%" in finding.message
