from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from socialindex.channels.autodiscovery import MAX_FEEDS, feed_links
from socialindex.sources.base import Request, Response

URL = "https://blog.example.com/kim/post?id=7"


def page(html: str, codec: str = "utf-8", content_type: str = "text/html") -> Response:
    return Response(
        request=Request(url=URL),
        url=URL,
        status=200,
        headers={"content-type": content_type},
        body=html.encode(codec),
        received_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def link(href: str, media_type: str = "application/rss+xml", **attributes: str) -> str:
    others = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<link rel="alternate" type="{media_type}" href="{href}"{others}>'


@pytest.mark.parametrize(
    ("html", "found"),
    [
        pytest.param("<html><body>no feed</body></html>", [], id="none"),
        pytest.param(link("/feed"), ["/feed"], id="RSS"),
        pytest.param(link("atom.xml", "application/atom+xml"), ["/kim/atom.xml"], id="Atom, relative"),
        pytest.param(link("/feed.json", "application/feed+json"), ["/feed.json"], id="JSON Feed 1.1"),
        pytest.param(link("/feed.json", "application/json"), ["/feed.json"], id="JSON Feed 1.0"),
        pytest.param(link("/wp-json/wp/v2/posts/7", "application/json"), [], id="WordPress's API"),
        pytest.param(link("/oembed?format=xml", "text/xml+oembed"), [], id="oEmbed"),
        pytest.param(link("/en", "text/html", hreflang="en"), [], id="another language"),
        pytest.param('<LINK REL="Alternate Home" TYPE="Application/RSS+XML; x" HREF="/f">', ["/f"], id="any case"),
        pytest.param('<link rel="stylesheet" type="text/xml" href="/f">', [], id="another relation"),
        pytest.param(
            link("/a") + link("/b", "application/atom+xml") + link("/a"), ["/a", "/b"], id="each once, in order"
        ),
        pytest.param(link("/comments/feed") + link("/feed"), ["/feed", "/comments/feed"], id="comments by address"),
        pytest.param(link("/c", title="Blog » 댓글") + link("/feed"), ["/feed", "/c"], id="comments by title"),
        pytest.param('<base href="/other/">' + link("feed"), ["/other/feed"], id="base"),
        pytest.param(link("javascript:x()") + link("http://[") + link(""), [], id="addresses that are none"),
        pytest.param("<body><div>" + link("/feed"), ["/feed"], id="in the body"),
    ],
)
def test_a_page_names_its_feeds(html: str, found: list[str]) -> None:
    assert feed_links(page(html)) == [f"https://blog.example.com{path}" for path in found]


def test_a_page_may_be_in_any_charset() -> None:
    html = f'<meta charset="euc-kr">{link("/c", title="댓글")}{link("/feed")}'
    assert feed_links(page(html, "cp949"))[0] == "https://blog.example.com/feed"


@pytest.mark.parametrize(
    "html", ["<div>" * 100_000, "<link rel=alternate>" * 50_000, "<" * 1_000_000, "\0" * 1_000_000]
)
def test_a_hostile_page_costs_little(html: str) -> None:
    started = time.process_time()
    assert feed_links(page(html)) == []
    assert time.process_time() - started < 5


def test_so_many_feeds_are_enough() -> None:
    assert len(feed_links(page("".join(link(f"/{number}") for number in range(50))))) == MAX_FEEDS
