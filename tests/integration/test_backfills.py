"""Walking a channel's history: begun through the API, counted where its pages are settled, ended or cancelled."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import sources
from socialindex.access import Caller, Scope
from socialindex.aws.frontier import Pending
from socialindex.crawl import walks
from socialindex.crawl.recorder import Done
from socialindex.errors import Conflict, NotFound
from socialindex.model import Draft
from socialindex.search.backfills import BackfillPart
from socialindex.search.http import Answer, HttpRequest
from socialindex.sources.base import Channel, Follow, Request, Response
from socialindex.warc import Exchange
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

ADMIN = Caller(organization="org_us", workspaces=frozenset(), scopes=frozenset({Scope.ADMIN}))
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Pages:
    """An adapter whose history has three pages of two posts each, the oldest of 2020."""

    title = "Boards"
    has_history = True

    def backfill(self, channel: Channel) -> Request | None:
        return Request(url=f"{channel.url}?page=1") if self.has_history else None

    def follow(self, channel: Channel, response: Response) -> Follow:
        page = int(response.request.url.rpartition("=")[2])
        following = Request(url=f"{channel.url}?page={page + 1}", priority=2, context={"walk": "history"})
        return Follow(requests=[following] if page < 3 else [])

    def posts(self, channel: Channel, response: Response) -> Iterable[Draft]:
        page = int(response.request.url.rpartition("=")[2])
        dates = (datetime(2023 - page, 1, 1, tzinfo=UTC), None)
        return [Draft(uri=f"{channel.url}/{page}-{at}", published_at=at) for at in dates]


class Service:
    def __init__(self, parts: Parts, adapter: Pages) -> None:
        self.parts, self.adapter = parts, adapter
        self.part = BackfillPart(parts.channels, parts.frontier, parts.hosts)
        self.id = unique("ch")
        self.host = f"{self.id}.example"
        self.parts.channels.add(Channel(id=self.id, source="gnuboard", url=f"https://{self.host}/free", created_at=AT))

    def ask(self, method: str, channel: str = "") -> Answer:
        route = f"{method} /v1/channels/{{id}}/backfills"
        request = HttpRequest(id="r", route=route, path={"id": channel or self.id}, query={}, headers={}, raw={})
        return self.part.routes()[route].handle(request, ADMIN)

    @property
    def progress(self) -> Any:
        return self.ask("GET").body

    def waiting(self) -> list[Pending]:
        return self.parts.frontier.due(self.host, time.time() + 60, 10)

    def settle(self, reason: str = "", *, page: Pending | None = None) -> None:
        """What a crawler does with the page that waits: puts the next one in the frontier, then writes it down."""
        pending = page or the_only(self.waiting())
        state = self.parts.channels.get(self.id)
        assert state is not None
        response = Response(request=pending.request, url=pending.request.url, status=200, received_at=AT)
        exchange = None if reason else Exchange(state.channel, response)
        for request in self.adapter.follow(state.channel, response).requests if exchange else ():
            assert walks.goes_on(request)
            page = Pending(host=self.host, channel=self.id, request=request, walk=pending.walk)
            self.parts.frontier.put(page)
        done = Done(pending, "gnuboard", "discard" if reason else "ok", reason, exchange)
        walks.settled(done, self.parts.channels.backfills, self.parts.frontier)
        self.parts.frontier.remove([pending])


def the_only(waiting: list[Pending]) -> Pending:
    (pending,) = waiting
    return pending


@pytest.fixture
def service(servers: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    adapter = Pages()
    monkeypatch.setattr(sources, "find", lambda _: adapter)
    with real_parts(servers) as parts:
        yield Service(parts, adapter)


def test_a_walk_is_begun_and_its_first_page_waits_behind_everything_else(service: Service) -> None:
    answer = service.ask("POST")
    assert (answer.status, answer.headers["Location"]) == (202, f"/v1/channels/{service.id}/backfills")
    (pending,) = service.waiting()
    assert (pending.request.priority, pending.request.context) == (2, {"walk": "history"})
    assert service.host in set(service.parts.hosts.ready(time.time() + 60))


def test_a_walk_begins_while_a_poll_of_the_same_page_waits(service: Service) -> None:
    request = Request(url=f"https://{service.host}/free?page=1")
    poll = Pending(host=service.host, channel=service.id, request=request, poll=True)
    service.parts.frontier.put(poll)
    assert service.ask("POST").status == 202
    assert len(service.waiting()) == 2
    service.parts.frontier.remove([poll])
    for _ in range(3):
        service.settle()
    assert (service.progress.state, service.progress.pages) == ("done", 3)


def test_a_poll_can_wait_beside_the_first_page_of_a_walk(service: Service) -> None:
    service.ask("POST")
    request = Request(url=f"https://{service.host}/free?page=1")
    assert service.parts.frontier.put(Pending(host=service.host, channel=service.id, request=request, poll=True))


def test_each_page_is_counted_and_the_last_one_ends_the_walk(service: Service) -> None:
    service.ask("POST")
    told = []
    for _ in range(3):
        service.settle()
        now = service.progress
        told.append((now.state, now.pages, now.posts, now.oldest and now.oldest.year))
    assert told == [("running", 1, 2, 2022), ("running", 2, 4, 2021), ("done", 3, 6, 2020)]
    assert service.waiting() == []


def test_a_walk_under_way_is_not_begun_twice(service: Service) -> None:
    service.ask("POST")
    service.settle()
    answer = service.ask("POST")
    assert answer.status == 200
    assert answer.body == service.progress
    assert len(service.waiting()) == 1


def test_a_walk_whose_first_page_never_waited_is_helped_on(service: Service) -> None:
    service.ask("POST")
    service.parts.frontier.remove(service.waiting())  # as where the function was killed before it put it
    for _ in range(2):
        answer = service.ask("POST")
        assert (answer.status, answer.body) == (200, service.progress)
        assert len(service.waiting()) == 1
    for _ in range(3):
        service.settle()
    assert (service.progress.state, service.progress.pages) == ("done", 3)


@pytest.mark.parametrize("reason", ["", "robots"])
def test_a_page_of_a_cancelled_walk_is_none_of_the_next_one(service: Service, reason: str) -> None:
    service.ask("POST")
    for _ in range(2):
        service.settle()
    (last,) = service.waiting()
    service.ask("DELETE")
    assert service.ask("POST").status == 202
    service.settle(reason, page=last)
    assert (service.progress.state, service.progress.pages, service.progress.oldest) == ("running", 0, None)
    for _ in range(3):
        service.settle()
    assert (service.progress.state, service.progress.pages) == ("done", 3)


def test_nothing_follows_a_page_of_a_walk_that_gave_way_to_another(service: Service) -> None:
    service.ask("POST")
    (old,) = service.waiting()
    service.ask("DELETE")
    service.ask("POST")
    assert len(service.waiting()) == 2
    service.settle(page=old)
    (first,) = service.waiting()
    assert (first.request.url, first.walk) == (old.request.url, service.progress.started_at)


def test_a_page_that_is_settled_again_counts_twice_and_ends_nothing(service: Service) -> None:
    service.ask("POST")
    (first,) = service.waiting()
    for _ in range(2):
        service.settle(page=first)
    assert (service.progress.state, service.progress.pages, len(service.waiting())) == ("running", 2, 1)


def test_a_walk_that_has_ended_can_be_begun_again(service: Service) -> None:
    service.ask("POST")
    for _ in range(3):
        service.settle()
    assert service.ask("POST").status == 202
    assert (service.progress.state, service.progress.pages, service.progress.oldest) == ("running", 0, None)


def test_of_a_cancelled_walk_the_page_that_waits_is_the_last(service: Service) -> None:
    service.ask("POST")
    service.settle()
    assert service.ask("DELETE").status == 200
    assert service.progress.state == "cancelled"
    service.settle()
    assert service.waiting() == []
    assert (service.progress.state, service.progress.pages) == ("cancelled", 2)
    with pytest.raises(Conflict):
        service.ask("DELETE")


def test_a_page_that_cannot_be_had_stops_the_walk_with_its_reason(service: Service) -> None:
    service.ask("POST")
    service.settle("robots")
    assert (service.progress.state, service.progress.reason) == ("stopped", "robots")


def test_a_page_that_has_moved_does_not(service: Service) -> None:
    service.ask("POST")
    service.settle("moved")
    assert service.progress.state == "running"


def test_a_source_without_a_history_is_told(service: Service) -> None:
    service.adapter.has_history = False
    with pytest.raises(Conflict, match="Boards"):
        service.ask("POST")


def test_what_is_not_there_is_not_found(service: Service) -> None:
    for method in ("GET", "DELETE", "POST"):
        with pytest.raises(NotFound):
            service.ask(method, "ch_none")
    with pytest.raises(NotFound, match="never"):
        service.ask("GET")


def test_a_walk_leaves_the_channel_itself_as_it_is(service: Service) -> None:
    before = service.parts.channels.get(service.id)
    service.ask("POST")
    service.settle()
    assert service.parts.channels.get(service.id) == before
