"""Whatever comes in, an adapter and the normalize stage keep every promise, or give a verdict of the contract.

The promises are checked at the very door: the posts that would go to the index, the requests that would go to the
frontier. ``hostile.py`` makes what comes in.
"""

from __future__ import annotations

import time
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex import sources
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Discarded, InvalidInput, ParseError, Refused
from socialindex.model import Post
from socialindex.normalize.finish import EARLIEST, MAX_POST
from socialindex.normalize.reading import items
from socialindex.sources.base import Channel, Follow, Recognized, Request, Response
from socialindex.warc import Exchange, Span
from tests.sources.harness import MAX_CONTEXT_BYTES, MAX_CURSOR_BYTES, Case, Json, cases, leaves, size, source_names
from tests.sources.hostile import hostile_body, is_address, odd_address, odd_channel, odd_known

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACE: Final = ("raw/2026/11/20/x.warc.gz", Span(3, 9))
SECONDS: Final = 2.0
"""Of processor time for any one answer of this size. What is quadratic takes more."""
VERDICTS: Final = (ParseError, Discarded)
INVISIBLE: Final = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u3164"
)
SOURCES: Final = source_names()

each_source = pytest.mark.parametrize("name", SOURCES)
often = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
sometimes = settings(often, max_examples=50)


@each_source
@often
@given(data=st.data())
def test_whatever_a_server_answers_becomes_posts_that_the_index_takes_or_a_verdict(
    name: str, data: st.DataObject
) -> None:
    case = data.draw(st.sampled_from(cases(name)))
    response = answered(case, data)
    channel = case.channel()
    for _ in range(2):
        follow = promised(channel, response)
        if follow.cursor is not None:
            channel = msgspec.structs.replace(channel, cursor=follow.cursor)
        # What a hostile answer leads to is answered as badly.
        request = data.draw(st.sampled_from([response.request, *follow.requests]))
        body = data.draw(hostile_body(case))
        response = msgspec.structs.replace(response, request=request, url=request.url, body=body, status=200)


@each_source
@sometimes
@given(data=st.data())
def test_a_channel_that_never_should_have_been_is_a_verdict_too(name: str, data: st.DataObject) -> None:
    adapter = sources.find(name)
    case = data.draw(st.sampled_from(cases(name)))
    channel = data.draw(odd_channel(case.channel()))
    response = case.response(adapter)
    for ask in (adapter.start, adapter.backfill):
        with suppress(InvalidInput, *VERDICTS):
            asked([request] if (request := ask(channel)) else [])
    with suppress(InvalidInput, *VERDICTS):
        list(adapter.posts(channel, response))
    with suppress(InvalidInput, *VERDICTS):
        followed(adapter.follow(channel, response))


@each_source
@sometimes
@given(data=st.data())
def test_any_post_can_be_asked_for_again_or_is_left_out(name: str, data: st.DataObject) -> None:
    adapter = sources.find(name)
    case = data.draw(st.sampled_from(cases(name)))
    posts = data.draw(odd_known(uris_of(case)))
    requests = list(adapter.reread(case.channel(), posts))
    assert len(requests) <= len(posts)
    asked(requests)
    assert requests == list(adapter.reread(case.channel(), posts))


@each_source
@sometimes
@given(data=st.data())
def test_any_address_can_be_pasted(name: str, data: st.DataObject) -> None:
    adapter = sources.find(name)
    url = data.draw(odd_address(pasted(name)))
    with suppress(InvalidInput, Discarded):
        channel_of(name, adapter.by_address(url))
    probes = list(adapter.probes(url))
    assert len(probes) <= 20
    asked(probes)


# What is promised


def promised(channel: Channel, response: Response) -> Follow:
    """Check all that an adapter and the stages make of an answer; what follows from it."""
    adapter, began = sources.find(channel.source), time.process_time()
    with suppress(*VERDICTS):
        check_posts(items(Exchange(channel, response), PLACE).posts, response)
    with suppress(Discarded):
        channel_of(adapter.name, adapter.recognize(response))
    asked(list(adapter.named(response)))
    follow = Follow()
    with suppress(*VERDICTS):
        follow = adapter.follow(channel, response)
        followed(follow)
    assert time.process_time() - began < SECONDS
    return follow


def check_posts(posts: list[tuple[Post, bool]], response: Response) -> None:
    assert len(posts) <= 10 + len(response.body)
    for post, _ in posts:
        encoded = msgspec.json.encode(post)
        assert len(encoded) <= MAX_POST
        assert msgspec.json.decode(encoded, type=Post) == post
        assert list(broken(msgspec.to_builtins(post))) == []
        for moment in (post.published_at, post.edited_at, post.metrics.read_at if post.metrics else None):
            assert moment is None or EARLIEST <= moment <= response.received_at


def broken(post: Json) -> Iterable[str]:
    """Values of a post that nobody should ever meet in the index."""
    for path, value in leaves(post):
        if isinstance(value, str):
            yield from (f"{path}: {value[:80]!a}" for _ in "x" if not is_clean(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            yield from (f"{path}: {value}" for _ in "x" if not 0 <= value < 2**63)
        if path in {"url", "links", "media.url", "author.url"} and not is_web_address(value):
            yield f"{path}: {value!a}"


def is_clean(text: str) -> bool:
    """Whether a text is one, without anything that hides or turns around what stands in it."""
    seen = (unicodedata.category(character) for character in set(text) - {"\n", "\t", "\u200d"})
    return bool(text.strip()) and not set(text) & INVISIBLE and not {"Cc", "Cs"} & set(seen)


def is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc and url.isascii()


def followed(follow: Follow) -> None:
    assert size(follow.cursor or {}) <= MAX_CURSOR_BYTES
    asked(follow.requests)


def asked(requests: list[Request]) -> None:
    """Check requests as the frontier meets them: each can be written down, and has a host or is refused."""
    for request in requests:
        assert msgspec.json.decode(msgspec.json.encode(request), type=Request) == request
        assert size(request.context) <= MAX_CONTEXT_BYTES
        with suppress(Refused):
            assert host_of(over_http(request.url))


def channel_of(name: str, recognized: Recognized | None) -> None:
    """Check that what is recognized can be polled."""
    if recognized is not None:
        assert msgspec.json.encode(recognized)
        assert is_web_address(over_http(recognized.url))
        plain = Channel(id="ch_1", source=name, url=recognized.url, created_at=datetime(2026, 11, 1, tzinfo=UTC))
        channel = msgspec.structs.replace(plain, options=recognized.options)
        adapter = sources.find(name)
        asked([request for request in (adapter.start(channel), adapter.backfill(channel)) if request])


# What comes in


def answered(case: Case, data: st.DataObject) -> Response:
    response = case.response(sources.find(case.source))
    charset = data.draw(st.sampled_from(["", "", "", "; charset=utf-7", "; charset=\u0130", "; charset=euc-kr"]))
    kind = response.headers.get("content-type", "text/html").partition(";")[0] + charset
    return msgspec.structs.replace(
        response,
        headers={**response.headers, **({"content-type": kind} if charset else {})},
        body=data.draw(hostile_body(case)),
        status=data.draw(st.sampled_from([200, 200, 200, 200, response.status, 404, 410])),
    )


def uris_of(case: Case) -> list[str]:
    posts = case.expected.get("posts")
    return [post["uri"] for post in posts if "uri" in post] if isinstance(posts, list) else []


def pasted(name: str) -> list[str]:
    known = [*sources.find(name).paste, *(case.channel().url for case in cases(name))]
    return [url for url in known if is_address(url)] or ["https://a.example/"]
