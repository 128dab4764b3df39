"""From rows to drafts: identities, what is absent, and what is told of a bad row."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex import sources
from socialindex.errors import ParseError
from socialindex.identity import IMPORT_SCHEME
from socialindex.imports.plan import FIELDS, Plan
from socialindex.imports.rows import ReadRow, RowReader, mapped
from socialindex.model import MAX_TEXT, MAX_TITLE, Author, Draft, Metrics, Post
from socialindex.normalize.finish import finish
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, Span

if TYPE_CHECKING:
    from socialindex.imports.rows import Cells

NOW = datetime(2026, 11, 28, 5, tzinfo=UTC)
PLAN = Plan(mapping={field: f"열 {field}" for field in FIELDS})


def reader(workspace: str = "ws_a", **plan: Any) -> RowReader:
    return RowReader(msgspec.structs.replace(PLAN, **plan), workspace, NOW)


def read(workspace: str = "ws_a", plan: dict[str, Any] | None = None, **cells: str) -> ReadRow:
    return reader(workspace, **(plan or {})).read(2, cells)  # type: ignore[arg-type] # names of fields


def draft(workspace: str = "ws_a", plan: dict[str, Any] | None = None, **cells: str) -> Draft:
    row = read(workspace, plan, **cells)
    assert row.draft is not None, row.problems
    return row.draft


def test_only_what_a_row_has_is_in_its_draft() -> None:
    bare = draft(text="글")
    assert msgspec.to_builtins(bare) == {"uri": bare.uri, "text": "글"}
    full = draft(title="제목", author="김*수", likes="0", views="-", rating="4", product="누리폰 12", tags="#a #b c,d")
    assert full.author == Author(name="김*수")
    assert full.metrics == Metrics(likes=0)
    assert (full.title, full.rating) == ("제목", 4.0)
    assert full.hashtags == ["a", "bc", "d", "누리폰12"]


# Identity


def test_a_given_id_is_one_post_within_its_collection_and_workspace() -> None:
    one = draft(id="7", text="a").uri
    assert draft(id=" 7 ", text="b").uri == one
    others = {
        draft(id="8", text="a").uri,
        draft("ws_b", id="7", text="a").uri,
        draft(plan={"collection": "voc"}, id="7", text="a").uri,
        draft(plan={"collection": "voc"}, id="main/7", text="a").uri,
    }
    assert len(others | {one}) == 5


@pytest.mark.parametrize("nothing", ["-", "N/A", "NULL", "없음", "#N/A"])
def test_an_id_that_says_there_is_none_names_neither_a_post_nor_an_author(nothing: str) -> None:
    assert draft(id=nothing, text="a").uri == draft(text="a").uri
    assert draft(id=nothing, text="b").uri != draft(id=nothing, text="a").uri
    assert draft(author="김*수", author_id=nothing, text="a").author == Author(name="김*수")


@pytest.mark.parametrize("rounded", ["1.23457E+15", "1E+12", "1,23457E+15"])
def test_an_id_that_a_spreadsheet_rounded_is_refused_for_it_would_name_other_rows_too(rounded: str) -> None:
    what = "a spreadsheet has rounded this id, so that others have the same"
    row = read(text="글", id=rounded, author_id=rounded)
    assert problems(row) == [("열 author_id", rounded, what), ("열 id", rounded, what)]


@pytest.mark.parametrize("given_id", ["E+15", "12E+15", "1.5e+15", "2E+1", "A1E+15"])
def test_an_id_that_only_resembles_a_rounded_one_is_an_id(given_id: str) -> None:
    assert draft(id=given_id, text="글").uri.endswith(f"/{given_id}")


def test_without_an_id_the_same_words_are_one_post_whatever_their_figures() -> None:
    one = draft(text="좋아요", author="김*수", views="1").uri
    assert draft(text="좋아요", author="김*수", views="2", tags="x").uri == one
    assert (
        len({one, draft(text="좋아요").uri, draft(text="좋아요", author="이*희").uri, draft(title="좋아요").uri}) == 4
    )


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_whatever_a_client_gives_its_posts_are_named_after_its_workspace(given_id: str, text: str) -> None:
    row = read(id=given_id, text=text)
    assert row.draft is None or row.draft.uri.startswith(f"{IMPORT_SCHEME}ws_a/main")


def finished(uri: str, workspace: str | None, text: str | None = "x") -> Post:
    url = "https://a.example/"
    channel = Channel(id="ch_1", source="feed", url=url, created_at=NOW, workspace=workspace)
    response = Response(request=Request(url=url), url=url, status=200, received_at=NOW)
    return finish(Draft(uri=uri, text=text), Exchange(channel, response), sources.find("feed"), ("key", Span(0, 1)))


def test_no_public_page_and_no_other_workspace_can_claim_an_imported_posts_identity() -> None:
    uri = draft(id="7", text="a").uri
    assert finished(uri, "ws_a").visibility == "ws_a"
    for workspace in (None, "ws_b", "ws"):
        for claimed in (uri, f"\u200b{uri}", f" {uri}"):
            with pytest.raises(ParseError, match="identity"):
                finished(claimed, workspace)


def test_an_imported_author_is_nobody_of_a_public_source() -> None:
    assert draft(text="a", author_id="kim").author == Author(id="import:ws_a/main/author/kim")
    assert draft("ws_b", text="a", author_id="kim").author != draft(text="a", author_id="kim").author


# What is wrong


def problems(row: ReadRow) -> list[tuple[str | None, str | None, str]]:
    assert row.draft is None
    assert all(problem.row == 2 and problem.remedy for problem in row.problems)
    return [(problem.column, problem.value, problem.what) for problem in row.problems]


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    row = read(text="글", published_at="언젠가", rating="7", views="많음", url="shop", language="표준어", id="x" * 501)
    assert problems(row) == [
        ("열 url", "shop", "this is no web address"),
        ("열 language", "표준어", "this is no language"),
        ("열 published_at", "언젠가", "this is no date that we can read"),
        ("열 views", "많음", "this is no count"),
        ("열 rating", "7", "this is beyond the scale of 5"),
        ("열 id", "x" * 59 + "…", "this id has 501 characters"),
    ]


def test_a_row_without_words_is_no_post() -> None:
    assert problems(read(rating="5")) == [(None, None, "there is no text")]


NOBODY_SEES = ["\u200b", "\ufeff\u200b \u200b", "\u3164", "\u00ad\n", "\u200e"]


@pytest.mark.parametrize("unseen", NOBODY_SEES)
def test_words_that_nobody_sees_are_none(unseen: str) -> None:
    record = {f"열 {field}": unseen for field in FIELDS}
    assert mapped(PLAN, record) == {}
    assert mapped(PLAN, {**record, "열 text": f"{unseen}글"}) == {"text": f"{unseen}글".strip()}


@pytest.mark.parametrize("unseen", NOBODY_SEES)
def test_figures_are_read_without_what_nobody_sees(unseen: str) -> None:
    """Dates that are copied from a window's title bring a direction mark along."""
    wanted = draft(text="글", published_at="2026-11-19 13:05", rating="4", views="7", id="a1", author_id="kim")
    cells = {"published_at": "2026-11-19 13:05", "rating": "4", "views": "7", "id": "a1", "author_id": "kim"}
    marked: dict[str, Any] = {name: f"{unseen}{value}{unseen}" for name, value in cells.items()}
    assert draft(text="글", **marked) == wanted


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"text": "가" * MAX_TEXT, "title": "제" * MAX_TITLE}, []),
        ({"text": "가" * MAX_TEXT + "\u200b\r\n"}, []),  # what nobody sees takes no room
        ({"text": "가" * MAX_TEXT + "나"}, [("열 text", "this text has 40001 characters")]),
        ({"text": unicodedata.normalize("NFD", "각" * MAX_TEXT)}, []),  # as a Mac may write it
        ({"text": "글", "title": "제" * (MAX_TITLE + 1)}, [("열 title", "this title has 1001 characters")]),
    ],
)
def test_words_that_a_post_has_no_room_for_are_named_and_not_cut(
    cells: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    row = read(**cells)
    assert [(problem.column, problem.what) for problem in row.problems] == found
    if row.draft:
        kept = finished(row.draft.uri, "ws_a", text=row.draft.text)
        assert len(kept.text or "") == MAX_TEXT


def test_rows_that_were_taken_before_are_read_all_the_same() -> None:
    long = "가" * (MAX_TEXT + 1)
    taken = RowReader(PLAN, "ws_a", NOW, archived=True).read(2, {"text": long})
    assert taken.draft is not None
    line = msgspec.json.encode({"row": 2, "cells": {"text": long}})
    channel = Channel(id="im_a", source="imported", url="https://main.imports.invalid/", created_at=NOW)
    channel = msgspec.structs.replace(channel, options=PLAN.options(), workspace="ws_a")
    response = Response(request=Request(url=channel.url), url=channel.url, status=200, body=line, received_at=NOW)
    assert [item.uri for item in sources.find("imported").posts(channel, response) if isinstance(item, Draft)] == [
        taken.draft.uri
    ]


@pytest.mark.parametrize("short", ["11/5/26", "11/05/26 13:05", "1/2/03", " 12/31/25"])
def test_a_short_date_that_may_begin_with_its_month_is_refused(short: str) -> None:
    assert [what for _, _, what in problems(read(text="글", published_at=short))] == [
        "year and month of this date can be told apart by nobody"
    ]


def test_a_plan_tells_what_dates_begin_with_whose_year_is_at_the_end() -> None:
    for order, moment in (("month-first", "2026-11-04T15:00Z"), ("day-first", "2026-05-10T15:00Z")):
        for written in ("11/05/2026", "11/5/26"):
            read = draft(plan={"date_order": order}, text="글", published_at=written)
            assert read.published_at == datetime.fromisoformat(moment)


def test_short_dates_that_begin_with_their_year_are_read_and_so_are_those_that_were_taken_before() -> None:
    assert draft(text="글", published_at="26/11/05").published_at == datetime(2026, 11, 4, 15, tzinfo=UTC)
    taken = RowReader(PLAN, "ws_a", NOW, archived=True).read(2, {"text": "글", "published_at": "11/5/26"}).draft
    assert taken is not None
    assert taken.published_at == datetime(2011, 5, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize("nothing", ["-", "N/A", "NULL", "없음", " - "])
def test_tags_and_names_that_say_there_is_none_are_none(nothing: str) -> None:
    bare = draft(text="글", tags=nothing, product=nothing, author=nothing)
    assert (bare.hashtags, bare.author) == ([], None)
    assert draft(text="글", tags=f"a, {nothing}", author=nothing, author_id="kim") == msgspec.structs.replace(
        draft(text="글", author_id="kim"), hashtags=["a"], uri=draft(text="글", author=nothing, author_id="kim").uri
    )


def test_a_date_in_the_future_is_a_mistake_mostly_of_the_zone() -> None:
    assert draft(text="a", published_at="2026-11-28 14:00").published_at == NOW
    row = read(text="a", plan={"timezone": "UTC"}, published_at="2026-11-28 14:00")
    assert [what for _, _, what in problems(row)] == ["this date is in the future"]
    assert "time zone" in row.problems[0].remedy


@pytest.mark.parametrize(
    ("date", "plan", "names_order"),
    [
        ("28.11.26", {}, True),
        ("28-11-26 14:05", {}, True),
        ("12.28.27", {"date_order": "month-first"}, True),
        ("2028.11.26", {}, False),
    ],
)
def test_a_short_date_that_would_be_in_the_future_is_refused_with_what_may_have_been_meant(
    date: str, plan: dict[str, Any], *, names_order: bool
) -> None:
    (problem,) = read(plan=plan, text="글", published_at=date).problems
    assert problem.what == "this date is in the future"
    assert ("date_order" in (problem.remedy or "")) is names_order


def test_it_is_told_whether_a_zone_was_assumed() -> None:
    assert read(text="a", published_at="2026-11-20 10:00").naive
    assert not read(text="a", published_at="2026-11-20T10:00Z").naive
    assert not read(text="a").naive


def test_columns_that_the_plan_does_not_name_go_no_further() -> None:
    plan = Plan(mapping={"text": "내용", "title": "제목"})
    assert mapped(plan, {"내용": " 글 ", "제목": " ", "전화번호": "010-0000-0000"}) == {"text": "글"}


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        ("2026-11-27", "13:05", "2026-11-27T04:05"),
        ("2026. 11. 27.", "오후 1:05:09", "2026-11-27T04:05:09"),
        ("2026년 11월 27일", "13시 5분", "2026-11-27T04:05"),
        ("20261127", "1:05 PM", "2026-11-27T04:05"),
        ("27-Nov-2026", "01:05PM", "2026-11-27T04:05"),
        ("2026-11-27 00:00:00.000", "13:05", "2026-11-27T04:05"),
        ("2026-11-27T00:00:00", "13:05:09+00:00", "2026-11-27T13:05:09"),
        ("2026-11-27 13:05", "09:00", "2026-11-27T04:05"),
        ("Nov 27, 2026 1:05 PM", "09:00", "2026-11-27T04:05"),
        ("2026-11-27", "-", "2026-11-26T15:00"),
        ("2026. 11. 27. 오전 12:00:00", "13:05", "2026-11-27T04:05"),
        ("11-27-2026 12:00:00 AM", "13:05", "2026-11-27T04:05"),
        ("1795752309", "09:00", "2026-11-27T04:05:09"),
        ("20261127130509", "09:00", "2026-11-27T04:05:09"),
    ],
)
def test_a_time_of_day_in_a_column_of_its_own_is_read_beside_the_day(day: str, time: str, utc: str) -> None:
    plan = {"date_order": "month-first"}
    found = draft(plan=plan, text="글", published_at=day, published_time=time)
    assert found.published_at == datetime.fromisoformat(f"{utc}Z")


@pytest.mark.parametrize(("time", "naive"), [("14:05", True), ("14:05 KST", False), ("14:05+09:00", False)])
def test_a_time_of_day_may_name_the_zone(time: str, *, naive: bool) -> None:
    assert read(text="글", published_at="2026-11-27", published_time=time).naive is naive


@pytest.mark.parametrize("time", ["25:00", "13", "오후", "2026-11-27 13:05", "1:2:3:4"])
def test_what_is_no_time_of_day_is_named_with_its_column(time: str) -> None:
    (problem,) = read(text="글", published_at="2026-11-27", published_time=time).problems
    assert (problem.column, problem.value) == ("열 published_time", time)
    assert "14:05" in problem.remedy


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ko", "ko"),
        ("ko-KR", "ko"),
        ("en_US", "en"),
        ("English", "en"),
        ("한국어", "ko"),
        ("DUTCH", "nl"),
        ("English (US)", "en"),
        ("Chinese(Simplified)", "zh"),
        ("Unknown", None),
        ("기타", None),
    ],
)
def test_languages_are_codes_or_names(written: str, code: str | None) -> None:
    assert draft(text="글", language=written).language == code


CELLS = st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30), max_size=6)


@given(CELLS)
def test_a_row_is_a_draft_or_has_problems(cells: Cells) -> None:
    row = reader().read(2, cells)
    assert (row.draft is None) == bool(row.problems)
