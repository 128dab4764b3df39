"""Headers are read in all the forms that servers send, and never believed without bounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.headers import (
    folded,
    is_text,
    obey_robots_tags,
    rate_hint,
    retry_after,
    robots_tags,
    until_reset,
)
from socialindex.errors import Discarded

NOW = datetime(2025, 3, 1, 12, 0, 0, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("99999999999", DAY),
        ("Sat, 01 Mar 2025 12:02:00 GMT", 120.0),
        ("Saturday, 01-Mar-25 12:02:00 GMT", 120.0),  # RFC 850
        ("Sat Mar  1 12:02:00 2025", 120.0),  # asctime
        ("Sat, 01 Mar 2025 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("-5", None),
        ("soon", None),
        ("٣", None),  # a digit, but not one of HTTP's
        ("Mon, 99 Abc 2025 99:99:99 GMT", None),
        ("9" * 400, None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW, at_most=DAY) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_read_or_ignored(value: str) -> None:
    seconds = retry_after({"retry-after": value}, NOW, at_most=DAY)
    assert seconds is None or 0 <= seconds <= DAY


MASTODON = {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2025-03-01T12:05:00.000Z"}
GITHUB = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 300)}
REDDIT = {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "300"}
MILLISECONDS = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp() + 300) * 1000)}
A_DATE = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "Sat, 01 Mar 2025 12:05:00 GMT"}
BLUESKY = {"ratelimit-remaining": "0", "ratelimit-reset": str(int(NOW.timestamp()) + 300)}


@pytest.mark.parametrize(
    "headers",
    [
        MASTODON,
        GITHUB,
        REDDIT,
        MILLISECONDS,
        A_DATE,
        BLUESKY,
        {"ratelimit": "limit=100, remaining=0, reset=300"},
        {"ratelimit": '"burst";r=5;t=2, "hourly";r=0;t=300', "ratelimit-policy": '"hourly";q=100;w=3600'},
        # Draft 10 lets "t" be absent: the whole window is the longest that it can take.
        {"ratelimit": '"burst";r=5;t=2, "five";r=0', "ratelimit-policy": '"hourly";q=100;w=3600, "five";q=9;w=300'},
    ],
)
def test_a_limit_that_is_used_up_is_waited_for(headers: dict[str, str]) -> None:
    assert until_reset(headers, NOW, at_most=DAY) == pytest.approx(300)
    assert rate_hint(headers, NOW, at_most=DAY) == pytest.approx(300)
    assert rate_hint(headers, NOW, at_most=60) == 60


def test_what_is_left_of_a_limit_is_spread_over_its_time() -> None:
    headers = MASTODON | {"x-ratelimit-remaining": "299"}
    assert rate_hint(headers, NOW, at_most=DAY) == pytest.approx(1.0)
    assert until_reset(headers, NOW, at_most=DAY) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-remaining": "0"},
        {"x-ratelimit-remaining": "none", "x-ratelimit-reset": "60"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "tomorrow"},
        {"ratelimit": "garbage"},
        {"ratelimit": '"default";r=0'},
    ],
)
def test_limits_that_are_not_told_in_full_are_not_guessed(headers: dict[str, str]) -> None:
    assert rate_hint(headers, NOW, at_most=DAY) is None


def test_a_reset_in_the_past_costs_nothing() -> None:
    assert rate_hint(MASTODON, datetime(2026, 1, 1, tzinfo=UTC), at_most=DAY) == 0


@given(st.dictionaries(st.sampled_from(["x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit"]), st.text()))
def test_any_rate_headers_are_read_or_ignored(headers: dict[str, str]) -> None:
    hint = rate_hint(headers, NOW, at_most=DAY)
    assert hint is None or 0 <= hint <= DAY


@pytest.mark.parametrize(
    ("values", "tags"),
    [
        (["noindex, nofollow"], {"noindex", "nofollow"}),
        (["NOINDEX"], {"noindex"}),
        (["otherbot: noindex, nofollow"], set()),
        (["otherbot: noindex", "noarchive"], {"noarchive"}),
        (["otherbot: nofollow, SocialIndexBot: noindex"], {"noindex"}),
        (["*: none"], {"none"}),
        (
            ["unavailable_after: 25 Jun 2030 15:00:00 PST, nofollow"],
            {"unavailable_after", "nofollow"},
        ),
        (["max-snippet:-1, all"], {"max-snippet", "all"}),
        ([""], set()),
        # A date that is past is a noindex, in each of its forms and for whom it is meant.
        (["unavailable_after: 25 Jun 2010 15:00:00 PST"], {"noindex"}),
        (["unavailable_after: Friday, 25-Jun-10 15:00:00 UTC, nofollow"], {"noindex", "nofollow"}),
        (["socialindexbot: unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT"], {"noindex"}),
        (["unavailable_after: 2025-03-01T20:59:59+09:00"], {"noindex"}),
        (["unavailable_after: 2025-03-01T21:00:01+09:00"], {"unavailable_after"}),
        (["unavailable_after: 2025-02-28"], {"noindex"}),
        (["otherbot: unavailable_after: 2010-06-25, nofollow"], set()),
        (["unavailable_after: some day"], {"unavailable_after"}),
        (["unavailable_after"], {"unavailable_after"}),
    ],
)
def test_robots_tags_are_those_for_us(values: list[str], tags: set[str]) -> None:
    assert robots_tags(values, "socialindexbot", NOW) == tags


@given(st.lists(st.text(max_size=60), max_size=3), st.sampled_from(["", "unavailable_after:", "noindex,"]))
def test_any_robots_tags_can_be_read(values: list[str], start: str) -> None:
    tags = robots_tags([f"{start}{value}" for value in values], "socialindexbot", NOW)
    assert ("noindex" in tags) >= (start == "noindex," and bool(values))


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"noindex"}, "noindex"),
        ({"none"}, "noindex"),
        ({"noarchive"}, "noarchive"),
        ({"noindex", "noarchive"}, "noindex"),
    ],
)
def test_tags_that_forbid_to_keep_are_verdicts(tags: set[str], reason: str) -> None:
    with pytest.raises(Discarded) as discarded:
        obey_robots_tags(tags)
    assert discarded.value.reason == reason


def test_other_tags_forbid_nothing() -> None:
    obey_robots_tags({"nofollow", "all", "max-snippet"})


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("text/html; charset=euc-kr", True),
        ("TEXT/HTML", True),
        ("", True),
        ("application/json", True),
        ("application/activity+json", True),
        ("application/rss+xml;charset=utf-8", True),
        ("application/xml", True),
        ("application/xhtml+xml", True),
        ("text/plain", True),
        ("image/png", False),
        ("image/svg+xml", False),
        ("video/mp4", False),
        ("application/octet-stream", False),
        ("application/pdf", False),
        ("application/zip+json+", False),
    ],
)
def test_only_text_is_text(content_type: str, text: bool) -> None:
    assert is_text(content_type) is text


def test_headers_are_folded_and_cookies_left_out() -> None:
    raw = [
        (b"Link", b"<a>"),
        (b"link", b"<b>"),
        (b"Set-Cookie", b"id=1"),
        (b"X-Name", "가".encode()),
        (b"X-Odd", b"\xb0"),
    ]
    assert folded(raw) == {"link": "<a>, <b>", "x-name": "가", "x-odd": "°"}
