from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized, reread

if TYPE_CHECKING:
    from infra.local.world import World
    from tests.unit.world.conftest import MovableClock


@pytest.mark.parametrize("name", ["lemmy-nuriphone", "lemmy-local", "lemmy-user", "lemmy-post"])
def test_a_crawl_finds_what_the_manifest_promises(world: World, clock: MovableClock, name: str) -> None:
    channel = world.truth.channel(name)
    found = crawl(channel, now=clock())
    assert found.kept == channel.expected(clock())
    assert not found.kept & set(channel.excluded())
    assert found.unread == []
    kinds = {item.uri: item.kind for item in channel.items if item.uri in found.kept}
    assert {uri: draft.kind for uri, draft in found.drafts.items() if not draft.deleted} == kinds


@pytest.mark.parametrize("name", ["lemmy-nuriphone", "lemmy-local", "lemmy-user"])
def test_a_history_finds_the_same(world: World, clock: MovableClock, name: str) -> None:
    channel = world.truth.channel(name)
    assert crawl(channel, now=clock(), walk=True).kept == channel.expected(clock())


def test_a_quiet_poll_takes_two_requests_and_what_is_new_is_found(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("lemmy-nuriphone")
    first = crawl(channel, now=clock())
    assert crawl(channel, now=clock(), cursor=first.cursor).requests == 2
    clock.move(200)
    later = crawl(channel, now=clock(), cursor=first.cursor)
    assert channel.expected(clock()) - first.kept <= later.kept
    assert later.requests == 2


def test_a_re_read_finds_what_is_deleted_or_lost(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("lemmy-nuriphone")
    base = world.addresses.more["lemmy"]
    own = {uri for uri in channel.expected(clock()) if uri.startswith(base)}
    gone = {uri for uri, why in channel.excluded().items() if why == "deleted"}
    lost = {f"{base}/post/99999", f"{base}/comment/99999"}
    found = reread(channel, [*own, *gone, *lost], now=clock())
    assert found.deleted == gone | lost
    assert found.kept == own


def test_what_a_person_wrote_elsewhere_keeps_its_own_identity(world: World, clock: MovableClock) -> None:
    found = crawl(world.truth.channel("lemmy-local"), now=clock())
    remote = [draft for uri, draft in found.drafts.items() if uri.startswith("https://pine.example/")]
    assert {draft.author.handle for draft in remote if draft.author} == {"far_pine@pine.example"}
    crossposts = [draft for draft in found.drafts.values() if draft.quote_of]
    assert [draft.quote_of in found.kept for draft in crossposts] == [True]
    assert "nobot" in found.verdicts


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "/?listingType=Local"),
        ("/c/nuriphone", "/c/nuriphone"),
        ("/u/namu", "/u/namu"),
        ("/post/102", "/post/102"),
    ],
)
def test_what_a_person_pastes_is_recognized_by_the_api(world: World, path: str, place: str) -> None:
    base = world.addresses.more["lemmy"]
    assert recognized(base + path) == ("lemmy", base + place)


def test_the_rooms_of_the_servers_own_people_are_not_there_for_others(world: World) -> None:
    api = f"{world.addresses.more['lemmy']}/api/v3"
    assert get(f"{api}/community?name=staff").status == 404
    assert "운영진" not in get(f"{api}/post/list?type_=Local&limit=50").text
