from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized

if TYPE_CHECKING:
    from infra.local.world import World
    from tests.unit.world.conftest import MovableClock


@pytest.mark.parametrize("name", ["hackernews-newest", "hackernews-jobs"])
def test_a_crawl_finds_what_the_manifest_promises(world: World, clock: MovableClock, name: str) -> None:
    channel = world.truth.channel(name)
    found = crawl(channel, now=clock())
    assert found.kept == channel.expected(clock())
    assert found.deleted == set(channel.excluded())
    assert found.unread == []


def test_a_later_poll_finds_what_is_new_and_reads_nothing_else_again(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("hackernews-newest")
    first = crawl(channel, now=clock())
    clock.move(3_600)
    second = crawl(channel, now=clock(), cursor=first.cursor)
    assert channel.expected(clock()) - first.kept <= second.kept
    assert second.requests < first.requests


def test_what_a_person_pastes_is_recognized_by_the_api(world: World) -> None:
    base = world.addresses.more["hackernews"]
    assert recognized(f"{base}/ask") == ("hackernews", f"{base}/ask")


def test_items_that_are_not_there_yet_are_null(world: World) -> None:
    base = world.addresses.more["hackernews"]
    last = get(f"{base}/v0/maxitem.json").json
    assert get(f"{base}/v0/item/{last}.json").json["id"] == last
    assert get(f"{base}/v0/item/{last + 1}.json").json is None
