from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized, reread

if TYPE_CHECKING:
    from infra.local.world import Channel, World
    from socialindex.model import Draft
    from tests.unit.world.conftest import MovableClock


def base(world: World) -> str:
    return world.addresses.more["press"]


def channel(world: World, name: str) -> Channel:
    return world.truth.channel(f"press-{name}")


def closed(world: World) -> set[str]:
    """What robots.txt closes: to see to that is the crawl stage's part, and a bare crawl goes there."""
    return {uri for uri, reason in channel(world, "all").excluded().items() if reason == "robots"}


def titled(drafts: dict[str, Draft], part: str) -> Draft:
    return next(draft for draft in drafts.values() if part in (draft.title or ""))


def test_a_newcomer_pastes_the_front_page_and_gets_the_news(world: World) -> None:
    assert recognized(f"{base(world)}/") == ("article", f"{base(world)}/news-sitemap.xml")
    assert recognized(f"{base(world)}/sitemap.xml") == ("article", f"{base(world)}/sitemap.xml")


@pytest.mark.parametrize("name", ["news", "all"])
def test_a_crawl_finds_what_the_manifest_promises(world: World, clock: MovableClock, name: str) -> None:
    found = crawl(channel(world, name), now=clock())
    assert found.unread == []
    assert found.kept - closed(world) == channel(world, name).expected(clock())
    assert found.verdicts.count("noindex") == len({"noindex"} & set(channel(world, name).excluded().values())) * 2
    assert found.deleted <= set(channel(world, name).excluded())


def test_a_later_poll_reads_what_is_new_and_nothing_else(world: World, clock: MovableClock) -> None:
    first = crawl(channel(world, "all"), now=clock())
    clock.move(1_000)
    second = crawl(channel(world, "all"), now=clock(), cursor=first.cursor)
    assert second.kept == channel(world, "all").expected(clock()) - first.kept
    assert len(second.kept) == 2
    assert second.requests < 10


def test_the_history_holds_everything(world: World, clock: MovableClock) -> None:
    found = crawl(channel(world, "all"), now=clock(), walk=True)
    assert found.kept - closed(world) == channel(world, "all").expected(clock())


def test_articles_are_read_whole_and_without_what_stands_around_them(world: World, clock: MovableClock) -> None:
    drafts = crawl(channel(world, "all"), now=clock()).drafts
    first = titled(drafts, "뒷판이 떴다")
    assert (first.text or "").count("\n\n") == 2
    assert not any(word in (first.text or "") for word in ("무단", "공유", "관련기사", "로그인", "입력"))
    assert [medium.description for medium in first.media] == ["뒷판이 들뜬 휴대전화"]
    assert first.hashtags == ["누리폰12", "배터리"]
    assert titled(drafts, "[단독]").excerpt
    assert titled(drafts, "배터리 상자").published_at is not None
    assert titled(drafts, "[중계]").text is not None
    assert titled(drafts, "반사이익").edited_at is not None
    amp = titled(drafts, "연기 난")
    assert "/amp/" not in amp.uri
    assert titled(drafts, "What a message board").language == "en"


def test_an_article_that_was_taken_down_is_seen_to_be_gone(world: World, clock: MovableClock) -> None:
    gone = [uri for uri, reason in channel(world, "all").excluded().items() if reason == "deleted"]
    assert reread(channel(world, "all"), gone, now=clock()).deleted == set()  # a post of unknown kind is no article
    assert crawl(channel(world, "all"), now=clock()).deleted == set(gone)


def test_sitemaps_are_as_news_sites_have_them(world: World) -> None:
    robots = get(f"{base(world)}/robots.txt").text
    assert f"Sitemap: {base(world)}/sitemap.xml" in robots
    index = get(f"{base(world)}/sitemap.xml")
    assert index.headers["x-robots-tag"] == "noindex, follow"
    month = next(line for line in index.text.split("<loc>") if ".xml.gz" in line).partition("<")[0]
    packed = get(month)
    assert packed.headers["content-type"] == "application/gzip"
    assert b"<urlset" in gzip.decompress(packed.body)
    assert "news:publication_date" in get(f"{base(world)}/news-sitemap.xml").text
    articles = channel(world, "all").expected(world.config.clock())  # some only print their date; which is first varies
    assert any("application/ld+json" in get(address).text for address in articles)
