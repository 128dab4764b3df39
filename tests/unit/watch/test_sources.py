"""What is told of a whole source, from counts between looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from socialindex.aws.outcomes import Counted
from socialindex.watch.sources import BEFORE, RECENT, Interval, Totals, findings, moved, totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.watch.events import Finding, Kind

AT = datetime(2026, 11, 28, tzinfo=UTC)


def counted(
    stage: str, outcome: str, times: int, reason: str = "", source: str = "feed", of: str = "2026-11-28"
) -> Counted:
    return Counted(stage=stage, day=of, source=source, outcome=outcome, reason=reason, times=times, last_at=AT)


def day(*recent: Interval) -> list[Interval]:
    """A good day, and then what came last."""
    before = [Interval(at=AT + number * timedelta(minutes=5), asked=20, failed=1, read=20) for number in range(BEFORE)]
    return [*before, *recent]


def later(**counts: int) -> Interval:
    return Interval(at=AT + timedelta(hours=2), **counts)


def test_counts_are_summed_by_source_and_day() -> None:
    crawled = [
        counted("crawl", "ok", 10),
        counted("crawl", "retry", 3, "timeout"),
        counted("crawl", "retry", 5, "paced"),
        counted("crawl", "discard", 2, "robots"),
        counted("crawl", "discard", 1, "forbidden"),
        counted("crawl", "quarantine", 1, "server_error"),
        counted("crawl", "ok", 4, of="2026-11-27"),
    ]
    normalized = [
        counted("normalize", "ok", 8),
        counted("normalize", "ok", 2, "empty"),
        counted("normalize", "quarantine", 3, "ParseError"),
        counted("normalize", "quarantine", 1, "LayoutChanged"),
        counted("normalize", "ok", 8, source=""),
    ]
    today = Totals(asked=22, failed=5, read=10, empty=2, unreadable=4, layout=1)
    assert totals(crawled, normalized) == {"feed": {"2026-11-28": today, "2026-11-27": Totals(asked=4)}}


def test_what_moved_between_two_looks_is_an_interval_also_when_counts_began_anew() -> None:
    before, now = {"2026-11-28": Totals(asked=10, failed=4)}, {"2026-11-28": Totals(asked=15, failed=1)}
    assert moved(now, before, AT) == Interval(at=AT, asked=5, failed=1)


def test_what_moved_over_midnight_is_what_both_days_have_more() -> None:
    before = {"2026-11-26": Totals(asked=900), "2026-11-27": Totals(asked=500, read=3)}
    now = {"2026-11-27": Totals(asked=502, read=3), "2026-11-28": Totals(asked=7, read=1)}
    assert moved(now, before, AT) == Interval(at=AT, asked=9, read=1)
    assert moved({}, before, AT) == Interval(at=AT)


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


# While it lasts


DAY = 24 * 12
"""Intervals of a day: as many as a source is compared with."""
GOOD = Interval(at=AT, asked=20, failed=1, read=19)


def looks(intervals: Iterable[Interval]) -> list[list[Kind]]:
    """What is told at each look, a good day before the first of them."""
    seen = [GOOD] * DAY
    opened: list[Finding] = []
    told: list[list[Kind]] = []
    for number, interval in enumerate(intervals):
        seen = [*seen, msgspec.structs.replace(interval, at=AT + number * timedelta(minutes=5))][-DAY:]
        opened = list(findings("feed", seen, opened))
        told.append([finding.kind for finding in opened])
    return told


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (later(asked=20, failed=20), "errors"),
        (later(asked=20, read=20, empty=20), "unreadable"),
        (later(asked=20, unreadable=20), "unreadable"),
        (later(asked=2, failed=2), "errors"),  # since all of it fails, it is hardly asked
    ],
)
def test_an_outage_lasts_as_long_as_it_lasts(bad: Interval, kind: Kind) -> None:
    begin = [later(asked=20, failed=20)] if bad.failed else []
    told = looks([*begin, *begin, *begin, *[bad] * (3 * DAY), *[GOOD] * RECENT])
    assert told[RECENT - 1 : -RECENT] == [[kind]] * (len(told) - 2 * RECENT + 1)
    assert told[-1] == []


def test_an_outage_in_which_nobody_asks_is_no_recovery() -> None:
    told = looks([*[later(asked=20, failed=20)] * RECENT, *[later()] * 10, GOOD])
    assert told[RECENT:] == [*[["errors"]] * 10, []]


def test_what_was_before_an_outage_is_told_to_its_end() -> None:
    seen = [GOOD] * DAY
    opened: list[Finding] = []
    for _ in range(DAY):
        seen = [*seen[1:], later(asked=20, failed=20)]
        opened = list(findings("feed", seen, opened))
    assert opened[0].evidence == {"share": 1.0, "share_before": 0.05, "times": 60, "of": 60}


def test_a_layout_has_changed_until_a_page_is_read_again() -> None:
    changed, quiet = later(asked=1, layout=1, unreadable=1), later()
    told = looks(
        [changed, *[quiet] * 10, changed, *[quiet] * 40, later(asked=1, read=1, empty=1), later(asked=1, read=1)]
    )
    assert told[:-1] == [["layout"]] * (len(told) - 1)
    assert told[-1] == []


def test_a_layout_has_changed_until_no_channel_is_left_that_met_it() -> None:
    """Others' good reads say nothing of a board that was not polled since."""
    (begun,) = findings("feed", day(later(), later(), later(asked=9, read=8, layout=1, unreadable=1)))
    seen = day(*[GOOD] * RECENT)
    (lasting,) = findings("feed", seen, [begun], changed=2)
    assert (lasting.kind, lasting.since, lasting.evidence["channels"]) == ("layout", begun.since, 2)
    assert list(findings("feed", seen, [lasting], changed=0)) == []
    assert list(findings("feed", seen, [], changed=2)) == []
    (anew,) = findings("feed", day(later(), later(), later(asked=1, layout=1, unreadable=1)), [lasting], changed=1)
    assert anew.evidence == {"layout_changed": 1, "quarantined": 1}
