"""What the fixtures of one answer cannot show of Rhymix boards: addresses, histories, re-reads, and unknown skins."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.crawl.fetch import Expect
from socialindex.errors import Discarded, LayoutChanged, ParseError
from socialindex.model import Author, Draft
from socialindex.sources._rhymix.addresses import Board, board_of
from socialindex.sources.base import POST_KIND, Channel, Known, Request, Response
from socialindex.sources.rhymix import ADAPTER
from tests.sources.harness import FOLDER, Case, observe
from tests.unit.crawl.site import answer, fetch

SHORT = "https://plaza.example.com/free"
LONG = "https://plaza.example.com/index.php?mid=free"
URI = "https://plaza.example.com/index.php?document_srl="
CLUB = "http://club.example.net/xe/index.php?document_srl="
FORBIDDEN = {"error": "Discarded", "reason": "forbidden"}
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def channel(url: str = SHORT) -> Channel:
    return Channel(id="ch_test", source="rhymix", url=url, created_at=AT)


def case(name: str) -> Case:
    return Case(FOLDER / "rhymix" / name)


def changed(name: str, old: str, new: str) -> Response:
    """The answer of a case with something else in its page."""
    response = case(name).response(ADAPTER)
    body = response.body.decode()
    assert old in body
    return msgspec.structs.replace(response, body=body.replace(old, new).encode())


@pytest.mark.parametrize("url", [SHORT, LONG])
@pytest.mark.parametrize(
    ("href", "number"),
    [
        ("/free/123", 123),
        ("/free/123?page=2#comment", 123),
        ("/free/123/words-of-the-title", 123),
        ("/123", 123),
        ("/index.php?mid=free&document_srl=123&page=2", 123),
        ("/index.php?document_srl=123", 123),
        ("/?mid=free&document_srl=123&listStyle=webzine", 123),
        ("https://www.plaza.example.com/free/123", 123),
        ("/notice/123", None),
        ("/index.php?mid=notice&document_srl=123", None),
        ("/index.php?mid=free&document_srl=123&act=dispBoardDelete", None),
        ("/free", None),
        ("/free/category/61", None),
        ("/free/comment/456", None),
        ("/free/rss", None),
        ("#popup_menu_area", None),
        ("https://elsewhere.example.org/free/123", None),
        ("https://[plaza/free/123", None),
    ],
)
def test_a_document_has_one_identity_in_every_form_of_its_address(url: str, href: str, number: int | None) -> None:
    board = board_of(url)
    assert board is not None
    address = board.address(href, f"{url}?page=2")
    assert (address and address.number) == number
    assert address is None or board.post_uri(int(address.key)) == f"{URI}123"


@given(
    st.sampled_from(["https://a.example", "http://a.example:8080/xe", "https://a.example/b/c"]),
    st.from_regex(r"\A[a-z][a-z0-9_]{0,10}\Z"),
    st.booleans(),
    st.none() | st.integers(1, 10**9).map(str),
)
def test_a_board_is_what_its_own_address_says(base: str, mid: str, short: bool, category: str | None) -> None:
    board = Board(base, mid, is_short=short and category is None, category=category)
    assert board_of(board.url) == board
    assert board_of(board.page_url(3)) == board


@pytest.mark.parametrize(
    ("shown", "url"),
    [
        ("/free/page/3", "/free"),
        ("/free/category/35", "/index.php?mid=free&category=35"),
        ("/free/category/35/page/2", "/index.php?mid=free&category=35"),
        ("/xe/free/category/35/", "/xe/index.php?mid=free&category=35"),
        ("/category/page/3", "/category"),
        ("/free/category/words", "/free/category/words"),
    ],
)
def test_a_list_of_a_site_that_shortens_all_addresses_is_its_board_or_category(shown: str, url: str) -> None:
    board = board_of(f"https://plaza.example.com{shown}")
    assert board is not None
    assert board.url == f"https://plaza.example.com{url}"


@given(st.text(max_size=60))
def test_any_link_is_a_document_of_the_board_or_none(href: str) -> None:
    board = board_of(SHORT)
    assert board is not None
    address = board.address(href, SHORT)
    assert address is None or re.fullmatch(r"[1-9][0-9]*", address.key)


def test_both_forms_of_a_channel_ask_in_their_own_form_and_find_the_same_documents() -> None:
    listed = case("page-list-xedition").response(ADAPTER)
    found = {url: ADAPTER.follow(channel(url), listed).requests for url in (SHORT, LONG)}
    assert found[SHORT][0].url == f"{SHORT}/7"
    assert found[LONG][0].url == f"{LONG}&document_srl=7"
    assert [request.context for request in found[SHORT]] == [request.context for request in found[LONG]]


def test_the_walk_through_history_begins_at_the_first_page_and_leaves_the_cursor_alone() -> None:
    first = ADAPTER.backfill(channel())
    assert (first.url, first.priority, first.context) == (SHORT, 2, {"walk": "history"})
    walked = msgspec.structs.replace(case("page-list-xedition").response(ADAPTER), request=first)
    follow = ADAPTER.follow(channel(), walked)
    assert follow.cursor is None
    assert [request.url for request in follow.requests if request.kind == "list"] == [f"{SHORT}?page=2"]


@pytest.mark.parametrize("pager", ["/free/page/", "/free/category/35/page/"])
def test_a_pager_of_short_addresses_leads_on_and_ends(pager: str) -> None:
    listed = changed("page-list-xedition", "/free?page=", pager)
    for page, last in ((1, False), (3, False), (4, True)):
        context = {"walk": "history", "page": str(page)}
        asked = msgspec.structs.replace(listed.request, context=context)
        follow = ADAPTER.follow(channel(), msgspec.structs.replace(listed, request=asked))
        further = [request.url for request in follow.requests if request.kind == "list"]
        assert further == ([] if last else [f"{SHORT}?page={page + 1}"])


def test_pages_of_other_boards_lists_are_none_of_this_one() -> None:
    listed = changed("page-list-xedition", "/free?page=", "/notice/page/")
    assert [r.url for r in ADAPTER.follow(channel(), listed).requests if r.kind == "list"] == []


def test_a_category_is_recognized_by_its_short_address() -> None:
    listed = msgspec.structs.replace(case("page-list-xedition").response(ADAPTER), url=f"{SHORT}/category/35")
    found = ADAPTER.recognize(listed)
    assert found is not None
    assert found.url == f"{LONG}&category=35"


@pytest.mark.parametrize(
    ("remembered", "news"),
    [
        pytest.param("7:3 92011:2 91990:-1 91987:15", [92004], id="its number was given before it appeared"),
        pytest.param("7:3 91990:-1 91987:15", [92004], id="below the newest, which was moved away"),
        pytest.param("7:3 92011:2 92004:0", [], id="the last were pulled up by a deletion: older than all remembered"),
        pytest.param("92011:2 92004:0 91990:-1", [], id="a notice, and what is older, are known"),
    ],
)
def test_a_document_that_is_not_remembered_is_new_where_older_ones_are_remembered(
    remembered: str, news: list[int]
) -> None:
    """A number is given at the first upload or draft, and the list goes by numbers: one may appear below others."""
    polled = msgspec.structs.replace(channel(), cursor={"newest": "92011", "comments": remembered})
    found = ADAPTER.follow(polled, case("page-list-xedition").response(ADAPTER)).requests
    numbers = [int(request.url.rpartition("/")[2]) for request in found if request.kind == POST_KIND]
    assert [number for number in numbers if number != 92011] == news


@pytest.mark.parametrize(
    ("name", "deleted"),
    [
        ("forbidden-permission-taken-back-by-status", [f"{CLUB}4380", f"{CLUB}4380#comment_4385"]),
        ("forbidden-board-taken-back-by-status", [f"{URI}92011"]),
        ("forbidden-by-firewall-takes-nothing-back", []),
    ],
)
def test_what_the_software_says_with_403_comes_through_and_takes_a_document_back(name: str, deleted: list[str]) -> None:
    """Only its own word: a firewall that refuses us everything says nothing of the document."""
    told = case(name).response(ADAPTER)
    served = {"/": answer(403, told.body, Content_Type="text/html; charset=UTF-8")}
    fetched = fetch(served, expect=Expect(explained=ADAPTER.explains_errors)).fetched.response
    response = msgspec.structs.replace(told, status=fetched.status, body=fetched.body)
    found = observe(ADAPTER, case(name).channel(), response)["posts"]
    assert [post["uri"] for post in found if post["deleted"]] == deleted if deleted else found == FORBIDDEN


def test_documents_are_read_again_with_their_comments_one_page_each() -> None:
    known = [Known(uri=f"{URI}5"), Known(uri=f"{URI}5#comment_8", thread=f"{URI}5"), Known(uri=f"{URI}6")]
    requests = list(ADAPTER.reread(channel(), known))
    assert [request.url for request in requests] == [f"{SHORT}/5", f"{SHORT}/6"]
    assert [request.context for request in requests] == [
        {"known": "again", "comments": "comment_8"},
        {"known": "again"},
    ]


@pytest.mark.parametrize(
    ("name", "known", "pages"),
    [
        pytest.param("page-comments-sketchbook5", "poll", [3], id="known, and the oldest are shown"),
        pytest.param("page-document-sketchbook5", "poll", [], id="known, and the newest are shown"),
        pytest.param("page-comments-sketchbook5", "again", [3, 2], id="read again"),
    ],
)
def test_the_newest_comments_of_a_document_are_read_wherever_they_are(name: str, known: str, pages: list[int]) -> None:
    """A board of Rhymix can be set to show the first page of comments; of a known document a poll asks for the last."""
    url = "https://market.example.org/index.php?mid=review&document_srl=5301"
    asked = Request(url=url, kind=POST_KIND, priority=1, context={"known": known})
    page = case(name)
    response = msgspec.structs.replace(page.response(ADAPTER), url=url, request=asked)
    requests = ADAPTER.follow(page.channel(), response).requests
    assert [request.url for request in requests] == [f"{url}&cpage={number}" for number in pages]
    assert {request.kind for request in requests} <= {"comments"}


def test_a_comment_may_name_what_it_answers() -> None:
    """Some skins print no indent and the parent's number instead."""
    response = changed("page-document-xedition", 'class="fbItem indent indent2" id="', 'data-parent-srl="92013" id="')
    answered = next(
        post.in_reply_to
        for post in ADAPTER.posts(channel(), response)
        if isinstance(post, Draft) and post.uri.endswith("#comment_92018")
    )
    assert answered == f"{URI}92011#comment_92013"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("page-document-xedition", "document_92011_301 ", "our-own-text "),
        ("page-list-xedition", 'class="board_list" id="board_list"', 'class="ours"'),
    ],
)
def test_a_skin_without_the_softwares_own_marks_is_an_error(name: str, old: str, new: str) -> None:
    response = changed(name, old, new)
    response = msgspec.structs.replace(response, body=response.body.replace(b'<td class="title">', b"<td>"))
    with pytest.raises(LayoutChanged):
        list(ADAPTER.posts(channel(), response))


def test_a_text_beside_an_empty_list_is_none_of_its_documents() -> None:
    foot = '<div class="document_9_4 xe_content">오시는 길</div></body>'
    response = changed("empty-board-sketchbook5", "</body>", foot)
    assert ADAPTER.follow(channel(), response).requests == []


def test_a_skin_of_ones_own_is_read_by_its_title_cells() -> None:
    """What nearly every skin copied from the first ones."""
    response = changed("page-list-xedition", 'class="board_list" id="board_list"', 'class="ours"')
    usual = ADAPTER.follow(channel(), case("page-list-xedition").response(ADAPTER))
    assert ADAPTER.follow(channel(), response) == usual


def test_a_members_name_that_is_a_figure_is_not_read_as_one() -> None:
    post = next(
        iter(
            ADAPTER.posts(
                case("page-document-sketchbook5").channel(), case("page-document-sketchbook5").response(ADAPTER)
            )
        )
    )
    assert isinstance(post, Draft)
    assert post.author is not None
    assert post.metrics is not None
    assert (post.author.name, post.metrics.views) == ("조회 수 7", 91)


@pytest.mark.parametrize(
    ("shown", "author"),
    [
        ("지나가던 이", Author(name="지나가던 이")),
        ("지나가던 이 (203.0.113.*)", Author(name="지나가던 이")),
        ("", None),
    ],
)
def test_a_guest_whose_name_the_default_skins_do_not_mark_is_named(shown: str, author: Author | None) -> None:
    line = '<p class="meta">\n\t\t\t'
    member = '<a href="#popup_menu_area" class="member_77 author" onclick="return false">기름때</a>'
    response = changed("page-document-xe-default", line + member, line + shown)
    post = next(iter(ADAPTER.posts(channel("http://club.example.net/xe/index.php?mid=talk"), response)))
    assert isinstance(post, Draft)
    assert post.author == author


@pytest.mark.parametrize(
    ("old", "new", "metric", "number"),
    [
        ("조회 수 : 1,088", "조회 수 : 1.2K", "views", 1_200),
        ("조회 수 : 1,088", "조회 수 1.2만", "views", 12_000),
        ("조회 수 : 1,088", "Views 12.5K", "views", 12_500),
        ("조회 수 : 1,088", "조회 수 1.088", "views", None),
        ("추천 14", "추천 12K", "likes", 12_000),
        ("추천 14", "추천 1.2M", "likes", 1_200_000),
        ("추천 14", "추천 1.2.3", "likes", None),
        ("<em>7</em>", "<em>1.1k</em>", "replies", 1_100),
        ("<em>7</em>", "<em>1.1</em>", "replies", None),
    ],
)
def test_shortened_counts_are_what_they_stand_for(old: str, new: str, metric: str, number: int | None) -> None:
    """Rhymix's core has ``number_shorten`` for skins."""
    response = changed("page-document-xedition", old, new)
    post = next(iter(ADAPTER.posts(channel(), response)))
    assert isinstance(post, Draft)
    assert getattr(post.metrics, metric) == number


def test_a_list_that_shortens_its_counts_is_read() -> None:
    response = changed("page-list-xedition", '"Replies">[2]', '"Replies">[1.2K]')
    body = response.body.replace(b'"voteNum">4<', '"voteNum">1.1천<'.encode())
    follow = ADAPTER.follow(channel(), msgspec.structs.replace(response, body=body))
    assert follow.cursor is not None
    assert "92011:1200" in follow.cursor["comments"].split()
    assert {"likes": "1100"} in [request.context for request in follow.requests]


@pytest.mark.parametrize("hostile", ["jQuery(function(" * 60_000, 'jQuery(function(){alert("' * 40_000])
def test_hostile_scripts_cost_little(hostile: str) -> None:
    response = changed("deleted-document-alert", "jQuery(function(){ alert(", hostile)
    started = time.process_time()
    with pytest.raises((Discarded, ParseError)):
        list(ADAPTER.posts(channel(), response))
    assert time.process_time() - started < 5
