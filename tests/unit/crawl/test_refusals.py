"""How long a part of a channel that its host refuses is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from socialindex.crawl.refusals import Refusal, met, pause

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
URL, OTHER = "https://a.example/1", "https://a.example/2"


@pytest.mark.parametrize(
    ("since", "last", "hours"),
    [
        (None, None, 1.0),
        (0.5, 0.5, 1.0),
        (5.0, 2.0, 5.0),
        (400.0, 1.0, 24.0),
        (400.0, 24.0, None),
        (400.0, 60.0, 1.0),
    ],
    ids=["first", "after half an hour", "after hours", "asked for anew", "waited a day", "not asked for meanwhile"],
)
def test_a_refused_part_is_asked_for_ever_more_seldom_and_let_go_after_a_day(
    since: float | None, last: float | None, hours: float | None
) -> None:
    ago = [NOW - timedelta(hours=each) for each in (since or 0.0, last or 0.0)]
    before = None if since is None else Refusal(url=URL, reason="forbidden", since=ago[0], at=ago[1])
    refusal = met(before, URL, "unauthorized", NOW)
    assert pause(before, refusal) == (None if hours is None else timedelta(hours=hours))
    assert refusal == Refusal(url=URL, reason="unauthorized", since=refusal.since, at=NOW)


@pytest.mark.parametrize(("last", "takes_over"), [(1.0, False), (47.0, False), (49.0, True)])
def test_another_address_takes_over_once_the_one_that_waited_is_not_asked_for_any_more(
    last: float, *, takes_over: bool
) -> None:
    before = Refusal(url=URL, reason="forbidden", since=NOW - timedelta(days=9), at=NOW - timedelta(hours=last))
    new = Refusal(url=OTHER, reason="legal", since=NOW, at=NOW)
    assert met(before, OTHER, "legal", NOW) == (new if takes_over else before)
