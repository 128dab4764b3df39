"""What administrators do, on real tables, a real queue and a real bucket."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex import warc
from socialindex.crawl.settings import FetchSettings
from socialindex.crawl.urls import host_of
from socialindex.errors import Conflict, Discarded, InvalidInput, NotFound, Refused
from socialindex.messages import Archived, decode
from socialindex.search.operations import Operations, Stores
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, Span, WarcObject
from tests.integration.parts import Parts, real_parts, unique
from tests.integration.web import Page, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
FETCH = FetchSettings(contact="https://crawler.example/about", allow_loopback=True, retries=0)
FEED = Page('<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>')


@pytest.fixture
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def operations(parts: Parts) -> Operations:
    queues = {
        stage: (parts.queue(f"{stage.title()}Queue"), parts.queue(f"{stage.title()}DeadLetters"))
        for stage in ("normalize",)
    }
    stores = Stores(
        channels=parts.channels, hosts=parts.hosts, outcomes=parts.outcomes, archive=parts.archive, queues=queues
    )
    return Operations(stores, cast("Any", None), FETCH)


# Channels


def listed(operations: Operations, **query: str) -> list[list[str]]:
    """All pages."""
    pages, cursor = [], ""
    while True:
        page = operations.channels(query | ({"cursor": cursor} if cursor else {}))
        pages.append([f"{state.channel.source} {state.channel.url}" for state in page.items])
        if page.next_cursor is None:
            return pages
        cursor = page.next_cursor


def test_a_pasted_address_becomes_a_channel_once(operations: Operations) -> None:
    with serving(
        {
            "/": Page(
                '<link rel="alternate" type="application/rss+xml" href="/feed">', headers={"Content-Type": "text/html"}
            ),
            "/feed": FEED,
        }
    ) as web:
        body = json.dumps({"url": web.url, "options": {"pages": "2"}})
        added = operations.add_channel(body)
        assert (added.channel.source, added.channel.url) == ("feed", f"{web.url}/feed")
        assert (added.channel.title, added.channel.options) == ("News", {"pages": "2"})
        assert "feed" in added.why
        assert [state.channel for state in operations.channels({}).items] == [added.channel]
        for again in (body, json.dumps({"url": f"{web.url}/feed"})):
            with pytest.raises(Conflict, match=added.channel.id):
                operations.add_channel(again)
        operations.remove_channel(added.channel.id)
        assert operations.channels({}).items == []
        with pytest.raises(NotFound):
            operations.remove_channel(added.channel.id)
        assert operations.add_channel(body).channel.id == added.channel.id


def test_channels_are_listed_by_source_and_address(operations: Operations, parts: Parts) -> None:
    for source, url in (
        ("mastodon", "https://b.example/"),
        ("feed", "https://z.example/"),
        ("feed", "https://a.example/"),
    ):
        parts.channels.add(Channel(id=unique("ch"), source=source, url=url, created_at=AT))
    every = ["feed https://a.example/", "feed https://z.example/", "mastodon https://b.example/"]
    assert listed(operations) == [every]
    assert listed(operations, limit="2") == [every[:2], every[2:]]
    assert listed(operations, limit="1") == [every[:1], every[1:2], every[2:]]


def test_a_list_goes_on_behind_a_channel_that_is_no_more(operations: Operations, parts: Parts) -> None:
    channels = [Channel(id=unique("ch"), source="feed", url=f"https://{x}.example/", created_at=AT) for x in "abc"]
    for channel in channels:
        parts.channels.add(channel)
    cursor = operations.channels({"limit": "2"}).next_cursor
    operations.remove_channel(channels[1].id)
    assert [state.channel for state in operations.channels({"cursor": cursor or ""}).items] == [channels[2]]


@pytest.mark.parametrize(("name", "value"), [("cursor", "ch_abc"), ("limit", "0"), ("limit", "1001"), ("page", "2")])
def test_a_list_of_channels_is_asked_for_by_what_there_is(operations: Operations, name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        operations.channels({name: value})
    assert refused.value.field == name


def test_a_private_address_is_refused(operations: Operations) -> None:
    with pytest.raises(Refused) as refused:
        operations.add_channel('{"url": "http://10.0.0.1/"}')
    assert refused.value.reason == "private_address"


def test_nothing_is_added_at_a_paused_host_nor_asked_of_it(operations: Operations, parts: Parts) -> None:
    with serving({"/feed": FEED}) as web:
        body, host = json.dumps({"url": f"{web.url}/feed"}), host_of(web.url)
        parts.hosts.pause(host, "its operator has asked us, ticket 12")
        with pytest.raises(Discarded, match=f"paused {host} since 20.*ticket 12.*ops resume host {host}") as refused:
            operations.add_channel(body)
        assert (refused.value.reason, web.paths, operations.channels({}).items) == ("paused", [], [])
        parts.hosts.resume(host)
        assert operations.add_channel(body).channel.url == f"{web.url}/feed"


def test_what_is_known_by_its_address_is_not_added_either_where_it_is_polled_at_a_paused_host(
    operations: Operations, parts: Parts
) -> None:
    body = '{"url": "https://news.ycombinator.com/"}'
    parts.hosts.pause("hacker-news.firebaseio.com", "it is slow")
    with pytest.raises(Discarded, match="paused hacker-news.firebaseio.com since"):
        operations.add_channel(body)
    parts.hosts.resume("hacker-news.firebaseio.com")
    assert operations.add_channel(body).channel.source == "hackernews"


def test_a_body_that_is_none_is_told_as_a_mistake(operations: Operations) -> None:
    for body in ("", "{}", "nonsense", '{"url": 3}', '{"url": "u", "more": 1}', '{"url": "u", "options": {"a": 1}}'):
        with pytest.raises(InvalidInput) as refused:
            operations.add_channel(body)
        assert refused.value.remedy, body


# Replays


def stored(parts: Parts, *sources: str) -> tuple[str, list[Span]]:
    """An archive object with a response of each source."""
    growing = WarcObject()
    spans = []
    for source in sources:
        url = f"https://{unique(source)}.example/"
        channel = Channel(id="ch_1", source=source, url=url, created_at=AT)
        response = Response(request=Request(url=url), url=url, status=200, body=b"x", received_at=AT)
        spans.append(growing.add(Exchange(channel, response)))
    return parts.archive.store(growing.data()), spans


def sent(parts: Parts) -> set[tuple[str, int, int, str, bool]]:
    messages = [decode(body, Archived) for body, _ in parts.receive("NormalizeQueue")]
    return {(one.key, one.offset, one.length, one.source, one.replay) for one in messages}


def test_every_archived_response_is_sent_again_by_reference(operations: Operations, parts: Parts) -> None:
    objects = [stored(parts, "feed", "gnuboard", "feed"), stored(parts, "mastodon")]
    told = operations.replay("")
    assert (told.objects, told.responses, told.next_after) == (2, 4, None)
    messages = sent(parts)
    assert {(key, offset, length) for key, offset, length, _, _ in messages} == {
        (key, *span) for key, spans in objects for span in spans
    }
    assert {replay for *_, replay in messages} == {True}
    for key, offset, length, source, _ in messages:
        assert warc.read(parts.archive.read(key, Span(offset, length))).channel.source == source


def test_a_part_can_be_chosen_by_source_and_day(operations: Operations, parts: Parts) -> None:
    key, _ = stored(parts, "feed", "gnuboard", "feed")
    day = "-".join(key.split("/")[1:4])
    assert operations.replay('{"source": "feed"}').responses == 2
    assert operations.replay(json.dumps({"day": day, "source": "gnuboard"})).responses == 1
    assert operations.replay('{"day": "2001-01-01"}').objects == 0
    assert operations.replay('{"source": "mastodon"}').responses == 0
    assert {source for *_, source, _ in sent(parts)} == {"feed", "gnuboard"}


def test_a_large_archive_is_replayed_part_by_part(operations: Operations, parts: Parts) -> None:
    for _ in range(45):
        stored(parts, "feed")
    counted, after = 0, ""
    calls = 0
    while True:
        told = operations.replay(json.dumps({"after": after}))
        counted += told.responses
        calls += 1
        if told.next_after is None:
            break
        after = told.next_after
    assert (counted, calls) == (45, 3)
    assert len(sent(parts)) == 45


def test_a_replay_of_a_source_that_there_is_none_of_is_refused(operations: Operations) -> None:
    with pytest.raises(InvalidInput, match="no source is named 'gnubord'") as refused:
        operations.replay(json.dumps({"source": "gnubord"}))
    assert refused.value.field == "source"


def test_a_day_that_is_none_is_told_as_a_mistake(operations: Operations) -> None:
    for day in ("yesterday", "2026-13-01", "2026/11/20", "2026-02-30", "../../secret"):
        with pytest.raises(InvalidInput, match="no day") as refused:
            operations.replay(json.dumps({"day": day}))
        assert refused.value.field == "day"
