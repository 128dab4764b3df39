"""How long a part of a channel that its host refuses is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from socialindex.crawl.refusals import Refusal, met, pause

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "last", "hours"),
    [
        (None, None, 1.0),
        (0.5, 0.5, 1.0),
        (5.0, 2.0, 5.0),
        (400.0, 24.0, 24.0),
        (400.0, 60.0, 1.0),
    ],
    ids=["first", "after half an hour", "after hours", "after days", "answered or not asked for meanwhile"],
)
def test_a_refused_part_is_asked_for_ever_more_seldom_and_at_least_once_a_day(
    since: float | None, last: float | None, hours: float
) -> None:
    ago = [NOW - timedelta(hours=each) for each in (since or 0.0, last or 0.0)]
    before = None if since is None else Refusal(url="https://a.example/1", reason="forbidden", since=ago[0], at=ago[1])
    refusal = met(before, "https://a.example/2", "unauthorized", NOW)
    assert pause(refusal) == timedelta(hours=hours)
    assert (refusal.reason, refusal.at) == ("unauthorized", NOW)
    assert refusal.url == f"https://a.example/{1 if since and refusal.since < NOW else 2}"
