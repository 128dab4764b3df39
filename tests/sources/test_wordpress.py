"""What the fixtures of one answer cannot show of WordPress: where its API is, and what is asked of it."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from socialindex.channels.recognize import recognize
from socialindex.model import Draft
from socialindex.sources.base import POST_KIND, Channel, Known, Request, Response
from socialindex.sources.feed import ADAPTER as FEED
from socialindex.sources.wordpress import ADAPTER
from tests.unit.crawl.site import LOCAL, Site, answer
from tests.unit.crawl.site import page as page_of

if TYPE_CHECKING:
    from socialindex.channels.recognize import Found

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BLOG = "https://news.hanbit.example"
API = f"{BLOG}/wp-json/"


def channel(url: str = API, cursor: dict[str, str] | None = None, **options: str) -> Channel:
    return Channel(id="ch_test", source="wordpress", url=url, created_at=NOW, cursor=cursor or {}, options=options)


def page(body: str, link: str = "") -> Response:
    request = Request(url=f"{BLOG}/2026/11/recall/", kind="recognize")
    headers = {"content-type": "text/html; charset=UTF-8"} | ({"link": link} if link else {})
    return Response(request=request, url=request.url, status=200, headers=headers, body=body.encode(), received_at=NOW)


HEAD = '<html><head><title>한빛전자 뉴스룸</title><link rel="https://api.w.org/" href="{}"></head></html>'


@pytest.mark.parametrize(
    ("body", "link", "asked"),
    [
        (HEAD.format(API), "", f"{API}wp/v2/posts?per_page=1&_fields=id%2Clink%2Cdate_gmt"),
        (
            "<html></html>",
            f'<{BLOG}/api/>; rel="https://api.w.org/", <{BLOG}/?p=1>; rel=shortlink',
            f"{BLOG}/api/wp/v2/posts?per_page=1&_fields=id%2Clink%2Cdate_gmt",
        ),
        (
            HEAD.format("/?rest_route=/"),
            "",
            f"{BLOG}/?rest_route=/wp/v2/posts&per_page=1&_fields=id%2Clink%2Cdate_gmt",
        ),
        (
            HEAD.format("/wp-json/?lang=ko"),
            "",
            f"{BLOG}/wp-json/wp/v2/posts?lang=ko&per_page=1&_fields=id%2Clink%2Cdate_gmt",
        ),
        (
            HEAD.format("/?rest_route=/&amp;lang=ko"),
            "",
            f"{BLOG}/?rest_route=/wp/v2/posts&lang=ko&per_page=1&_fields=id%2Clink%2Cdate_gmt",
        ),
        (
            HEAD.format("/?lang=ko&amp;rest_route=%2F"),
            "",
            f"{BLOG}/?lang=ko&rest_route=/wp/v2/posts&per_page=1&_fields=id%2Clink%2Cdate_gmt",
        ),
        (HEAD.format(""), "", None),
        ("<html>https://api.w.org/</html>", "", None),
        ("https://api.w.org/", "", None),
        ("<html></html>", '<https://x.example/>; rel="next"', None),
    ],
)
def test_a_page_names_its_api_by_header_or_link(body: str, link: str, asked: str | None) -> None:
    assert [request.url for request in ADAPTER.named(page(body, link))] == ([asked] if asked else [])


def test_the_page_alone_is_not_recognized_so_that_a_closed_api_leaves_the_site_to_its_feed() -> None:
    assert ADAPTER.recognize(page(HEAD.format(API))) is None
    assert ADAPTER.rank < FEED.rank


class Blog(Site):
    """A blog whose API answers with a status, whatever is asked of it."""

    async def _answer(self, writer: Any) -> bool:
        self._queues.setdefault(self.asked[-1].path, deque([self.closed]))
        return await super()._answer(writer)

    closed = answer(404)


RSS = answer(200, b"<rss version='2.0'><channel><title>Kim writes</title></channel></rss>", Content_Type="text/xml")
NAMES_BOTH = (
    b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed/">'
    b'<link rel="https://api.w.org/" href="/wp-json/"></head></html>'
)
OPEN = answer(200, b"[]", Content_Type="application/json", X_Robots_Tag="noindex")


@pytest.mark.parametrize(
    ("api", "source"),
    [
        (OPEN, "wordpress"),
        (answer(401), "feed"),
        (answer(403), "feed"),
        (answer(404), "feed"),
        (answer(200, b'{"code": "rest_disabled"}', Content_Type="application/json"), "feed"),
        (answer(200, b"<html>Log in</html>", Content_Type="text/html"), "feed"),
    ],
    ids=["open", "401", "403", "404", "error", "page"],
)
def test_a_blog_whose_api_is_closed_is_left_to_its_feed(api: bytes, source: str) -> None:
    site = Blog({"/": page_of(NAMES_BOTH), "/feed/": RSS})
    site.closed = api

    async def run() -> Found:
        async with site.serving():
            return await recognize(f"http://{site.host}/", LOCAL)

    assert asyncio.run(run()).source == source


ROOT = '<link rel="https://api.w.org/" href="{}">'
OF_NEWS = ROOT + '<link rel="alternate" title="JSON" type="application/json" href="/wp-json/wp/v2/{}">'
ARCHIVE = ROOT + '<body class="archive post-type-archive post-type-archive-news">'


@pytest.mark.parametrize(
    ("path", "body", "types"),
    [
        ("/news/recall/", OF_NEWS.format(API, "news/77"), ["news", "posts"]),
        ("/news/", ARCHIVE.format(API), ["news", "posts"]),
        ("/2026/11/recall/", OF_NEWS.format(API, "posts/77"), ["posts"]),
        ("/about/", OF_NEWS.format(API, "pages/2"), ["posts"]),
        ("/category/products/", OF_NEWS.format(API, "categories/3"), ["posts"]),
        ("/", OF_NEWS.format(API, "landing/1"), ["posts"]),
        ("/", ARCHIVE.format(API), ["posts"]),
    ],
)
def test_a_page_is_asked_about_as_one_of_its_own_type_first(path: str, body: str, types: list[str]) -> None:
    pasted = msgspec.structs.replace(page(body), url=f"{BLOG}{path}")
    assert [urlsplit(request.url).path for request in ADAPTER.named(pasted)] == [f"/wp-json/wp/v2/{t}" for t in types]


ONE = b'[{"id": 7, "link": "https://corp.example/news/recall/", "date_gmt": "2026-11-20T01:00:00"}]'
TERM = b'[{"id": 7, "link": "https://corp.example/topics/batteries/"}]'


@pytest.mark.parametrize(
    ("news", "is_theirs"),
    [(ONE, True), (TERM, False), (b"[]", False), (b'{"code": "rest_forbidden"}', False)],
    ids=["posts", "categories", "none", "closed"],
)
def test_what_is_beside_a_sites_blog_is_a_channel_of_its_own(news: bytes, is_theirs: bool) -> None:
    """The page of a company's news was taken for one of its blog, and the blog was read."""
    ones = "/wp-json/wp/v2/{}?per_page=1&_fields=id%2Clink%2Cdate_gmt"
    json = {"Content_Type": "application/json", "X_Robots_Tag": "noindex"}
    site = Blog(
        {
            "/news/": page_of(ARCHIVE.format("/wp-json/").encode()),
            ones.format("news"): answer(200, news, **json),
            ones.format("posts"): answer(200, ONE, **json),
        }
    )

    async def run() -> Found:
        async with site.serving():
            return await recognize(f"http://{site.host}/news/", LOCAL)

    found = asyncio.run(run()).recognized
    assert urlsplit(found.url).path == ("/wp-json/wp/v2/news" if is_theirs else "/wp-json/")


@pytest.mark.parametrize(
    ("root", "lists"),
    [
        (f"{API}wp/v2/news", f"{API}wp/v2/news?"),
        (f"{API}wp/v2/news?lang=ko", f"{API}wp/v2/news?lang=ko&"),
        (f"{BLOG}/?rest_route=/wp/v2/news", f"{BLOG}/?rest_route=/wp/v2/news&"),
        (f"{BLOG}/?lang=ko&rest_route=%2Fwp%2Fv2%2Fnews", f"{BLOG}/?lang=ko&rest_route=/wp/v2/news&"),
    ],
)
def test_posts_of_a_further_type_are_read_from_their_list_and_comments_from_their_pages(root: str, lists: str) -> None:
    theirs = channel(root, {"mode": "pages", "modified": "2026-11-20T04:30:12"})
    poll = ADAPTER.start(theirs)
    headers = {"content-type": "application/json", "x-robots-tag": "noindex"}
    answered = Response(request=poll, url=poll.url, status=200, headers=headers, body=ONE, received_at=NOW)
    requests = [poll, ADAPTER.backfill(theirs), *ADAPTER.follow(theirs, answered).requests]
    assert all(request and request.url.startswith(lists) for request in requests)


def test_the_title_of_the_site_is_kept_from_the_page_that_named_the_api() -> None:
    (request,) = ADAPTER.named(page(HEAD.format(API)))
    headers = {"content-type": "application/json"}
    answered = Response(request=request, url=request.url, status=200, headers=headers, body=b"[]", received_at=NOW)
    found = ADAPTER.recognize(answered)
    assert found is not None
    assert (found.url, found.title) == (API, "한빛전자 뉴스룸")


def asked(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


@pytest.mark.parametrize("root", [API, f"{BLOG}/?rest_route=/", f"{BLOG}/index.php?rest_route=/"])
def test_a_poll_asks_for_what_changed_since_the_last_with_a_day_and_two_hours_of_slack(root: str) -> None:
    request = ADAPTER.start(channel(root, {"mode": "pages", "modified": "2026-11-20T04:30:12"}))
    assert asked(request)["modified_after"] == "2026-11-19T02:30:12Z"
    assert asked(request)["orderby"] == "modified"
    assert "content.rendered" not in asked(request)["_fields"]
    assert request.leads


@pytest.mark.parametrize("root", [f"{API}?lang=ko", f"{BLOG}/?rest_route=/&lang=ko"])
def test_a_site_is_read_in_the_language_whose_api_its_page_names(root: str) -> None:
    at = channel(root, rest="full")
    post, comment = Known(uri=f"{BLOG}/2026/11/battery/"), Known(uri=f"{BLOG}/2026/11/battery/#comment-7")
    requests = [ADAPTER.start(at), ADAPTER.backfill(at), *ADAPTER.reread(at, [post, comment])]
    assert [asked(request)["lang"] for request in requests if request] == ["ko"] * 4


def test_texts_are_asked_for_only_where_they_may_be_kept() -> None:
    assert "_embed" in asked(ADAPTER.start(channel(rest="full")))
    assert "_embed" in asked(ADAPTER.start(channel(cursor={"mode": "posts"})))
    assert "_embed" not in asked(ADAPTER.start(channel()))


HOUR = timedelta(hours=1)


class Clock:
    """A blog whose posts appear at their times, some of them later: its own clock waits for somebody to come by."""

    def __init__(self, **headers: str) -> None:
        self.headers = {"content-type": "application/json", **headers}
        self.posts: list[tuple[datetime, datetime, datetime]] = []

    def post(self, dated: datetime, *, edited: datetime | None = None, appears: datetime | None = None) -> str:
        self.posts.append((dated, edited or dated, appears or dated))
        return f"{BLOG}/{len(self.posts)}/"

    def edit(self, number: int, at: datetime) -> None:
        dated, _, appears = self.posts[number - 1]
        self.posts[number - 1] = (dated, at, appears)

    def answer(self, request: Request, now: datetime) -> Response:
        query, rows = asked(request), list(enumerate(self.posts, 1)) if "/posts" in request.url else []
        by, bound = (1, "modified_after") if query["orderby"] == "modified" else (0, "after")
        rows = [row for row in rows if row[1][2] <= now and f"{row[1][by]:{API_TIME}}Z" > query.get(bound, "")]
        rows.sort(key=lambda row: row[1][by], reverse=True)
        start = (int(query["page"]) - 1) * int(query["per_page"])
        body = msgspec.json.encode([_shown(*row) for row in rows[start : start + int(query["per_page"])]])
        return Response(request=request, url=request.url, status=200, headers=self.headers, body=body, received_at=now)


API_TIME = "%Y-%m-%dT%H:%M:%S"


def _shown(number: int, times: tuple[datetime, datetime, datetime]) -> dict[str, Any]:
    date, modified = (f"{time:{API_TIME}}" for time in times[:2])
    return {
        "id": number,
        "link": f"{BLOG}/{number}/",
        "date_gmt": date,
        "modified_gmt": modified,
        "title": {"rendered": "리콜 안내"},
        "content": {"rendered": "<p>한빛 이어버드를 회수합니다.</p>", "protected": False},
    }


def polled(blog: Clock, at: Channel, now: datetime) -> tuple[list[str], int, Channel]:
    """The posts that a poll reads, from the API or as pages; how many lists it asks for; the channel after it."""
    waiting, read, lists = [ADAPTER.start(at)], [], 0
    while waiting:
        told, lists = blog.answer(waiting.pop(0), now), lists + 1
        read += [post.uri for post in ADAPTER.posts(at, told) if isinstance(post, Draft)]
        follow = ADAPTER.follow(at, told)
        at = msgspec.structs.replace(at, cursor=follow.cursor if follow.cursor is not None else at.cursor)
        read += [request.url for request in follow.requests if request.kind == POST_KIND]
        waiting += [request for request in follow.requests if request.kind != POST_KIND]
    return read, lists, at


MODES = pytest.mark.parametrize(
    ("options", "headers"), [({}, {"x-robots-tag": "noindex"}), ({"rest": "full"}, {})], ids=["pages", "api"]
)


@MODES
def test_a_scheduled_post_is_read_when_it_appears_though_its_last_edit_is_older(
    options: dict[str, str], headers: dict[str, str]
) -> None:
    blog, at = Clock(**headers), channel(cursor=None, **options)
    blog.post(NOW - 90 * HOUR)
    first, lists, at = polled(blog, at, NOW)
    assert (first, lists) == ([f"{BLOG}/1/"], 2)
    scheduled = blog.post(NOW + 2 * HOUR, edited=NOW - 40 * HOUR)
    told_late = blog.post(NOW + 2 * HOUR, edited=NOW - 30 * HOUR, appears=NOW + 3.5 * HOUR)
    written = blog.post(NOW + 3 * HOUR)
    seen, fresh = set(first), []
    for hours in range(1, 7):
        read, lists, at = polled(blog, at, NOW + hours * HOUR)
        assert lists == 3, "one more than the lists of edits and of comments"
        assert len(read) == len(set(read)), "the two lists tell of a post once"
        fresh.append([url for url in read if url not in seen])
        seen.update(read)
    assert fresh == [[], [scheduled], [written], [told_late], [], []]


def test_a_scheduled_post_is_asked_for_once_and_again_when_it_is_edited() -> None:
    blog, at = Clock(**{"x-robots-tag": "noindex"}), channel()
    blog.post(NOW - 90 * HOUR)
    _, _, at = polled(blog, at, NOW)
    scheduled = blog.post(NOW + HOUR, edited=NOW - 3 * HOUR)
    found = []
    for hours in range(1, 6):
        if hours == 4:
            blog.edit(2, NOW + 3.5 * HOUR)
        read, _, at = polled(blog, at, NOW + hours * HOUR)
        found.append(read)
    assert found == [[scheduled], [], [], [scheduled], []]


def test_a_post_that_is_dated_ahead_hides_none_that_is_published_before_it() -> None:
    blog, at = Clock(**{"x-robots-tag": "noindex"}), channel()
    blog.post(NOW + 9_000 * HOUR, edited=NOW - 90 * HOUR, appears=NOW - 90 * HOUR)
    _, _, at = polled(blog, at, NOW)
    scheduled = blog.post(NOW + HOUR, edited=NOW - 3 * HOUR)
    assert polled(blog, at, NOW + HOUR)[0] == [scheduled]


def commented(at: Channel, numbers: list[int], *, imported: bool = False) -> tuple[list[str], Channel]:
    """The pages that a poll of a site whose API only leads asks for, which shows comments of these numbers.

    Those that were imported have the higher ids the older they are.
    """
    first, step = (20_000_000, -1) if imported else (0, 1)
    headers = {"content-type": "application/json", "x-robots-tag": "noindex"}
    shown = [
        {"id": first + step * n, "link": f"{BLOG}/{n}/#comment-{n}", "date_gmt": f"{NOW + n * HOUR:{API_TIME}}"}
        for n in sorted(numbers, reverse=True)
    ]
    waiting, read = [ADAPTER.start(at)], []
    while waiting:
        request = waiting.pop(0)
        body = msgspec.json.encode(shown[:100] if "/comments" in request.url else [])
        told = Response(request=request, url=request.url, status=200, headers=headers, body=body, received_at=NOW)
        follow = ADAPTER.follow(at, told)
        at = msgspec.structs.replace(at, cursor=follow.cursor if follow.cursor is not None else at.cursor)
        read += [request.url for request in follow.requests if request.kind == POST_KIND]
        waiting += [request for request in follow.requests if request.kind != POST_KIND]
    return read, at


def test_a_site_without_a_list_of_comments_is_asked_for_it_once_a_day() -> None:
    at, asked_at = channel(), []
    for hours in range(0, 60, 6):
        now = NOW + hours * HOUR
        listed = _told(ADAPTER.start(at), 200, now)
        follow = ADAPTER.follow(at, listed)
        for request in (request for request in follow.requests if request.kind == "comments"):
            asked_at.append(hours)
            at = msgspec.structs.replace(at, cursor=ADAPTER.follow(at, _told(request, 404, now)).cursor)
    assert asked_at == [0, 24, 48]


def _told(request: Request, status: int, now: datetime) -> Response:
    headers = {"content-type": "application/json", "x-robots-tag": "noindex"}
    return Response(request=request, url=request.url, status=status, headers=headers, body=b"[]", received_at=now)


def test_the_page_of_a_comment_that_was_approved_late_is_read() -> None:
    """It was written before others that were read; what moves up as others are deleted is none."""
    _, at = commented(channel(), [*range(1, 120), 121, 123])
    read, at = commented(at, [*range(1, 124)])
    assert read == [f"{BLOG}/122/", f"{BLOG}/120/"]
    read, at = commented(at, [*range(1, 100), *range(110, 124)])
    assert read == []
    assert commented(at, [*range(1, 100), *range(110, 125)])[0] == [f"{BLOG}/124/"]


def test_comments_of_an_import_are_not_read_as_approved_late_at_each_poll() -> None:
    """Their ids say nothing of their dates, and not all that a page shows are remembered."""
    _, at = commented(channel(), [*range(1, 120)], imported=True)
    assert commented(at, [*range(1, 120)], imported=True)[0] == []
    assert commented(at, [*range(1, 110), *range(111, 120)], imported=True)[0] == []


POST, KOREAN = f"{BLOG}/2026/11/recall/", f"{BLOG}/2026/11/%EB%A6%AC%EC%BD%9C/"
KNOWN = [
    Known(uri=POST, kind="article"),
    Known(uri=KOREAN, kind="article"),
    Known(uri=f"{POST}#comment-5", kind="comment", thread=POST),
    Known(uri=f"{POST}#comment-7", kind="comment", thread=POST),
]


def test_posts_are_read_again_by_page_with_their_comments() -> None:
    requests = list(ADAPTER.reread(channel(cursor={"mode": "pages"}), KNOWN))
    assert [(request.url, request.kind) for request in requests] == [(POST, POST_KIND), (KOREAN, POST_KIND)]
    assert requests[0].context["asked"] == f"{POST}#comment-5 {POST}#comment-7"


def test_posts_are_read_again_by_the_dozen_where_the_api_holds_them() -> None:
    posts, comments = ADAPTER.reread(channel(rest="full"), KNOWN)
    assert asked(posts)["slug"] == "recall,리콜"
    assert asked(comments)["include"] == "5,7"


def test_what_is_asked_for_again_fits_a_context() -> None:
    posts = [Known(uri=f"{BLOG}/{'x' * 80}-{number}/", kind="article") for number in range(50)]
    posts += [Known(uri=f"{POST}#comment-{number}", kind="comment", thread=POST) for number in range(90)]
    for at in (channel(rest="full"), channel()):
        requests = list(ADAPTER.reread(at, posts))
        assert all(sum(map(len, request.context.values())) <= 1_000 for request in requests)
    slugs = [
        slug
        for request in ADAPTER.reread(channel(rest="full"), posts)
        for slug in asked(request).get("slug", "").split(",")
    ]
    assert len([slug for slug in slugs if slug]) == 50


def test_history_is_walked_by_pages_of_all_posts() -> None:
    request = ADAPTER.backfill(channel())
    assert request is not None
    assert request.context == {"walk": "history", "page": "1"}
    assert asked(request)["orderby"] == "date"
