"""Cells as people's exports write them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.imports.dates import DateOrder, moment_of
from socialindex.imports.values import count_of, language_of, rating_of, url_of
from socialindex.zones import zone_of

SEOUL = zone_of("Asia/Seoul")


@pytest.mark.parametrize(
    ("text", "utc", "naive"),
    [
        ("2026-11-28", "2026-11-27T15:00", True),
        ("2026-11-28 13:05", "2026-11-28T04:05", True),
        ("2026-11-28 13:05:09.5", "2026-11-28T04:05:09", True),
        ("2026-11-28T13:05:09Z", "2026-11-28T13:05:09", False),
        ("2026-11-28T13:05:09-05:00", "2026-11-28T18:05:09", False),
        ("2026-11-28 13:05:09 UTC", "2026-11-28T13:05:09", False),
        ("2026-11-28 13:05:09.123 +0900", "2026-11-28T04:05:09", False),
        ("2026-11-28 13:05 -05:00", "2026-11-28T18:05", False),
        ("Sat, 28 Nov 2026 13:05:09 +0900", "2026-11-28T04:05:09", False),
        ("Sat, 28 Nov 2026 13:05:09 GMT", "2026-11-28T13:05:09", False),
        ("28 Nov 2026 13:05", "2026-11-28T04:05", True),
        ("2026.11.28", "2026-11-27T15:00", True),
        ("2026. 11. 8. 오후 1:05", "2026-11-08T04:05", True),
        ("2026. 11. 28. 오전 12:05:07", "2026-11-27T15:05:07", True),
        ("2026/11/28 오후 12:30", "2026-11-28T03:30", True),
        ("2026-11-28 1:05 PM", "2026-11-28T04:05", True),
        ("2026년 11월 28일", "2026-11-27T15:00", True),
        ("2026년 11월 28일 (토) 13시 5분", "2026-11-28T04:05", True),
        ("2026년 11월 28일 13시", "2026-11-28T04:00", True),
        ("26.11.28 13:05", "2026-11-28T04:05", True),
        ("20261128", "2026-11-27T15:00", True),
        ("20261128130509", "2026-11-28T04:05:09", True),
        ("1795838709", "2026-11-28T04:05:09", False),
        ("1795838709000", "2026-11-28T04:05:09", False),
        ("2026-11-28 13:05:09 KST", "2026-11-28T04:05:09", False),
        ("2026. 11. 28. 오후 1:05 (KST)", "2026-11-28T04:05", False),
        ("Sat, 28 Nov 2026 13:05:09 KST", "2026-11-28T04:05:09", False),
        ("28-Nov-2026 01:05PM", "2026-11-28T04:05", True),
        ("28-Nov-2026", "2026-11-27T15:00", True),
        ("5-Nov-26", "2026-11-04T15:00", True),
        ("5-Nov-26 13:05", "2026-11-05T04:05", True),
        ("Nov 28, 2026", "2026-11-27T15:00", True),
        ("Nov 28, 2026, 1:05 PM", "2026-11-28T04:05", True),
        ("Saturday, November 28, 2026 at 1:05 p.m.", "2026-11-28T04:05", True),
        ("28 Sept 2026 13:05:09", "2026-09-28T04:05:09", True),
        ("  2026-11-28 13:05  ", "2026-11-28T04:05", True),
    ],
)
def test_dates_of_korean_and_english_exports(text: str, utc: str, naive: bool) -> None:
    read = moment_of(text, SEOUL)
    assert read is not None
    moment, was_naive = read
    assert moment.replace(microsecond=0) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert was_naive is naive


def test_a_date_is_read_in_the_zone_that_is_asked_for() -> None:
    assert moment_of("2026-07-01 12:00", zone_of("America/New_York")) == (datetime(2026, 7, 1, 16, tzinfo=UTC), True)
    assert moment_of("2026-12-01 12:00", zone_of("America/New_York")) == (datetime(2026, 12, 1, 17, tzinfo=UTC), True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("yesterday", "no date"),
        ("2026-13-01", "no date"),
        ("2026-02-30", "no date"),
        ("2026-11-28 오후 13:00", "no date"),
        ("2026-11-28 25:00", "no date"),
        ("2026-11-28 -0900", "no date"),
        ("2026-11-28 13:05:09 CST", "no date"),
        ("Sat, 28 Nov 2026 13:05:09 IST", "no date"),  # names of zones stand for several
        ("2026-11-28 13:05:09 +0900 KST", "no date"),
        ("Non 28, 2026", "no date"),
        ("28 Nov 14:05", "no date"),
        ("Nov-28-26", "no date"),
        ("28-Nov-2026 13:05PM", "no date"),
        ("25:00 28 Nov 2026", "no date"),
        ("Mon, 30 Feb 2026 13:05:09 GMT", "no date"),
        ("03/04/2026", "told apart"),
        ("28.11.2026 10:00", "told apart"),
        ("46354", "number of a day"),
        ("46354.55", "number of a day"),
        ("1970-01-01", "before 1990"),
        ("0", "no date"),
        ("12345", "no date"),
        ("9" * 5000, "no date"),
        ("2026-11-28" + " " * 100_000 + "x", "no date"),
    ],
)
def test_what_is_no_date_is_refused_with_a_remedy(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        moment_of(text, SEOUL)
    assert ("as dates" if "number" in why else "2026-11-28") in refused.value.remedy


@pytest.mark.parametrize(
    ("text", "order", "utc"),
    [
        ("11/5/2026 1:05 PM", "month-first", "2026-11-05T04:05"),
        ("11/5/2026 13:05", "day-first", "2026-05-11T04:05"),
        ("11/5/26", "month-first", "2026-11-04T15:00"),
        ("28.11.2026 13:05:09", "day-first", "2026-11-28T04:05:09"),
        ("28. 11. 2026", "day-first", "2026-11-27T15:00"),
        ("11-28-2026, 13:05 KST", "month-first", "2026-11-28T04:05"),
        ("28/11/2026 13:05 +0900", "day-first", "2026-11-28T04:05"),
        ("11/28/2026 01:05:09 PM -05:00", "month-first", "2026-11-28T18:05:09"),
        ("11/28/2026 04:05:09 UTC", "month-first", "2026-11-28T04:05:09"),
        ("28/11/2026 13:05 +9900", "day-first", None),
        ("11/28/2026 +0900", "month-first", None),
        ("2026-11-28", "day-first", "2026-11-27T15:00"),
        ("28.11.2026", "month-first", None),
    ],
)
def test_dates_that_end_in_their_year_are_read_in_the_order_that_is_told(
    text: str, order: DateOrder, utc: str | None
) -> None:
    if utc is None:
        with pytest.raises(InvalidInput, match="no date"):
            moment_of(text, SEOUL, order)
    else:
        read = moment_of(text, SEOUL, order)
        assert read is not None
        assert read[0] == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "Seoul", "../../etc/passwd", "/etc/localtime", "KST-9", "asia/seoul\0"])
def test_a_zone_is_one_of_the_database(name: str) -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        zone_of(name)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("1,234", 1234),
        ("1,234,567", 1234567),
        ("1 234", 1234),
        ("12.0", 12),
        ("1.2만", 12_000),
        ("3천", 3_000),
        ("1.5k", 1_500),
        ("2M", 2_000_000),
        ("15회", 15),
        ("7 명", 7),
        ("9007199254740993", 9007199254740993),
        ("-", None),
        ("N/A", None),
        ("없음", None),
        ("", None),
    ],
)
def test_counts(text: str, count: int | None) -> None:
    assert count_of(text) == count


@given(
    st.integers(0, 99_999),
    st.integers(0, 3),
    st.sampled_from([("", 0), ("천", 3), ("k", 3), ("만", 4), ("m", 6), ("억", 8)]),
)
@example(161, 1, ("k", 3))  # these are no whole numbers by a float's arithmetic
@example(322, 1, ("천", 3))
@example(7, 2, ("만", 4))
@example(41, 1, ("m", 6))
@example(11, 1, ("억", 8))
def test_a_count_with_a_unit_is_exact(digits: int, places: int, unit: tuple[str, int]) -> None:
    name, zeros = unit
    text = f"{digits // 10**places}.{digits % 10**places:0{places}d}" if places else str(digits)
    whole, rest = divmod(digits * 10**zeros, 10**places)
    if rest:
        with pytest.raises(InvalidInput, match="no count"):
            count_of(text + name)
    else:
        assert count_of(text + name) == whole


@pytest.mark.parametrize(
    "text", ["-1", "1.5", "1,2,3", "12,34", "많음", "1e9", "99999999999999999999", "٣", "9" * 1000]
)
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no count"):
        count_of(text)


@pytest.mark.parametrize(
    ("text", "scale", "stars"),
    [
        ("4", 5, 4.0),
        ("4.5", 5, 4.5),
        ("4,5", 5, 4.5),
        ("9", 10, 4.5),
        ("8/10", 5, 4.0),
        ("9점", 10, 4.5),
        ("4점 / 5점", 5, 4.0),
        ("★★★★☆", 5, 4.0),
        ("⭐⭐⭐", 5, 3.0),
        ("☆☆☆☆☆", 5, 0.0),
        ("0", 5, 0.0),
        ("-", 5, None),
        ("4 stars", 5, 4.0),
        ("4.0 out of 5 stars", 10, 4.0),
        ("별 4개", 5, 4.0),
        ("별점 4점", 5, 4.0),
        ("★4.5", 5, 4.5),
        ("5점 만점에 4점", 10, 4.0),
        ("9/10.0", 5, 4.5),
    ],
)
def test_ratings(text: str, scale: float, stars: float | None) -> None:
    assert rating_of(text, scale) == stars


@pytest.mark.parametrize(
    ("text", "why"), [("좋음", "no rating"), ("6", "beyond"), ("-1", "no rating"), ("1/0", "beyond")]
)
def test_what_is_no_rating_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        rating_of(text, 5)


def test_addresses() -> None:
    assert url_of("https://Shop.example.com/1?utm_source=x") == "https://shop.example.com/1"
    assert url_of("-") is None
    for text in ("shop.example.com/1", "javascript:alert(1)", "http://", "file:///etc/passwd"):
        with pytest.raises(InvalidInput, match="web address"):
            url_of(text)


@given(st.text(max_size=80) | st.from_regex(r"[0-9년월일.\-/: 오전후★]{0,40}", fullmatch=True))
def test_no_cell_brings_a_reader_down(text: str) -> None:
    for read in (
        lambda: moment_of(text, SEOUL),
        lambda: moment_of(text, SEOUL, "month-first"),
        lambda: language_of(text),
        lambda: count_of(text),
        lambda: rating_of(text, 5),
        lambda: url_of(text),
    ):
        with contextlib.suppress(InvalidInput):
            read()
