from __future__ import annotations

import urllib.error
from typing import TYPE_CHECKING

import pytest

from infra.local.world.sites.reddit.tokens import LIFETIME
from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized, reread, token

if TYPE_CHECKING:
    from infra.local.world import World
    from tests.unit.world.conftest import MovableClock


@pytest.mark.parametrize("name", ["reddit-community", "reddit-post"])
def test_a_crawl_finds_what_the_manifest_promises(world: World, clock: MovableClock, name: str) -> None:
    channel = world.truth.channel(name)
    found = crawl(channel, now=clock())
    assert found.kept == channel.expected(clock())
    assert not found.kept & set(channel.excluded())
    assert found.unread == []
    assert {draft.uri: draft.kind for draft in found.drafts.values() if not draft.deleted} == {
        item.uri: item.kind for item in channel.items if item.uri in found.kept
    }


def test_a_history_finds_the_same(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("reddit-community")
    assert crawl(channel, now=clock(), walk=True).kept == channel.expected(clock())


def test_a_quiet_poll_takes_two_requests_and_a_new_post_is_found(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("reddit-community")
    first = crawl(channel, now=clock())
    assert crawl(channel, now=clock(), cursor=first.cursor).requests == 2
    clock.move(200)
    later = crawl(channel, now=clock(), cursor=first.cursor)
    assert channel.expected(clock()) - first.kept <= later.kept


def test_a_re_read_finds_what_is_deleted_removed_or_lost(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("reddit-community")
    deleted = {uri for uri, why in channel.excluded().items() if why == "deleted"}
    base = world.addresses.more["reddit"]
    lost = {f"{base}/comments/1zzzzzz/", f"{base}/comments/1zzzzzz/comment/kzzzzzz/"}
    there = channel.expected(clock())
    found = reread(channel, [*there, *deleted, *lost], now=clock())
    assert found.deleted == deleted | lost
    assert found.kept == there
    assert found.requests == 1


def test_the_api_wants_a_token_that_expires(world: World, clock: MovableClock) -> None:
    base = world.addresses.more["reddit"]
    url = f"{base}/r/NuriPhone/new"
    good = token(base)
    assert get(url).status == 401
    assert get(url, Authorization="bearer sample.999999.9999999999").status == 401
    assert get(url, Authorization=f"bearer {good}").status == 200
    clock.move(LIFETIME.total_seconds() + 1)
    assert get(url, Authorization=f"bearer {good}").status == 401
    with pytest.raises(urllib.error.HTTPError, match="401"):
        token(base, "guessed")


def test_a_private_community_and_a_banned_one_say_so(world: World) -> None:
    base = world.addresses.more["reddit"]
    header = {"Authorization": f"bearer {token(base)}"}
    private, banned = (get(f"{base}/r/{name}/new", **header) for name in ("nuristaff", "nowhere"))
    assert (private.status, private.json["reason"]) == (403, "private")
    assert (banned.status, banned.json["reason"]) == (404, "banned")


def test_what_a_person_pastes_is_recognized_by_the_apis_scopes(world: World) -> None:
    base = world.addresses.more["reddit"]
    assert recognized(f"{base}/r/NuriPhone") == ("reddit", f"{base}/r/nuriphone/")
