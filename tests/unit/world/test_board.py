from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from infra.local.world import World, WorldConfig, running_world
from tests.unit.world.client import get
from tests.unit.world.conftest import ANCHOR, MovableClock

if TYPE_CHECKING:
    from infra.local.world.records import Board, Thread


def soup(url: str) -> BeautifulSoup:
    answer = get(url)
    assert answer.status == 200
    return BeautifulSoup(answer.text, "lxml")


def board(world: World, table: str) -> Board:
    return next(board for board in world.data.boards if board.table == table)


def keyed(world: World, key: str) -> Thread:
    return next(thread for board in world.data.boards for thread in board.threads if thread.key == key)


def numbers(page: BeautifulSoup) -> list[int]:
    return [int(re.findall(r"wr_id=(\d+)", str(link["href"]))[0]) for link in page.select(".bo_tit a")]


def test_a_page_has_the_marks_of_gnuboard_and_its_basic_skin(world: World) -> None:
    text = get(f"{world.addresses.board}/bbs/board.php?bo_table=free").text
    for mark in ('var g5_bo_table  = "free"', 'id="fboardlist"', 'class="tbl_head01 tbl_wrap"', "사용스킨 : basic"):
        assert mark in text


@pytest.mark.parametrize("table", ["free", "qna", "notice", "lounge"])
def test_walking_all_pages_shows_every_post_once(world: World, table: str) -> None:
    seen: list[int] = []
    for page in range(1, 30):
        found = numbers(soup(f"{world.addresses.board}/bbs/board.php?bo_table={table}&page={page}"))
        if not found:
            break
        seen += found
    now = world.config.clock()
    shown = [
        t for t in board(world, table).threads if t.published_at <= now and not (t.deleted_at and t.deleted_at <= now)
    ]
    assert sorted(seen) == [thread.number for thread in shown]


def test_notices_stand_on_the_first_page_only(world: World) -> None:
    first = soup(f"{world.addresses.board}/bbs/board.php?bo_table=notice&page=1")
    second = soup(f"{world.addresses.board}/bbs/board.php?bo_table=notice&page=2")
    assert len(first.select("tr.bo_notice")) == 3
    assert not second.select("tr.bo_notice")


def test_a_category_shows_its_posts_only_and_no_notices_above_them(world: World) -> None:
    base = f"{world.addresses.board}/bbs/board.php?bo_table=qna&sca=%EC%B6%A9%EC%A0%84%2F%EB%B0%B0%ED%84%B0%EB%A6%AC"
    shown = [number for page in (1, 2, 3) for number in numbers(soup(f"{base}&page={page}"))]
    now = world.config.clock()
    threads = [t for t in board(world, "qna").threads if t.category == "충전/배터리" and t.published_at <= now]
    assert sorted(shown) == [t.number for t in threads if not (t.deleted_at and t.deleted_at <= now)]
    assert 0 < len(shown) < len(board(world, "qna").threads)
    assert not soup(base).select("tr.bo_notice")


def test_list_dates_have_no_year_and_are_times_for_today(world: World) -> None:
    dates = [cell.get_text() for cell in soup(f"{world.addresses.board}/free").select(".td_datetime")]
    assert all(re.fullmatch(r"\d\d:\d\d|\d\d-\d\d", date) for date in dates)
    assert any(":" in date for date in dates)
    assert any("-" in date for date in dates)


def test_a_post_shows_what_the_skin_shows(world: World) -> None:
    thread = keyed(world, "same-here")
    page = soup(f"{world.addresses.board}/bbs/board.php?bo_table=free&wr_id={thread.number}")
    date = page.select_one("#bo_v_info .if_date")
    text = page.select_one("#bo_v_con")
    assert date is not None
    assert re.search(r"\d\d-\d\d-\d\d \d\d:\d\d", date.get_text())
    assert text is not None
    assert "배터리가 부풀어서" in text.get_text()
    assert len(page.select("#bo_v_img img")) == 2
    assert len(page.select("#bo_vc > article")) == len(thread.comments)


def test_comments_nest_by_indentation(world: World) -> None:
    pairs = [
        (b, t, c) for b in world.data.boards for t in b.threads for c in t.comments if c.parent and b.table == "free"
    ]
    table, thread, comment = pairs[0]
    page = soup(f"{world.addresses.board}/bbs/board.php?bo_table={table.table}&wr_id={thread.number}")
    ids = [str(article["id"]) for article in page.select("#bo_vc > article")]
    nested = page.select_one(f"#c_{comment.number}")
    assert nested is not None
    assert "margin-left:50px" in str(nested["style"])
    assert ids.index(f"c_{comment.parent}") < ids.index(f"c_{comment.number}")


def test_both_forms_of_addresses_answer_alike(world: World) -> None:
    number = keyed(world, "smoke").number
    for long, short in (("bo_table=free", "free"), (f"bo_table=free&wr_id={number}", f"free/{number}")):
        by_long = get(f"{world.addresses.board}/bbs/board.php?{long}")
        assert by_long.text == get(f"{world.addresses.board}/{short}").text


def test_a_site_that_is_set_to_short_addresses_links_by_them() -> None:
    with running_world(WorldConfig(anchor=ANCHOR, clock=MovableClock(), short_addresses=True)) as world:
        base = world.addresses.board
        page = soup(f"{base}/bbs/board.php?bo_table=free")
    links = [str(link["href"]) for link in page.select(".bo_tit a")]
    pages = [str(link["href"]) for link in page.select("a.pg_page")]
    assert all(re.fullmatch(rf"{base}/free/\d+", link) for link in links)
    assert f"{base}/free?page=2" in pages


def test_a_secret_post_shows_its_title_and_redirects_to_its_password_page(world: World) -> None:
    secret = next(thread for thread in board(world, "qna").threads if thread.secret)
    answer = get(f"{world.addresses.board}/bbs/board.php?bo_table=qna&wr_id={secret.number}")
    assert answer.status == 302
    assert answer.headers["location"].endswith(f"/bbs/password.php?w=s&bo_table=qna&wr_id={secret.number}")
    page = get(answer.headers["location"]).text
    assert 'name="fboardpassword"' in page
    assert secret.title in page
    assert secret.text not in page


def test_the_text_of_a_secret_comment_is_nowhere(world: World) -> None:
    hidden = [(b, t, c) for b in world.data.boards for t in b.threads for c in t.comments if c.secret and not t.secret]
    table, thread, comment = next(found for found in hidden if found[0].table == "free")
    article = soup(f"{world.addresses.board}/{table.table}/{thread.number}").select_one(f"#c_{comment.number}")
    assert article is not None
    assert comment.text not in str(article)
    assert article.select_one('img[alt="비밀글"]')


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/bbs/board.php?bo_table=free&wr_id=999999", "글이 존재하지 않습니다"),
        ("/bbs/board.php?bo_table=nothing", "존재하지 않는 게시판입니다"),
        ("/bbs/board.php?bo_table=dealer", "목록을 볼 권한이 없습니다"),
        ("/dealer/1", "목록을 볼 권한이 없습니다"),
    ],
)
def test_what_is_missing_or_closed_answers_200_with_an_alert(world: World, path: str, message: str) -> None:
    answer = get(world.addresses.board + path)
    assert answer.status == 200
    assert f'alert("{message}' in answer.text
    assert 'id="validation_check"' in answer.text


def test_a_comments_number_leads_to_its_post(world: World) -> None:
    thread = keyed(world, "first-swelling")
    number = thread.comments[0].number
    answer = get(f"{world.addresses.board}/bbs/board.php?bo_table=free&wr_id={number}")
    assert answer.headers["location"].endswith(f"wr_id={thread.number}#c_{number}")


def test_a_post_is_deleted_while_the_world_runs(world: World, clock: MovableClock) -> None:
    url = f"{world.addresses.board}/free/{keyed(world, 'live-deleted').number}"
    assert 'id="bo_v"' in get(url).text
    clock.move(200)
    assert "글이 존재하지 않습니다" in get(url).text


def test_pages_claim_to_have_changed_just_now_and_are_never_cached(world: World) -> None:
    url = f"{world.addresses.board}/bbs/board.php?bo_table=free"
    answer = get(url)
    assert answer.headers["last-modified"] == "Sat, 28 Nov 2026 03:00:00 GMT"
    assert "no-store" in answer.headers["cache-control"]
    assert get(url, If_Modified_Since=answer.headers["last-modified"]).status == 200


def test_robots_txt_closes_one_board_in_both_forms(world: World) -> None:
    text = get(f"{world.addresses.board}/robots.txt").text
    assert "Disallow: /bbs/board.php?bo_table=lounge\n" in text
    assert "Disallow: /lounge\n" in text


def test_texts_are_escaped_and_links_are_filled_in(world: World) -> None:
    page = soup(f"{world.addresses.board}/free/{keyed(world, 'list-of-cases').number}")
    link = page.select_one("#bo_v_con a")
    assert link is not None
    assert link["href"] == f"{world.addresses.news}/news/news-first"
    assert "[[" not in page.get_text()
