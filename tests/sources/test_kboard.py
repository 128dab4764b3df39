"""What the fixtures of one answer cannot show of KBoard: addresses, whole crawls, clocks of other zones, forgeries."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.model import Draft
from socialindex.sources._kboard.addresses import Board, board_of
from socialindex.sources.base import POST_KIND, Channel, Known, Request, Response
from socialindex.sources.kboard import ADAPTER
from socialindex.text import canonical_url
from tests.sources.harness import FOLDER, Case, observe

NOTICE = "https://association.example.com/notice/"
URI = f"{NOTICE}?mod=document&uid="
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def channel(url: str = NOTICE, cursor: dict[str, str] | None = None) -> Channel:
    return Channel(id="ch_test", source="kboard", url=url, created_at=AT, cursor=cursor or {}, options={"pages": "50"})


def case(name: str) -> Case:
    return Case(FOLDER / "kboard" / name)


def changed(name: str, old: str, new: str) -> Response:
    """The answer of a case with something else in its page."""
    response = case(name).response(ADAPTER)
    body = response.body.decode()
    assert old in body
    return msgspec.structs.replace(response, body=body.replace(old, new).encode())


@pytest.mark.parametrize(
    ("href", "number"),
    [
        ("/notice/?mod=document&uid=12", 12),
        ("/notice?mod=document&uid=12", 12),
        ("?pageid=2&category1=%ED%96%89%EC%82%AC&mod=document&uid=12", 12),
        ("https://www.association.example.com/notice/?uid=12&mod=document#kboard-comments-12", 12),
        ("/notice/?mod=document&#038;uid=12", 12),
        ("/notice/?mod=document&amp;uid=12", 12),
        ("/notice/?mod=editor&uid=12", None),
        ("/notice/?mod=remove&uid=12", None),
        ("/notice/?mod=list&uid=12", None),
        ("/notice/?mod=document&uid=", None),
        ("/notice/?mod=document&uid=0", None),
        ("/notice/?page_id=4&mod=document&uid=12", None),
        ("/free/?mod=document&uid=12", None),
        ("/?kboard_content_redirect=12", None),
        ("/?action=kboard_document_print&uid=12", None),
        ("https://elsewhere.example.org/notice/?mod=document&uid=12", None),
        ("https://[association/notice/?mod=document&uid=12", None),
    ],
)
def test_a_document_has_one_identity_in_every_form_of_its_address(href: str, number: int | None) -> None:
    board = board_of(NOTICE)
    assert board is not None
    address = board.address(href, f"{NOTICE}?mod=list&pageid=2")
    assert (address and address.number) == number
    assert address is None or address.url == f"{URI}12"


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        (NOTICE, NOTICE),
        (f"{NOTICE}?mod=list", NOTICE),
        (f"{NOTICE}?mod=list&pageid=3", NOTICE),
        (f"{NOTICE}?mod=document&uid=12", NOTICE),
        (f"{NOTICE}?pageid=1&mod=list&target=title&keyword=%EC%82%B0", NOTICE),
        (f"{NOTICE}?mod=list&category1=%EC%82%B0+%EB%93%A4", f"{NOTICE}?category1=%EC%82%B0%20%EB%93%A4"),
        (f"{NOTICE}?mod=list&category1=", NOTICE),
        ("https://a.example/?page_id=12&mod=document&uid=3", "https://a.example/?page_id=12"),
        ("https://a.example/?kboard_id=5&mod=list&view_iframe=1", "https://a.example/?kboard_id=5&view_iframe=1"),
    ],
)
def test_every_address_of_a_board_is_one_channel(pasted: str, url: str) -> None:
    listed = msgspec.structs.replace(case("page-list-default").response(ADAPTER), url=pasted)
    found = ADAPTER.recognize(listed)
    assert found is not None
    assert found.url == url


@given(
    st.sampled_from(["https://a.example/notice/", "http://a.example:8080/?page_id=3", "https://a.example/%EA%B0%80"]),
    st.text(min_size=1, max_size=30).map(str.strip).filter(bool),
)
def test_a_board_is_what_its_own_address_says(page: str, category: str) -> None:
    board = Board(page, (("category1", category),))
    for url in (board.url, board.page_url(3), canonical_url(board.url)):
        assert url is not None
        read = board_of(url)
        assert read is not None
        assert read.page == page
    assert board_of(board.url) == board


@given(st.text(max_size=60))
def test_any_link_is_a_document_of_the_board_or_none(href: str) -> None:
    board = board_of(NOTICE)
    assert board is not None
    address = board.address(href, NOTICE)
    assert address is None or re.fullmatch(r"[1-9][0-9]*", address.key)


@pytest.mark.parametrize(
    ("told", "shown", "moment", "commented"),
    [
        ("2026-11-18T11:05:42+00:00", "2026-11-18 20:05", "2026-11-18T11:05:42", "2026-11-18T12:30:05"),
        ("2026-11-18T20:05:42+00:00", "2026-11-18 20:05", "2026-11-18T11:05:00", "2026-11-18T12:30:05"),
        ("2026-11-19T04:05:42+00:00", "2026-11-18 20:05", "2026-11-19T04:05:42", "2026-11-19T05:30:05"),
        ("2026-11-18T12:00:00+00:00", "2026-11-18 20:05", "2026-11-18T11:05:00", "2026-11-18T12:30:05"),
        ("yesterday", "2026-11-18 20:05", "2026-11-18T11:05:00", "2026-11-18T12:30:05"),
        ("2026-11-18T11:05:42+00:00", "-", "2026-11-18T11:05:42", "2026-11-18T12:30:05"),
    ],
    ids=["Seoul", "no zone", "Los Angeles", "neither", "no date", "own skin"],
)
def test_dates_are_of_the_sites_own_clock(told: str, shown: str, moment: str, commented: str) -> None:
    response = changed("page-document-default", "2026-11-18T11:05:42+00:00", told)
    body = response.body.decode().replace('value">2026-11-18 20:05<', f'value">{shown}<').encode()
    post, comment = list(ADAPTER.posts(channel(), msgspec.structs.replace(response, body=body)))[:2]
    assert isinstance(post, Draft)
    assert isinstance(comment, Draft)
    assert post.published_at == datetime.fromisoformat(f"{moment}+00:00")
    assert comment.published_at == datetime.fromisoformat(f"{commented}+00:00")


def test_documents_are_read_again_with_their_comments_one_page_each() -> None:
    known = [Known(uri=f"{URI}5"), Known(uri=f"{URI}5#comment_8", thread=f"{URI}5"), Known(uri=f"{URI}6")]
    requests = list(ADAPTER.reread(channel(), known))
    assert [request.url for request in requests] == [f"{URI}5", f"{URI}6"]
    assert [request.context for request in requests] == [
        {"known": "again", "comments": "comment_8"},
        {"known": "again"},
    ]


@pytest.mark.parametrize(
    "icon",
    ['<span class="kboard-icon-lock"></span>', '<i class="fas fa-lock"></i>', '<img src="/a/icon_lock.png?ver=1">'],
)
def test_a_document_is_secret_by_whichever_lock_its_skin_shows(icon: str) -> None:
    listed = changed("page-list-nofollow-by-operator", "11월 정기 산행", f"{icon} 11월 정기 산행")
    assert [str(post) for post in ADAPTER.posts(channel(), listed)] == ["secret", "nofollow"]
    assert ADAPTER.follow(channel(), listed).requests == []


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ('<span title="김도윤"><img alt="김도윤" src="https://avatar.example/1.png" class="avatar"></span>', "김도윤"),
        ('<span title="김도윤"><img alt="" src="https://avatar.example/1.png"></span> 김 도윤', "김 도윤"),
        ('<img alt="" src="https://avatar.example/1.png">', None),
    ],
)
def test_an_author_has_a_name_where_a_skin_shows_members_by_their_pictures(shown: str, name: str | None) -> None:
    old = '<div class="detail-value">김도윤</div>'
    response = changed("page-document-default", old, f'<div class="detail-value">{shown}</div>')
    post, *_ = ADAPTER.posts(case("page-document-default").channel(), response)
    assert isinstance(post, Draft)
    assert (post.author and post.author.name) == name


@pytest.mark.parametrize("name", ["comments-list-content", "kboard-comments-item"])
def test_comments_that_a_text_pretends_to_hold_are_none(name: str) -> None:
    button, text = '<i data-uid="999" onclick="kboard_comment_like()"></i>', "<p>제 것도 휘었네요."
    forged = f'<div class="{name}">{button}<div class="comments-list-content">x</div></div>'
    response = changed("page-document-default", text, text + forged)
    uris = [post.uri for post in ADAPTER.posts(channel(), response) if isinstance(post, Draft)]
    assert uris == [f"{URI}41", *(f"{URI}41#comment_{number}" for number in (81, 83, 82))]


class Site:
    """A board of numbered documents, ten a page, newest first, as the plugin shows them to visitors."""

    def __init__(self) -> None:
        self.comments = dict.fromkeys(range(1, 36), 0)
        self.asked: list[str] = []

    def answer(self, request: Request) -> Response:
        self.asked.append(request.url)
        body = self._document(request.url) if request.kind == POST_KIND else self._list(request.url)
        return Response(request=request, url=request.url, status=200, body=body.encode(), received_at=AT)

    def _document(self, url: str) -> str:
        number = int(url.rpartition("=")[2])
        if number not in self.comments:
            return "<html><head></head><body><script>window.location.href='/notice/?mod=list';</script>"
        return (
            '<html><body><div id="kboard-document"><div class="kboard-title">제목</div>'
            f'<div class="content-view">글</div><button class="kboard-button-like" data-uid="{number}"></button>'
            "</div></body></html>"
        )

    def _list(self, url: str) -> str:
        page = int(url.rpartition("pageid=")[2]) if "pageid=" in url else 1
        numbers = sorted(self.comments, reverse=True)[10 * page - 10 : 10 * page]
        rows = (
            f'<tr><td><a href="/notice/?pageid={page}&#038;mod=document&#038;uid={number}">제목</a>'
            f'<span class="kboard-comments-count">({self.comments[number]})</span></td></tr>'
            for number in numbers
        )
        pages = (f'<a href="?pageid={number}">{number}</a>' for number in range(1, -(-len(self.comments) // 10) + 1))
        table = f"<table>{''.join(rows)}</table>{''.join(pages)}"
        return f'<html><body><div id="kboard-default-list">{table}</div></body></html>'


def drained(site: Site, first: Request, cursor: dict[str, str]) -> tuple[list[Draft | Exception], dict[str, str]]:
    """All that follows from a request, and the cursor that it leaves."""
    found: list[Draft | Exception] = []
    waiting, kept = [first], cursor
    while waiting:
        response = site.answer(waiting.pop(0))
        found += ADAPTER.posts(channel(cursor=cursor), response)
        follow = ADAPTER.follow(channel(cursor=cursor), response)
        waiting += follow.requests
        kept = follow.cursor or kept
    return found, kept


def test_polls_find_everything_once_and_quiet_ones_ask_for_a_single_page() -> None:
    site = Site()
    first, cursor = drained(site, ADAPTER.start(channel()), {})
    assert {post.uri for post in first if isinstance(post, Draft)} == {f"{URI}{number}" for number in range(1, 36)}
    site.asked.clear()
    assert drained(site, ADAPTER.start(channel()), cursor) == ([], cursor)
    assert site.asked == [NOTICE]
    site.comments |= {36: 0, 37: 0, 33: 2}
    news, cursor = drained(site, ADAPTER.start(channel()), cursor)
    assert [post.uri for post in news if isinstance(post, Draft)] == [f"{URI}{number}" for number in (37, 36, 33)]
    assert drained(site, ADAPTER.start(channel()), cursor)[0] == []


def test_history_ends_and_leaves_the_cursor_alone() -> None:
    site = Site()
    found, cursor = drained(site, ADAPTER.backfill(channel()), {})
    assert len([post for post in found if isinstance(post, Draft)]) == 35
    assert cursor == {}
    assert [url for url in site.asked if "uid=" not in url] == [
        NOTICE,
        *(f"{NOTICE}?mod=list&pageid={page}" for page in (2, 3, 4)),
    ]


def test_a_document_that_was_deleted_is_found_by_reading_it_again() -> None:
    site = Site()
    del site.comments[20]
    requests = ADAPTER.reread(channel(), [Known(uri=f"{URI}{number}") for number in (20, 21)])
    posts = [post for request in requests for post in ADAPTER.posts(channel(), site.answer(request))]
    assert [(post.uri, post.deleted) for post in posts if isinstance(post, Draft)] == [
        (f"{URI}20", True),
        (f"{URI}21", False),
    ]


@pytest.mark.parametrize(
    ("name", "old", "hostile"),
    [
        ("deleted-document-sent-back", "<script>window", "<script>window.location.href='mod=list" * 30_000),
        ("deleted-document-sent-back", "<script>window", "<script>alert('" * 60_000),
        ("page-document-default", '<div class="comments-list">', '<div class="kboard-comments-item">' * 900),
        ("page-document-default", "<p>제 것도", '<li class="kboard-comments-item">' * 30_000),
        ("page-document-default", "수고하셨습니다", '<ul><li class="kboard-comments-item"></ul>' * 20_000),
        ("page-list-default", "<tbody>", '<tbody id="kboard-a-lis">' * 30_000),
        ("forbidden-secret-document", '<input type="password"', '<input type="password" name="password">' * 30_000),
    ],
)
def test_hostile_pages_cost_little(name: str, old: str, hostile: str) -> None:
    response = changed(name, old, hostile)
    started = time.process_time()
    observe(ADAPTER, channel(), response)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "line",
    [
        '<a {0}><div class="kboard-default-cut-strings">산행 (2일) {1} <span>New</span></div></a>',
        '<div class="cut_strings"><a {0}>산행 (2일)</a> {1}</div>',
    ],
)
def test_skins_of_the_first_years_count_comments_behind_the_title(line: str) -> None:
    def listed(shown: str) -> Response:
        row = line.format('href="/notice/?mod=document&#038;uid=99"', shown)
        return changed("page-list-default", "<tbody>", f'<tbody><tr><td class="kboard-list-title">{row}</td></tr>')

    first = ADAPTER.follow(channel(), listed(""))
    again = ADAPTER.follow(channel(cursor=first.cursor), listed("(3)"))
    assert [request.url for request in again.requests] == [f"{URI}99"]
    assert again.cursor is not None
    assert ADAPTER.follow(channel(cursor=again.cursor), listed("(3)")).requests == []


@pytest.mark.parametrize("row", ['class=""', 'class="kboard-notice-item"'])
def test_rows_of_a_skin_that_is_called_notice_are_no_notices(row: str) -> None:
    listed = changed("page-list-default", "kboard-default-", "kboard-notice-")
    listed = msgspec.structs.replace(listed, body=listed.body.replace(b'<tr class=""', f"<tr {row}".encode()))
    assert ADAPTER.follow(channel(), listed) == ADAPTER.follow(channel(), case("page-list-default").response(ADAPTER))
