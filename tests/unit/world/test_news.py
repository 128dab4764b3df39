from __future__ import annotations

from typing import TYPE_CHECKING

import feedparser
import pytest

from tests.unit.world.client import get

if TYPE_CHECKING:
    from infra.local.world import World
    from tests.unit.world.conftest import MovableClock

FEEDS = {
    "/rss.xml": "application/rss+xml; charset=utf-8",
    "/en/atom.xml": "application/atom+xml; charset=utf-8",
    "/ja/feed.json": "application/feed+json; charset=utf-8",
    "/press.xml": "text/xml; charset=utf-8",
    "/archive.xml": "application/atom+xml; charset=utf-8",
}


@pytest.mark.parametrize(("path", "content_type"), FEEDS.items())
def test_every_feed_has_its_type_and_links_to_articles_that_exist(world: World, path: str, content_type: str) -> None:
    answer = get(world.addresses.news + path)
    assert answer.headers["content-type"] == content_type
    if path.endswith(".json"):
        links = [item["url"] for item in answer.json["items"]]
    else:
        links = [
            entry.link
            for entry in feedparser.parse(answer.body.decode("cp949" if "press" in path else "utf-8").encode()).entries
        ]
    assert links
    assert all(get(link).status == 200 for link in links)


@pytest.mark.parametrize("path", ["/", "/news/news-first", *FEEDS])
def test_validators_give_304_until_something_changes(world: World, path: str) -> None:
    url = world.addresses.news + path
    answer = get(url)
    assert get(url, If_None_Match=answer.headers["etag"]).status == 304
    assert get(url, If_Modified_Since=answer.headers["last-modified"]).status == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=answer.headers["last-modified"]).status == 200
    assert get(url, If_None_Match='"other"').status == 200


def test_a_new_article_ends_the_304(world: World, clock: MovableClock) -> None:
    url = f"{world.addresses.news}/rss.xml"
    held = get(url).headers
    clock.move(801)
    answer = get(url, If_None_Match=held["etag"], If_Modified_Since=held["last-modified"])
    assert answer.status == 200
    assert "신청 3만 건" in answer.text


def test_compression_weakens_the_validator_and_keeps_the_body(world: World) -> None:
    url = f"{world.addresses.news}/rss.xml"
    plain, packed = get(url), get(url, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    assert packed.body == plain.body
    assert get(url, Accept_Encoding="gzip", If_None_Match=plain.headers["etag"]).status == 304


def test_the_press_feed_lies_twice_about_its_charset(world: World) -> None:
    answer = get(f"{world.addresses.news}/press.xml")
    assert "utf-8" in answer.headers["content-type"]
    assert b'encoding="euc-kr"' in answer.body
    assert "펲" in answer.body.decode("cp949")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_the_archive_is_paged_and_shows_each_article_once(world: World) -> None:
    url: str | None = f"{world.addresses.news}/archive.xml"
    seen: list[str] = []
    while url:
        feed = feedparser.parse(get(url).body)
        seen += [entry.link for entry in feed.entries]
        url = next((link.href for link in feed.feed.links if link.rel == "next"), None)
    published = [a for a in world.data.articles if "archive" in a.feeds and a.published_at <= world.config.clock()]
    assert len(seen) == len(set(seen)) == len(published)


def test_the_front_page_names_the_feeds(world: World) -> None:
    text = get(f"{world.addresses.news}/").text
    for kind, path in (("rss+xml", "/rss.xml"), ("atom+xml", "/en/atom.xml"), ("feed+json", "/ja/feed.json")):
        assert f'rel="alternate" type="application/{kind}"' in text
        assert f'href="{world.addresses.news}{path}"' in text


def test_articles_appear_when_their_time_has_come(world: World, clock: MovableClock) -> None:
    url = f"{world.addresses.news}/news/live-press"
    assert get(url).status == 404
    clock.move(241)
    assert get(url).status == 200
