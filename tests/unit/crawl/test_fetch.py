"""A fetch ends in an answer, a verdict or a request to come back later, and says what it took."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import brotli
import msgspec
import pytest

from socialindex.crawl.fetch import Expect, Fetcher, FetchSettings, Transient, Validators
from socialindex.errors import Discarded, InvalidSettings
from socialindex.sources.base import Request
from tests.unit.crawl.site import CONTACT, LOCAL, Site, answer, fetch, page

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)


def discarded(*arguments: Any, **options: Any) -> str:
    with pytest.raises(Discarded) as verdict:
        fetch(*arguments, **options)
    return verdict.value.reason


def transient(*arguments: Any, **options: Any) -> Transient:
    with pytest.raises(Transient) as failure:
        fetch(*arguments, **options)
    return failure.value


def test_a_page_comes_back_decoded_with_what_it_took() -> None:
    content = "안녕하세요 ".encode("euc-kr") * 100
    run = fetch({"/?a=%B0%A1": page(brotli.compress(content), content_encoding="br", etag='W/"1"')}, "/?a=%B0%A1")
    response = run.fetched.response
    assert (response.status, response.body) == (200, content)
    assert response.url == response.request.url == run.site.url("/?a=%B0%A1")
    assert response.headers["content-type"] == "text/html"
    assert response.received_at.tzinfo is UTC
    assert run.fetched.wire_bytes == len(brotli.compress(content))
    assert run.fetched.validators == Validators(etag='W/"1"')
    assert (run.fetched.requests, run.fetched.moved_to, run.fetched.not_modified) == (1, None, False)
    assert 0 < run.fetched.elapsed < 5


def test_we_say_who_we_are_and_ask_for_what_we_can_read() -> None:
    headers = {
        "Accept": "application/json",
        "User-Agent": "Mozilla/5.0",
        "Accept-Encoding": "zstd",
        "Host": "else.example",
    }
    run = fetch({"/": page()}, headers=headers)
    sent = run.site.asked[0].headers
    assert sent["host"] == run.site.host
    assert sent["user-agent"] == f"socialindexbot/1 (+{CONTACT})"
    assert sent["accept-encoding"] == "gzip, deflate, br"
    assert sent["accept"] == "application/json"
    assert "cookie" not in sent


def test_cookies_are_not_kept() -> None:
    run = fetch({"/": answer(302, location="/b", set_cookie="id=1"), "/b": page()})
    assert "cookie" not in run.site.asked[1].headers
    assert "set-cookie" not in run.fetched.response.headers


@pytest.mark.parametrize(
    ("field", "value"), [("token", "bot/1.0"), ("token", ""), ("contact", "me"), ("contact", "https://a\r\nb")]
)
def test_settings_that_would_hide_who_we_are_are_refused(field: str, value: str) -> None:
    with pytest.raises(InvalidSettings) as invalid:
        FetchSettings(**{"contact": CONTACT, field: value})  # type: ignore[arg-type]
    assert invalid.value.field == field
    assert invalid.value.remedy


# --- conditional requests


def test_what_did_not_change_is_not_sent_again() -> None:
    known = Validators(etag='"1"', last_modified="Sat, 01 Mar 2025 12:00:00 GMT")
    run = fetch({"/": answer(304, etag='"2"')}, validators=known)
    sent = run.site.asked[0].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"1"', "Sat, 01 Mar 2025 12:00:00 GMT")
    assert run.fetched.not_modified
    assert run.fetched.response.status == 304
    assert run.fetched.validators == Validators(etag='"2"', last_modified=known.last_modified)


def test_without_validators_nothing_is_conditional() -> None:
    sent = fetch({"/": page()}).site.asked[0].headers
    assert not {"if-none-match", "if-modified-since"} & set(sent)


def test_a_304_that_nobody_asked_for_is_no_answer() -> None:
    assert transient({"/": answer(304)}).status == 304


@pytest.mark.parametrize("etag", ['"' + "a" * 600 + '"', '"\xe4"', ""])
def test_validators_that_could_not_be_sent_back_are_not_kept(etag: str) -> None:
    assert fetch({"/": page(etag=etag)}).fetched.validators == Validators()


# --- status codes


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "unauthorized"),
        (403, "forbidden"),
        (451, "legal"),
        (400, "client_error"),
        (405, "client_error"),
        (499, "client_error"),
        (300, "bad_redirect"),
        (305, "bad_redirect"),
        (302, "bad_redirect"),  # without a Location
    ],
)
def test_a_status_that_will_not_change_is_a_verdict(status: int, reason: str) -> None:
    assert discarded({"/": answer(status)}) == reason


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_an_answer_without_a_body(status: int) -> None:
    response = fetch({"/": answer(status, b"not here", content_type="video/mp4")}).fetched.response
    assert (response.status, response.body) == (status, b"")


@pytest.mark.parametrize("status", [400, 403, 429])
@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"slow down", "gzip"), (b"slow down", "zstd"), (brotli.compress(bytes(9_000_000)), "br"), (b" " * 9_000_000, "")],
    ids=["not as it says", "as nobody asked", "a bomb", "too large"],
)
def test_a_refusal_stands_though_its_reasons_cannot_be_read(status: int, body: bytes, encoding: str) -> None:
    refusal = answer(status, body, content_encoding=encoding)
    response = fetch({"/": refusal}, expect=Expect(explained=True)).fetched.response
    assert (response.status, response.body) == (status, b"")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (202, "throttled"),
        (408, "throttled"),
        (425, "throttled"),
        (429, "throttled"),
        (500, "server_error"),
        (520, "server_error"),
    ],
)
def test_a_status_that_may_change_is_transient_and_not_tried_again_at_once(status: int, reason: str) -> None:
    site = Site({"/": answer(status)})
    failure = transient({}, site=site)
    assert (failure.status, failure.reason, failure.retry_after) == (status, reason, None)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after": "99999999"}, 86_400),
        ({"retry_after": "Sat, 01 Mar 2025 12:02:00 GMT"}, 120),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2025-03-01T12:05:00Z"}, 300),
        ({"x_ratelimit_remaining": "7", "x_ratelimit_reset": "2025-03-01T12:05:00Z"}, None),
        ({"retry_after": "in a while"}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_host_says_when_to_come_back(status: int, headers: dict[str, str], wait: float | None) -> None:
    site = Site({"/": answer(status, **headers)})

    async def run() -> None:
        settings = msgspec.structs.replace(LOCAL, retries=0)
        async with site.serving(), Fetcher(settings, now=lambda: NOW) as fetcher:
            await fetcher.fetch(Request(url=site.url()))

    with pytest.raises(Transient) as failure:
        asyncio.run(run())
    assert failure.value.retry_after == wait


def test_a_403_for_a_limit_that_is_used_up_is_transient() -> None:
    failure = transient({"/": answer(403, x_ratelimit_remaining="0", x_ratelimit_reset="60")})
    assert (failure.reason, failure.retry_after) == ("throttled", 60)


# --- retries


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_brief_failure_is_tried_again(status: int) -> None:
    run = fetch({"/": [answer(status), answer(status), page()]})
    assert run.fetched.response.status == 200
    assert run.fetched.requests == len(run.site.asked) == 3
    assert all(0 <= sleep <= LOCAL.retry_wait_seconds * 2 for sleep in run.sleeps)
    assert len(run.sleeps) == 2


def test_retries_come_to_an_end() -> None:
    site = Site({"/": answer(503)})
    failure = transient({}, site=site)
    assert (failure.reason, failure.status) == ("throttled", 503)
    assert len(site.asked) == 1 + LOCAL.retries


def test_a_503_that_says_when_to_come_back_is_not_tried_again_before() -> None:
    site = Site({"/": answer(503, retry_after="5")})
    transient({}, site=site)
    assert len(site.asked) == 1


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def test_a_broken_connection_is_tried_again_by_us_and_counted() -> None:
    run = fetch({"/": [hang_up, page()]})
    assert run.fetched.requests == len(run.site.asked) == 2


def test_no_request_goes_out_that_we_did_not_count() -> None:
    site = Site({"/": hang_up})
    asked_for: list[str] = []

    async def allowed(url: str) -> None:
        asked_for.append(url)

    assert transient({}, site=site, allowed=allowed).reason == "reset"
    assert len(site.asked) == len(asked_for) == 1 + LOCAL.retries


def test_retries_keep_the_pace_of_the_host() -> None:
    assert fetch({"/": [answer(502), page()]}, delay=7.0).sleeps == [7.0]


def test_a_pace_beyond_our_patience_leaves_the_retry_to_the_stage() -> None:
    site = Site({"/": answer(502)})
    transient({}, site=site, delay=60.0)
    assert len(site.asked) == 1


# --- redirects


def test_redirects_on_the_same_host_are_followed() -> None:
    scripts = {"/": answer(301, location="/b"), "/b": answer(308, location="{host}"), "/c": page()}
    scripts["/b"] = answer(308, location="http://{host}/c#top")
    run = fetch(scripts, delay=0.5)
    assert run.fetched.response.url == run.site.url("/c")
    assert run.fetched.response.request.url == run.site.url("/")
    assert run.fetched.redirects == [run.site.url("/b"), run.site.url("/c")]
    assert run.fetched.requests == 3
    assert run.sleeps == [0.5, 0.5]


def test_a_redirect_in_any_charset_is_followed_in_its_bytes() -> None:
    raw = b"HTTP/1.1 302 Found\r\nLocation: /\xb0\xd4\xbd\xc3\r\nContent-Length: 0\r\n\r\n"
    assert fetch({"/": raw, "/%B0%D4%BD%C3": page()}).site.paths == ["/", "/%B0%D4%BD%C3"]


def test_another_host_has_its_own_turn() -> None:
    run = fetch({"/": answer(301, location="https://www.board.example/new")})
    assert run.fetched.moved_to == "https://www.board.example/new"
    assert run.fetched.response.status == 301
    assert run.fetched.response.url == run.site.url("/")


def test_another_host_is_followed_where_that_is_wanted() -> None:
    other = Site({"/b": page(b"there")})
    site = Site({"/": answer(302, location="http://localhost:{other}/b")})

    async def run() -> bytes:
        async with other.serving():
            site.scripts = {"/": answer(302, location=f"http://localhost:{other.port}/b")}
            async with site.serving(), Fetcher(LOCAL) as fetcher:
                fetched = await fetcher.fetch(Request(url=site.url()), other_hosts=True)
                return fetched.response.body

    assert asyncio.run(run()) == b"there"


def test_a_pace_beyond_our_patience_leaves_the_redirect_to_the_stage() -> None:
    run = fetch({"/": answer(302, location="/b"), "/b": page()}, delay=60.0)
    assert run.fetched.moved_to == run.site.url("/b")
    assert run.site.paths == ["/"]


def test_a_redirect_at_such_a_pace_is_followed_where_that_is_wanted_and_nothing_is_tried_again() -> None:
    scripts = {"/": answer(302, location="/b"), "/b": answer(302, location="/c"), "/c": page()}
    run = fetch(scripts, delay=60.0, slow_redirects=True)
    assert run.site.paths == ["/", "/b", "/c"]
    assert run.fetched.moved_to is None
    assert run.sleeps == [LOCAL.patience_seconds] * 2
    site = Site({**scripts, "/c": answer(502)})
    transient({}, site=site, delay=60.0, slow_redirects=True)
    assert site.paths == ["/", "/b", "/c"]


def test_too_many_redirects_are_a_verdict() -> None:
    scripts = {f"/{n}": answer(302, location=f"/{n + 1}") for n in range(9)}
    site = Site(scripts)
    assert discarded(scripts, "/0", site=site) == "redirects"
    assert site.paths == ["/0", "/1", "/2", "/3", "/4", "/5"]


def test_a_redirect_loop_is_a_verdict() -> None:
    site = Site({"/": answer(302, location="/b"), "/b": answer(302, location="/#top")})
    assert discarded({}, site=site) == "redirect_loop"
    assert site.paths == ["/", "/b"]


@pytest.mark.parametrize("other_hosts", [False, True])
@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://10.0.0.1/", "private_address"),
        ("http://169.254.169.254/latest/", "private_address"),
        ("//[::ffff:10.0.0.1]/", "private_address"),
        ("http://%EF%BC%91%EF%BC%90.0.0.1/", "private_address"),  # in wide digits
        ("http://0x7f.1/", "bad_host"),
        ("http://user:pass@board.example/", "userinfo"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("http://board.example:25/", "port"),
        ("http://[", "bad_url"),
    ],
)
def test_redirects_to_what_must_not_be_fetched_are_refused(location: str, reason: str, other_hosts: bool) -> None:
    assert discarded({"/": answer(302, location=location)}, other_hosts=other_hosts) == reason


def test_each_address_on_the_way_must_be_allowed() -> None:
    site = Site({"/": answer(302, location="/secret"), "/secret": page()})

    async def allowed(url: str) -> None:
        if url.endswith("/secret"):
            raise Discarded("robots")

    assert discarded({}, site=site, allowed=allowed) == "robots"
    assert site.paths == ["/"]


def test_secrets_stay_with_the_origin_that_they_are_for() -> None:
    other = Site({"/b": page()})

    async def run(site: Site) -> None:
        async with other.serving():
            site.scripts = {
                "/": answer(302, location="/same"),
                "/same": answer(302, location=f"http://127.0.0.1:{other.port}/b"),
            }
            async with site.serving(), Fetcher(LOCAL) as fetcher:
                request = Request(url=site.url(), headers={"Accept": "text/html", "X-Api-Key": "k"})
                fetched = await fetcher.fetch(request, other_hosts=True, secrets={"Authorization": "Bearer t"})
                assert "Bearer" not in str(fetched)

    site = Site({})
    asyncio.run(run(site))
    assert [(a.headers.get("authorization"), a.headers.get("x-api-key")) for a in site.asked] == [("Bearer t", "k")] * 2
    assert not {"authorization", "x-api-key"} & set(other.asked[0].headers)
    assert other.asked[0].headers["accept"] == "text/html"


# --- what the answer says about itself


@pytest.mark.parametrize("tag", ["noindex", "none", "noarchive", "socialindexbot: noindex"])
def test_what_asks_not_to_be_indexed_is_a_verdict(tag: str) -> None:
    assert discarded({"/": page(x_robots_tag=tag)}) in {"noindex", "noarchive"}


def test_what_is_only_followed_may_be_noindex() -> None:
    fetched = fetch({"/": page(x_robots_tag="noindex, nofollow")}, expect=Expect(noindex=True)).fetched
    assert fetched.response.body == b"<p>hello"
    assert fetched.robots_tags == {"noindex", "nofollow"}


def test_a_tag_for_another_crawler_in_a_header_of_its_own_is_not_ours() -> None:
    raw = page().replace(b"\r\n\r\n", b"\r\nX-Robots-Tag: otherbot: noindex\r\nX-Robots-Tag: nofollow\r\n\r\n")
    assert fetch({"/": raw}).fetched.robots_tags == {"nofollow"}


def test_what_is_not_text_is_a_verdict_before_it_is_read() -> None:
    video = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 999999999\r\n\r\n"
    assert discarded({"/": video}) == "content_type"
    fetched = fetch({"/": answer(200, b"x", content_type="image/png")}, expect=Expect(any_type=True)).fetched
    assert fetched.response.body == b"x"


def test_rate_limits_are_told() -> None:
    fetched = fetch({"/": page(x_ratelimit_remaining="99", x_ratelimit_reset="300")}).fetched
    assert fetched.rate_hint == pytest.approx(3.0)
    assert fetch({"/": page()}).fetched.rate_hint is None


def test_connections_are_kept_alive() -> None:
    site = Site({"/": page()})
    opened: list[asyncio.StreamWriter] = []
    serve = site._serve  # noqa: SLF001 - to count connections

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        await serve(reader, writer)

    site._serve = counting  # type: ignore[method-assign]  # noqa: SLF001

    async def run() -> None:
        async with site.serving(), Fetcher(LOCAL) as fetcher:
            for _ in range(5):
                await fetcher.fetch(Request(url=site.url()))

    asyncio.run(run())
    assert len(site.asked) == 5
    assert len(opened) == 1
