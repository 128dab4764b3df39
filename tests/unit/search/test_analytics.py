"""Figures through the API: what the engine is asked, what is refused before, and what is said of what we missed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from opensearchpy.exceptions import ConnectionError as EngineConnectionError

from socialindex.access import Caller, Scope, visible_to
from socialindex.aws.health import KEPT
from socialindex.search.analytics.coverage import FRESH, kept_since
from socialindex.search.analytics.part import AnalyticsPart
from socialindex.search.api import Api
from socialindex.watch.events import Finding, HealthEvent, Kind

NOW = datetime(2026, 11, 28, 6, 30, tzinfo=UTC)
CALLER = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))
PATHS = {
    "/v1/trends": {},
    "/v1/aggregate": {"by": "source"},
    "/v1/analytics/terms": {},
    "/v1/share-of-voice": {"queries": "a,b"},
    "/v1/sentiment": {},
    "/v1/analytics/sources": {},
}
WHOLE = {"timed_out": False, "_shards": {"failed": 0}, "status": 200}


@dataclass(eq=False)  # a client counts as itself, as the real one does
class Engine:
    """Finds so many posts for every question, or answers as told; remembers what it was asked."""

    answer: dict[str, Any] = field(default_factory=lambda: {"hits": {"total": {"value": 0}}})
    error: Exception | None = None
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0

    def search(self, **_: Any) -> dict[str, Any]:
        """Asked whether it answers at all, where it did not."""
        return self.msearch(body=[])

    def msearch(self, *, body: list[dict[str, Any]]) -> dict[str, Any]:
        self.requests += 1
        self.bodies += body[1::2]
        if self.error:
            raise self.error
        return {"responses": [{**WHOLE, **self.answer} for _ in body[1::2]]}


@dataclass
class Health:
    """Events that were written down, as the table gives them."""

    events: list[HealthEvent] = field(default_factory=list)
    reads: int = 0

    def open_events(self) -> list[HealthEvent]:
        self.reads += 1
        return [event for event in self.events if event.closed_at is None]

    def closed_events(self, since: datetime) -> list[HealthEvent]:
        return [event for event in self.events if event.closed_at and event.closed_at >= since]


class Keys:
    def caller(self, _key: str, **_fresh: bool) -> Caller:
        return CALLER


@dataclass
class Door:
    """The API with these parts behind it."""

    engine: Engine = field(default_factory=Engine)
    health: Health = field(default_factory=Health)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.part = AnalyticsPart(cast("Any", self.engine), cast("Any", self.health), 6, clock=lambda: self.now)

    def call(self, route: str, query: dict[str, str] | None = None, body: object = None) -> tuple[int, dict[str, Any]]:
        for route_ in self.part.routes().values():
            assert route_.doc.summary
        event = {
            "routeKey": route,
            "headers": {"authorization": "Bearer si_x"},
            "requestContext": {"requestId": "r"},
            "queryStringParameters": query,
            **({} if body is None else {"body": json.dumps(body)}),
        }
        answer = Api(cast("Any", None), Keys(), cast("Any", None), [self.part.routes()]).handle(event)
        return answer["statusCode"], json.loads(answer["body"])


def found(door: Door, route: str, query: dict[str, str] | None = None, body: object = None) -> dict[str, Any]:
    status, answer = door.call(route, query, body)
    assert status == 200, answer
    return answer


# The two forms

FORMS: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    (
        "/v1/trends",
        {"q": "배터리", "by": "source", "top": "3", "metrics": "likes,views", "source": "feed,gnuboard"},
        {"q": "배터리", "by": "source", "top": 3, "metrics": ["likes", "views"], "source": ["feed", "gnuboard"]},
    ),
    (
        "/v1/aggregate",
        {"by": "source,language", "metric": "reach", "top": "5"},
        {"by": ["source", "language"], "metric": "reach", "top": 5},
    ),
    ("/v1/analytics/terms", {"q": "a", "pairs": "true", "sample": "200"}, {"q": "a", "pairs": True, "sample": 200}),
    (
        "/v1/share-of-voice",
        {"queries": "갤럭시,아이폰", "by": "time", "time_zone": "Asia/Seoul"},
        {
            "queries": [{"name": "갤럭시", "q": "갤럭시"}, {"name": "아이폰", "q": "아이폰"}],
            "by": "time",
            "time_zone": "Asia/Seoul",
        },
    ),
    ("/v1/sentiment", {"drivers": "0"}, {"drivers": 0}),
    ("/v1/analytics/sources", {"from": "2026-11-01T00:00:00+09:00"}, {"from": "2026-11-01T00:00:00+09:00"}),
]


@pytest.mark.parametrize(("path", "query", "body"), FORMS)
def test_both_forms_ask_the_same_and_answer_the_same(path: str, query: dict[str, str], body: dict[str, Any]) -> None:
    by_url, by_body = Door(), Door()
    assert found(by_url, f"GET {path}", query) == found(by_body, f"POST {path}", body=body)
    assert by_url.engine.bodies == by_body.engine.bodies


@pytest.mark.parametrize("path", PATHS)
def test_one_request_that_only_shows_what_the_caller_may_see(path: str) -> None:
    door = Door()
    found(door, f"GET {path}", PATHS[path])
    assert door.engine.requests == 1
    for body in door.engine.bodies:
        assert all(json.dumps(clause) in json.dumps(body["query"]) for clause in visible_to(CALLER))
        assert (body["size"], body["timeout"]) == (0, "10s")
        assert '"now' not in json.dumps(body)  # which no cache would take


# What is refused

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/trends", {"interval": "minute"}, "interval"),
    ("/v1/trends", {"interval": "hour", "from": "2026-01-01T00:00:00Z"}, "interval"),
    ("/v1/trends", {"by": "source", "top": 51}, "top"),
    ("/v1/trends", {"by": "source", "top": 50, "interval": "day", "from": "2025-01-01T00:00:00Z"}, "top"),
    ("/v1/trends", {"time_zone": "KST"}, "time_zone"),
    ("/v1/trends", {"q": "(배터리"}, "q"),
    ("/v1/aggregate", {}, "by"),
    ("/v1/aggregate", {"by": []}, "by"),
    ("/v1/aggregate", {"by": ["source", "language", "kind"]}, "by"),
    ("/v1/aggregate", {"by": ["source", "source"]}, "by"),
    ("/v1/aggregate", {"by": ["author", "hashtag"], "top": 101, "top_within": 10}, "top"),
    ("/v1/aggregate", {"by": ["source"], "metric": "clicks"}, "metric"),
    ("/v1/analytics/terms", {"sample": 5_000}, "sample"),
    ("/v1/share-of-voice", {"queries": [{"name": "a", "q": "a"}]}, "queries"),
    ("/v1/share-of-voice", {"queries": [{"name": "a", "q": "a"}] * 11}, "queries"),
    ("/v1/share-of-voice", {"queries": [{"name": "a", "q": "a"}, {"name": "a", "q": "b"}]}, "queries"),
    ("/v1/share-of-voice", {"queries": [{"name": "a", "q": "a"}, {"name": "b", "q": "(b"}]}, "q"),
    ("/v1/share-of-voice", {"queries": [{"name": name, "q": '"a b" ' * 100} for name in "abcdefghi"]}, "q"),
    (
        "/v1/share-of-voice",
        {
            "queries": [{"name": name, "q": name} for name in ("a", "b", "c")],
            "by": "time",
            "interval": "hour",
            "from": "2026-10-29T00:00:00Z",
        },
        "interval",
    ),
    ("/v1/sentiment", {"drivers": 51}, "drivers"),
    ("/v1/analytics/sources", {"limit": 5}, "limit"),
]


@pytest.mark.parametrize(("path", "body", "named"), REFUSED)
def test_what_cannot_be_or_costs_too_much_is_refused_before_the_engine_is_asked(
    path: str, body: dict[str, Any], named: str
) -> None:
    door = Door()
    status, problem = door.call(f"POST {path}", body=body)
    assert (status, problem["field"], bool(problem["remedy"])) == (400, named, True)
    assert door.engine.requests == 0


def _failed(kind: str, status: int) -> dict[str, Any]:
    return {"error": {"type": kind, "caused_by": {"type": kind}}, "status": status}


ENGINES = [
    (Engine(error=EngineConnectionError("N/A", "down", Exception())), 503),
    (Engine(answer={"timed_out": True, "hits": {"total": {"value": 1}}}), 503),
    (Engine(answer={"_shards": {"failed": 1}, "hits": {"total": {"value": 1}}}), 503),
    (Engine(answer=_failed("circuit_breaking_exception", 429)), 503),
    (Engine(answer=_failed("too_many_nested_clauses", 400)), 400),
    (Engine(answer=_failed("too_many_buckets_exception", 503)), 400),
    (Engine(answer=_failed("parsing_exception", 400)), 400),
]


@pytest.mark.parametrize(("engine", "status"), ENGINES)
def test_an_engine_that_fails_is_told_from_a_mistake_and_never_half_an_answer(engine: Engine, status: int) -> None:
    for path, query in PATHS.items():
        assert Door(engine).call(f"GET {path}", query)[0] == status


SAMPLES = [("2026-11-20T00:00:00Z", 500), ("2025-12-01T00:00:00Z", 461), ("2017-01-01T00:00:00Z", 46)]


@pytest.mark.parametrize(("since", "sample"), SAMPLES)
def test_a_longer_window_takes_no_more_texts_apart(since: str, sample: int) -> None:
    door = Door()
    found(door, "GET /v1/analytics/terms", {"from": since})
    assert door.engine.bodies[0]["aggs"]["sample"]["diversified_sampler"]["shard_size"] == sample


# What was missed


def event(kind: Kind, source: str, since: str, until: str | None = None, channel: str | None = None) -> HealthEvent:
    began = datetime.fromisoformat(since)
    finding = Finding(kind=kind, source=source, channel=channel, since=began, message="It fails.", evidence={})
    closed = datetime.fromisoformat(until) if until else None
    return HealthEvent(id=f"he_{since}", finding=finding, opened_at=began, seen_at=began, closed_at=closed)


EVENTS = [
    event("errors", "feed", "2026-11-25T20:00:00+00:00", "2026-11-26T03:00:00+00:00"),
    event("down", "gnuboard", "2026-11-27T10:00:00+00:00", None, "ch_board"),
    event("silent", "mastodon", "2026-11-25T00:00:00+00:00", None, "ch_m"),
    event("errors", "lemmy", "2026-11-01T00:00:00+00:00", "2026-11-25T00:00:00+00:00"),
    event("layout", "bluesky", "2026-11-28T06:00:00+00:00"),
]
WINDOW = {"from": "2026-11-25T00:00:00Z", "to": "2026-11-30T00:00:00Z", "interval": "day"}


def test_a_bucket_says_which_sources_were_not_seen_in_it() -> None:
    answer = found(Door(health=Health(EVENTS)), "GET /v1/trends", WINDOW)
    told = [(bucket["at"][8:10], bucket["blind"], bucket["partly_blind"]) for bucket in answer["buckets"]]
    assert told == [
        ("25", ["feed"], []),
        ("26", ["feed"], []),
        ("27", [], ["gnuboard"]),
        ("28", ["bluesky"], ["gnuboard"]),
        ("29", [], []),
    ]
    assert [bucket["posts"] for bucket in answer["buckets"]] == [0] * 5


def test_days_are_those_of_the_zone_for_what_was_missed_too() -> None:
    seoul = {"from": "2026-11-24T15:00:00Z", "to": "2026-11-26T15:00:00Z", "interval": "day", "time_zone": "Asia/Seoul"}
    answer = found(Door(health=Health(EVENTS[:1])), "GET /v1/trends", seoul)
    assert [bucket["blind"] for bucket in answer["buckets"]] == [[], ["feed"]]


def test_what_is_cut_off_is_said_to_be_partial() -> None:
    cut = {"from": "2026-11-25T01:00:00Z", "to": "2026-11-28T12:00:00Z", "interval": "day"}
    answer = found(Door(), "GET /v1/trends", cut)
    assert [bucket["partial"] for bucket in answer["buckets"]] == [True, False, False, True]
    answer = found(Door(), "GET /v1/trends", WINDOW)
    assert [bucket["partial"] for bucket in answer["buckets"]] == [False, False, False, True, True]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_says_what_it_covers(path: str) -> None:
    given = {**PATHS[path], **{name: WINDOW[name] for name in ("from", "to")}}
    coverage = found(Door(health=Health(EVENTS)), f"GET {path}", given)["coverage"]
    assert [gap["source"] for gap in coverage["blind"]] == ["feed", "gnuboard", "bluesky"]
    assert [gap["source"] for gap in coverage["silent"]] == ["mastodon"]
    assert (coverage["from"], coverage["to"], coverage["time_zone"]) == (WINDOW["from"], WINDOW["to"], "UTC")
    assert (coverage["undated"], coverage["kept_since"]) == (0, "2026-05-01T00:00:00Z")
    assert datetime.fromisoformat(coverage["health_since"]) == NOW - KEPT
    only = found(Door(health=Health(EVENTS)), f"GET {path}", {**given, "source": "gnuboard"})["coverage"]
    assert [gap["source"] for gap in only["blind"] + only["silent"]] == ["gnuboard"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("q", "ends"), [("배터리 and 발열", ["Did you mean AND?"]), ("배터리 AND 발열", []), ("", [])])
def test_every_answer_says_what_the_author_of_its_query_may_not_have_meant(path: str, q: str, ends: list[str]) -> None:
    notes = found(Door(), f"GET {path}", {**PATHS[path], "q": q})["coverage"]["notes"]
    assert [(note["position"], note["message"][-17:]) for note in notes] == [(4, end) for end in ends]


def test_voices_tell_whose_query_may_not_have_been_meant() -> None:
    notes = found(Door(), "GET /v1/share-of-voice", {"queries": "누리폰,가온폰 or 가온탭"})["coverage"]["notes"]
    ((position, message),) = [(note["position"], note["message"]) for note in notes]
    assert (position, message[:15], message[-16:]) == (4, '가온폰 or 가온탭: "or', "Did you mean OR?")


def test_health_is_read_once_a_minute() -> None:
    door = Door()
    for seconds in (0, 30, 60, 61):
        door.now = NOW + timedelta(seconds=seconds)
        found(door, "GET /v1/analytics/sources")
    assert (FRESH, door.health.reads) == (timedelta(minutes=1), 2)


KEEPING = [
    (datetime(2026, 11, 28, tzinfo=UTC), 1, datetime(2026, 10, 1, tzinfo=UTC)),
    (datetime(2026, 1, 5, tzinfo=UTC), 1, datetime(2025, 12, 1, tzinfo=UTC)),
    (datetime(2026, 12, 31, tzinfo=UTC), 12, datetime(2025, 12, 1, tzinfo=UTC)),
    (datetime(2026, 12, 31, tzinfo=UTC), 0, None),
]


@pytest.mark.parametrize(("now", "months", "since"), KEEPING)
def test_retention_is_by_whole_months(now: datetime, months: int, since: datetime | None) -> None:
    assert kept_since(now, months) == since
