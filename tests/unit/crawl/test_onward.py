"""What follows from a page waits at its hosts, in the page's order, each once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from infra.bench.memory import MemoryFrontier, MemoryHosts
from socialindex.aws.frontier import Pending
from socialindex.crawl.onward import Onward
from socialindex.errors import Refused
from socialindex.sources.base import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 1_000.0
BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)
HERE = Pending(host="a.example", channel="ch_1", request=Request(url="https://a.example/list"))


class Way:
    """The way on from a list, and what came of it."""

    def __init__(self, here: Pending = HERE) -> None:
        self.frontier = MemoryFrontier()
        self.hosts = MemoryHosts()
        self.refused: list[str] = []
        self._onward = Onward(cast("Any", self.frontier), cast("Any", self.hosts), here, lambda: NOW)

    def put_all(self, urls: Sequence[str], **context: str) -> list[str]:
        requests = [Request(url=url, priority=1, context=context) for url in urls]
        new = asyncio.run(self._onward.put_all(requests, lambda verdict: self.refused.append(verdict.reason)))
        return [request.url for request in new]

    def put(self, request: Request | str, **fields: Any) -> None:
        asked = Request(url=request) if isinstance(request, str) else request
        asyncio.run(self._onward.put(asked, **fields))

    def due(self, host: str) -> list[Pending]:
        return self.frontier.due(host, NOW, 1_000)


def test_a_pages_order_is_kept_to_the_millisecond_and_all_of_it_is_due_at_once() -> None:
    way = Way()
    urls = [f"https://a.example/{number}" for number in range(200)]
    assert way.put_all(urls) == urls
    waiting = way.due("a.example")
    assert [pending.request.url for pending in waiting] == urls
    ranks = [int(pending.not_before * 1000) for pending in waiting]
    assert ranks == sorted(set(ranks))


def test_what_waits_already_or_is_named_twice_is_not_new() -> None:
    way = Way()
    assert way.put_all(["https://a.example/1", "https://a.example/2", "https://a.example/1"]) == [
        "https://a.example/1", "https://a.example/2",
    ]  # fmt: skip
    first, second = way.due("a.example")
    assert first.not_before < second.not_before
    assert way.put_all(["https://a.example/2", "https://a.example/3"]) == ["https://a.example/3"]
    assert len(way.due("a.example")) == 3


def test_other_hosts_are_woken_once_and_our_own_is_not() -> None:
    way = Way()
    way.put_all(["https://a.example/1", "https://b.example/1", "https://b.example/2", "wss://c.example/stream"])
    assert [way.hosts.wakes(f"{host}.example") for host in "abc"] == [0, 1, 1]
    assert [len(way.due(f"{host}.example")) for host in "abc"] == [1, 2, 1]


def test_an_address_that_is_none_is_told_of_and_the_others_go_on() -> None:
    way = Way()
    assert way.put_all(["ftp://a.example/", "https://a.example/1"]) == ["https://a.example/1"]
    assert way.refused == ["scheme"]
    assert way.put_all(["javascript:alert(1)"]) == []


def test_a_redirect_takes_along_what_it_was() -> None:
    way = Way()
    way.put("https://b.example/feed", hops=2, poll=True, verifies=7.0)
    (pending,) = way.due("b.example")
    assert (pending.channel, pending.hops, pending.poll, pending.verifies) == ("ch_1", 2, True, 7.0)
    assert way.hosts.wakes("b.example") == 1
    with pytest.raises(Refused, match="only http"):
        way.put("ftp://b.example/")


def test_the_next_page_of_a_walk_is_of_the_same_walk_and_nothing_else_is() -> None:
    page = Request(url="https://a.example/1", context={"walk": "history"})
    way = Way(msgspec.structs.replace(HERE, request=page, walk=BEGAN))
    way.put_all(["https://a.example/2"], walk="history")
    way.put_all(["https://a.example/post"])
    way.put(msgspec.structs.replace(page, url="https://a.example/moved"))
    walks = {pending.request.url.rpartition("/")[2]: pending.walk for pending in way.due("a.example")}
    assert walks == {"2": BEGAN, "post": None, "moved": BEGAN}
