"""What the fixtures of one answer cannot show of boards: addresses, histories, re-reads, every spelling of a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import Discarded, InvalidInput, LayoutChanged, ParseError
from socialindex.model import Author, Draft
from socialindex.sources._families.boards.dates import any_date
from socialindex.sources._families.boards.figures import NUMBER, count
from socialindex.sources._families.boards.markup import MAX_DEPTH, parse
from socialindex.sources._families.boards.names import Name
from socialindex.sources._gnuboard.addresses import board_of
from socialindex.sources.base import Channel, Known
from socialindex.sources.gnuboard import ADAPTER
from tests.sources.harness import FOLDER, MAX_CONTEXT_BYTES, Case, item, observe, size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.sources.base import Request, Response

BOARD = "https://board.example.com/bbs/board.php?bo_table=free"
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def channel(url: str = BOARD, **options: str) -> Channel:
    return Channel(id="ch_test", source="gnuboard", url=url, created_at=AT, options=options)


def case(name: str) -> Case:
    return Case(FOLDER / "gnuboard" / name)


def changed(name: str, *changes: tuple[str, str], robots: str = "") -> Response:
    """The answer of a case with something else in its page, and with a header for robots."""
    response = case(name).response(ADAPTER)
    body = response.body.decode()
    for old, new in changes:
        assert old in body
        body = body.replace(old, new)
    headers = {**response.headers, "x-robots-tag": robots} if robots else response.headers
    return msgspec.structs.replace(response, body=body.encode(), headers=headers)


def asked(posts: Iterable[str], thread: str | None = None) -> list[Request]:
    return list(ADAPTER.reread(channel(), [Known(uri=uri, thread=thread) for uri in posts]))


@pytest.mark.parametrize(
    ("href", "key"),
    [
        ("/bbs/board.php?bo_table=free&wr_id=12&page=3&sca=%EC%A7%88%EB%AC%B8", "12"),
        ("/bbs/board.php?wr_id=12&bo_table=free&device=mobile", "12"),
        ("https://www.board.example.com/free/12", "12"),
        ("/free/12?page=2#c_5", "12"),
        ("https://board.example.com:443/bbs/board.php?bo_table=free&wr_id=12", "12"),
        ("http://www.board.example.com:80/free/12", "12"),
        ("https://board.example.com:8443/free/12", None),
        ("/bbs/board.php?bo_table=free2&wr_id=12", None),
        ("/bbs/board.php?bo_table=free", None),
        ("/bbs/write.php?bo_table=free&wr_id=12", None),
        ("/free/012", None),
        ("https://elsewhere.example.org/free/12", None),
        ("https://[free/12", None),
    ],
)
def test_a_post_has_one_identity_in_every_form_of_its_address(href: str, key: str | None) -> None:
    board = board_of(BOARD)
    assert board is not None
    address = board.address(href, f"{BOARD}&page=2")
    assert (address and address.key) == key
    assert address is None or board.post_uri(int(address.key)) == f"{BOARD}&wr_id=12"


@pytest.mark.parametrize(
    ("href", "number"),
    [
        ("/club/board/free/12", 12),
        ("http://www.six.example.com/club/board/free/12?page=2&sca=a#c_5", 12),
        ("/club/board/free", None),
        ("/club/board/free/12/download/0", None),
        ("/club/board/write/free/12", None),
        ("/club/board/free2/12", None),
        ("/board/free/12", None),
        ("/club/free/12", None),
        ("https://elsewhere.example.org/club/board/free/12", None),
    ],
)
def test_a_post_of_gnuboard_6_has_its_address_for_identity(href: str, number: int | None) -> None:
    board = board_of("https://six.example.com/club/board/free?sca=a")
    assert board is not None
    assert board_of(board.url) == board
    assert board.page_url(3) == "https://six.example.com/club/board/free?sca=a&page=3"
    address = board.address(href, board.page_url(3))
    assert (address and address.number) == number
    assert address is None or address.url == "https://six.example.com/club/board/free/12"
    [request] = ADAPTER.reread(channel(board.url), [Known(uri=f"{board.post_uri(12)}#c_5")])
    assert (request.url, request.context) == (board.post_uri(12), {"comments": "c_5"})


@pytest.mark.parametrize("origin", ["https://board.example.com:443", "http://board.example.com:80"])
def test_a_board_that_writes_the_usual_port_into_its_addresses_is_read(origin: str) -> None:
    listed = case("page-list-basic")
    ported = ADAPTER.follow(listed.channel(), changed("page-list-basic", ("https://board.example.com", origin)))
    assert msgspec.to_builtins(ported) == listed.expected["follow"]


def test_a_board_of_gnuboard_5_is_named_by_its_form_where_its_address_reads_like_one_of_6() -> None:
    page = changed("page-list-basic", ("g5_bo_table", "theme_table"))
    shown = ADAPTER.recognize(msgspec.structs.replace(page, url="https://board.example.com/board/view/12"))
    assert shown is not None
    assert shown.url == BOARD


@given(st.text(min_size=1, max_size=20).filter(str.strip))
def test_a_category_survives_its_channels_address(category: str) -> None:
    board = board_of(BOARD)
    assert board is not None
    narrowed = board._replace(category=category)
    assert board_of(narrowed.url) == narrowed
    assert narrowed.post_uri(12) == board.post_uri(12)


def test_the_walk_through_history_asks_for_one_page_at_a_time_and_leaves_the_cursor_alone() -> None:
    first = ADAPTER.backfill(channel())
    assert (first.url, first.priority, first.context) == (BOARD, 2, {"walk": "history"})
    begun = case("page-list-history-begins")
    follow = ADAPTER.follow(begun.channel(), begun.response(ADAPTER))
    lists = [request for request in follow.requests if request.kind == "list"]
    assert [(request.url, request.context["walk"]) for request in lists] == [(f"{BOARD}&page=2", "history")]
    assert {request.priority for request in follow.requests} == {2}
    assert follow.cursor is None


def test_comments_of_a_post_are_read_again_with_its_page() -> None:
    requests = asked(
        [f"{BOARD}&wr_id=12", f"{BOARD}&wr_id=12#c_15", f"{BOARD}&wr_id=12#c_16", f"{BOARD}&wr_id=13#c_17"]
    )
    assert [request.url for request in requests] == [f"{BOARD}&wr_id=12", f"{BOARD}&wr_id=13"]
    assert [request.context for request in requests] == [
        {"known": "again", "comments": "c_15 c_16"},
        {"comments": "c_17"},
    ]
    assert {request.priority for request in requests} == {2}


def test_a_post_that_is_read_again_stays_in_its_thread() -> None:
    [request] = asked([f"{BOARD}&wr_id=12"], thread=f"{BOARD}&wr_id=9")
    again = case("page-post-basic")
    response = msgspec.structs.replace(again.response(ADAPTER), request=request)
    post = next(iter(ADAPTER.posts(again.channel(), response)))
    assert isinstance(post, Draft)
    assert (post.in_reply_to, post.thread) == (f"{BOARD}&wr_id=9", f"{BOARD}&wr_id=9")


def test_a_thousand_comments_fit_into_a_context_as_far_as_they_do() -> None:
    [request] = asked([f"{BOARD}&wr_id=12#c_{number}" for number in range(10**9, 10**9 + 1_000)])
    assert size(request.context) <= MAX_CONTEXT_BYTES
    assert len(request.context["comments"].split()) > 50


def test_what_is_no_post_of_the_board_is_not_read_again() -> None:
    assert asked(["https://board.example.com/bbs/board.php?bo_table=qna&wr_id=1", "https://news.example.com/1"]) == []


@pytest.mark.parametrize("pages", ["0", "", "-1", "many", "²"])
def test_a_number_of_pages_that_is_none_is_refused(pages: str) -> None:
    listed = case("page-list-basic")
    with pytest.raises(InvalidInput, match="no number of pages"):
        ADAPTER.follow(channel(pages=pages), listed.response(ADAPTER))


@pytest.mark.parametrize(
    ("known", "pages"),
    [
        pytest.param({}, ["3", "2"], id="of a new post all pages"),
        pytest.param({"known": "poll"}, ["3"], id="of a known one the page of the newest"),
        pytest.param({"known": "again"}, ["3", "2"], id="of one that is read again all pages"),
    ],
)
def test_comments_that_eyoom_shows_oldest_first_are_read_to_their_last_page(
    known: dict[str, str], pages: list[str]
) -> None:
    post = case("page-post-eyoom")
    response = post.response(ADAPTER)
    request = msgspec.structs.replace(response.request, context=known)
    follow = ADAPTER.follow(post.channel(), msgspec.structs.replace(response, request=request))
    assert [request.url.partition("&cpage=")[2] for request in follow.requests] == pages


def test_of_very_many_comments_that_eyoom_shows_oldest_first_the_newest_are_read() -> None:
    post = case("page-post-eyoom")
    response = changed("page-post-eyoom", ('m-r-5"></i>12</span></strong></h4>', 'm-r-5"></i>250</span></strong></h4>'))
    for known, pages in (({}, range(50, 30, -1)), ({"known": "poll"}, [50])):
        request = msgspec.structs.replace(response.request, context=known)
        follow = ADAPTER.follow(post.channel(), msgspec.structs.replace(response, request=request))
        assert [request.url.partition("&cpage=")[2] for request in follow.requests] == list(map(str, pages))


def test_a_post_that_was_blinded_is_taken_back() -> None:
    blinded = ("글이 존재하지 않습니다.", "이 게시물은 블라인드 처리된 게시물입니다.")
    response = changed("deleted-post-alert", blinded, ("글이 삭제되었거나 이동된 경우입니다.", ""))
    again = msgspec.structs.replace(response.request, context={"known": "again"})
    [post] = ADAPTER.posts(channel(), msgspec.structs.replace(response, request=again))
    assert isinstance(post, Draft)
    assert post.deleted


@pytest.mark.parametrize(
    "mark", ['<i class="fa fa-bullhorn"></i>', '<span class="orangered">공지</span>', "<div>\n[공지]\n</div>", " 공지 "]
)
def test_a_notice_may_be_marked_by_an_icon_or_a_word_alone(mark: str) -> None:
    marks = (('class="bo_notice even"', 'class="table-primary"'), ('<strong class="notice_icon">공지</strong>', mark))
    listed = case("page-list-basic")
    follow = ADAPTER.follow(listed.channel(), changed("page-list-basic", *marks))
    assert msgspec.to_builtins(follow) == listed.expected["follow"]


@pytest.mark.parametrize("words", ["게시물이 없습니다.", "등록된 글이 없습니다.", "데이터가 없습니다."])
def test_a_list_may_say_in_its_own_words_that_it_is_empty(words: str) -> None:
    follow = ADAPTER.follow(case("empty-board").channel(), changed("empty-board", ("게시물이 없습니다.", words)))
    assert not follow.requests


def test_a_category_is_no_mark_of_a_notice() -> None:
    listed = case("page-list-basic")
    category = ('class="bo_cate_link">후기</a>', 'class="bo_cate_link">공지</a>')
    follow = ADAPTER.follow(listed.channel(), changed("page-list-basic", category))
    assert msgspec.to_builtins(follow) == listed.expected["follow"]


@pytest.mark.parametrize("name", ["page-list-history-begins", "page-list-basic"])
def test_a_list_that_calls_all_of_its_rows_notices_is_walked_on(name: str) -> None:
    called = ('<td class="td_subject', '<td class="notice_subject td_subject')
    follow = ADAPTER.follow(case(name).channel(), changed(name, called))
    assert [request.context["page"] for request in follow.requests if request.kind == "list"] == ["2"]


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("/bbs/memo_form.php?me_recv_mb_id=pine", "푸른솔"),
        ("/bbs/profile.php?mb_id=pine", "푸른솔"),
        ("/bbs/board.php?bo_table=free&amp;sca=&amp;sfl=wr_name,1&amp;stx=pine", "푸른솔"),
        ("https://social.example/share?u=1", None),
        ("/bbs/write.php?w=u&amp;bo_table=free&amp;wr_id=139", None),
    ],
)
def test_a_menu_that_is_not_about_a_person_names_nobody(link: str, name: str | None) -> None:
    page = case("page-post-own-skin")
    menu = ("https://board.example.com/bbs/memo_form.php?me_recv_mb_id=pine", link)
    post, *_ = ADAPTER.posts(page.channel(), changed("page-post-own-skin", menu))
    assert isinstance(post, Draft)
    assert (post.author.name if post.author else None) == name


_HEADING = "<blockquote><h3>누리폰12 &gt; 갤럭시 비교, 조회 99</h3></blockquote>"
_SIDE = '<div class="side"><i class="fa fa-eye"></i> 9 <span class="sv_member">남의 이름</span> <b>2026-01-02</b></div>'
_TEXT = '<div id="bo_v_con" class="mb-2">'
_TEXT_END = "<p>둘 다 한 달씩 썼습니다.</p>\n\t</div>"


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        pytest.param((), True, id="right above the text"),
        pytest.param(
            ((_TEXT, f"<section><div>{_TEXT}"), (_TEXT_END, f"{_TEXT_END}</div></section>")),
            True,
            id="above its section",
        ),
        pytest.param(
            (
                (_HEADING, f"{_SIDE}<header>{_HEADING}"),
                (_TEXT, f"</header><section>{_TEXT}"),
                (_TEXT_END, f"{_TEXT_END}</section>"),
            ),
            True,
            id="in one element with the title",
        ),
        pytest.param(
            (
                ('<ul class="list-inline text-muted small pt-1">', '<h6 class="card-subtitle"><ul>'),
                ("2 건</li>\n\t\t\t</ul>", "2 건</li></ul></h6>"),
            ),
            True,
            id="in a heading of its own",
        ),
        pytest.param(
            (
                ('<div id="container">', f'{_SIDE}<div id="container">'),
                (_HEADING, "<hr>"),
                (_TEXT, f"<section>{_TEXT}"),
                (_TEXT_END, f"{_TEXT_END}</section>"),
            ),
            False,
            id="not told anywhere",
        ),
    ],
)
def test_what_is_told_of_a_post_stands_above_its_text_with_the_title(
    changes: tuple[tuple[str, str], ...], is_told: bool
) -> None:
    post = next(iter(ADAPTER.posts(channel(), changed("page-post-own-skin", *changes))))
    expected = case("page-post-own-skin").expected["posts"][0]
    assert isinstance(post, Draft)
    assert (post.author.name if post.author else None) == (expected["author"]["name"] if is_told else None)
    assert (f"{post.published_at:%Y-%m-%dT%H:%M:%SZ}" if post.published_at else None) == (
        expected["published_at"] if is_told else None
    )
    assert (post.metrics.views if post.metrics else None) == (expected["metrics"]["views"] if is_told else None)


_HEAD = '<th>\n\t\t\t\t\t<p class="btxt">다온 보조배터리 DP-10 자발적 회수 안내, 조회 7</p>'
_BODY = '<td colspan="2" class="editor-data-box">'
_BACK = '<a href="https://board.example.com/bbs/board.php?bo_table=free&amp;page=1" class="bw-btn">'


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(((_BACK, '<a href="/free?page=1" class="bw-btn">'),), id="short addresses"),
        pytest.param(((_HEAD, _HEAD.replace("<p", "<h4").replace("</p", "</h4")),), id="a heading"),
        pytest.param(((_HEAD, f'{_HEAD}<div class="info">'), ("1,482</span>", "1,482</span></div>")), id="beside it"),
        pytest.param(
            (("<tbody>\n\t\t\t<tr>\n\t\t\t\t<td>", "<tbody><tr><th>첨부파일</th><td>"),), id="files with a caption"
        ),
        pytest.param(
            (("<p>제품번호는 <a", '<p>제품번호는 <a href="/bbs/board.php?bo_table=free"></a><a'),),
            id="the list in the text",
        ),
        pytest.param(
            (
                (
                    "</table>\n\t<div",
                    '</table><p class="sns"><a href="/bbs/scrap_popin.php?bo_table=free">스크랩</a></p><div',
                ),
            ),
            id="a button between",
        ),
    ],
)
def test_a_post_of_a_skin_without_any_id_is_what_stands_between_its_title_and_the_way_back(
    changes: tuple[tuple[str, str], ...],
) -> None:
    page = case("page-post-agency")
    [post] = ADAPTER.posts(page.channel(), changed("page-post-agency", *changes))
    [expected] = ADAPTER.posts(page.channel(), page.response(ADAPTER))
    assert isinstance(post, Draft)
    assert isinstance(expected, Draft)
    assert msgspec.structs.replace(post, links=expected.links) == expected


@pytest.mark.parametrize(
    "change",
    [
        pytest.param((_HEAD, "<th><p>다른 제목</p>"), id="no title"),
        pytest.param((_BODY, f"{_BODY}<!--"), id="no text"),
    ],
)
def test_a_post_of_a_skin_without_any_id_is_an_error_where_it_is_not_found(change: tuple[str, str]) -> None:
    closing = (("</td>\n\t\t\t</tr>\n\t\t</tbody>", "--></td></tr></tbody>"),) if "<!--" in change[1] else ()
    with pytest.raises(LayoutChanged):
        list(ADAPTER.posts(channel(), changed("page-post-agency", change, *closing)))


@pytest.mark.parametrize(
    ("name", "title", "reason"),
    [
        ("forbidden-points", "오류안내 페이지", "members_only"),
        ("forbidden-login-page", "로그인", "members_only"),
        ("forbidden-secret-password-in-place", "비밀번호 입력", "secret"),
    ],
)
def test_a_verdict_is_no_post_of_a_skin_without_any_id_whatever_the_site_is_called(
    name: str, title: str, reason: str
) -> None:
    script = '<script src="https://board.example.com/js/viewimageresize.js"></script>'
    page = changed(name, (f"<title>{title}", f"{script}<title>{title} | 다온 > 고객센터"))
    page = msgspec.structs.replace(page, url="https://board.example.com/bbs/board.php?bo_table=free&wr_id=127")
    with pytest.raises(Discarded) as verdict:
        list(ADAPTER.posts(channel(), page))
    assert verdict.value.reason == reason


def test_a_skin_whose_comments_cannot_be_read_takes_none_back() -> None:
    page = case("page-post-own-skin")
    response = page.response(ADAPTER)
    again = msgspec.structs.replace(response.request, context={"known": "again", "comments": "c_140"})
    [post] = ADAPTER.posts(page.channel(), msgspec.structs.replace(response, request=again))
    assert isinstance(post, Draft)
    assert not post.deleted


@pytest.mark.parametrize(
    ("drawn", "member", "name"),
    [
        ('<span class="member"><span class="lv-icon lv-12">12</span> 하늘</span>', "sky", "하늘"),
        (
            '<span class="member"><span class="lv-icon lv-12">12</span><img src="/data/sky.gif" alt=""> </span>',
            "sky",
            "하늘",
        ),
        ('<span class="member"><span class="lv-icon lv-admin">M</span> 12월의 하늘</span>', "sky", "12월의 하늘"),
        ('<span class="guest"><span class="lv-icon lv-guest">G</span> 손님</span>', "", "손님"),
        ('<span class="guest"><span class="lv-icon lv-guest">G</span> 하늘</span>', "", "하늘"),
    ],
)
def test_a_level_is_no_part_of_a_name(drawn: str, member: str, name: str) -> None:
    call = f"<a href=\"javascript:;\" onClick=\"showSideView(this, '{member}', '하늘', 'b64', '');\">{drawn}</a>"
    response = changed("page-post-amina", ('<span class="sv_member">편집부</span>', call))
    post = next(iter(ADAPTER.posts(case("page-post-amina").channel(), response)))
    assert isinstance(post, Draft)
    site = "https://amina.example.com/bbs/profile.php?mb_id="
    assert post.author == Author(id=f"{site}{member}" if member else None, handle=member or None, name=name)


_LIST = '<ol class="list-unstyled"><li class="mb-4"><div class="anchor"><a name="c_140"></a></div>'
"""Where the comments of the skin of one's own begin."""


def _field(number: int, typed: str, option: str = "") -> str:
    secret = f'<input type="hidden" value="{option}" id="secret_comment_{number}">'
    return f'{secret}<textarea id="save_comment_{number}" style="display:none">{typed}</textarea>'


def _in_a_list(number: int, shown: str, typed: str, written: str, option: str = "") -> str:
    """A comment as skins made with Bootstrap have it, without an id."""
    menu = f'<ul class="dropdown-menu"><li><a href="/bbs/profile.php?mb_id=m{number}">자기소개</a></li></ul>'
    name = f'<ul><li><a href="#" data-bs-toggle="dropdown">이름{number}</a> <small>(121.♡.33.7)</small>{menu}</li></ul>'
    date = f'<ul class="small"><li><i class="fa fa-clock-o"></i> {written}</li><li><a href="#">댓글</a></li></ul>'
    text = f'<ul class="list-inline">\n{shown}\n</ul>'
    return f'<li><a name="c_{number}"></a><div>{name}{text}{date}{_field(number, typed, option)}</div></li>'


_MEMBER = '<h5><a href="/bbs/profile.php?mb_id=hill" class="sv_member" title="언덕 자기소개">언덕</a></h5>'


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        pytest.param(
            _in_a_list(140, "2020-01-02보다<br>낫네요 &lt;3", "2020-01-02보다\n낫네요 &lt;3", "17:20:05")
            + f"<ol>{_in_a_list(142, '저도요', '저도요', '26-11-19')}"
            + _in_a_list(143, '<a href="/bbs/password.php">댓글내용 확인</a>', "비밀글 입니다.", "1:02", "secret")
            + "</ol>"
            + _in_a_list(141, '<a href="https://r.example.org/">r.example.org</a>', "r.example.org", "16:00"),
            [
                ("c_140", "2020-01-02보다\n낫네요 <3", "이름140", "2026-11-20T08:20:05Z", "139"),
                ("c_142", "저도요", "이름142", "2026-11-18T15:00:00Z", "139#c_140"),
                ("secret",),
                ("c_141", "r.example.org", "이름141", "2026-11-20T07:00:00Z", "139"),
            ],
            id="without ids, in lists in lists",
        ),
        pytest.param(
            f'<article id="c_140">{_MEMBER}<ul><li><i class="fa-clock"></i> <time>26-11-20 17:20</time></li></ul>'
            f'<div class="mb-2"><p>\n잘 봤습니다.</p></div>{_field(140, "잘 봤습니다.")}</article>',
            [("c_140", "잘 봤습니다.", "언덕", "2026-11-20T08:20:00Z", "139")],
            id="a text without a class",
        ),
        pytest.param(
            f'<article id="c_140">{_MEMBER}<span class="date">26-11-20 17:20</span><div><p>잘 봤습니다.</p>'
            f'{_field(140, "잘 봤습니다.")}</div><div class="cmt_contents">\n</div></article>',
            [("c_140", "잘 봤습니다.", "언덕", "2026-11-20T08:20:00Z", "139")],
            id="the text beside its usual place",
        ),
        pytest.param(
            f'<article id="c_140">{_MEMBER}<div>신고로 가려졌습니다.</div>{_field(140, "가려진 말")}</article>',
            [("ParseError",)],
            id="words that the page does not show",
        ),
    ],
)
def test_comments_of_unknown_skins_are_read_by_the_field_that_keeps_what_was_typed(
    drawn: str, expected: list[tuple[str, ...]]
) -> None:
    response = changed("page-post-own-skin", (_LIST, f"<ol>{drawn}</ol><ol><li><div>"))
    _, *comments = ADAPTER.posts(channel(), response)
    assert [_told(comment) for comment in comments] == expected


def _told(comment: Draft | Exception) -> tuple[str, ...]:
    if isinstance(comment, Exception):
        return (getattr(comment, "reason", type(comment).__name__),)
    assert comment.author
    at = f"{comment.published_at:%Y-%m-%dT%H:%M:%SZ}" if comment.published_at else ""
    answered = (comment.in_reply_to or "").rpartition("wr_id=")[2]
    return comment.uri.rpartition("#")[2], comment.text or "", comment.author.name or "", at, answered


def test_words_of_a_post_draw_no_other_skin() -> None:
    spoof = '<div class="board-view-info"><i class="view-nick">남의 이름</i></div><p class="board-view-con">남의 글</p>'
    response = changed("page-post-basic", ('<div id="bo_v_con">', f'<div id="bo_v_con">{spoof}'))
    post = next(iter(ADAPTER.posts(channel(), response)))
    assert isinstance(post, Draft)
    assert post.author
    assert post.author.name == case("page-post-basic").expected["posts"][0]["author"]["name"]


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("방금", "2026-11-20T08:55:00Z"),
        ("방금 전", "2026-11-20T08:55:00Z"),
        ("몇 초 전", "2026-11-20T08:55:00Z"),
        ("방금 올라온 글", None),
        ("40초전", "2026-11-20T08:59:19Z"),
        ("약 3시간 전", "2026-11-20T05:00:00Z"),
        ("한 시간 전", "2026-11-20T07:00:00Z"),
        ("하루 전", "2026-11-18T09:00:00Z"),
        ("하루의 끝", None),
        ("600분 전", None),
        ("3시간 20분전", "2026-11-20T05:39:00Z"),
        ("3시간 40분전", "2026-11-20T06:19:00Z"),
        ("3시간 40분 전", "2026-11-20T05:19:00Z"),
        ("어제", "2026-11-18T15:00:00Z"),
        ("어제 오후 11:39", "2026-11-19T14:39:00Z"),
        ("그저께 09:05", "2026-11-18T00:05:00Z"),
        ("오늘 17:42", "2026-11-20T08:42:00Z"),
        ("오늘 23:59", "2026-11-19T14:59:00Z"),
        ("오늘의 글", None),
        ("어제 본 영화", None),
        ("3주 전", None),
        ("한 달 전", None),
        ("2년 전", None),
        ("3 시간 전", "2026-11-20T05:00:00Z"),
        ("3시간 전", "2026-11-20T05:00:00Z"),
        ("25 분 전", "2026-11-20T08:34:00Z"),
        ("1 day ago", "2026-11-18T09:00:00Z"),
        ("2 mins ago", "2026-11-20T08:57:00Z"),
        ("2026년 11월 20일 17:42", "2026-11-20T08:42:00Z"),
        ("26.11.20 17:42", "2026-11-20T08:42:00Z"),
        ("17:42", "2026-11-20T08:42:00Z"),
        ("11-21", "2025-11-20T15:00:00Z"),
        ("2026.11.20 오후 5:42:03", "2026-11-20T08:42:03Z"),
        ("2026.11.20 오전 12:42", "2026-11-19T15:42:00Z"),
        ("2026-11-20 PM 05:42", "2026-11-20T08:42:00Z"),
        ("2026-11-20 05:42 pm", "2026-11-20T08:42:00Z"),
        ("2026-11-20(금) 17:42", "2026-11-20T08:42:00Z"),
        ("2026.11.20. (금요일)17:42", "2026-11-20T08:42:00Z"),
        ("11.20(금) 17:42", "2026-11-20T08:42:00Z"),
        ("2026년 11월 20일 17시 42분", "2026-11-20T08:42:00Z"),
        ("오후 5시 2분", "2026-11-20T08:02:00Z"),
        ("오전 12:30", "2026-11-19T15:30:00Z"),
    ],
)
def test_dates_are_completed(shown: str, moment: str | None) -> None:
    assert any_date(shown, AT) == (datetime.fromisoformat(moment) if moment else None)


@given(st.integers(1, 86_399))
def test_a_time_since_is_never_later_than_the_moment_itself(seconds: int) -> None:
    """So that the full date, which a board shows later, counts as the newer reading."""
    unit, length = next((u, n) for u, n in (("시간", 3_600), ("분", 60), ("초", 1)) if seconds >= n)
    shown = any_date(f"{seconds // length} {unit} 전", AT)
    assert shown is not None
    assert AT.timestamp() - seconds - shown.timestamp() + length >= 0
    assert shown.timestamp() <= AT.timestamp() - seconds


@given(st.integers(0, 86_399))
def test_nor_is_eyooms_which_rounds_hours_and_minutes_each(seconds: int) -> None:
    written = f"{seconds}초전"
    if seconds >= 3_600:
        written = f"{half_up(seconds, 3_600)}시간 {half_up(seconds % 3_600, 60)}분전"
    elif seconds >= 60:
        written = f"{half_up(seconds, 60)}분전"
    shown = any_date(written, AT)
    assert shown is not None
    early = AT.timestamp() - seconds - shown.timestamp()
    assert 0 <= early <= (3_660 if "시간 30분" in written else 120)


def half_up(number: int, unit: int) -> int:
    return (number + unit // 2) // unit


@pytest.mark.parametrize(
    ("labels", "moment"),
    [
        ("방금", "2026-11-20T08:55:00Z"),
        ("어제", "2026-11-18T15:00:00Z"),
        ("어제 15:20", "2026-11-19T06:20:00Z"),
        ("2시간전", "2026-11-20T06:00:00Z"),
        ("26-11-20 17:05", "2026-11-20T08:05:00Z"),
    ],
)
def test_a_posts_date_is_read_in_words_beside_its_figures(labels: str, moment: str) -> None:
    response = changed("page-post-eyoom", ("<span>3시간 40분전</span>", f"<span>{labels}</span>"))
    post = next(iter(ADAPTER.posts(channel("https://club.example.com/bbs/board.php?bo_table=talk"), response)))
    assert isinstance(post, Draft)
    assert post.published_at == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("푸른솔", Name("푸른솔", identifies=True)),
        ("ㅇㅇ(121.140)", Name("ㅇㅇ", identifies=False)),
        ("푸른솔 (121.140.*.*)", Name("푸른솔", identifies=False)),
        ("익명의 두루미", Name("익명의 두루미", identifies=False)),
        ("익명12", Name("익명12", identifies=False)),
        ("121.140.33.7", Name("", identifies=False)),
    ],
)
def test_names_lose_their_addresses_and_those_of_nobody_identify_nobody(written: str, name: Name) -> None:
    assert Name.of(written) == name


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("0", 0),
        ("1,088", 1_088),
        ("1,234,567회", 1_234_567),
        ("3, ", 3),
        ("12. ", 12),
        ("1.2K", 1_200),
        ("12k", 12_000),
        ("1.2M", 1_200_000),
        ("1.2만회", 12_000),
        ("3천", 3_000),
        ("1.1억", 110_000_000),
        ("1.2", None),
        ("1.088", None),
        ("2026.11.20", None),
        ("1,2", None),
        ("1.2G", None),
        ("12th", None),
        ("3천만", None),
        ("9" * 40, None),
    ],
)
def test_a_count_is_read_as_a_whole_or_not_at_all(shown: str, number: int | None) -> None:
    run = re.match(NUMBER, shown)
    assert run is not None
    assert count(run[0]) == number


def test_a_posts_shortened_counts_are_what_they_stand_for() -> None:
    response = changed("page-post-basic", ("1,234회", "1.2만회"), ("<strong>21</strong>", "<strong>1.1K</strong>"))
    post = next(iter(ADAPTER.posts(channel(), response)))
    assert isinstance(post, Draft)
    assert post.metrics is not None
    assert (post.metrics.views, post.metrics.likes, post.metrics.replies) == (12_000, 1_100, 7)


@pytest.mark.parametrize(
    ("name", "old", "new", "likes", "comments"),
    [
        pytest.param("webzine", "웹진 첫 글", "추천 99 댓글 99", "12", 3, id="a title"),
        pytest.param("webzine", "</h5>", "</h5><p>보조배터리 추천 10선</p>", "12", 3, id="an excerpt"),
        pytest.param("webzine", ">3</span>", ">1.2K</span>", "12", 1_200, id="a shortened badge"),
        pytest.param("webzine", "</span> 12 ", "</span> 1.2만 ", "12000", 3, id="shortened likes"),
        pytest.param("webzine", "</span> 12 ", "</span> 12.5 ", None, 3, id="no likes"),
        pytest.param(
            "webzine", ' <span class="count-plus">3</span>', " 댓글 1.2천", "12", 1_200, id="labelled comments"
        ),
        pytest.param("category", "질문 하나", "2026년 보조배터리 추천 10선", "1", 0, id="a title beside a column"),
        pytest.param("category", '"td_num">1<', '"td_num">1.2K<', "1200", 0, id="a shortened column"),
        pytest.param("category", '"td_num">1<', '"td_num">-<', None, 0, id="an empty column"),
        pytest.param("category", "질문 하나", "댓글 100개 이벤트", "1", 0, id="a title where no comments are shown"),
        pytest.param("short-addresses", "짧은 주소로", "보조배터리 추천 10선", None, 1, id="a title, no likes"),
        pytest.param("short-addresses", "짧은 주소로", "보조배터리 추천 10", None, 1, id="a title that ends so"),
        pytest.param("short-addresses", "> 주인장<", "> 추천 10<", None, 1, id="a name"),
    ],
)
def test_figures_of_a_list_are_what_the_board_shows_and_not_what_members_write(
    name: str, old: str, new: str, likes: str | None, comments: int
) -> None:
    listed = case(f"page-list-{name}")
    follow = ADAPTER.follow(listed.channel(), changed(f"page-list-{name}", (old, new)))
    assert follow.requests[0].context.get("likes") == likes
    assert follow.cursor is not None
    assert int(follow.cursor["comments"].split()[0].partition(":")[2]) == comments


UNTIL = '<meta name="robots" content="unavailable_after: Thu, 19 Nov 2026 15:00:00 GMT">'


@pytest.mark.parametrize(
    ("meta", "header", "forbids"),
    [
        pytest.param("", "noindex, somebot: nofollow", True, id="the header, before it turns to another bot"),
        pytest.param("", "googlebot: nosnippet, noindex", False, id="the header, to another bot"),
        pytest.param(UNTIL, "", True, id="no longer"),
        pytest.param(UNTIL.replace("2026", "2027"), "", False, id="not yet"),
    ],
)
def test_a_post_is_kept_unless_robots_are_told_otherwise(meta: str, header: str, forbids: bool) -> None:
    page = case("page-post-basic")
    response = changed("page-post-basic", ("</head>", f"{meta}</head>"), robots=header)
    observed = observe(ADAPTER, page.channel(), response)
    kept = {key: page.expected[key] for key in ("posts", "follow")}
    forbidden = {"posts": {"error": "Discarded", "reason": "noindex"}, "follow": {}}
    assert {key: observed[key] for key in kept} == (forbidden if forbids else kept)


def test_pages_nest_as_deep_as_bad_skins_do_and_no_deeper() -> None:
    deep = MAX_DEPTH - 2  # html and body surround what is written
    assert parse("<div>" * deep)[0] is not None
    with pytest.raises(ParseError, match="nests"):
        parse("<div>" * (deep + 1))


def test_characters_that_no_markup_may_have_do_no_harm() -> None:
    page = case("page-post-basic")
    response = page.response(ADAPTER)
    body = response.body.replace(b"</article>", b"</article>&#1;&#x1f;&#xfffe;")
    read = ADAPTER.posts(page.channel(), msgspec.structs.replace(response, body=body))
    assert list(map(item, read)) == page.expected["posts"]
