"""The community on Rhymix: what its pages are made of, and what a crawl with the real adapter finds there."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from socialindex.errors import Discarded
from socialindex.sources.rhymix import ADAPTER
from tests.unit.world.client import get
from tests.unit.world.conftest import ANCHOR, MovableClock
from tests.unit.world.crawl import crawl, recognize

if TYPE_CHECKING:
    from infra.local.world import Channel, World
    from socialindex.model import Draft


def soup(url: str, status: int = 200) -> BeautifulSoup:
    answer = get(url)
    assert answer.status == status
    return BeautifulSoup(answer.text, "lxml")


def base(world: World) -> str:
    return world.addresses.more["rhymix"]


def phone(world: World) -> Channel:
    return world.truth.channel("rhymix-phone")


def number(page: BeautifulSoup, title: str) -> str:
    link = next(link for link in page.select("td.title a") if title in link.get_text())
    return str(link["href"]).rpartition("/")[2]


def titled(drafts: list[Draft], words: str) -> Draft:
    return next(draft for draft in drafts if words in (draft.title or ""))


def test_a_page_has_the_marks_of_rhymix_and_its_skin(world: World) -> None:
    text = get(f"{base(world)}/phone").text
    for mark in (
        'content="Rhymix"',
        'var current_mid = "phone"',
        'id="board_list"',
        "rewrite_level",
        "act=dispBoardWrite",
    ):
        assert mark in text


def test_notices_are_repeated_on_every_page_and_documents_are_not(world: World) -> None:
    pages = [soup(f"{base(world)}/phone?page={page}") for page in (1, 2, 3)]
    assert [len(page.select("tr.notice")) for page in pages] == [2, 2, 2]
    links = [str(link["href"]) for page in pages for link in page.select("tr:not(.notice) td.title a:first-child")]
    assert len(links) == len(set(links)) > 15


def test_both_forms_of_addresses_answer_alike(world: World) -> None:
    short = f"{base(world)}/phone/{number(soup(f'{base(world)}/phone'), '드디어 회수 발표')}"
    srl = short.rpartition("/")[2]
    pages = {
        get(f"{base(world)}{path}").text for path in (f"/phone/{srl}", f"/{srl}", f"/index.php?document_srl={srl}")
    }
    assert len(pages) == 1
    assert soup(short).select_one(f"div.document_{srl}_4.rhymix_content")


def test_the_members_lounge_answers_403_with_a_form(world: World) -> None:
    page = soup(f"{base(world)}/lounge", status=403)
    assert page.select_one('input[value="procMemberLogin"]')
    assert "회원만 보는" not in page.get_text()


def test_a_missing_document_answers_404_with_the_list(world: World) -> None:
    answer = get(f"{base(world)}/phone/999999")
    assert answer.status == 404
    assert 'alert("대상을 찾을 수 없습니다.")' in answer.text
    assert 'id="board_list"' in answer.text


def test_secret_texts_are_nowhere(world: World) -> None:
    for page in (1, 2, 3):
        for link in soup(f"{base(world)}/phone?page={page}").select("td.title a:first-child"):
            text = get(str(link["href"])).text
            assert "검색 결과에 나오면 안 됩니다" not in text
            assert "검색되면 안 됩니다" not in text or "곧 지울 글" in text


@pytest.mark.parametrize("pasted", ["/phone", "/index.php?mid=phone", "/phone?page=2"])
def test_every_pasted_address_is_the_same_channel(world: World, pasted: str) -> None:
    assert recognize(ADAPTER, base(world) + pasted) == f"{base(world)}/phone"


def test_a_crawl_finds_exactly_what_the_manifest_says(world: World) -> None:
    truth = phone(world)
    found = crawl(ADAPTER, truth)
    volatile = {item.uri for item in truth.items if item.until and not item.reason}
    assert found.unread == []
    assert found.uris() - volatile == truth.expected(ANCHOR)
    assert [uri for uri, count in Counter(draft.uri for draft in found.drafts).items() if count > 1] == []
    assert found.uris().isdisjoint(truth.excluded())
    assert Counter(found.discarded) == {"secret": 2}


def test_a_crawl_reads_what_the_pages_show(world: World) -> None:
    found = crawl(ADAPTER, phone(world)).drafts
    record = titled(found, "분해 기록")
    assert record.edited_at is not None
    assert "(추가)" in (record.text or "")
    assert record.hashtags == ["누리폰12", "배터리", "분해"]
    assert record.metrics is not None
    assert (record.metrics.likes, record.metrics.views, record.metrics.replies) == (128, 9877, 12)
    answers = {draft.uri: draft.in_reply_to for draft in found if draft.thread == record.uri and draft is not record}
    assert len(answers) == 11  # the twelfth is secret; four lie on the first page of comments
    assert sum(parent != record.uri for parent in answers.values()) == 3
    guest = titled(found, "빨리 닳는")
    assert guest.author is not None
    assert (guest.author.id, guest.author.name) == (None, "ㅇㅇ")


def test_the_lounge_is_refused(world: World) -> None:
    truth = world.truth.channel("rhymix-lounge")
    assert truth.refused == "members_only"
    with pytest.raises(Discarded) as refusal:
        recognize(ADAPTER, truth.url)
    assert refusal.value.reason == "members_only"


def test_documents_come_and_go_while_the_world_runs(world: World, clock: MovableClock) -> None:
    before = crawl(ADAPTER, phone(world)).uris()
    clock.move(901)
    after = crawl(ADAPTER, phone(world)).uris()
    gone = {item.uri for item in phone(world).items if item.until and not item.reason}
    assert before - after == gone
    assert after - before == {item.uri for item in world.truth.arrivals([phone(world)])}


def test_the_community_is_invented_and_small(world: World) -> None:
    truth = phone(world)
    assert truth.suggested
    assert 20 <= sum(item.kind == "post" for item in truth.items) <= 40
    hosts = set(re.findall(r"https?://([^/\s\"]+)", get(f"{base(world)}/phone").text))
    assert hosts == {base(world).partition("//")[2]}
