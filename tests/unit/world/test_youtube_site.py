from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world.sites.youtube import KEY, KEY_HEADER
from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized, reread

if TYPE_CHECKING:
    from infra.local.world import World
    from tests.unit.world.conftest import MovableClock


def test_a_crawl_finds_what_the_manifest_promises(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("youtube-channel")
    found = crawl(channel, now=clock())
    assert found.kept == channel.expected(clock())
    assert not found.kept & set(channel.excluded())
    assert found.unread == []
    assert {draft.author.followers for draft in found.drafts.values() if draft.kind == "post" and draft.author} == {
        12800
    }


def test_a_history_finds_the_same(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("youtube-channel")
    assert crawl(channel, now=clock(), walk=True).kept == channel.expected(clock())


def test_a_quiet_poll_takes_two_units_and_a_new_video_is_found(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("youtube-channel")
    first = crawl(channel, now=clock())
    assert crawl(channel, now=clock(), cursor=first.cursor).requests == 2
    clock.move(3_600)
    later = crawl(channel, now=clock(), cursor=first.cursor)
    assert channel.expected(clock()) - first.kept <= later.kept


def test_a_re_read_finds_what_is_gone(world: World, clock: MovableClock) -> None:
    channel = world.truth.channel("youtube-channel")
    there, gone = channel.expected(clock()), next(uri for uri, why in channel.excluded().items() if why == "deleted")
    lost = f"{min(there, key=len)}&lc=UgNobodyWroteThis"
    found = reread(channel, [*there, gone, lost], now=clock())
    assert found.deleted == {gone, lost}
    assert found.kept == there
    assert found.requests == 3


def test_the_api_wants_its_key_in_the_header(world: World) -> None:
    url = f"{world.addresses.more['youtube']}/youtube/v3/videos?part=snippet&id=x"
    refused, wrong = get(url), get(url, **{KEY_HEADER.replace("-", "_"): "guessed"})
    assert (refused.status, refused.json["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert (wrong.status, wrong.json["error"]["errors"][0]["reason"]) == (400, "keyInvalid")
    assert get(url, **{KEY_HEADER.replace("-", "_"): KEY}).json["items"] == []


def test_what_a_person_pastes_is_recognized_by_the_apis_description(world: World) -> None:
    base = world.addresses.more["youtube"]
    assert recognized(f"{base}/@Nuri_Surisoje/") == ("youtube", f"{base}/@nuri_surisoje")
