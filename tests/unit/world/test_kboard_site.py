"""The association on KBoard, crawled with the real adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from socialindex.errors import Discarded
from tests.unit.world.client import get
from tests.unit.world.platforms import crawl, recognized, reread

if TYPE_CHECKING:
    from infra.local.world import Channel, World
    from tests.unit.world.conftest import MovableClock


def voice(world: World) -> Channel:
    return world.truth.channel("kboard-voice")


@pytest.mark.parametrize("pasted", ["", "?mod=list&pageid=2", "?mod=document&uid=101"])
def test_every_pasted_address_is_the_same_channel(world: World, pasted: str) -> None:
    assert recognized(voice(world).url + pasted) == ("kboard", voice(world).url)


def test_the_plugins_short_address_of_a_document_leads_to_its_board(world: World) -> None:
    base = world.addresses.more["kboard"]
    assert recognized(f"{base}/?kboard_content_redirect=101") == ("kboard", voice(world).url)
    assert get(f"{base}/?kboard_content_redirect=999").status == 410


@pytest.mark.parametrize("walk", [False, True])
def test_a_crawl_finds_what_the_manifest_promises(world: World, clock: MovableClock, walk: bool) -> None:
    found = crawl(voice(world), now=clock(), walk=walk)
    assert found.kept == voice(world).expected(clock())
    assert not found.kept & set(voice(world).excluded())
    assert found.unread == []
    assert sorted(found.verdicts) == ["members_only", "secret", "secret"]


def test_an_answer_keeps_what_it_answers_and_comments_their_place(world: World, clock: MovableClock) -> None:
    drafts = crawl(voice(world), now=clock()).drafts.values()
    swollen = next(draft for draft in drafts if (draft.title or "").startswith("누리폰12 배터리"))
    answer = next(draft for draft in drafts if (draft.title or "").startswith("Re:"))
    assert (answer.in_reply_to, answer.thread) == (swollen.uri, swollen.uri)
    first, second = [draft for draft in drafts if draft.thread == swollen.uri and draft.kind == "comment"][:2]
    assert (first.in_reply_to, second.in_reply_to) == (swollen.uri, first.uri)
    assert swollen.published_at == next(item.published_at for item in voice(world).items if item.uri == swollen.uri)


def test_a_quiet_poll_takes_one_request_and_what_is_new_is_found(world: World, clock: MovableClock) -> None:
    first = crawl(voice(world), now=clock())
    assert crawl(voice(world), now=clock(), cursor=first.cursor).requests == 1
    clock.move(200)
    later = crawl(voice(world), now=clock(), cursor=first.cursor)
    assert later.kept == voice(world).expected(clock()) - first.kept != set()
    assert later.requests == 2


def test_a_re_read_finds_what_is_deleted_closed_or_lost(world: World, clock: MovableClock) -> None:
    gone = {uri for uri, why in voice(world).excluded().items() if why in {"deleted", "secret"}}
    own = {uri for uri in voice(world).expected(clock()) if "#" not in uri}
    lost = f"{voice(world).url}?mod=document&uid=99999"
    found = reread(voice(world), [*own, *gone, lost], now=clock())
    assert found.deleted == gone | {lost}
    assert own <= found.kept


def test_the_board_for_members_is_refused(world: World) -> None:
    staff = world.truth.channel("kboard-staff")
    assert staff.refused == "members_only"
    with pytest.raises(Discarded, match="members_only"):
        recognized(staff.url)
