"""Exports through the API: asking, limits, links, deletion, and what another workspace learns: nothing."""

from __future__ import annotations

import json
import time
from typing import Any, NamedTuple, cast

import msgspec
import pytest

from socialindex.access import Caller, Scope
from socialindex.exports.charges import AT_ONCE
from socialindex.exports.stage import MAX_ATTEMPTS
from socialindex.lease import Kept
from socialindex.plans import PLANS
from socialindex.search.api import Api
from socialindex.search.exports import ExportsOfWorkspace, ExportsPart
from tests.unit.exports.world import CALLER, World, post

HOME = "/v1/workspaces/{id}/exports"
ONE = f"{HOME}/{{export}}"
KEYS = {
    "own": CALLER,
    "other": msgspec.structs.replace(CALLER, organization="org_b", workspaces=frozenset({"ws_b"})),
    "reader": msgspec.structs.replace(CALLER, scopes=frozenset({Scope.READ})),
    "poor": msgspec.structs.replace(CALLER, limits=msgspec.structs.replace(PLANS["standard"], posts_a_month=15)),
    "trial": msgspec.structs.replace(CALLER, limits=PLANS["trial"]),
    "none": msgspec.structs.replace(CALLER, limits=msgspec.structs.replace(PLANS["trial"], exports_a_month=0)),
}


class Told(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


class Keys:
    def caller(self, key: str, **_fresh: bool) -> Caller:
        return KEYS[key]


class Service:
    def __init__(self, world: World) -> None:
        self.world = world
        part = ExportsPart(
            cast("Any", world.engine),
            cast("Any", world.table),
            cast("Any", world.files),
            world.charges,
            cast("Any", world.queue),
        )
        self.api = Api(cast("Any", world.engine), Keys(), cast("Any", None), [part.routes()])

    def call(self, route: str, body: Any = None, *, key: str = "own", of: str = "", **more: Any) -> Told:
        answer = self.api.handle(
            {
                "requestContext": {"requestId": "r"},
                "routeKey": route,
                "pathParameters": {"id": more.get("workspace", "ws_a"), "export": of},
                "queryStringParameters": more.get("query", {}),
                "headers": {"authorization": f"Bearer {key}", **more.get("headers", {})},
                "body": None if body is None else json.dumps(body),
            }
        )
        return Told(answer["statusCode"], json.loads(answer.get("body") or "null"), answer["headers"])

    def started(self, body: Any = None, **more: Any) -> str:
        told = self.call(f"POST {HOME}", body or {}, **more)
        assert told.status == 202, told
        one: str = told.body["id"]
        return one

    def done(self, body: Any = None) -> str:
        one = self.started(body)
        self.world.work(self.world.table.get("ws_a", one).job)
        return one


@pytest.fixture
def service() -> Service:
    return Service(World([post(number) for number in range(10)]))


def test_an_export_is_asked_for_and_followed_to_its_link(service: Service) -> None:
    asked = {"q": "배터리", "format": "csv", "fields": ["title"], "sort": "oldest", "compression": "gzip"}
    told = service.call(f"POST {HOME}", asked)
    one = told.body["id"]
    assert told.status == 202
    assert told.headers["Location"] == f"/v1/workspaces/ws_a/exports/{one}"
    assert (told.body["state"], told.body["total"], told.body["link"]) == ("queued", 10, None)
    assert json.loads(service.world.queue.bodies[0]) == {"workspace": "ws_a", "id": one}
    assert service.call(f"GET {ONE}/file", of=one).status == 409
    service.world.stage.handle(
        {"Records": [{"messageId": "1", "body": service.world.queue.bodies[0], "attributes": _ONCE}]}, lambda: 900.0
    )
    done = service.call(f"GET {ONE}", of=one).body
    assert (done["state"], done["posts"], done["file_name"]) == ("done", 10, f"{one}.csv.gz")
    assert done["link"] == f"https://bucket.example/{one}.csv.gz?signed"
    file = service.call(f"GET {ONE}/file", of=one)
    assert (file.status, file.headers["Location"]) == (303, done["link"])
    listed = service.call(f"GET {HOME}").body
    assert [(item["id"], item["link"]) for item in listed["items"]] == [(one, None)]


_ONCE = {"ApproximateReceiveCount": "1"}


def test_a_query_may_be_given_by_its_parts(service: Service) -> None:
    one = service.started({"guided": {"all": ["배터리"]}})
    assert service.world.table.get("ws_a", one).job.wanted.q == "배터리"


@pytest.mark.parametrize(("q", "positions"), [("배터리 and 발열", [4]), ("배터리 AND 발열", []), ("", [])])
def test_who_asks_is_told_what_of_the_query_may_not_be_meant(service: Service, q: str, positions: list[int]) -> None:
    told = service.call(f"POST {HOME}", {"q": q}).body
    assert [note["position"] for note in told["notes"]] == positions


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"q": "배터리 AND"}, "q"),
        ({"q": "배터리", "guided": {"all": ["배터리"]}}, "guided"),
        ({"format": "xlsx"}, "format"),
        ({"fields": ["versions"]}, "fields"),
        ({"sort": "best"}, "sort"),
        ({"limit": 10}, "limit"),
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "from"),
        ({"author": [f"{n:02000}" for n in range(60)]}, "author"),
        ({"q": "배터리", "source": ["feed"], "thread": [f"{n:02000}" for n in range(60)]}, "thread"),
    ],
)
def test_what_cannot_be_exported_is_told_with_its_field(service: Service, body: Any, field: str) -> None:
    told = service.call(f"POST {HOME}", body)
    assert (told.status, told.body.get("field")) == (400, field)
    assert told.body["remedy"]
    assert service.world.table.kept == {}


@pytest.mark.parametrize("key", ["other", "own"])
def test_another_workspaces_export_is_as_one_that_does_not_exist(service: Service, key: str) -> None:
    one = service.done()
    workspace = "ws_a" if key == "other" else "ws_b"
    for route in (f"GET {ONE}", f"GET {ONE}/file", f"DELETE {ONE}", f"GET {HOME}", f"POST {HOME}"):
        told = service.call(route, {}, key=key, of=one, workspace=workspace)
        assert told.status == 404, route
        assert told.body["detail"] == "there is no such workspace"
    assert service.call(f"GET {ONE}", key="other", of=one, workspace="ws_b").status == 404


def test_a_key_needs_the_scope(service: Service) -> None:
    one = service.done()
    for route in (f"GET {ONE}", f"GET {ONE}/file", f"DELETE {ONE}", f"GET {HOME}", f"POST {HOME}"):
        assert service.call(route, {}, key="reader", of=one).status == 403, route


def test_the_same_request_again_begins_nothing(service: Service) -> None:
    named = {"idempotency-key": "k1"}
    one = service.started({"q": "배터리"}, headers=named)
    assert service.started({"q": "배터리"}, headers=named) == one
    assert service.call(f"POST {HOME}", {"q": "폭발"}, headers=named).status == 409
    assert len(service.world.queue.bodies) == 1
    assert service.world.counters.used["org_a"] == 10


# Limits


def refused(told: Told) -> tuple[int, list[str]]:
    assert int(told.headers["Retry-After"]) > 0
    return told.status, told.body["violated-policies"]


def test_only_so_many_are_under_way_at_once(service: Service) -> None:
    first, *_ = [service.started() for _ in range(AT_ONCE)]
    assert refused(service.call(f"POST {HOME}", {})) == (429, ["exports-at-once"])
    service.world.work(service.world.table.get("ws_a", first).job)
    service.started()
    assert len(service.world.table.kept) == AT_ONCE + 1


def test_a_month_has_only_so_many(service: Service) -> None:
    assert refused(service.call(f"POST {HOME}", {}, key="none")) == (429, ["exports"])
    assert service.world.table.kept == {}


def test_an_export_that_the_month_has_no_room_for_is_not_begun(service: Service) -> None:
    one = service.started(key="poor")
    told = service.call(f"POST {HOME}", {}, key="poor")
    assert refused(told) == (429, ["posts"])
    assert "10 posts" in told.body["detail"]
    assert [job.id for job in service.world.table.all("ws_a")] == [one]
    assert sum(service.world.table.months.values()) == 1


def cannot_be_counted(service: Service) -> None:
    service.world.counters.outages = 1
    assert service.call(f"POST {HOME}", {}, key="trial").status == 503


def fails(service: Service) -> None:
    one = service.started(key="trial")
    kept = service.world.table.get("ws_a", one)
    spent = msgspec.structs.replace(kept.job, attempts=MAX_ATTEMPTS)
    service.world.work(service.world.table.save(kept, spent).job)
    assert service.call(f"GET {ONE}", of=one).body["state"] == "failed"


def is_deleted(service: Service) -> None:
    one = service.started(key="trial")
    service.call(f"DELETE {ONE}", of=one)
    service.world.work(service.world.table.get("ws_a", one).job)


@pytest.mark.parametrize("comes_to_nothing", [cannot_be_counted, fails, is_deleted])
def test_an_export_without_a_file_is_none_of_the_months(service: Service, comes_to_nothing: Any) -> None:
    comes_to_nothing(service)
    again = service.started(key="trial")
    service.world.work(service.world.table.get("ws_a", again).job)
    assert service.call(f"GET {ONE}", of=again).body["state"] == "done"
    assert refused(service.call(f"POST {HOME}", {}, key="trial")) == (429, ["exports"])


# Lists and deletion


def test_a_list_comes_in_pages(service: Service) -> None:
    made = []
    for _ in range(5):
        made.append(service.done())
        time.sleep(0.002)
    seen: list[str] = []
    cursor: str | None = ""
    for _ in range(3):
        page = service.call(f"GET {HOME}", query={"limit": "2", "cursor": cursor}).body
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (made[::-1], None)
    assert service.call(f"GET {HOME}", query={"cursor": "9"}).body["field"] == "cursor"


@pytest.mark.parametrize("finish", [True, False])
def test_a_deletion_is_told_to_the_stage(service: Service, finish: bool) -> None:
    one = service.done() if finish else service.started()
    told = service.call(f"DELETE {ONE}", of=one)
    assert (told.status, told.body["state"]) == (202, "deleting")
    assert service.call(f"GET {ONE}/file", of=one).status == 404
    service.world.work(service.world.table.get("ws_a", one).job)
    assert service.call(f"GET {ONE}", of=one).status == 404
    assert service.world.files.files == {}
    assert service.world.counters.used["org_a"] == (10 if finish else 0)


def test_whoever_works_at_it_keeps_the_lease_when_it_is_deleted(service: Service) -> None:
    one = service.started()
    kept = service.world.table.get("ws_a", one)
    held = msgspec.structs.replace(kept.job, state="running", work_at=time.time() + 60)
    service.world.table.kept["ws_a", one] = Kept(held, kept.version + 1)
    service.call(f"DELETE {ONE}", of=one)
    assert service.world.table.get("ws_a", one).job.work_at == held.work_at


def test_a_workspace_that_goes_takes_its_exports_along(service: Service) -> None:
    service.done()
    rooms = ExportsOfWorkspace(cast("Any", service.world.table), cast("Any", service.world.queue))
    rooms.clear("ws_a")
    rooms.clear("ws_a")
    service.world.work(service.world.table.all("ws_a")[0])
    assert (service.world.files.files, service.world.table.kept) == ({}, {})


def test_a_workspace_goes_while_the_stage_removes_exports_that_were_deleted_before(service: Service) -> None:
    for _ in range(3):
        service.call(f"DELETE {ONE}", of=service.done())

    class Working:
        """A queue whose stage does all that waits as soon as it is told of one."""

        def send_all(self, bodies: Any) -> int:
            for job in service.world.table.all("ws_a"):
                service.world.work(job)
            return len(bodies)

    ExportsOfWorkspace(cast("Any", service.world.table), cast("Any", Working())).clear("ws_a")
    assert (service.world.files.files, service.world.table.kept) == ({}, {})
