"""Lists of what holds queries: pages end before they are too large to be sent, and go on behind their last item."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.aws.topics import Kept
from socialindex.exports.job import Asker, Export, view
from socialindex.exports.wanted import Wanted
from socialindex.search.exports import ExportsPage
from socialindex.search.http import Answer, HttpRequest
from socialindex.search.jobs import ListJobs, page_of
from socialindex.search.topic_views import TopicsPage
from socialindex.search.topics import TopicsPart
from socialindex.topics.job import Job
from socialindex.topics.topic import State, Topic, Watched

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
LONG = " OR ".join(f"{'누리폰배터리발열' * 8}{number}" for number in range(450))
"""A query of some 90 kB: as long as one may be, within what it may cost."""
CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))


def sent(answer: Answer) -> int:
    """Bytes of an answer that is not packed."""
    return len(json.dumps(answer.encoded(), ensure_ascii=False).encode())


def name(number: int) -> str:
    return LETTERS[number // 32] + LETTERS[number % 32]


class Unwilling:
    """An engine that does not answer: topics are shown without their figures."""

    def search(self, **_: Any) -> dict[str, Any]:
        return {"timed_out": True}


class Topics(NamedTuple):
    """A workspace's topics, by their ids."""

    kept: list[Kept]

    def page(self, _workspace: str, after: str, limit: int) -> list[Kept]:
        return [each for each in self.kept if each.topic.id > after][:limit]


def topic(number: int, q: str, state: State = "active") -> Kept:
    made = Topic(
        id=f"tp_aaaaaaaaaaaaaa{name(number)}",
        workspace="ws_a",
        organization="org_a",
        name="NuriPhone",
        watched=Watched(q=q),
        since=NOW,
        state=state,
        created_at=NOW,
        changed_at=NOW,
    )
    return Kept(made, Job(history_days=90), 1)


def listed(topics: list[Kept], **query: str) -> Answer:
    part = TopicsPart(cast("Any", Unwilling()), cast("Any", Topics(topics)), cast("Any", None))
    route = "GET /v1/workspaces/{id}/topics"
    asked = HttpRequest(id="1", route=route, path={"id": "ws_a"}, query=query, headers={}, raw={})
    return part.routes()[route].handle(asked, CALLER)


def pages(topics: list[Kept], **query: str) -> list[TopicsPage]:
    """All pages of the list, each of which can be sent."""
    found, cursor = list[TopicsPage](), ""
    while not found or cursor:
        answer = listed(topics, cursor=cursor, **query)
        assert sent(answer) < 6_000_000
        page = cast("TopicsPage", answer.body)
        found, cursor = [*found, page], page.next_cursor or ""
    return found


def test_a_topic_says_what_the_author_of_its_query_may_not_have_meant() -> None:
    (page,) = pages([topic(0, "누리폰 and 발열"), topic(1, "누리폰")])
    noted, plain = page.items
    assert [(note.position, note.message[-17:]) for note in noted.notes] == [(4, "Did you mean AND?")]
    assert plain.notes == ()


@pytest.mark.parametrize("limit", ["40", "100"])
def test_topics_with_long_queries_are_listed_page_by_page(limit: str) -> None:
    states: list[State] = ["deleting" if number % 5 == 4 else "active" for number in range(60)]
    topics = [topic(number, LONG, state) for number, state in enumerate(states)]
    found = pages(topics, limit=limit)
    assert len(found) > 2
    shown = [item.id for page in found for item in page.items]
    assert shown == [each.topic.id for each in topics if each.topic.state != "deleting"]


def test_topics_with_short_queries_fill_a_page() -> None:
    topics = [topic(number, "누리폰") for number in range(101)]
    assert [len(page.items) for page in pages(topics, limit="100")] == [100, 1]


def export(number: int, q: str) -> tuple[str, Export]:
    asker = Asker(organization="org_a", key="k", public="all", since=None, sandbox=False)
    id_ = f"ex_aaaaaaaaaaaaaa{name(number)}"
    job = Export(
        id=id_, workspace="ws_a", by=asker, wanted=Wanted(q=q), asked="", bound=0, total=1, state="done", created_at=NOW
    )
    return f"{number:013d}-{id_}", job


@pytest.mark.parametrize(("q", "fewest"), [(LONG, 2), ("누리폰", 1)])
def test_exports_are_listed_page_by_page(q: str, fewest: int) -> None:
    jobs = [export(number, q) for number in range(100)]

    def read(after: str, limit: int) -> list[tuple[str, Export]]:
        return [(place, job) for place, job in jobs if place > after][:limit]

    found = [page_of(ListJobs(limit=100), read)]
    while found[-1].next_cursor:
        found.append(page_of(ListJobs(limit=100, cursor=found[-1].next_cursor), read))
    assert len(found) >= fewest
    assert [job for page in found for job in page.jobs] == [job for _, job in jobs]
    for page in found:
        answer = Answer(200, ExportsPage(items=[view(job) for job in page.jobs], next_cursor=page.next_cursor))
        assert sent(answer) < 6_000_000
