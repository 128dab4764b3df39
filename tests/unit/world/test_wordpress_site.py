from __future__ import annotations

from typing import TYPE_CHECKING

import feedparser

from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized, reread

if TYPE_CHECKING:
    from infra.local.world import Channel, World
    from tests.unit.world.conftest import MovableClock


def base(world: World) -> str:
    return world.addresses.more["wordpress"]


def channel(world: World) -> Channel:
    return world.truth.channel("wordpress-newsroom")


def by_consent(world: World) -> Channel:
    """The same where the operator has agreed that the API is read."""
    truth = channel(world)
    return type(truth)(name=truth.name, source=truth.source, url=truth.url, items=truth.items, options={"rest": "full"})


def address(world: World, slug: str) -> str:
    posts = get(f"{base(world)}/wp-json/wp/v2/posts?slug={slug}").json
    return str(posts[0]["link"])


def test_any_page_of_the_blog_is_recognized_by_its_api_and_not_by_its_feed(world: World) -> None:
    api = f"{base(world)}/wp-json/"
    assert recognized(f"{base(world)}/") == ("wordpress", api)
    assert recognized(address(world, "recall")) == ("wordpress", api)
    assert recognized(f"{base(world)}/feed/") == ("feed", f"{base(world)}/feed/")


def test_a_crawl_finds_what_the_manifest_promises_on_the_pages_that_the_api_names(
    world: World, clock: MovableClock
) -> None:
    found = crawl(channel(world), now=clock())
    assert found.kept == channel(world).expected(clock()) | _volatile(world)
    assert sorted(found.verdicts) == ["noindex", "secret"]
    assert found.unread == []
    assert found.cursor["mode"] == "pages"


def test_where_the_operator_agreed_the_api_tells_the_same_with_few_requests(world: World, clock: MovableClock) -> None:
    pages, api = crawl(channel(world), now=clock()), crawl(by_consent(world), now=clock())
    assert api.kept == pages.kept
    assert api.requests == 2
    assert pages.requests > 4 * api.requests
    for uri, draft in api.drafts.items():
        page = pages.drafts[uri]
        assert (draft.text, draft.published_at, draft.in_reply_to) == (page.text, page.published_at, page.in_reply_to)
        assert (draft.title, draft.edited_at, draft.hashtags) == (page.title, page.edited_at, page.hashtags)
        assert draft.author == page.author


def test_a_later_poll_reads_the_new_post_and_the_pages_with_new_comments(world: World, clock: MovableClock) -> None:
    first = crawl(channel(world), now=clock())
    clock.move(900)
    second = crawl(channel(world), now=clock(), cursor=first.cursor)
    new = channel(world).expected(clock()) - first.kept
    assert len(new) == 2
    assert second.kept == new
    assert second.requests == 4  # what was edited, what was published, and pages with new comments


def test_the_history_holds_everything(world: World, clock: MovableClock) -> None:
    for truth in (channel(world), by_consent(world)):
        found = crawl(truth, now=clock(), walk=True)
        articles = {item.uri for item in truth.items if item.kind == "article"}
        assert truth.expected(clock()) & articles <= found.kept


def test_what_was_trashed_is_seen_to_be_gone_with_its_comments(world: World, clock: MovableClock) -> None:
    lottery = address(world, "lottery")
    comment = next(item.uri for item in channel(world).items if item.uri.startswith(f"{lottery}#"))
    clock.move(700)
    found = reread(channel(world), [lottery, comment], now=clock())
    assert lottery in found.deleted
    assert found.requests == 1


def test_the_api_answers_as_wordpress_does(world: World) -> None:
    posts = get(f"{base(world)}/wp-json/wp/v2/posts?per_page=3&_embed=author&orderby=modified&order=desc")
    assert posts.headers["x-robots-tag"] == "noindex"
    assert posts.headers["x-wp-totalpages"] == "3"
    assert 'rel="https://api.w.org/"' in posts.headers["link"]
    assert [post["_embedded"]["author"][0]["id"] for post in posts.json] == [post["author"] for post in posts.json]
    assert get(f"{base(world)}/wp-json/wp/v2/posts?page=99").status == 400
    (lean,) = get(f"{base(world)}/wp-json/wp/v2/posts?slug=partner-day&_fields=id,content.protected").json
    assert lean == {"id": lean["id"], "content": {"protected": True}}
    assert all("author_ip" not in comment for comment in get(f"{base(world)}/wp-json/wp/v2/comments").json)


def test_the_feed_holds_the_protected_post_without_its_text(world: World) -> None:
    feed = feedparser.parse(get(f"{base(world)}/feed/").body)
    protected = next(entry for entry in feed.entries if entry.title.startswith("보호된 글: "))
    assert not protected.content[0].value
    assert feed.feed.generator.startswith("https://wordpress.org/")


def _volatile(world: World) -> set[str]:
    """What is there at the anchor and is trashed later."""
    return {item.uri for item in channel(world).items if item.until and not item.reason}
