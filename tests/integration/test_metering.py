"""What organizations use is counted exactly, refused before the engine is asked, and shown; acts are written down."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.aws.usage import Charge, Usage
from socialindex.errors import Unavailable
from socialindex.plans import PLANS, Adjustment, Limits, limits_of
from tests.integration.outgoing import outgoing
from tests.integration.parts import Parts, real_parts, unique
from tests.integration.tenants import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

SEARCH = "GET /v1/posts"
CLIENTS = 50
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def service(parts: Parts) -> Service:
    return Service(parts)


@pytest.fixture
def usage(parts: Parts) -> Usage:
    return Usage(parts.table("UsageTable"))


def limits(**changes: int) -> Limits:
    return limits_of("agency", Adjustment(**changes))


def charge(queries: int = 1, posts: int = 0, **changes: int) -> Charge:
    return Charge("org_a", "key_a", unique("r"), limits(**changes), queries, posts)


def test_fifty_clients_get_exactly_what_the_plan_grants(parts: Parts) -> None:
    service = Service(parts, environments=5)
    agency = service.organization(queries_a_day=60)
    keys = [agency.key()[1] for _ in range(5)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        calls = [pool.submit(service.call, keys[number % 5], SEARCH, at=number % 5) for number in range(100)]
        told = [call.result() for call in calls]
    assert Counter(answer.status for answer in told) == {200: 60, 429: 40}
    used = service.done(agency.manager, "GET /v1/usage")
    assert (used["queries"]["used"], used["queries"]["left"]) == (60, 0)
    assert sum(key["queries_today"] for key in used["keys"]) == 60
    refused = next(answer for answer in told if answer.status == 429)
    assert refused.body["violated-policies"] == ["day"]
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400


def test_what_is_used_up_does_not_reach_the_engine(service: Service) -> None:
    agency = service.organization(queries_a_day=2)
    assert [service.call(agency.manager, SEARCH).status for _ in range(5)] == [200, 200, 429, 429, 429]
    assert len(service.engine.asked) == 2


def test_every_answer_says_what_is_left(service: Service) -> None:
    agency = service.organization(queries_a_day=10, queries_a_minute=30)
    first = service.call(agency.manager, SEARCH)
    wrong = service.call(agency.manager, SEARCH, query={"limit": "0"})
    free = service.call(agency.manager, "GET /v1/usage")
    forbidden = service.call(agency.manager, "GET /v1/organizations")
    assert [answer.status for answer in (first, wrong, free, forbidden)] == [200, 400, 200, 403]
    for answer, left in ((first, 9), (wrong, 8), (free, 8), (forbidden, 8)):
        assert answer.headers["RateLimit-Policy"] == '"day";q=10;w=86400, "minute";q=30;w=60'
        assert f'"day";r={left};t=' in answer.headers["RateLimit"]
    assert "RateLimit" not in service.call("si_unknown", SEARCH).headers


def test_what_we_fail_to_give_costs_nothing(service: Service) -> None:
    agency = service.organization()
    service.engine.fails = True
    assert service.call(agency.manager, SEARCH).status == 503
    service.engine.fails = False
    assert service.call(agency.manager, SEARCH).status == 200
    assert service.done(agency.manager, "GET /v1/usage")["queries"]["used"] == 1


def test_posts_of_a_month_are_counted_and_end(service: Service) -> None:
    agency = service.organization(posts_a_month=25)
    service.engine.posts = 10
    told = [service.call(agency.manager, SEARCH) for _ in range(3)]
    assert [answer.status for answer in told] == [200, 200, 429]
    assert told[2].body["violated-policies"] == ["posts"]
    service.engine.posts = 5
    assert service.call(agency.manager, SEARCH).status == 200
    asked = len(service.engine.asked)
    assert service.call(agency.manager, SEARCH).status == 429
    assert len(service.engine.asked) == asked
    used = service.done(agency.manager, "GET /v1/usage")
    assert (used["posts"]["used"], used["posts"]["left"]) == (25, 0)


def test_nobody_starves_the_others(service: Service) -> None:
    agency, other = service.organization(queries_a_minute=5), service.organization()
    told = [service.call(agency.manager, SEARCH) for _ in range(8)]
    assert [answer.status for answer in told] == [200] * 5 + [429] * 3
    assert told[-1].body["violated-policies"] == ["minute"]
    assert 0 < int(told[-1].headers["Retry-After"]) <= 12
    assert service.call(other.manager, SEARCH).status == 200


def test_a_key_sees_its_own_usage_and_who_manages_all(service: Service) -> None:
    agency = service.organization()
    (first, secret), (second, _) = agency.key(), agency.key()
    service.done(secret, SEARCH)
    own = service.done(secret, "GET /v1/usage")
    everything = service.done(agency.manager, "GET /v1/usage")
    assert [(key["id"], key["queries_today"]) for key in own["keys"]] == [(first, 1)]
    assert {first, second} < {key["id"] for key in everything["keys"]}
    assert everything["days"] == [{"day": datetime.now(tz=UTC).date().isoformat(), "queries": 1, "posts": 0}]


# Counting


def test_a_count_that_is_sent_twice_counts_once(usage: Usage) -> None:
    one = charge(3, 5)._replace(account=unique("org"))
    assert [usage.call(one, NOW)[:1] + usage.call(one, NOW)[2:] for _ in range(3)] == [(3, 5, None)] * 3
    assert [usage.posts(one, NOW).posts for _ in range(2)] == [10, 10]
    for _ in range(2):
        usage.give_back(one, NOW)
    assert usage.call(one._replace(request="another"), NOW).used == 3


def test_a_count_whose_answer_is_lost_counts_once(usage: Usage) -> None:
    one = charge(3, 5)._replace(account=unique("org"))
    with outgoing("unanswered", 1) as out:  # after the days of the month before
        assert usage.call(one, NOW).used == 3
    assert out.calls == ["dynamodb Query", "dynamodb UpdateItem", "dynamodb UpdateItem"]
    assert usage.call(one._replace(request="another"), NOW).used == 6


def test_a_bucket_fills_up_evenly(usage: Usage) -> None:
    account = unique("org")

    def ask(seconds: float) -> str | None:
        again = charge(queries_a_minute=6)._replace(account=account)
        return usage.call(again, NOW + timedelta(seconds=seconds)).refused

    assert [ask(0) for _ in range(7)] == [None] * 6 + ["minute"]
    assert [ask(9.9), ask(10), ask(10.1)] == ["minute", None, "minute"]
    assert [ask(3600) for _ in range(7)] == [None] * 6 + ["minute"]


def test_a_charge_of_nothing_is_refused_by_the_bucket_only(usage: Usage) -> None:
    account = unique("org")
    spent = charge(queries_a_day=1)._replace(account=account)
    free = charge(0, queries_a_day=0)._replace(account=account)
    assert usage.call(spent, NOW).refused is None
    assert usage.call(spent._replace(request="another"), NOW).refused == "day"
    assert usage.call(free, NOW).refused is None
    assert usage.call(free, NOW).used == 1


def test_a_day_and_a_month_begin_anew(usage: Usage) -> None:
    one = charge(5, 7, posts_a_month=20)._replace(account=unique("org"))
    told = [usage.call(one, NOW + timedelta(days=days)) for days in (0, 1, 2, 3)]
    assert [(standing.posts, standing.refused) for standing in told] == [
        (7, None),
        (14, None),
        (14, "posts"),
        (7, None),
    ]
    found = usage.days(one.account, NOW.date(), NOW.date() + timedelta(days=9))
    assert [(day.name, day.queries, day.posts, day.keys, day.key_posts) for day in found] == [
        (f"2026-{day}", 5, 7, {"key_a": 5}, {"key_a": 7}) for day in ("11-28", "11-29", "12-01")
    ]


def test_the_shipped_plans_grow() -> None:
    trial, standard, agency = PLANS["trial"], PLANS["standard"], PLANS["agency"]
    counts = [name for name in Limits.__struct_fields__ if name != "history_days"]
    for name in counts:
        assert 0 < getattr(trial, name) < getattr(standard, name) < getattr(agency, name)


# The audit log


def acts(service: Service, key: str, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = service.done(key, "GET /v1/audit", query=query)["items"]
    return items


def test_administrative_acts_are_written_down_and_nothing_of_what_was_sent(service: Service) -> None:
    agency = service.organization()
    member = service.done(agency.manager, "POST /v1/members", {"name": "소라"})["id"]
    identifier, secret = agency.key(label="the label")
    service.call(agency.manager, "DELETE /v1/keys/{id}", id="key_unknown")
    service.done(secret, SEARCH)
    found = acts(service, agency.manager)
    manager = service.environments[0].access.caller(agency.manager).key
    assert [(entry["act"], entry["target"], entry["status"], entry["key"]) for entry in found] == [
        ("DELETE /v1/keys/{id}", "/v1/keys/key_unknown", 404, manager),
        ("POST /v1/keys", f"/v1/keys/{identifier}", 201, manager),
        ("POST /v1/members", f"/v1/members/{member}", 201, manager),
    ]
    assert not any(word in str(found) for word in ("소라", "the label", secret))


def test_an_administrators_act_is_in_both_logs(service: Service) -> None:
    agency = service.organization()
    service.done(service.admin, "POST /v1/workspaces", {"name": "a"}, query={"organization": agency.id})
    service.done(service.admin, "PATCH /v1/organizations/{id}", {"plan": "trial"}, id=agency.id)
    found = [(entry["act"], entry["organization"] != agency.id) for entry in acts(service, agency.manager)]
    assert found == [("PATCH /v1/organizations/{id}", True), ("POST /v1/workspaces", True)]
    assert [entry["act"] for entry in acts(service, service.admin)][:2] == [act for act, _ in found]


def test_nobody_writes_into_anothers_log(service: Service) -> None:
    agency, other = service.organization(), service.organization()
    told = service.call(agency.manager, "POST /v1/workspaces", {"name": "a"}, query={"organization": other.id})
    assert told.status == 404
    assert acts(service, other.manager) == []


def test_the_log_comes_in_pages(service: Service) -> None:
    agency = service.organization()
    made = [f"/v1/workspaces/{agency.workspace()}" for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = service.done(agency.manager, "GET /v1/audit", query={"limit": "2", "cursor": cursor})
        seen += [entry["target"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert seen == made[::-1]
    assert service.call(agency.manager, "GET /v1/audit", query={"cursor": "x"}).status == 400


def test_what_cannot_be_written_down_is_not_done(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = service.organization()

    def down(*_: object) -> None:
        raise Unavailable("table audit: no answer")

    monkeypatch.setattr(service.environments[0].log, "write", down)
    assert service.call(agency.manager, "POST /v1/workspaces", {"name": "a"}).status == 503
    assert service.done(agency.manager, "GET /v1/workspaces") == {"items": []}
