"""What the fixtures of one answer cannot show: walks over many answers, re-reads, pasted addresses, costly Markdown."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.crawl.fetch import Expect
from socialindex.errors import InvalidInput
from socialindex.model import Draft
from socialindex.sources._lemmy.languages import code_of
from socialindex.sources._lemmy.markdown import read_markdown
from socialindex.sources._lemmy.places import place_of
from socialindex.sources.base import POST_KIND, Channel, Known, Request, Response
from socialindex.sources.lemmy import ADAPTER
from tests.sources.harness import observe
from tests.unit.crawl.site import answer, fetch

HOST = "https://lemmy.example"
BEGIN = datetime(2026, 11, 20, tzinfo=UTC)


def channel(url: str = f"{HOST}/c/battery", **fields: dict[str, str]) -> Channel:
    return msgspec.convert({"id": "ch_test", "source": "lemmy", "url": url, "created_at": BEGIN, **fields}, Channel)


def view(number: int, at: datetime, *, is_comment: bool, pinned: bool = False) -> dict[str, Any]:
    written = at.isoformat()
    post = {"id": 1, "name": "x", "ap_id": f"{HOST}/post/1", "published": written}
    actors = {
        "creator": {"name": "mina", "actor_id": f"{HOST}/u/mina"},
        "community": {"name": "battery", "actor_id": f"{HOST}/c/battery"},
    }
    if is_comment:
        comment = {"id": number, "content": "x", "path": f"0.{number}", "ap_id": f"{HOST}/comment/{number}"}
        return {"post": post, "comment": comment | {"published": written}, **actors}
    own = {"id": number, "ap_id": f"{HOST}/post/{number}", "featured_community": pinned}
    return {"post": post | own, **actors}


@dataclass
class Server:
    """A community's posts and comments, paged as a version of Lemmy pages them."""

    version: str
    """``0.18`` by number, ``0.19`` posts by cursor, ``1.0`` all by cursor, ``compat`` not at all (v3 of 1.0)."""
    times: dict[str, list[datetime]] = field(default_factory=lambda: {"posts": [], "comments": []})
    pinned: int = 0
    late: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    """Of a list one that arrived at last, with its number and the time at which it was written."""

    def answer(self, request: Request, now: datetime) -> Response:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        of = "comments" if "/comment/list" in request.url else "posts"
        placed = [*enumerate(self.times[of]), *([self.late[of]] if of in self.late else [])]
        ordered = sorted(placed, key=lambda each: (each[1], each[0]), reverse=True)
        views = [view(n, at, is_comment=of == "comments") for n, at in ordered]
        start = self._start(asked, len(views))
        page = views[start : start + int(asked["limit"])]
        oldest = [
            view(9_000 + n, BEGIN - timedelta(days=900), is_comment=False, pinned=True) for n in range(self.pinned)
        ]
        shown = page if of == "comments" or start else [*oldest, *page]
        body: dict[str, Any] = {"items" if self.version == "1.0" else of: shown}
        if page and (self.version == "1.0" or (self.version == "0.19" and of == "posts")):
            body["next_page"] = f"P{len(views) - start - len(page)}"
        return Response(request=request, url=request.url, status=200, body=msgspec.json.encode(body), received_at=now)

    def _start(self, asked: dict[str, str], count: int) -> int:
        if self.version == "compat":
            return 0
        left = asked.get("page_cursor")
        return count - int(left[1:]) if left else (int(asked.get("page", "1")) - 1) * int(asked["limit"])

    @property
    def options(self) -> dict[str, str]:
        return {"comments": "1000", "pages": "1000"} | ({"api": "4"} if self.version == "1.0" else {})


@dataclass
class Crawler:
    server: Server
    channel: Channel
    seen: set[str] = field(default_factory=set)
    fetched: int = 0

    def drain(self, first: Request | None, now: datetime) -> None:
        waiting = [first] if first else []
        while waiting:
            request = waiting.pop()
            self.fetched += 1
            assert self.fetched < 500, "the walk does not end"
            response = self.server.answer(request, now)
            self.seen.update(post.uri for post in ADAPTER.posts(self.channel, response) if isinstance(post, Draft))
            follow = ADAPTER.follow(self.channel, response)
            if "walk" in request.context:
                assert follow.cursor is None
                assert len(follow.requests) <= 1
                assert all(each.priority == 2 and each.context["walk"] == "history" for each in follow.requests)
            if follow.cursor is not None:
                self.channel = msgspec.structs.replace(self.channel, cursor=follow.cursor)
            waiting += follow.requests


def uris(server: Server) -> set[str]:
    posts, comments = (range(len(server.times[of])) for of in ("posts", "comments"))
    return {f"{HOST}/post/{n}" for n in posts} | {f"{HOST}/comment/{n}" for n in comments}


GROWTH = st.lists(st.tuples(st.integers(0, 130), st.integers(0, 130)), min_size=1, max_size=4)


@settings(deadline=None, max_examples=40)
@given(version=st.sampled_from(["0.18", "0.19", "1.0"]), growth=GROWTH, pinned=st.integers(0, 3))
def test_polls_find_everything_and_read_little_twice(version: str, growth: list[tuple[int, int]], pinned: int) -> None:
    server = Server(version, pinned=pinned)
    crawler = Crawler(server, channel(options=server.options))
    now = BEGIN
    for posts, comments in growth:
        for of, count in (("posts", posts), ("comments", comments)):
            server.times[of] += [now + timedelta(seconds=20 * n) for n in range(count)]
        now += timedelta(hours=1)
        crawler.fetched = 0
        crawler.drain(ADAPTER.start(crawler.channel), now)
        assert uris(server) <= crawler.seen
        assert crawler.fetched <= 8 + (posts + comments) // 50


@pytest.mark.parametrize("version", ["0.18", "0.19", "1.0"])
@pytest.mark.parametrize(("of", "kind"), [("posts", "post"), ("comments", "comment")])
def test_what_federates_hours_late_into_a_busy_community_is_found_by_a_look(version: str, of: str, kind: str) -> None:
    """It stands where it was written, a hundred places below what the last poll knew."""
    server, hours = Server(version), 30
    crawler = Crawler(server, channel(options=server.options))
    for hour in range(hours):
        now = BEGIN + timedelta(hours=hour)
        for each in ("posts", "comments"):
            server.times[each] += [now - timedelta(minutes=59 - n) for n in range(10)]
        crawler.drain(ADAPTER.start(crawler.channel), now)
    server.late = {of: (10 * hours, now - timedelta(hours=12))}
    crawler.fetched = 0
    for hour in range(1, 7):
        crawler.drain(ADAPTER.start(crawler.channel), now + timedelta(hours=hour))
    assert f"{HOST}/{kind}/{10 * hours}" in crawler.seen
    assert crawler.fetched <= 6 * 2 + 2 * 5, "one look at each list, at what a day brings"


@pytest.mark.parametrize("version", ["0.18", "0.19", "1.0"])
def test_a_history_goes_down_all_posts_then_all_comments(version: str) -> None:
    server = Server(version, pinned=2)
    for of, count in (("posts", 175), ("comments", 150)):
        server.times[of] = [BEGIN + timedelta(minutes=n) for n in range(count)]
    crawler = Crawler(server, channel(options=server.options))
    crawler.drain(ADAPTER.backfill(crawler.channel), BEGIN + timedelta(days=2))
    assert uris(server) <= crawler.seen
    assert crawler.channel.cursor == {}


def test_a_server_that_ignores_pages_is_not_asked_forever() -> None:
    server = Server("compat")
    server.times["comments"] = [BEGIN + timedelta(minutes=n) for n in range(120)]
    crawler = Crawler(server, channel(options=server.options))
    crawler.drain(ADAPTER.backfill(crawler.channel), BEGIN + timedelta(days=2))
    assert crawler.fetched == 3


def superseded(request: Request) -> Response:
    """What 1.0 answers to a list of v3: every server's number is 0, and every community public."""
    shown = view(1, BEGIN, is_comment=False)
    shown["creator"] |= {"instance_id": 0}
    shown["community"] |= {"visibility": "Public", "hidden": False}
    body = msgspec.json.encode({"posts": [shown], "next_page": None})
    return Response(request=request, url=request.url, status=200, body=body, received_at=BEGIN)


@pytest.mark.parametrize("options", [{}, {"api": "3"}])
def test_a_channel_goes_on_by_the_newer_api_once_its_server_has_it(options: dict[str, str]) -> None:
    """Nothing is kept of what the old one says then, which tells no wish of a community."""
    before = channel(cursor={"posts": BEGIN.isoformat()}, options=options)
    poll = ADAPTER.start(before)
    assert "/api/v3/post/list" in poll.url
    answered = superseded(poll)
    assert not list(ADAPTER.posts(before, answered))
    told = ADAPTER.follow(before, answered)
    assert told.cursor == {**before.cursor, "api": "4"}
    after = msgspec.structs.replace(before, cursor=told.cursor or {})
    assert told.requests == [ADAPTER.start(after)]
    assert "/api/v4/post/list" in told.requests[0].url
    assert all("/api/v4/" in request.url for request in ADAPTER.reread(after, [Known(uri=f"{HOST}/post/101")]))


def test_a_history_begins_again_by_the_newer_api_and_goes_on_by_it() -> None:
    before = channel()
    history = ADAPTER.backfill(before)
    assert history
    told = ADAPTER.follow(before, superseded(history))
    (again,) = told.requests
    assert again == ADAPTER.backfill(channel(options={"api": "4"}))
    after = msgspec.structs.replace(before, cursor=told.cursor or {})
    shown = [{**view(1, BEGIN, is_comment=False), "creator": {"instance_id": 1}}]
    body = msgspec.json.encode({"items": shown, "next_page": "further"})
    page = Response(request=again, url=again.url, status=200, body=body, received_at=BEGIN)
    (further,) = ADAPTER.follow(after, page).requests
    assert "/api/v4/post/list" in further.url


def test_a_person_is_asked_for_by_the_other_api_where_a_server_has_no_such_document() -> None:
    """v3 of 1.0 has no people, and 0.19 no v4: the poll after such a 404 is of the other version."""
    mina, seen = channel(f"{HOST}/u/mina"), list[str]()
    for _ in range(3):
        poll = ADAPTER.start(mina)
        seen.append(urlsplit(poll.url).path)
        absent = Response(request=poll, url=poll.url, status=404, received_at=BEGIN)
        mina = msgspec.structs.replace(mina, cursor=ADAPTER.follow(mina, absent).cursor or {})
    assert seen == ["/api/v3/user", "/api/v4/person/content", "/api/v3/user"]


@pytest.mark.parametrize("option", ["pages", "comments"])
def test_an_option_that_is_no_number_is_told_so(option: str) -> None:
    with pytest.raises(InvalidInput, match="not a number"):
        Crawler(Server("0.19"), channel(options={option: "many"})).drain(ADAPTER.start(channel()), BEGIN)


def test_comments_can_be_left_out() -> None:
    server = Server("0.19", {"posts": [BEGIN], "comments": [BEGIN]})
    crawler = Crawler(server, channel(options={"comments": "0"}))
    crawler.drain(ADAPTER.start(crawler.channel), BEGIN)
    crawler.drain(ADAPTER.backfill(crawler.channel), BEGIN)
    assert crawler.seen == {f"{HOST}/post/0"}


def test_posts_are_read_again_by_number_and_comments_by_their_tree() -> None:
    posts = [
        Known(uri=f"{HOST}/post/1"),
        *(Known(uri=f"{HOST}/comment/{n}", kind="comment", thread=f"{HOST}/post/1") for n in range(45)),
        Known(uri=f"{HOST}/comment/99", kind="comment", thread=f"{HOST}/post/2"),
        Known(uri=f"{HOST}/comment/98", kind="comment", thread="https://other.example/post/3"),
        Known(uri="https://other.example/post/3"),
    ]
    requests = list(ADAPTER.reread(channel(), posts))
    assert [(r.url.removeprefix(f"{HOST}/api/v3/"), r.kind) for r in requests] == [
        ("post?id=1", POST_KIND),
        ("comment?id=98", POST_KIND),
        ("comment/list?type_=All&sort=New&post_id=1&max_depth=50", "tree"),
        ("comment/list?type_=All&sort=New&post_id=1&max_depth=50", "tree"),
        ("comment?id=99", POST_KIND),
    ]
    assert [len(r.context["asked"].split()) for r in requests if r.kind == "tree"] == [40, 5]


def test_a_post_that_is_a_channel_is_known_by_its_identity_from_its_second_poll_on() -> None:
    first = ADAPTER.start(channel(f"{HOST}/post/5"))
    later = ADAPTER.start(channel(f"{HOST}/post/5", cursor={"uri": "https://other.example/post/77"}))
    assert (first.kind, first.context) == ("root", {})
    assert (later.kind, later.context) == (POST_KIND, {"uri": "https://other.example/post/77"})
    assert first.url == later.url


@pytest.mark.parametrize(
    ("pasted", "canonical"),
    [
        (f"{HOST}", f"{HOST}/?listingType=Local"),
        (f"{HOST}/?dataType=Post&sort=New", f"{HOST}/?listingType=Local"),
        (f"{HOST}/c/battery/", f"{HOST}/c/battery"),
        (f"{HOST}/c/battery@lemmy.example", f"{HOST}/c/battery"),
        (f"{HOST}/c/battery@Other.example", f"{HOST}/c/battery@other.example"),
        (f"{HOST}/u/mina@other.example", f"{HOST}/u/mina@other.example"),
        (f"{HOST}/@mina", f"{HOST}/u/mina"),
        (f"{HOST}/post/12/34", f"{HOST}/comment/34"),
        (f"{HOST}/comment/34#top", f"{HOST}/comment/34"),
        (f"{HOST}/post/12", f"{HOST}/post/12"),
        (f"{HOST}/communities", None),
        (f"{HOST}/c/", None),
        (f"{HOST}/c/a/b", None),
        ("mailto:mina@lemmy.example", None),
    ],
)
def test_pasted_addresses_have_one_spelling(pasted: str, canonical: str | None) -> None:
    place = place_of(pasted)
    assert (place and place.url) == canonical
    if place:
        assert place_of(place.url) == place


@pytest.mark.parametrize("pasted", ADAPTER.paste)
def test_a_place_is_asked_for_in_both_versions_and_a_front_page_once(pasted: str) -> None:
    probes = list(ADAPTER.probes(pasted))
    versions = [urlsplit(request.url).path.split("/")[2] for request in probes]
    assert versions == (["v3"] if urlsplit(pasted).path == "/" else ["v4", "v3"])
    assert all(request.leads for request in probes)


def test_a_page_of_lemmy_ui_names_its_api_and_others_do_not() -> None:
    def page(body: bytes, content_type: str) -> Response:
        url = f"{HOST}/c/battery"
        headers = {"content-type": content_type}
        return Response(request=Request(url=url), url=url, status=200, headers=headers, body=body, received_at=BEGIN)

    mark = b"<script>window.isoData = {}</script>"
    assert len(list(ADAPTER.named(page(mark, "text/html; charset=utf-8")))) == 2
    assert list(ADAPTER.named(page(b"<p>hello</p>", "text/html"))) == []
    assert list(ADAPTER.named(page(mark, "application/json"))) == []


@pytest.mark.parametrize(("url", "options"), [(f"{HOST}/communities", {}), (f"{HOST}/c/battery", {"api": "5"})])
def test_a_channel_that_cannot_be_is_told_so(url: str, options: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        ADAPTER.start(channel(url, options=options))


@pytest.mark.parametrize(("number", "code"), [(0, None), (37, "en"), (74, "ja"), (84, "ko"), (184, None), (-1, None)])
def test_languages_are_numbered_alike_everywhere(number: int, code: str | None) -> None:
    assert code_of(number) == code


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("[" * 50_000, id="brackets"),
        pytest.param("![" * 25_000, id="pictures"),
        pytest.param("*a " * 17_000, id="emphasis"),
        pytest.param("> " * 25_000, id="quotes"),
        pytest.param("* " * 25_000, id="lists"),
        pytest.param("<a " * 16_000, id="tags"),
        pytest.param("@a@" * 16_000, id="people"),
        pytest.param("cross-posted from: https://a.example/1\n" + "> \n" * 15_000, id="crosspost"),
        pytest.param("https://" * 6_000, id="addresses"),
        pytest.param("https://a(" * 5_000, id="parentheses"),
        pytest.param("|a|b|\n|-|-|\n" + "|c|d|\n" * 8_000, id="table"),
    ],
)
def test_hostile_markdown_costs_little(source: str) -> None:
    gc.disable()  # it would walk over all that the other tests of this process hold, which takes seconds
    try:
        started = time.process_time()
        read_markdown(source, HOST)
        assert time.process_time() - started < 0.5
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("[@mina@lemmy.example](https://lemmy.example/u/mina)", []),
        ("[@mina@lemmy.example](/u/mina)", []),
        ("[@Mina@other.example](https://lemmy.example/u/mina@other.example)", []),
        ("[@mina@social.example](https://social.example/@mina)", []),
        ("@mina@lemmy.example [films](https://video.example/@mina)", ["https://video.example/@mina"]),
        ("@mina@lemmy.example, not [Jun](https://lemmy.example/u/jun)", ["https://lemmy.example/u/jun"]),
        ("[This](https://blog.example/@nuri) is their blog", ["https://blog.example/@nuri"]),
        ("See https://wiki.example/Swelling_(battery).", ["https://wiki.example/Swelling_(battery)"]),
        ("(See https://wiki.example/Swelling_(battery))", ["https://wiki.example/Swelling_(battery)"]),
        (
            "(https://news.example/a)입니다 https://news.example/b(c",
            ["https://news.example/a", "https://news.example/b"],
        ),
    ],
)
def test_only_links_to_those_who_are_mentioned_are_none(source: str, links: list[str]) -> None:
    assert read_markdown(source, HOST).links == links


def test_a_long_text_is_read_to_its_end() -> None:
    text = read_markdown("**word** " * 2_000 + "the end", HOST).text
    assert text.startswith("word word")
    assert text.endswith("the end")


@pytest.mark.parametrize(
    ("status", "body", "content_type", "is_gone"),
    [
        (400, b'{"error":"couldnt_find_post"}', "application/json", True),
        (404, b'{"error":"not_found"}', "application/json", True),
        (400, b'{"error":"instance_is_private"}', "application/json", False),
        (403, b"<h1>Access denied</h1>", "text/html", False),
        pytest.param(404, b"", "", False, id="an address that its release does not know"),
    ],
)
def test_a_post_is_deleted_by_its_servers_own_word_with_whichever_status(
    status: int, body: bytes, content_type: str, is_gone: bool
) -> None:
    said = answer(status, body, **({"Content_Type": content_type} if content_type else {}))
    told = fetch({"/": said}, expect=Expect(explained=ADAPTER.explains_errors)).fetched.response
    (request,) = ADAPTER.reread(channel(), [Known(uri=f"{HOST}/post/101")])
    found = observe(ADAPTER, channel(), msgspec.structs.replace(told, request=request))["posts"]
    assert (found == [{"uri": f"{HOST}/post/101", "deleted": True}]) is is_gone


@pytest.mark.parametrize(
    ("actor", "handle"),
    [
        (f"{HOST}/u/mina", "mina@lemmy.example"),
        ("http://lemmy.example:8080/u/mina", "mina@lemmy.example:8080"),
        ("https://[lemmy/u/mina", "mina"),
    ],
)
def test_a_person_is_at_the_host_of_their_address_where_that_is_one(actor: str, handle: str) -> None:
    shown = view(1, BEGIN, is_comment=False)
    shown["creator"]["actor_id"] = actor
    request = ADAPTER.start(channel())
    body = msgspec.json.encode({"posts": [shown]})
    response = Response(request=request, url=request.url, status=200, body=body, received_at=BEGIN)
    (post,) = ADAPTER.posts(channel(), response)
    assert isinstance(post, Draft)
    assert post.author is not None
    assert post.author.handle == handle
