"""What the fixtures of one answer cannot show of articles: walks to their end, lists that lie, hostile sizes."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft
from socialindex.sources._families.articles import memory, sites
from socialindex.sources._families.articles.sitemaps import MAX_ENTRIES, Listed
from socialindex.sources.article import ADAPTER
from socialindex.sources.base import POST_KIND, Channel, Known, Request, Response
from tests.sources.harness import MAX_CURSOR_BYTES, Json, size

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SITE = "https://press.example"
SITEMAP = f"{SITE}/sitemap.xml"


def channel(url: str = SITEMAP, cursor: dict[str, str] | None = None, **options: str) -> Channel:
    return Channel(id="ch_test", source="article", url=url, created_at=NOW, cursor=cursor or {}, options=options)


def answer(request: Request, body: str | bytes) -> Response:
    encoded = body.encode() if isinstance(body, str) else body
    return Response(request=request, url=request.url, status=200, body=encoded, received_at=NOW)


def urlset(*entries: tuple[str, str]) -> str:
    rows = "".join(
        f"<url><loc>{url}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</url>" for url, date in entries
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def index(*urls: str) -> str:
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'


def poll(body: str, at: Channel) -> tuple[list[str], Channel]:
    """The articles that a poll asks for, and the channel after it."""
    follow = ADAPTER.follow(at, answer(ADAPTER.start(at), body))
    after = msgspec.structs.replace(at, cursor=follow.cursor if follow.cursor is not None else at.cursor)
    return [request.url for request in follow.requests if request.kind == POST_KIND], after


def articles(*numbers: int) -> list[str]:
    return [f"{SITE}/news/{number}" for number in numbers]


class Site:
    """A site's documents, and a walk through them that counts what it is asked for."""

    def __init__(self, documents: dict[str, str | bytes]) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def walk(self, at: Channel) -> list[str]:
        found: list[str] = []
        request = ADAPTER.backfill(at)
        while request is not None:
            assert request.priority == 2
            assert request.context["walk"] == "history"
            assert len(self.asked) < 100, "the walk does not end"
            self.asked.append(request.url)
            requests = ADAPTER.follow(at, answer(request, self.documents[request.url])).requests
            found += [further.url for further in requests if further.kind == POST_KIND]
            walks = [further for further in requests if "walk" in further.context]
            assert [further.kind for further in walks] != [request.kind], "the same request waits once"
            request = next(iter(walks), None)
            assert len(walks) <= 1
        return found


def test_a_walk_reads_everything_that_a_robots_txt_names_once_and_ends() -> None:
    months = {
        f"{SITE}/{month}.xml.gz": gzip.compress(
            urlset(*((url, "") for url in articles(*range(month * 1000, month * 1000 + 320)))).encode()
        )
        for month in (10, 11)
    }
    site = Site(
        {
            f"{SITE}/robots.txt": f"Sitemap: {SITE}/index.xml\nSitemap: {SITE}/news.xml\n",
            f"{SITE}/index.xml": index(*months),
            f"{SITE}/news.xml": urlset((f"{SITE}/news/1", "2026-11-20")),
            **months,
        }
    )
    found = site.walk(channel(f"{SITE}/news.xml", robots=f"{SITE}/robots.txt"))
    assert sorted(found) == sorted(articles(1, *range(10000, 10320), *range(11000, 11320)))
    assert site.asked.count(f"{SITE}/10.xml.gz") == 2


def test_a_walk_from_a_single_sitemap_asks_for_it_again_for_each_portion() -> None:
    site = Site({SITEMAP: urlset(*((url, "") for url in articles(*range(650))))})
    assert sorted(site.walk(channel())) == sorted(articles(*range(650)))
    assert site.asked == [SITEMAP] * 3


@pytest.mark.parametrize(
    "documents",
    [
        pytest.param({SITEMAP: index(SITEMAP)}, id="itself"),
        pytest.param({SITEMAP: index(f"{SITE}/b.xml"), f"{SITE}/b.xml": index(SITEMAP)}, id="each other"),
        pytest.param({SITEMAP: index()}, id="nothing"),
    ],
)
def test_a_walk_through_an_index_that_leads_nowhere_ends(documents: dict[str, str | bytes]) -> None:
    assert Site(documents).walk(channel()) == []


def test_a_poll_asks_for_new_articles_only_and_for_edited_ones_again() -> None:
    first, after = poll(urlset(*((url, "2026-11-18T09:00:00Z") for url in articles(1, 2))), channel())
    assert first == articles(2, 1) or first == articles(1, 2)
    nothing, after = poll(urlset(*((url, "2026-11-18T09:00:00Z") for url in articles(1, 2))), after)
    assert nothing == []
    changed = urlset(
        (f"{SITE}/news/1", "2026-11-19T10:00:00Z"),
        (f"{SITE}/news/2", "2026-11-18T09:00:00Z"),
        (f"{SITE}/news/3", "2026-11-19T09:00:00Z"),
    )
    news, after = poll(changed, after)
    assert news == articles(3, 1)
    assert poll(changed, after)[0] == []


def days(lastmod: str, at: Channel, now: datetime) -> tuple[bool, Channel]:
    """Whether a poll reads the one sitemap of an index that is dated so, and the channel after it."""
    body = index(f"{SITE}/2026.xml").replace("</sitemap>", f"<lastmod>{lastmod}</lastmod></sitemap>")
    told = msgspec.structs.replace(answer(ADAPTER.start(at), body), received_at=now)
    follow = ADAPTER.follow(at, told)
    after = msgspec.structs.replace(at, cursor=follow.cursor if follow.cursor is not None else at.cursor)
    return bool(follow.requests), after


@pytest.mark.parametrize(
    ("lastmod", "language", "reads"),
    [
        pytest.param("2026-11-30", None, 72, id="a day"),
        pytest.param("2026-11-30", "ko", 72, id="a day in Korea"),
        pytest.param("2026-11-30T00:00:00+00:00", "ko", 72, id="a day's first moment"),
        pytest.param("2026-11-30T00:10:00Z", None, 1, id="a moment"),
        pytest.param("2026-11-20", None, 1, id="a day that is over"),
    ],
)
def test_a_sitemap_that_is_dated_by_the_day_is_read_every_half_hour_until_it_is_over(
    lastmod: str, language: str | None, reads: int
) -> None:
    """An article that appears at noon changes no date that says the day alone."""
    at, began = msgspec.structs.replace(channel(), language=language), datetime(2026, 11, 30, tzinfo=UTC)
    if language == "ko" and len(lastmod) == len("2026-11-30"):
        began -= timedelta(hours=9)
    read = []
    for minutes in range(0, 3 * 24 * 60, 10):
        was_read, at = days(lastmod, at, began + timedelta(minutes=minutes))
        read.append(was_read)
    assert sum(read) == reads
    assert size(at.cursor) < MAX_CURSOR_BYTES


def test_an_index_that_did_not_change_has_the_same_sitemaps_read_every_half_hour() -> None:
    """It names the day alone, so that it is the same after an article of the afternoon."""
    began = datetime(2026, 11, 30, tzinfo=UTC)
    _, at = days("2026-11-30", channel(), began)
    read = []
    for minutes in range(10, 3 * 24 * 60, 10):
        same = msgspec.structs.replace(answer(ADAPTER.start(at), ""), received_at=began + timedelta(minutes=minutes))
        follow = ADAPTER.unchanged(at, msgspec.structs.replace(same, status=304))
        at = msgspec.structs.replace(at, cursor=at.cursor if follow.cursor is None else follow.cursor)
        read += [(minutes, request.url, request.context) for request in follow.requests]
    url, context = f"{SITE}/2026.xml", {"index": "1", "share": "1"}
    assert read == [(minutes, url, context) for minutes in range(30, 36 * 60, 30)]


def test_what_a_cursor_keeps_of_an_index_is_bounded_and_survives_the_sitemaps() -> None:
    urls = [f"{SITE}/{number}{'x' * length}.xml" for number, length in enumerate([0, 900, *[160] * 9])]
    body = index(*urls).replace("</sitemap>", "<lastmod>2026-11-20</lastmod></sitemap>")
    _, at = poll(body, channel())
    for url in urls[:5]:
        sitemap = Request(url=url, kind="sitemap", context={"index": "1", "share": "4"})
        listed = urlset(*((f"{url}/{number}", f"2026-11-{1 + number % 19:02}") for number in range(900)))
        at = msgspec.structs.replace(at, cursor=ADAPTER.follow(at, answer(sitemap, listed)).cursor or at.cursor)
    assert 3_000 < size(at.cursor) <= MAX_CURSOR_BYTES
    later = msgspec.structs.replace(answer(ADAPTER.start(at), ""), status=304, received_at=NOW + timedelta(hours=1))
    asked = [request.url for request in ADAPTER.unchanged(at, later).requests]
    assert len(asked) == 4
    assert set(asked) <= {url for url in urls if len(url) < 300}
    _, over = poll(body.replace("2026-11-20", "2026-11-18"), at)
    assert ADAPTER.unchanged(over, later).requests == []


def test_an_article_that_appears_later_on_the_day_is_found_and_those_before_it_are_not_asked_for_again() -> None:
    at, began = channel(), datetime(2026, 11, 30, 1, tzinfo=UTC)
    found = []
    for hours, newest in enumerate((2, 2, 3)):
        now = began + timedelta(hours=hours)
        was_read, at = days("2026-11-30", at, now)
        assert was_read
        sitemap = Request(url=f"{SITE}/2026.xml", kind="sitemap", context={"index": "1", "share": "1"})
        body = urlset(*((url, "2026-11-30") for url in articles(*range(newest))))
        follow = ADAPTER.follow(at, msgspec.structs.replace(answer(sitemap, body), received_at=now))
        at = msgspec.structs.replace(at, cursor=follow.cursor or at.cursor)
        found.append(sorted(request.url for request in follow.requests))
    assert found == [articles(0, 1), [], articles(2)]


@pytest.mark.parametrize("stamps", [("", ""), ("2026-11-20T08:00:00Z", "2026-11-20T08:59:00Z")], ids=["none", "now"])
@pytest.mark.parametrize("appends", [True, False], ids=["last", "first"])
def test_dates_that_tell_nothing_hide_nothing_and_cost_nothing(stamps: tuple[str, str], appends: bool) -> None:
    def body(newest: int, stamp: str) -> str:
        urls = articles(*range(newest + 1))
        return urlset(*((url, stamp) for url in (urls if appends else reversed(urls))))

    first, after = poll(body(400, stamps[0]), channel(pages="20"))
    assert len(first) == 20
    assert f"{SITE}/news/400" in first
    news, after = poll(body(403, stamps[1]), after)
    assert sorted(news) == articles(401, 402, 403)
    assert poll(body(403, stamps[0]), after)[0] == []


@pytest.mark.parametrize("stamp", ["", "2026-11-20T08:00:00Z"], ids=["none", "all the same"])
@pytest.mark.parametrize("size", [151, 400, 3_000])
@pytest.mark.parametrize("turns", [False, True], ids=["alphabetical", "any order"])
def test_a_new_article_is_found_wherever_a_list_without_dates_has_it(size: int, stamp: str, turns: bool) -> None:
    def body(poll: int) -> str:
        urls = sorted(articles(*range(size), *range(25_000, 25_000 + poll)))
        begin = poll * 37 % size if turns else 0
        return urlset(*((url, stamp) for url in (*urls[begin:], *urls[:begin])))

    _, after = poll(body(0), channel())
    for number in range(4):
        news, after = poll(body(number + 1), after)
        assert news == articles(25_000 + number)
    gone, after = poll(body(3), after)
    assert len(gone) <= 10
    assert poll(body(3), after)[0] == []


@pytest.mark.parametrize("is_rising", [False, True])
def test_what_leaves_a_list_of_the_newest_without_dates_is_no_news(is_rising: bool) -> None:
    def body(newest: int) -> str:
        urls = articles(*range(newest - 999, newest + 1))
        return urlset(*((url, "") for url in (urls if is_rising else reversed(urls))))

    _, after = poll(body(2_000), channel())
    asked = 0
    for newest in range(2_020, 2_120, 20):
        news, after = poll(body(newest), after)
        assert set(news) >= set(articles(*range(newest - 19, newest + 1)))
        asked += len(news)
    assert asked < 300


def test_a_day_on_which_everything_was_dated_alike_is_no_flood() -> None:
    body = urlset(*((url, "2026-11-20") for url in articles(*range(1000))))
    _, after = poll(body, channel(pages="10"))
    assert poll(body, after)[0] == []


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2_000)), max_size=25, unique_by=lambda entry: entry[0]),
        min_size=1,
        max_size=6,
    )
)
def test_what_was_never_asked_for_is_asked_for_once_it_is_among_the_newest(polls: list[list[tuple[int, int]]]) -> None:
    mark, asked = None, set[str]()
    for entries in polls:
        listed = [Listed(url, None, NOW - timedelta(minutes=age)) for url, age in ((str(n), a) for n, a in entries)]
        news = memory.news(listed, mark, at_most=1_000)
        asked |= {entry.url for entry in news.fresh}
        assert {entry.url for entry in listed} <= asked
        assert len(news.edited) <= memory.MAX_EDITED
        mark = memory.decode(memory.encode(news.mark))


def test_a_mark_is_small_and_survives_its_cursor() -> None:
    at = channel()
    for name in "abcdefgh":
        request = Request(url=f"{SITE}/{name}.xml", kind="sitemap", context={"index": "1", "share": "3"})
        body = urlset(*((f"{SITE}/{name}/{number}", f"2026-11-{1 + number % 19:02}") for number in range(900)))
        cursor = ADAPTER.follow(at, answer(request, body)).cursor
        assert cursor is not None
        at = msgspec.structs.replace(at, cursor={"index": "2026-11-20T09:00:00+00:00", **cursor})
    assert 2_000 < size(at.cursor) <= MAX_CURSOR_BYTES


@pytest.mark.parametrize(
    ("claim", "page", "named"),
    [
        ("https://press.example/a", "https://www.press.example/a?ref=x", "https://press.example/a"),
        ("http://press.example/a", "https://m.press.example/a", "http://press.example/a"),
        ("https://press.example/a", "https://amp.press.example/a", "https://press.example/a"),
        ("/a", "https://press.example/b", "https://press.example/a"),
        ("https://press.example/", "https://press.example/b", "https://press.example/b"),
        ("https://other.example/a", "https://press.example/b", "https://press.example/b"),
        ("https://lee.blogs.example/a", "https://kim.blogs.example/b", "https://kim.blogs.example/b"),
        ("https://blogs.example/a", "https://kim.blogs.example/b", "https://kim.blogs.example/b"),
        ("https://press.example:8443/a", "https://press.example/b", "https://press.example/b"),
        ("https://www.example/a", "https://m.example/b", "https://m.example/b"),
        ("javascript:alert(1)", "https://press.example/b", "https://press.example/b"),
        ("https://[", "https://press.example/b", "https://press.example/b"),
        (" ", "https://press.example/b", "https://press.example/b"),
        ("/v2/view.php", "https://press.example/v2/view.php?no=12", "https://press.example/v2/view.php?no=12"),
        ("/news/read", "https://press.example/news/read/?id=A0012", "https://press.example/news/read/?id=A0012"),
        ("/view.php?cate=all", "https://press.example/view.php?no=12", "https://press.example/view.php?no=12"),
        ("/view.php?no=12", "https://press.example/view.php?no=12&sid=101", "https://press.example/view.php?no=12"),
        ("/index.php", "https://press.example/index.php?no=12", "https://press.example/index.php?no=12"),
        ("/view.php", "https://press.example/view.php?amp=1&page=12", "https://press.example/view.php"),
        ("/story", "https://press.example/story?from=push", "https://press.example/story"),
        ("/story", "https://press.example/story?ref=mail-20261120", "https://press.example/story"),
        ("/story/", "https://press.example/story/?replytocom=4012", "https://press.example/story/"),
        ("/news/4012", "https://press.example/news/4012?sid=101", "https://press.example/news/4012"),
        ("/a-long-recall", "https://press.example/a-long-recall?ref=2026", "https://press.example/a-long-recall"),
    ],
)
def test_a_page_names_itself_within_its_own_site_only(claim: str, page: str, named: str) -> None:
    assert sites.claimed([claim], page) == named


def test_an_address_that_all_articles_of_a_site_give_themselves_makes_them_none() -> None:
    """A claim without the number is passed over for the next, and for the address that the sitemap has."""
    named = [
        draft.uri
        for number in (40110, 40111)
        for meta in ("", f'<meta property="og:url" content="{SITE}/news/view.php?no={number}">')
        for draft in ADAPTER.posts(channel(), answer(_flash(number), _unfinished(meta)))
        if isinstance(draft, Draft)
    ]
    assert named == [f"{SITE}/news/view.php?no={number}" for number in (40110, 40110, 40111, 40111)]


def _flash(number: int) -> Request:
    url = f"{SITE}/news/view.php?no={number}"
    return Request(url=url, kind=POST_KIND, priority=1, context={"uri": url})


def _unfinished(meta: str) -> str:
    return (
        f'<html lang="ko"><head><title>속보</title><link rel="canonical" href="{SITE}/news/view.php">{meta}'
        '<meta property="og:type" content="article"></head>'
        "<body><h1>속보</h1><div class='view'>한빛전자가 누리폰12를 거두어들인다고 밝혔다.</div></body></html>"
    )


def test_articles_are_read_again_by_their_pages_and_only_on_their_own_site() -> None:
    posts = [
        Known(uri=f"{SITE}/news/1", kind="article", url="https://www.press.example/news/1"),
        Known(uri="https://other.example/1", kind="article"),
        Known(uri=f"{SITE}/news/1#comment-1", kind="comment"),
    ]
    requests = list(ADAPTER.reread(channel(), posts))
    assert [(r.url, r.kind, r.context) for r in requests] == [
        ("https://www.press.example/news/1", POST_KIND, {"uri": f"{SITE}/news/1"})
    ]


def test_a_site_is_probed_for_its_robots_txt_first() -> None:
    probes = [request.url for request in ADAPTER.probes("https://press.example/economy/?page=2")]
    assert probes[:2] == [f"{SITE}/robots.txt", SITEMAP]
    assert list(ADAPTER.probes("mailto:kim@press.example")) == []


PAGE = '<html><head><meta property="og:type" content="article"><title>t</title></head><body>{}</body></html>'


HEADLINE = "볼트브랜드, 보조배터리 12만 대 리콜 - 발화 사고 37건 확인"
OF_A_PAPER = f'<meta property="og:site_name" content="새벽일보"><title>{HEADLINE} | 새벽일보</title>'


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (OF_A_PAPER, HEADLINE),
        (f'<meta property="og:title" content="{HEADLINE}">{OF_A_PAPER}', HEADLINE),
        (f'<meta property="og:title" content="{HEADLINE} - 새벽일보">{OF_A_PAPER}', HEADLINE),
        (f'<meta property="og:title" content="새벽일보">{OF_A_PAPER}', HEADLINE),
        (f'<meta property="og:title" content="창간 열 돌 맞은 새벽일보">{OF_A_PAPER}', "창간 열 돌 맞은 새벽일보"),
        (f'<meta property="og:title" content="{HEADLINE}"><title>리콜</title>', HEADLINE),
        (f'<meta property="twitter:title" content="{HEADLINE}"><title>리콜</title>', HEADLINE),
        (f"<title>{HEADLINE} - 새벽일보</title>", HEADLINE),
        ("<title>볼트브랜드 리콜 :: 한결경제</title>", "볼트브랜드 리콜"),
        (f"{OF_A_PAPER}</head><h1>새벽일보</h1>", HEADLINE),
        (f"{OF_A_PAPER}</head><h1>볼트브랜드 리콜</h1>", "볼트브랜드 리콜"),
    ],
)
def test_a_headline_keeps_its_dashes_and_loses_its_site(head: str, title: str) -> None:
    text = "<p>볼트브랜드가 보조배터리를 전량 회수하기로 했다고 밝혔다.</p>" * 9
    page = f'<html lang="ko"><head><meta property="og:type" content="article">{head}</head><body>{text}</body></html>'
    [post] = ADAPTER.posts(channel(), answer(Request(url=f"{SITE}/news/1", kind=POST_KIND), page))
    assert isinstance(post, Draft)
    assert post.title == title


@pytest.mark.parametrize(
    "body",
    [
        '<form name="aspnetForm" method="post"><div>{story}</div><div>회사소개</div></form>',
        '<div>{story}</div><form name="reply"><p>댓글을 쓰려면 로그인하세요. 욕설은 지워질 수 있습니다.</p></form>',
    ],
    ids=["around the page", "below the article"],
)
def test_a_form_is_left_out_unless_the_article_is_in_it(body: str) -> None:
    lines = ["한빛전자가 누리폰12를 다음 주부터 무상으로 점검한다.", "점검은 서비스센터 40곳에서 한 시간이면 끝난다."]
    head = '<title>누리폰12 무상 점검</title><meta property="og:type" content="article">'
    story = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<html><head>{head}</head><body>{body.format(story=story)}</body></html>"
    [post] = ADAPTER.posts(channel(), answer(Request(url=f"{SITE}/news/1", kind=POST_KIND), page))
    assert isinstance(post, Draft)
    assert post.text == "\n\n".join(lines)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("footer-wrap", "한빛전자, 누리폰12 전량 리콜 결정"),
        ("story", "한빛전자가 누리폰12를 모두 거둬들인다. 대상은 지난해 3월부터 팔린 12만 대로, 비용은 회사가 낸다."),
    ],
    ids=["a flash and an imprint", "an article and its first line"],
)
def test_a_short_body_that_is_marked_counts_beside_side_matters(name: str, text: str) -> None:
    flash = '<div itemprop="articleBody">한빛전자, 누리폰12 전량 리콜 결정</div>'
    imprint = "발행인 홍길동, 예시구 새벽로 1, 대표전화 02-000-0000. 새벽일보의 글은 저작권법의 보호를 받습니다."
    below = f'<div class="{name}"><p>{text if name == "story" else imprint}</p></div>'
    head = '<title>[속보] 누리폰12 리콜</title><meta property="og:type" content="article">'
    page = f"<html><head>{head}</head><body>{flash}{below}</body></html>"
    [post] = ADAPTER.posts(channel(), answer(Request(url=f"{SITE}/news/1", kind=POST_KIND), page))
    assert isinstance(post, Draft)
    assert post.text == text


IMPRINT = (
    "제호 : 새벽일보",
    "등록번호 : 예시 아00000",
    "발행인 : 홍길동",
    "편집인 : 임꺽정",
    "청소년보호책임자 : 성춘향",
    "주소 : 예시특별자치시 예시구 새벽로 1, 새벽회관 3층",
    "대표전화 : 02-000-0000",
    "Copyright © 2026 새벽일보. All rights reserved.",
)
FLASH = "누리폰12, 전량 리콜하기로."
SENTENCE = "한빛전자는 누리폰12를 거두어들인다고 19일 밝혔다."


def page_text(body: str) -> str | None:
    head = '<title>[속보] 누리폰12 리콜</title><meta property="og:type" content="article">'
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    [post] = ADAPTER.posts(channel(), answer(Request(url=f"{SITE}/news/1", kind=POST_KIND), page))
    assert isinstance(post, Draft)
    return post.text


@pytest.mark.parametrize(
    "imprint",
    [
        pytest.param(f"<div class='info'>{' | '.join(IMPRINT)}</div>", id="one block"),
        pytest.param(f"<div>{'<br>'.join(f'<span>{line}</span>' for line in IMPRINT)}</div>", id="lines of one block"),
        pytest.param("".join(f"<p>{line}</p>" for line in IMPRINT), id="beside the article"),
        pytest.param(f"<ul>{''.join(f'<li><span>{line}</span></li>' for line in IMPRINT)}</ul>", id="a list"),
        pytest.param(
            f"<dl>{''.join('<dt>{}</dt><dd>{}</dd>'.format(*line.split(' : ')) for line in IMPRINT[:-1])}</dl>"
            f"<p>{IMPRINT[-1]}</p>",
            id="labels and values",
        ),
    ],
)
def test_a_flash_on_a_page_that_marks_nothing_is_not_its_imprint(imprint: str) -> None:
    assert page_text(f"<div id='wrap'><div class='view'><p>{FLASH}</p></div>{imprint}</div>") == FLASH


@pytest.mark.parametrize(
    "line",
    [
        "이 신문의 발행인 홍길동 씨와 편집인 임꺽정 씨는 전화를 받지 않았다.",
        "이 신문의 발행인 홍길동 씨와 편집인 임꺽정 씨는 모두 전화를 받지 않았습니다",
        "저작권자는 무단 전재 및 재배포를 금지한다고 밝혔다.",
        "경찰은 시민 여러분의 제보를 기다린다고 밝혔습니다.",
        "경찰은 독자의 제보를 기다린다.",
        "경찰은 시민 여러분의 제보를 기다리고 있습니다.",
        "시청자 여러분의 제보를 받아 취재팀이 확인한 결과 사실로 드러났습니다.",
        "독자들의 제보가 이어지고 있습니다. 회사는 아직 답이 없습니다.",
        "시청자 제보로 알려진 사고입니다.",
        "제보는 국번 없이 112",
        "▶ 예약 전화 02-000-0000",
        "카카오톡 : 고객센터 검색",
        "ⓒ 표시를 지운 혐의다.",
        "Copyright holders have sued.",
        "문의: help@example.com",
        "홍보팀 (pr@example.com)",
        "제보 tips@example.com, 신청은 19일까지",
        "기자회견 자료는 press@example.com 으로 받는다.",
    ],
)
def test_what_only_looks_like_small_print_stays(line: str) -> None:
    assert page_text(f"<div class='view'><p>{SENTENCE}</p><p>{line}</p></div>") == f"{SENTENCE}\n\n{line}"


@pytest.mark.parametrize(
    ("below", "left"),
    [
        pytest.param("ⓒ 새벽일보 &amp; press.example, 무단전재 및 재배포 금지", "", id="a notice"),
        pytest.param("&lt;저작권자(c) 새벽통신, 무단 전재-재배포, AI 학습 및 활용 금지&gt;", "", id="an agency's"),
        pytest.param("무단 전재 및 재배포를 금지합니다.", "", id="a notice in a sentence"),
        pytest.param(
            "■ 제보하기<br>▷ 카카오톡 : '새벽제보' 검색, 채널 추가<br>▷ 전화 : 02-000-0000<br>"
            "▷ 이메일 : tips@press.example<br>▷ 유튜브, 네이버, 카카오에서도 새벽뉴스를 구독해주세요!<br>"
            "홍길동 기자 (gildong@press.example)",
            "홍길동 기자",
            id="a broadcaster's call for tips, above the byline",
        ),
        pytest.param(
            "<p>■ 제보하기</p><p>▷ 전화 : 02-000-0000</p><p>홍길동 (gildong@press.example)</p>",
            "\n홍길동",
            id="above the bare name",
        ),
        pytest.param(
            "※ '당신의 제보가 뉴스가 됩니다'<br>[카카오톡] 새벽 검색해 채널 추가<br>[전화] 02-000-0000<br>"
            "[메일] tips@press.example<br>[저작권자(c) 새벽방송 무단전재, 재배포 및 AI 데이터 활용 금지]",
            "",
            id="another's",
        ),
        pytest.param(
            "※새벽뉴스는 여러분의 제보로 함께 세상을 바꿉니다. 모든 얘깃거리를 알려주세요."
            "<ul><li><b>이메일 :</b><span>tips@press.example</span></li><li>카카오톡 :@새벽뉴스</li>"
            "<li>사이트 : https://press.example/tips</li></ul>",
            "",
            id="a call with a list",
        ),
        pytest.param(
            "제보는 카카오톡 dawntips &lt;저작권자(c) 새벽통신, 무단 전재-재배포 금지&gt; 2026/11/20 17:09 송고",
            "",
            id="an agency's in one line",
        ),
        pytest.param("새벽뉴스는 24시간 여러분의 제보를 기다립니다.<br>▷ 전화 02-000-0000", "", id="one that waits"),
        pytest.param("▶ 신청 바로가기<br>전화 : 02-000-0000", "전화 : 02-000-0000", id="a link above a number"),
        pytest.param("☞공감언론 새벽 gildong@press.example<br>▶ 네이버에서 새벽 구독하기", "", id="a slogan"),
        pytest.param("Copyright ⓒ 새벽일보. All rights reserved.", "", id="in English"),
        pytest.param("홍길동 기자 gildong@press.example", "홍길동 기자", id="a byline"),
        pytest.param("/새벽=홍길동 선임기자(gildong@press.example)", "/새벽=홍길동 선임기자", id="with its place"),
        pytest.param("gildong@press.example 홍길동 특파원", "홍길동 특파원", id="the other way round"),
        pytest.param("홍길동 기자<br>gildong@press.example", "홍길동 기자", id="on two lines"),
        pytest.param("gildong@press.example<br>ⓒ 새벽일보 무단전재 금지", "", id="before the notice"),
    ],
)
def test_notices_and_mail_addresses_of_reporters_are_none_of_an_article(below: str, left: str) -> None:
    expected = f"{SENTENCE}\n{left}".strip()
    assert page_text(f"<div class='view'>{SENTENCE}<br>{below}</div>") == expected


def test_a_reporters_mail_address_is_none_of_the_lines_that_it_stands_behind_and_above() -> None:
    text = f"홍길동 기자 gildong@press.example<br>{SENTENCE}<br>{SENTENCE} /임꺽정 기자 kk@press.example"
    assert page_text(f"<div class='view'>{text}</div>") == f"홍길동 기자\n{SENTENCE}\n{SENTENCE} /임꺽정 기자"


@pytest.mark.parametrize("tongue", ["", ' lang="en"'], ids=["no language", "the template's"])
def test_a_printed_date_is_of_seoul_on_a_page_in_korean(tongue: str) -> None:
    text = "<p>한빛전자가 누리폰12를 다음 주부터 무상으로 점검한다고 밝혔다.</p>" * 5
    head = '<title>누리폰12 무상 점검</title><meta property="og:type" content="article">'
    page = f"<html{tongue}><head>{head}</head><body><p>입력 2026.11.20 17:42</p><div>{text}</div></body></html>"
    [post] = ADAPTER.posts(channel(), answer(Request(url=f"{SITE}/news/1", kind=POST_KIND), page))
    assert isinstance(post, Draft)
    assert post.published_at == datetime(2026, 11, 20, 8, 42, tzinfo=UTC)


def test_a_news_sitemap_has_its_dates_from_where_its_titles_are() -> None:
    dated = "<n:publication_date>2026-11-20T17:42:00</n:publication_date><n:title>누리폰12 무상 점검</n:title>"
    names = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    body = f"<urlset {names}><url><loc>{SITE}/news/1</loc><n:news>{dated}</n:news></url></urlset>"
    follow = ADAPTER.follow(channel(), answer(ADAPTER.start(channel()), body))
    assert [request.context["published"] for request in follow.requests] == ["2026-11-20T08:42:00+00:00"]


def story(number: int, **said: object) -> Json:
    """One article's linked data, which says of another day than others'."""
    return {"@type": "NewsArticle", "headline": f"story {number}", "datePublished": f"2026-11-{number:02}", **said}


@pytest.mark.parametrize(
    ("found", "read"),
    [
        ([story(9, url=f"{SITE}/news/9"), story(1, url=f"{SITE}/news/1")], 1),
        ([story(9, url=f"{SITE}/news/9"), story(1, url="https://m.press.example/news/1/?ref=x")], 1),
        ([story(9, url=f"{SITE}/news/9"), story(1, url="/news/1")], 1),
        ([story(9, mainEntityOfPage=f"{SITE}/news/9"), story(1, mainEntityOfPage={"@id": f"{SITE}/news/1"})], 1),
        ([story(9, url=f"{SITE}/news/9"), story(1, mainEntityOfPage=True)], 1),
        ([story(1), story(9)], 1),
        ([story(1, url=f"{SITE}/?p=1")], 1),
        ([story(8, url=f"{SITE}/news/8"), story(9, url=f"{SITE}/news/9")], None),
    ],
)
def test_of_several_articles_in_linked_data_the_one_counts_that_the_page_is(found: Json, read: int | None) -> None:
    linked = f'<script type="application/ld+json">{json.dumps({"@graph": found})}</script>'
    page = f"<html><head>{linked}<title>News</title></head><body>{'<p>words that are its own</p>' * 9}</body></html>"
    [post] = ADAPTER.posts(channel(), answer(Request(url=f"{SITE}/news/1", kind=POST_KIND), page))
    if read is None:
        assert isinstance(post, Discarded)
        assert post.reason == "no_article"
        return
    assert isinstance(post, Draft)
    assert post.title == f"story {read}"
    assert post.published_at == datetime(2026, 11, read, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 200_000 + "words " * 50, id="depth"),
        pytest.param(PAGE.format("<div>" * 900 + "<p>some words that count</p>" * 9_000), id="deep and long"),
        pytest.param(PAGE.format("<p class='related'>some words that count</p>" * 40_000), id="side matter"),
        pytest.param(PAGE.format("<ul>" + "<li><a href='/x'>a link that is long</a>" * 40_000), id="links"),
        pytest.param(PAGE.format("<span>" * 100_000 + "x" * 1_000), id="spans"),
        pytest.param(PAGE.format("2026-11-" * 200_000), id="half dates"),
        pytest.param(PAGE.format("입력 " * 300_000), id="words for a date"),
        pytest.param('<script type="application/ld+json">' + "[" * 500_000 + "</script>", id="nested JSON"),
        pytest.param(
            '<script type="application/ld+json">['
            + '{"@type":"Article","author":[{"@id":"#a"}]},' * 20_000
            + "]</script>",
            id="nodes",
        ),
        pytest.param(
            '<script type="application/ld+json">{}-->' + " " * 100_000 + "x</script>" + PAGE, id="spaces behind JSON"
        ),
        pytest.param('<script type="application/ld+json">' + "{}]]> " * 100_000 + "x</script>", id="ends of JSON"),
        pytest.param("<title>" + "a - " * 200_000 + "</title>" + PAGE, id="title"),
        pytest.param("<meta name='robots' content='" + "unavailable_after: a, " * 50_000 + "'>" + PAGE, id="robots"),
    ],
)
def test_hostile_pages_cost_little(body: str) -> None:
    request = Request(url=f"{SITE}/news/1", kind=POST_KIND)
    started = time.process_time()
    try:
        posts = list(ADAPTER.posts(channel(), answer(request, body)))
    except (ParseError, Discarded):
        posts = []
    assert time.process_time() - started < 5
    assert len(posts) <= 1


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(
            lambda: urlset(*((f"{SITE}/{number}", "2026-11-20") for number in range(90_000))).encode(), id="entries"
        ),
        pytest.param(lambda: gzip.compress(b"<urlset>" + b" " * 200_000_000), id="bomb"),
        pytest.param(lambda: gzip.compress(b"<urlset>" + b"<url>" * 5_000_000), id="nested bomb"),
        pytest.param(lambda: b"<urlset>" + b"&" * 4_000_000, id="ampersands"),
        pytest.param(lambda: b"<urlset><url><loc>" + b"x" * 4_000_000, id="address"),
        pytest.param(lambda: b"https://" * 900_000, id="text"),
        pytest.param(lambda: b"\x1f\x8b" + b"\x00" * 1_000, id="no gzip"),
    ],
)
def test_hostile_sitemaps_cost_little(made: Callable[[], bytes]) -> None:
    body = made()
    started = time.process_time()
    try:
        requests = ADAPTER.follow(channel(), answer(ADAPTER.start(channel()), body)).requests
    except ParseError:
        requests = []
    assert time.process_time() - started < 10
    assert len(requests) <= memory.MAX_NEW <= MAX_ENTRIES
