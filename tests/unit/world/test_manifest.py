"""The truth, held against a crawl with the real adapters: nothing lost, nothing doubled, nothing that says no."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from infra.local.world import Faults, WorldConfig, running_world
from infra.local.world.manifest import SUGGESTED
from socialindex.errors import Discarded
from socialindex.sources.feed import ADAPTER as FEED
from socialindex.sources.gnuboard import ADAPTER as GNUBOARD
from socialindex.sources.mastodon import ADAPTER as MASTODON
from tests.unit.world.conftest import ANCHOR, MovableClock, story
from tests.unit.world.crawl import crawl, recognize

if TYPE_CHECKING:
    from infra.local.world import World

ADAPTERS = {adapter.name: adapter for adapter in (FEED, GNUBOARD, MASTODON)}
VOLATILE = "is deleted while the world runs"


@pytest.mark.parametrize("name", [*SUGGESTED, "social-tag-NuriPhone", "social-safety_watch", "social-sosohan_i"])
def test_a_crawl_finds_exactly_what_the_manifest_says(world: World, name: str) -> None:
    truth = world.truth.channel(name)
    found = crawl(ADAPTERS[truth.source], truth)
    volatile = {item.uri for item in truth.items if item.until and not item.reason}
    # robots.txt is the crawl stage's to read; this bare crawl does not.
    closed = {uri for uri, reason in truth.excluded().items() if reason == "robots"}
    assert found.unread == []
    assert found.uris() - volatile - closed == truth.expected(ANCHOR)
    assert [uri for uri, count in Counter(draft.uri for draft in found.drafts).items() if count > 1] == []
    assert (found.uris() - closed).isdisjoint(truth.excluded())


def test_later_crawls_find_what_has_arrived(world: World, clock: MovableClock) -> None:
    truth = world.truth.channel("board-free")
    before = crawl(GNUBOARD, truth).uris()
    clock.move(901)
    after = crawl(GNUBOARD, truth).uris()
    arrived = {item.uri for item in world.truth.arrivals([truth])}
    assert len(arrived) >= 5
    assert arrived <= after - before
    assert truth.expected(clock.now) == after


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("board-dealer", "members_only"),
        ("social-quiet_room", "not_indexable"),
        ("social-hidden_pine", "not_discoverable"),
    ],
)
def test_a_refused_channel_is_refused_for_its_reason(world: World, name: str, reason: str) -> None:
    truth = world.truth.channel(name)
    assert truth.refused == reason
    assert truth.expected(ANCHOR) == set()
    try:
        recognize(ADAPTERS[truth.source], truth.url)
        refusal = crawl(ADAPTERS[truth.source], truth).discarded
    except Discarded as verdict:
        refusal = [verdict.reason]
    assert refusal == [reason]


def test_what_must_not_be_indexed_is_named_with_all_reasons(world: World) -> None:
    reasons = {reason for channel in story(world) for reason in channel.excluded().values()}
    assert reasons == {"secret", "deleted", "robots", "members_only", "not_indexable", "not_discoverable", "not_public"}


def test_arrivals_are_counted_once_though_several_channels_show_them(world: World) -> None:
    arrivals = [item.uri for item in world.truth.arrivals()]
    assert len(arrivals) == len(set(arrivals))
    assert set(arrivals).isdisjoint(world.truth.excluded())


def test_suggested_channels_cover_everything_that_is_not_a_boost(world: World) -> None:
    suggested = [channel for channel in story(world) if channel.suggested]
    covered = world.truth.expected(ANCHOR, suggested)
    kinds = {item.uri: item.kind for channel in world.truth.channels for item in channel.items}
    missing = world.truth.expected(ANCHOR, story(world)) - covered
    assert {kinds[uri] for uri in missing if world.addresses.social in uri} <= {"repost"}


@pytest.mark.parametrize(
    ("faults", "name", "poisoned"),
    [
        (Faults(poison_status=True), "social-tag-배터리", "/statuses/"),
        (Faults(poison_thread=True), "board-qna", "bo_table=qna&wr_id="),
        (Faults(poison_feed=True), "news-english", "/news/"),
    ],
)
def test_poison_is_one_unread_item_among_good_ones(faults: Faults, name: str, poisoned: str) -> None:
    with running_world(WorldConfig(anchor=ANCHOR, clock=MovableClock(), faults=faults)) as world:
        truth = world.truth.channel(name)
        found = crawl(ADAPTERS[truth.source], truth)
    lost = truth.expected(ANCHOR) - found.uris()
    assert len(found.unread) == 1
    assert lost
    assert all(poisoned in uri for uri in lost)
    assert name == "news-english" or found.uris()
