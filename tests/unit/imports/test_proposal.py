"""Proposals: the columns of usual exports are found by name, others by their values, and nothing brings it down."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import InvalidInput
from socialindex.imports.layout import Wishes, look
from socialindex.imports.plan import FIELDS, Plan, plan_of
from socialindex.imports.proposal import Proposal, propose


def proposed(text: str) -> Proposal:
    return propose(look(text.encode(), Wishes()))


def mapping(text: str) -> dict[str, str]:
    plan = proposed(text).plan
    return {field: column for field, column in plan.mapping.items()} if plan else {}  # noqa: C416 - fields as plain text


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "번호,제목,내용,작성자,작성일,조회수,추천,링크",
            {
                "id": "번호",
                "title": "제목",
                "text": "내용",
                "author": "작성자",
                "published_at": "작성일",
                "views": "조회수",
                "likes": "추천",
                "url": "링크",
            },
        ),
        (
            "Review ID,Product_Name,Rating,Review-Text,Created At,Language",
            {
                "id": "Review ID",
                "product": "Product_Name",
                "rating": "Rating",
                "text": "Review-Text",
                "published_at": "Created At",
                "language": "Language",
            },
        ),
        ("상품명,별점,상품평,태그", {"product": "상품명", "rating": "별점", "text": "상품평", "tags": "태그"}),
        ("본문,본문 길이", {"text": "본문"}),
        ("회원번호,문의내용,접수일시", {"author_id": "회원번호", "text": "문의내용", "published_at": "접수일시"}),
        (
            "리뷰글번호,상품번호,상품명,구매자평점,포토/영상,리뷰상세내용,등록자,리뷰등록일,리뷰도움수,답글여부",
            {
                "id": "리뷰글번호",
                "product": "상품명",
                "rating": "구매자평점",
                "text": "리뷰상세내용",
                "author": "등록자",
                "published_at": "리뷰등록일",
                "likes": "리뷰도움수",
            },
        ),
        (
            "customer_id,review_id,product_title,star_rating,helpful_votes,review_headline,review_body,review_date",
            {
                "author_id": "customer_id",
                "id": "review_id",
                "product": "product_title",
                "rating": "star_rating",
                "likes": "helpful_votes",
                "title": "review_headline",
                "text": "review_body",
                "published_at": "review_date",
            },
        ),
        (
            "작성일(KST),작성자(닉네임),작성자(ID),별점(5점 만점),리뷰 내용[필수],상품 옵션",
            {
                "published_at": "작성일(KST)",
                "author": "작성자(닉네임)",
                "author_id": "작성자(ID)",
                "rating": "별점(5점 만점)",
                "text": "리뷰 내용[필수]",
            },
        ),
        (
            "Star Rating,Review Text,Review Last Update Date and Time,Review Submit Date and Time,Review Link",
            {
                "rating": "Star Rating",
                "text": "Review Text",
                "edited_at": "Review Last Update Date and Time",
                "published_at": "Review Submit Date and Time",
                "url": "Review Link",
            },
        ),
        (
            "Date,Headline,URL,Opening Text,Hit Sentence,Influencer",
            {
                "published_at": "Date",
                "title": "Headline",
                "url": "URL",
                "text": "Hit Sentence",
                "author": "Influencer",
            },
        ),
        ("Title,Snippet,Full Text,Author", {"title": "Title", "text": "Full Text", "author": "Author"}),
        ("Requester,Requester id,Subject", {"author": "Requester", "author_id": "Requester id", "title": "Subject"}),
        ("리뷰상세내용,최종수정일", {"text": "리뷰상세내용", "edited_at": "최종수정일"}),
        ("댓글(개),내용", {"text": "내용"}),
        ("순번,아이디,내용", {"author_id": "아이디", "text": "내용"}),  # which row it is, and who wrote it
    ],
)
def test_usual_names_are_known(header: str, expected: dict[str, str]) -> None:
    assert mapping(f"{header}\n{','.join('-' for _ in header.split(','))}\n") == expected


@pytest.mark.parametrize(
    ("name", "numbers", "taken"),
    [
        ("No.", "123", False),
        ("번호(자동)", "123", False),
        ("번호(접수)", "135", True),
        ("번호", "123", False),
        ("번호", "124", True),
        ("번호", "321", True),
        ("번호", "1", True),
        ("리뷰번호", "123", True),
        ("id", "123", True),
    ],
)
def test_numbers_of_rows_are_no_ids_since_another_file_has_the_same(name: str, numbers: str, *, taken: bool) -> None:
    told = proposed(f"{name},내용\n" + "".join(f"{number},배터리 발열\n" for number in numbers))
    assert told.plan is not None
    assert ("id" in told.plan.mapping) == taken
    assert told.columns[0].field == ("id" if taken else None)
    assert any(f"{name!r} numbers the rows" in note for note in told.notes) != taken


def test_an_id_beside_the_numbers_of_rows_is_found() -> None:
    assert mapping("No,접수번호,내용\n1,A-7,배터리 발열\n2,A-9,배송\n") == {"id": "접수번호", "text": "내용"}


def test_members_of_objects_are_known_by_their_last_name() -> None:
    found = mapping('{"data": {"content": "글"}, "author": {"name": "김*수"}, "published_at": "2026-11-20"}\n')
    assert found == {"text": "data.content", "author": "author.name", "published_at": "published_at"}


def test_columns_that_no_name_tells_are_known_by_their_values() -> None:
    rows = "".join(
        f"A{n},2026-11-{n} 10:00,https://shop.example.com/{n},배터리가 생각보다 빨리 닳아요,{n}\n"
        for n in range(10, 20)
    )
    told = proposed(f"c1,c2,c3,c4,c5\n{rows}")
    assert told.plan is not None
    assert told.plan.mapping == {"text": "c4", "published_at": "c2", "url": "c3"}
    assert [column.why for column in told.columns if column.field] == ["its values look like it"] * 3


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["11/05/2026", "11/28/2026 3:05 PM"], "month-first"),
        (["11/5/26", "11/28/26"], "month-first"),
        (["05.11.2026", "28.11.2026 10:00"], "day-first"),
        (["05.11.2026 09:00 UTC", "28.11.2026 10:00 UTC"], "day-first"),
        (["11/05/2026 09:00 KST", "11/28/2026 10:00 KST"], "month-first"),
        (["26/11/05", "26/11/28"], None),
        (["2026-11-05", "2026-11-28"], None),
    ],
)
@pytest.mark.parametrize("name", ["작성일", "c1"])
def test_a_column_tells_what_its_dates_begin_with(name: str, dates: list[str], order: str | None) -> None:
    told = proposed(f"내용,{name}\n" + "".join(f"배터리,{date}\n" for date in dates))
    assert told.plan is not None
    assert (told.plan.mapping.get("published_at"), told.plan.date_order, told.notes) == (name, order, [])


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Date,Time,Headline", "27-Nov-2026,01:05 PM,a", {"published_at": "Date", "published_time": "Time"}),
        ("시간,작성일,제목", "13:05,2026-11-27,a", {"published_at": "작성일", "published_time": "시간"}),
        ("등록시간(KST),제목,c", "13:05,a,2026-11-27", {"published_at": "c", "published_time": "등록시간(KST)"}),
        ("작성시간,제목", "2026-11-27 13:05,a", {"published_at": "작성시간"}),
        ("등록시간,제목", "2026-11-27 13:05,a", {"published_at": "등록시간"}),
        ("소요시간,작성일,제목", "13:05,2026-11-27,a", {"published_at": "작성일"}),
        ("시간,제목", "13:05,a", {}),
        ("작성시간,제목", "13:05,a", {"published_at": "작성시간"}),  # rows that are refused, rather than dates of today
        ("Time,작성일,제목", "13:05,03/04/2026,a", {"published_at": "작성일", "published_time": "Time"}),
    ],
)
def test_a_time_of_day_stands_beside_the_day(header: str, row: str, expected: dict[str, str]) -> None:
    found = mapping(f"{header}\n{row}\n{row}\n")
    assert {field: column for field, column in found.items() if field.startswith("published")} == expected


def test_dates_of_one_column_tell_what_those_of_another_begin_with() -> None:
    told = proposed("내용,Created at,Updated at\n배터리,03/04/2026,03/05/2026\n발열,03/28/2026,04/01/2026\n")
    assert told.plan is not None
    assert told.plan.mapping == {"text": "내용", "published_at": "Created at", "edited_at": "Updated at"}
    assert (told.plan.date_order, told.notes) == ("month-first", [])


@pytest.mark.parametrize("dates", [["03/04/2026", "05/04/2026"], ["28/11/2026", "11/28/2026"]])
def test_dates_of_which_nobody_knows_the_order_are_told_before_rows_are_refused(dates: list[str]) -> None:
    told = proposed("내용,작성일\n" + "".join(f"배터리,{date}\n" for date in dates))
    assert told.plan is not None
    assert (told.plan.mapping, told.plan.date_order) == ({"text": "내용", "published_at": "작성일"}, None)
    [note] = told.notes
    assert note.startswith(f"the column '작성일' does not read as published_at, such as {dates[0]!r}: ")
    assert note.endswith("date_order month-first or day-first")


def test_dates_of_another_column_are_none_of_posts_whose_own_have_no_order() -> None:
    told = proposed("내용,작성일,가입일\n배터리,03/04/2026,2019-01-11\n발열,05/04/2026,2020-02-12\n")
    assert told.plan is not None
    assert told.plan.mapping == {"text": "내용", "published_at": "작성일"}
    [note] = told.notes
    assert note.endswith("date_order month-first or day-first")


@pytest.mark.parametrize(
    ("header", "cells", "expected", "left_out"),
    [
        ("내용,만족도", "배터리,매우만족", {"text": "내용"}, ["만족도"]),
        ("내용,score,별점", "배터리,Good,4점", {"text": "내용", "rating": "별점"}, ["score"]),
        (
            "내용,작성일,시간,time",
            "배터리,2026-11-27,14:05,15:00",
            {"text": "내용", "published_at": "작성일", "published_time": "시간"},
            ["time"],
        ),
        ("내용,링크,주소", "배터리,shop.example.com/1,서울시 중구", {"text": "내용"}, ["링크", "주소"]),
        ("내용,language", "배터리,Unknown", {"text": "내용", "language": "language"}, []),
        ("내용,language", "배터리,Klingon 2", {"text": "내용"}, ["language"]),
    ],
)
def test_a_column_whose_values_are_not_what_its_name_says_is_left_out_for_its_rows_would_be_refused(
    header: str, cells: str, expected: dict[str, str], left_out: list[str]
) -> None:
    told = proposed(f"{header}\n{cells}\n")
    assert told.plan is not None
    assert told.plan.mapping == expected
    assert [note.split("'")[1] for note in told.notes if note.endswith("it is left out")] == left_out


def test_times_without_a_day_are_told_before_rows_are_refused() -> None:
    told = proposed("내용,작성시간\n배터리,14:05\n")
    assert told.plan is not None
    assert told.plan.mapping == {"text": "내용", "published_at": "작성시간"}
    assert "'작성시간' does not read as published_at" in told.notes[-1]


def test_neither_dates_nor_addresses_of_people_are_proposed_as_texts() -> None:
    table = "Id,Requester email,Subject,Created at,Assigned at\nA1,kim.test@example.com,Heat,2026-11-20 10:00,"
    assert "text" not in mapping(table + "2026년 11월 20일 오후 10:05\n")


@pytest.mark.parametrize(
    ("ratings", "scale"), [(["4", "5", "1"], 5), (["9", "4", "10"], 10), (["85", "100"], 100), (["★★★"], 5), ([""], 5)]
)
def test_the_scale_of_ratings_is_the_smallest_that_holds_them(ratings: list[str], scale: float) -> None:
    plan = proposed("내용,별점\n" + "".join(f"글,{rating}\n" for rating in ratings)).plan
    assert plan is not None
    assert (plan.rating_max, plan.kind) == (scale, "review")


def test_nothing_is_planned_where_nothing_is_a_text() -> None:
    told = proposed("a,b\n1,2\n")
    assert told.plan is None
    assert {column.field for column in told.columns} == {None}


def test_examples_are_short_and_few() -> None:
    told = proposed("내용\n" + "".join(f"{'길다 ' * 50}{n}\n" for n in range(10)) + '"열린\n')
    assert len(told.columns[0].examples) == 3
    assert max(map(len, told.columns[0].examples)) <= 60
    assert told.notes == ["1 of the first 11 rows cannot be read; a dry run names them"]


def test_a_name_of_brackets_costs_little() -> None:
    beginning = look(f'{{"{"(" * 100_000}": "x", "내용(필수": "좋아요"}}\n'.encode(), Wishes())
    started = time.process_time()
    plan = propose(beginning).plan
    assert time.process_time() - started < 1
    assert plan is not None
    assert plan.mapping["text"] == "내용(필수"


NAME = st.text(max_size=12) | st.sampled_from(["제목", "내용", "Date", "별점", "url", "조회수", "a.b.text", "."])


@given(
    st.lists(NAME, min_size=1, max_size=6),
    st.lists(st.lists(st.text(max_size=20), max_size=6), min_size=1, max_size=6),
)
def test_no_table_brings_a_proposal_down_and_what_it_proposes_can_be_followed(
    header: list[str], rows: list[list[str]]
) -> None:
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [header, *rows])
    try:
        beginning = look(quoted.encode("utf-8", "replace"), Wishes())
    except InvalidInput:
        return
    told = propose(beginning)
    assert [column.name for column in told.columns] == beginning.layout.columns
    if told.plan:
        told.plan.check(beginning.layout.columns)
        assert plan_of(told.plan.options()) == told.plan


# Plans


def test_a_plan_travels_as_options_and_back() -> None:
    plan = Plan(
        mapping={field: f"열 {field}" for field in FIELDS},
        kind="review",
        timezone="UTC",
        date_order="day-first",
        rating_max=10,
        language="ko",
        collection="voc-2026",
    )
    assert plan_of(plan.options()) == plan


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (Plan(mapping={"author": "작성자"}), "neither text nor title"),
        (Plan(mapping={"text": "없는 열"}), "no column '없는 열'"),
        (Plan(mapping={"text": "내용"}, collection="reviews\n"), "name is one line"),
        (Plan(mapping={"text": "내용", "title": "내용"}), "both text and title"),
        (Plan(mapping={"text": "내용"}, timezone="Korea/Seoul"), "no time zone"),
        (Plan(mapping={"text": "내용", "published_time": "작성자"}), "time of day, and no day"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_with_a_remedy(plan: Plan, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        plan.check(["내용", "작성자"])
    assert refused.value.remedy
    assert refused.value.field


@pytest.mark.parametrize(
    ("plan", "written"),
    [
        (Plan(mapping={"author": "작성자"}), "such as text=내용"),
        (Plan(mapping={"text": "내용", "published_time": "작성자"}), "such as published_at=날짜"),
    ],
)
@pytest.mark.parametrize(
    ("columns", "listed"), [(["내용", "작성자"], "; its columns are: '내용', '작성자'"), (None, "")]
)
def test_who_maps_too_little_sees_what_to_choose_from(
    plan: Plan, written: str, columns: list[str] | None, listed: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan.check(columns)
    assert str(refused.value.remedy).endswith(f"{written}{listed}")


@pytest.mark.parametrize(
    "options", [{}, {"kind": "review"}, {"column:colour": "x"}, {"column:text": "x", "kind": "ad"}]
)
def test_options_that_hold_no_plan_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        plan_of(options)
