"""However many channels fail, what is wrong can be asked for: the newest events, how many there are, and when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.search import outages
from socialindex.search.analytics.part import AnalyticsPart
from socialindex.search.api import Api
from socialindex.search.health import HealthPart
from socialindex.search.operations import Operations, Stores
from socialindex.watch.events import Finding, HealthEvent, Kind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CALLER = Caller(organization="org_a", workspaces=frozenset(), scopes=frozenset({Scope.READ}))
LAMBDAS = 6 * 1024 * 1024
"""Bytes that a function's answer may have, all of it."""


def event(
    number: int,
    kind: Kind = "down",
    source: str = "mastodon",
    hours: float = 3,
    ended: float | None = None,
    **given: Any,
) -> HealthEvent:
    """A channel that failed so many hours ago, until so many hours ago."""
    url = f"https://{source}.example/@account{number:06}"
    finding = Finding(
        kind=kind,
        source=source,
        since=NOW - timedelta(hours=hours),
        message=given.pop("message", f"{url}: the last 5 polls failed: timeout"),
        evidence={"failures": 5, "reason": "timeout"},
        **{"channel": f"ch_{number:020}", "url": url, **given},
    )
    closed = None if ended is None else NOW - timedelta(hours=ended)
    return HealthEvent(id=f"he_{number:020}", finding=finding, opened_at=NOW, seen_at=NOW, closed_at=closed)


class Engine:
    def search(self, **_: Any) -> dict[str, Any]:
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": 0}, "hits": []}}

    def msearch(self, **given: Any) -> dict[str, Any]:
        return {"responses": [self.search()] * (len(given["body"]) // 2)}


def asked(
    path: str, opened: list[HealthEvent], closed: list[HealthEvent] | None = None, query: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """The size of an answer, and the answer."""
    health = cast("Any", SimpleNamespace(open_events=lambda: opened, closed_events=lambda _: closed or []))
    engine = cast("Any", Engine())
    none = cast("Any", SimpleNamespace(all=list, read=lambda _: []))
    stores = Stores(channels=none, hosts=none, outcomes=none, archive=none, queues={}, health=health)
    routes = [HealthPart(health, none, engine).routes(), AnalyticsPart(engine, health, clock=lambda: NOW).routes()]
    keys = cast("Any", SimpleNamespace(caller=lambda _, **_fresh: CALLER))
    api = Api(engine, keys, Operations(stores, engine, none), routes)
    headers = {"authorization": "Bearer si_x"}
    context = {"requestId": "r"}
    answer = api.handle(
        {"routeKey": f"GET {path}", "headers": headers, "requestContext": context, "queryStringParameters": query or {}}
    )
    assert answer["statusCode"] == 200, answer
    return len(json.dumps(answer, ensure_ascii=False).encode()), json.loads(answer["body"])


@pytest.fixture(scope="module")
def many() -> list[HealthEvent]:
    """A large host is down, and a smaller one."""
    return [event(n, source="lemmy" if n % 10 == 0 else "mastodon", hours=4 - n / 10_000) for n in range(20_000)]


PATHS = ["/v1/health", "/v1/status", "/v1/coverage", "/v1/trends", "/v1/sentiment"]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_fits_whatever_fails(path: str, many: list[HealthEvent]) -> None:
    long = [event(n, message='"' * 4_000) for n in range(1_000)]
    for opened, closed in ((many, many), (long, long)):
        size, _ = asked(path, opened, closed)
        assert size < LAMBDAS


def test_of_many_events_the_newest_are_whole_and_all_are_counted(many: list[HealthEvent]) -> None:
    _, told = asked("/v1/health", many, many[:2_000])
    assert [one["id"] for one in told["open"]] == [one.id for one in many[-outages.MOST_EVENTS :]]
    assert [one["id"] for one in told["closed"]] == [one.id for one in many[1_000:2_000]]
    counts = [
        {"kind": "down", "source": "mastodon", "events": 18_000},
        {"kind": "down", "source": "lemmy", "events": 2_000},
    ]
    assert told["open_counts"] == counts
    assert [count["events"] for count in told["closed_counts"]] == [1_800, 200]
    _, status = asked("/v1/status", many)
    assert (status["events"], status["event_counts"]) == (told["open"], counts)


def test_few_events_are_all_there() -> None:
    opened, closed = [event(1), event(2, "errors")], [event(3, ended=1)]
    _, told = asked("/v1/health", opened, closed)
    assert [one["id"] for one in told["open"] + told["closed"]] == [one.id for one in opened + closed]
    assert sum(count["events"] for count in told["open_counts"]) == 2
    assert asked("/v1/health", [])[1] == {"open": [], "closed": [], "open_counts": [], "closed_counts": []}


def test_events_that_do_not_all_fit_leave_room_to_those_that_are_open() -> None:
    long = [event(n, message='"' * 4_000) for n in range(1_000)]
    _, told = asked("/v1/health", long, long)
    assert 0 < len(told["open"]) < 1_000
    assert told["open"][-1]["id"] == long[-1].id
    assert told["closed"] == []
    assert [count["events"] for count in told["closed_counts"]] == [1_000]


OVERLAPPING: list[tuple[list[HealthEvent], list[tuple[str, int | None, float, float | None]]]] = [
    ([event(1, hours=9, ended=7), event(2, hours=8, ended=5)], [("", 2, 9, 5)]),
    ([event(1, hours=9, ended=7), event(2, hours=7, ended=5)], [("", 2, 9, 5)]),
    ([event(1, hours=9, ended=5), event(2, hours=8, ended=7)], [("", 2, 9, 5)]),
    ([event(1, hours=9, ended=7), event(1, hours=6, ended=5)], [("1", 1, 9, 7), ("1", 1, 6, 5)]),
    ([event(1, hours=9, ended=7), event(1, hours=8, ended=5)], [("1", 1, 9, 5)]),
    ([event(1, hours=9), event(2, hours=3, ended=1)], [("", 2, 9, None)]),
    ([event(1, hours=9), event(2, "unpolled", hours=8)], [("1", 1, 9, None), ("2", 1, 8, None)]),
    ([event(1, hours=9), event(2, source="lemmy", hours=8)], [("1", 1, 9, None), ("2", 1, 8, None)]),
    ([event(1, "paused", hours=9), event(0, "paused", channel=None)], [("1", 1, 9, None), ("", None, 3, None)]),
]


@pytest.mark.parametrize(("events", "told"), OVERLAPPING)
def test_times_of_a_sources_channels_that_overlap_are_one(
    events: list[HealthEvent], told: list[tuple[str, int | None, float, float | None]]
) -> None:
    for path, name in (("/v1/coverage", "gaps"), ("/v1/trends", "blind")):
        _, answer = asked(path, [], events)
        found = answer[name] if name in answer else answer["coverage"][name]
        assert [
            (
                one["channel"].lstrip("ch_0") if one["channel"] else "",
                one["channels"],
                _hours_ago(one["since"]),
                one["until"] and _hours_ago(one["until"]),
            )
            for one in found
        ] == told


def _hours_ago(moment: str) -> float:
    return (NOW - datetime.fromisoformat(moment)) / timedelta(hours=1)


def test_where_there_are_too_many_times_those_close_to_each_other_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "MOST_INTERVALS", 3)
    often = [event(number, hours=10 - number, ended=9.5 - number) for number in range(4)]
    apart = event(9, source="lemmy", hours=30, ended=29)
    _, told = asked("/v1/coverage", [], [*often, apart])
    assert [(one["source"], one["channels"], _hours_ago(one["since"])) for one in told["gaps"]] == [
        ("lemmy", 1, 30),
        ("mastodon", 4, 10),
    ]
    assert len(asked("/v1/coverage", [], often[:3])[1]["gaps"]) == 3


def test_channels_that_fail_are_a_part_of_a_source_and_no_whole(many: list[HealthEvent]) -> None:
    window = {"interval": "day", "from": "2026-11-27T00:00:00Z", "to": "2026-11-29T00:00:00Z"}
    _, told = asked("/v1/trends", many, query=window)
    assert [(one["blind"], one["partly_blind"]) for one in told["buckets"]] == [([], []), ([], ["lemmy", "mastodon"])]
