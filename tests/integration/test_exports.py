"""Exports on the real servers: from the API to the file, whatever interrupts it; what others have stays theirs."""

from __future__ import annotations

import csv
import io
import json
import random
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import pytest
import urllib3

from socialindex import terms
from socialindex.access import Caller, Scope
from socialindex.aws.export_files import Files, key_of
from socialindex.aws.exports import ExportsTable
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.usage import Usage
from socialindex.errors import Conflict, NotFound, ParseError
from socialindex.exports import pages, part
from socialindex.exports.charges import AT_ONCE, Charges
from socialindex.exports.job import Export, asker
from socialindex.exports.pages import Page, Pages
from socialindex.exports.run import Ways
from socialindex.exports.stage import Exports, Queues
from socialindex.exports.wanted import Wanted
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.lease import Kept
from socialindex.model import PUBLIC, Author, Media, Post
from socialindex.plans import PLANS
from socialindex.search import exports
from socialindex.search.api import Api
from socialindex.search.exports import ExportsPart
from socialindex.terms import Terms
from tests.integration.outgoing import outgoing
from tests.integration.parts import Parts, event, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    import opensearchpy

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

HOME = "/v1/workspaces/{id}/exports"
ONE = f"{HOME}/{{export}}"
LEFT = 900.0
MIB = 1024 * 1024
START = datetime(2026, 11, 1, tzinfo=UTC)


class Killed(BaseException):
    """What ends a function in the middle of its work."""


class Told(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


class World:
    """The API and the stage, on real parts."""

    def __init__(self, parts: Parts, index: opensearchpy.OpenSearch) -> None:
        self.parts, self.engine = parts, index
        self.bucket = parts.bucket
        self.table, self.files = ExportsTable(parts.table("ExportsTable")), Files(self.bucket)
        self.usage = Usage(parts.table("UsageTable"))
        self.suppressions = Suppressions(parts.table("SuppressionsTable"))
        self.charges = Charges(self.table, self.usage)
        queue = parts.queue("ExportsQueue")
        self.stage = Exports(
            self.table,
            Ways(index, self.suppressions, self.files),
            self.charges,
            Queues(queue, parts.queue("ExportsDeadLetters")),
            parts.outcomes,
        )
        self.callers: dict[str, Caller] = {}
        part = ExportsPart(index, self.table, self.files, self.charges, queue)
        self.api = Api(index, cast("Any", self), cast("Any", None), [part.routes()])

    def caller(self, key: str, **_fresh: bool) -> Caller:
        return self.callers[key]

    def client(self, **fields: Any) -> Client:
        workspace, key = unique("ws"), unique("key").replace("-", "_")  # as ids are
        scopes = frozenset({Scope.READ, Scope.EXPORT})
        given = {"organization": unique("org"), "workspaces": frozenset({workspace}), "scopes": scopes, "key": key}
        self.callers[key] = Caller(**{**given, **fields})
        return Client(self, workspace, key)

    def index(self, posts: list[Post]) -> None:
        for start in range(0, len(posts), 100):
            writes = [Write(post, live=False, replay=False) for post in posts[start : start + 100]]
            assert not any(Writer(self.engine).write(writes))
        self.engine.indices.refresh(index="posts-*")

    def flow(self) -> None:
        """Let the stage do all that waits, whoever held it before."""
        self.stage.sweep()
        for body, _ in self.parts.receive("ExportsQueue"):
            assert self.stage.handle(event(body), lambda: LEFT) == {"batchItemFailures": []}


class Client(NamedTuple):
    world: World
    workspace: str
    key: str

    def call(self, route: str, body: Any = None, *, of: str = "") -> Told:
        answer = self.world.api.handle(
            {
                "requestContext": {"requestId": unique("r")},
                "routeKey": route,
                "pathParameters": {"id": self.workspace, "export": of},
                "queryStringParameters": {},
                "headers": {"authorization": f"Bearer {self.key}"},
                "body": None if body is None else json.dumps(body),
            }
        )
        return Told(answer["statusCode"], json.loads(answer.get("body") or "null"), answer["headers"])

    def started(self, body: Any = None) -> str:
        told = self.call(f"POST {HOME}", body or {})
        assert told.status == 202, told
        one: str = told.body["id"]
        return one

    def get(self, one: str) -> Any:
        return self.call(f"GET {ONE}", of=one).body

    def exported(self, body: Any = None) -> tuple[Any, bytes]:
        """A finished export, and the file that its link gives."""
        one = self.started(body)
        self.world.flow()
        done = self.get(one)
        assert done["state"] == "done", done
        told = urllib3.request("GET", done["link"])
        assert (told.status, len(told.data)) == (200, done["bytes"])
        return done, told.data

    def used(self) -> int:
        today = datetime.now(tz=UTC).date()
        account = self.world.callers[self.key].account
        return sum(day.posts for day in self.world.usage.days(account, today.replace(day=1), today))


def post(number: int, **fields: Any) -> Post:
    uri = f"https://board.example/{number}"
    given: dict[str, Any] = {
        "id": post_id(uri),
        "uri": uri,
        "url": uri,
        "source": "gnuboard",
        "platform": "board.example",
        "title": f"제목 {number}",
        "text": '=배터리가 부풀었어요,\n"정말"',
        "author": Author(name="김*수", key=f"key{number % 3}"),
        "published_at": START + timedelta(minutes=number // 2),
        "collected_at": START + timedelta(days=20),
    }
    return Post(**{**given, **fields})


@contextmanager
def at_once() -> Iterator[None]:
    """Exports of what is there by now: tests refresh the engine themselves."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exports, "BEHIND", -1_000)
        yield


def ids(data: bytes) -> list[str]:
    return [json.loads(line)["id"] for line in data.splitlines()]


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def world(parts: Parts, index: opensearchpy.OpenSearch) -> Iterator[World]:
    with at_once():
        yield World(parts, index)


# Files


def test_a_file_has_what_the_search_finds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 7)
    posts = [post(number) for number in range(40)] + [post(number, published_at=None) for number in range(40, 45)]
    world.index(posts)
    client = world.client()
    done, data = client.exported({"sort": "oldest"})
    dated = sorted(posts[:40], key=lambda one: (one.published_at or START, one.id))
    assert ids(data) == [one.id for one in sorted(posts[40:], key=lambda one: one.id) + dated]
    assert (done["total"], done["posts"], done["left_out"]) == (45, 45, [])
    assert client.used() == 45
    told = client.call(f"GET {ONE}/file", of=done["id"])
    assert told.status == 303
    name = urllib3.request("GET", told.headers["Location"]).headers["Content-Disposition"]
    assert name == f'attachment; filename="{done["file_name"]}"'
    part_of_it = urllib3.request("GET", done["link"], headers={"Range": "bytes=10-"})
    assert (part_of_it.status, part_of_it.data) == (206, data[10:])

    _, table = client.exported({"q": "배터리", "format": "csv", "fields": ["text", "published_at"], "sort": "newest"})
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["id", "text", "published_at"]
    assert len(rows) == 46
    assert rows[1][1:] == ['\'=배터리가 부풀었어요,\n"정말"', "2026-11-01T00:19:00Z"]


def test_of_near_duplicates_only_the_first_is_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 4)
    posts = [post(number) for number in range(20)]
    world.index(posts)
    month = next(iter(world.engine.indices.get(index="posts-*")))
    for number, one in enumerate(posts):  # as the writer of clusters does
        world.engine.update(index=month, id=one.id, body={"doc": {"cluster_id": posts[number % 6].id}})
    world.engine.indices.refresh(index="posts-*")
    done, data = world.client().exported({"sort": "oldest", "deduplicate": True})
    assert set(ids(data)) == {one.id for one in posts[:6]}
    assert done["left_out"] == [{"reason": "duplicate", "whose": None, "posts": 14}]


@pytest.mark.parametrize(("sort", "deduplicate"), [("newest", True), ("oldest", False)])
def test_what_can_be_found_only_after_the_first_page_neither_takes_a_story_with_it_nor_comes_in(
    world: World, monkeypatch: pytest.MonkeyPatch, sort: str, deduplicate: bool
) -> None:
    monkeypatch.setattr(exports, "BEHIND", 3_000)
    monkeypatch.setattr(pages, "PAGE", 4)
    posts = [post(number) for number in range(12)]
    world.index(posts)
    time.sleep(3.1)
    copy = post(100, published_at=START + timedelta(days=1))
    assert not any(Writer(world.engine).write([Write(copy, live=False, replay=False)]))
    month = next(iter(world.engine.indices.get(index="posts-*")))
    world.engine.update(index=month, id=copy.id, body={"doc": {"cluster_id": posts[0].id}})
    read = Pages.next

    def refreshed(self: Pages, after: list[int | float | str]) -> Page:
        page = read(self, after)
        world.engine.indices.refresh(index="posts-*")  # as the engine does every few seconds
        return page

    monkeypatch.setattr(Pages, "next", refreshed)
    done, data = world.client().exported({"sort": sort, "deduplicate": deduplicate})
    assert set(ids(data)) == {one.id for one in posts}
    assert (done["total"], done["seen"], done["left_out"]) == (12, 12, [])


class ClosedBoards:
    """An administrator's entry for a host that lets nothing leave."""

    def all(self) -> list[Terms]:
        same: dict[str, Any] = {"verdict": "allowed", "reason": "a clause", "source": "terms of use"}
        return [Terms(domains=["closed.example"], name="Closed", export="none", **same)]


@pytest.mark.parametrize("sort", ["oldest", "newest"])
def test_of_near_duplicates_the_first_that_may_leave_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(pages, "PAGE", 4)
    closed = {"url": "https://closed.example/1", "platform": "closed.example"}
    times = [{"published_at": START + timedelta(minutes=number)} for number in range(18)]
    posts = [post(n, **at, **(closed if n % 9 in {0, 1, 2, 8} else {})) for n, at in enumerate(times)]
    world.index(posts)
    month = next(iter(world.engine.indices.get(index="posts-*")))
    for number, one in enumerate(posts):  # two stories, whose first and last ones may not leave
        world.engine.update(index=month, id=one.id, body={"doc": {"cluster_id": posts[number // 9 * 9].id}})
    world.engine.indices.refresh(index="posts-*")
    terms.use(ClosedBoards())
    try:
        done, data = world.client().exported({"sort": sort, "deduplicate": True, "fields": ["title"]})
    finally:
        terms.use(None)
    first = {"oldest": [3, 12], "newest": [16, 7]}[sort]
    assert [json.loads(line)["title"] for line in data.splitlines()] == [f"제목 {number}" for number in first]
    left_out = [(one["reason"], one["whose"], one["posts"]) for one in done["left_out"]]
    assert left_out == [("duplicate", None, 8), ("terms", "Closed", 8)]


def test_nobody_gets_what_another_workspace_has(world: World) -> None:
    client, other = world.client(), world.client()
    world.index(
        [
            post(1),
            post(2, visibility=client.workspace, uri=f"import:{client.workspace}/2"),
            post(3, visibility=other.workspace),
            post(4, deleted_at=START, text=None),
        ]
    )
    done, data = client.exported({"sort": "oldest"})
    assert [json.loads(line)["visibility"] for line in data.splitlines()] == [PUBLIC, client.workspace]
    for route in (f"GET {ONE}", f"GET {ONE}/file", f"DELETE {ONE}"):
        assert other.call(route, of=done["id"]).status == 404
    recent = world.client(since=START.date() + timedelta(days=1))
    assert recent.exported()[0]["posts"] == 0


def test_what_was_erased_does_not_leave(world: World) -> None:
    posts = [post(number) for number in range(6)]
    world.index(posts)
    at = START.isoformat()
    table = world.suppressions._table  # noqa: SLF001 - as a removal writes it
    table.put({"pk": f"post#{posts[2].id}", "sk": "-", "at": at})
    table.put({"pk": "author#key0", "sk": "-", "at": at})
    try:
        client = world.client()
        done, data = client.exported()
        assert set(ids(data)) == {posts[number].id for number in (1, 4, 5)}
        assert done["left_out"] == [{"reason": "erased", "whose": None, "posts": 3}]
        assert client.used() == 3
    finally:
        table.delete_all([{"pk": f"post#{posts[2].id}", "sk": "-"}, {"pk": "author#key0", "sk": "-"}])


# Large files


@pytest.fixture
def large(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Some thirteen megabytes: two parts of six, and a rest."""
    monkeypatch.setattr(pages, "PAGE", 100)
    monkeypatch.setattr(part, "FULL", 5 * MIB)
    chance = random.Random(7)  # noqa: S311 - the same posts each time
    hidden = [f"https://board.example/{chance.randbytes(10_000).hex()}" for _ in range(650)]
    world.index([post(n, media=[Media(kind="image", url=url)]) for n, url in enumerate(hidden)])
    return world


def test_a_large_file_is_made_in_parts_and_goes_on_where_it_was_killed(
    large: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = large.client()
    whole, expected = client.exported({"sort": "oldest"})
    assert whole["bytes"] > 12 * MIB
    for method, at in (("put_part", 1), ("put_part", 2), ("complete", 0)):
        one = client.started({"sort": "oldest"})
        _kill(monkeypatch, method, at)
        ((wake, _),) = large.parts.receive("ExportsQueue")
        with pytest.raises(Killed):
            large.stage.handle(event(wake), lambda: LEFT)
        monkeypatch.undo()
        monkeypatch.setattr(pages, "PAGE", 100)
        monkeypatch.setattr(part, "FULL", 5 * MIB)
        broken = large.table.get(client.workspace, one).job
        assert (broken.state, broken.parts) == ("running", 3 if method == "complete" else at)
        _let_go(large, client.workspace, one)
        large.flow()
        done = client.get(one)
        assert urllib3.request("GET", done["link"]).data == expected, method
        assert (done["posts"], done["seen"]) == (650, 650)


def _kill(monkeypatch: pytest.MonkeyPatch, method: str, at: int) -> None:
    """End the work after the nth call, when it has been done."""
    real, calls = getattr(Files, method), []

    def killed(self: Files, *arguments: Any) -> Any:
        done = real(self, *arguments)
        calls.append(method)
        if len(calls) > at:
            raise Killed
        return done

    monkeypatch.setattr(Files, method, killed)


def _let_go(world: World, workspace: str, one: str) -> None:
    """As if the lease had run out."""
    kept = world.table.get(workspace, one)
    world.table.save(kept, msgspec.structs.replace(kept.job, work_at=1.0))


def test_somebody_elses_part_is_noticed(large: World) -> None:
    job = _job(unique("ws"))
    upload = large.files.begin(job)
    started = msgspec.structs.replace(job, upload=upload, parts=1, seal="another", bytes=5 * MIB)
    large.files.put_part(started, 1, bytes(5 * MIB))
    with pytest.raises(ParseError, match="not those"):
        large.files.complete(started)
    large.files.remove(started)
    with pytest.raises(ParseError, match="not what was written"):
        large.files.complete(started)


def test_a_deletion_leaves_nothing(large: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = large.client()
    done, _ = client.exported({"fields": ["title"]})
    one = client.started()
    _kill(monkeypatch, "put_part", 1)
    with pytest.raises(Killed):
        large.flow()
    monkeypatch.undo()
    for each in (done["id"], one):
        assert client.call(f"DELETE {ONE}", of=each).status == 202
    _let_go(large, client.workspace, one)
    large.flow()
    assert client.call(f"GET {HOME}").body["items"] == []
    s3 = large.parts.cloud.s3_client()
    prefix = f"exports/{client.workspace}"
    left = cast("dict[str, Any]", s3.list_object_versions(Bucket=large.bucket, Prefix=prefix))
    assert left.get("Versions", []) == left.get("DeleteMarkers", []) == []
    assert s3.list_multipart_uploads(Bucket=large.bucket, Prefix=prefix).get("Uploads", []) == []
    assert client.used() == 650, "of the one whose file was there"


# The table


def _job(workspace: str, **fields: Any) -> Export:
    by = asker(Caller(organization="org", workspaces=frozenset({workspace}), scopes=frozenset()))
    given: dict[str, Any] = {
        "created_at": datetime.now(tz=UTC),
        "bound": 0,
        "total": 1,
        "asked": "",
        "id": unique("ex"),
    }
    return Export(workspace=workspace, by=by, wanted=Wanted(), **{**given, **fields})


def test_whoever_has_not_seen_the_newest_version_writes_nothing(world: World) -> None:
    kept = world.table.add(_job(unique("ws")))
    assert kept
    assert world.table.add(kept.job) is None
    saved = world.table.save(kept, msgspec.structs.replace(kept.job, state="failed"))
    assert world.table.get(saved.job.workspace, saved.job.id) == saved
    with pytest.raises(Conflict):
        world.table.save(kept, kept.job)
    world.table.remove(kept.job)
    with pytest.raises(Conflict):
        world.table.save(Kept(kept.job, 2), kept.job)
    with pytest.raises(NotFound):
        world.table.get(kept.job.workspace, kept.job.id)


def test_those_with_something_to_do_are_found_when_their_time_has_come(world: World) -> None:
    now, workspace = time.time(), unique("ws")
    for name, state, at in (("a", "queued", 0.0), ("b", "done", now + 60), ("c", "failed", 0.0), ("d", "done", now)):
        assert world.table.add(_job(workspace, id=name, state=state, work_at=at))
    due = [one for where, one in world.table.due(now + 1) if where == workspace]
    assert due == ["a", "d"]


def test_exports_are_listed_the_newest_first_in_pages(world: World) -> None:
    workspace = unique("ws")
    for minute in range(5):
        world.table.add(_job(workspace, id=f"ex_{minute}", created_at=START + timedelta(minutes=minute)))
    first = world.table.page(workspace, "", 3)
    then = world.table.page(workspace, first[-1][0], 3)
    assert [job.id for _, job in first + then] == ["ex_4", "ex_3", "ex_2", "ex_1", "ex_0"]
    assert len(world.table.all(workspace)) == 5


def test_an_account_has_so_many_places_and_they_become_free(world: World) -> None:
    account, workspace = unique("org"), unique("ws")
    kept = [world.table.add(_job(workspace)) for _ in range(AT_ONCE + 1)]
    taken = [world.table.take_place(account, one.job, AT_ONCE) for one in kept if one]
    assert taken == [True] * AT_ONCE + [False]
    first, last = kept[0], kept[-1]
    assert first
    assert last
    world.table.save(first, msgspec.structs.replace(first.job, state="done"))
    assert world.table.take_place(account, last.job, AT_ONCE)
    assert not world.table.take_place(account, last.job, AT_ONCE)


def test_a_place_whose_answer_was_lost_is_taken_once(world: World) -> None:
    account, workspace = unique("org"), unique("ws")
    kept = [one for one in (world.table.add(_job(workspace)) for _ in range(AT_ONCE)) if one]
    with outgoing("unanswered", 1) as out:
        assert world.table.take_place(account, kept[0].job, AT_ONCE)
    assert out.calls == ["dynamodb GetItem", *["dynamodb UpdateItem"] * 2]
    assert [world.table.take_place(account, one.job, AT_ONCE) for one in kept[1:]] == [True] * (AT_ONCE - 1)


def test_a_months_exports_are_counted(world: World) -> None:
    account = unique("org")
    assert not world.table.count_month(account, "2026-11", 0)
    assert [world.table.count_month(account, "2026-11", 2) for _ in range(3)] == [True, True, False]
    world.table.uncount_month(account, "2026-11")
    assert world.table.count_month(account, "2026-11", 2)
    assert world.table.count_month(account, "2026-12", 2)
    world.table.uncount_month(account, "2026-10")
    assert world.table.counted(account, "2026-10") == 0, "none was counted"


def test_posts_are_given_back_once_to_the_month_that_they_were_charged_to(world: World) -> None:
    this_month = datetime.now(tz=UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    made = this_month - timedelta(minutes=2)
    job = _job(unique("ws"), total=10, posts=7, created_at=made, finished_at=made + timedelta(minutes=5))
    caller = Caller(organization=unique("org"), workspaces=frozenset({job.workspace}), scopes=frozenset(), key="key_a")
    job = msgspec.structs.replace(job, by=asker(caller))
    world.charges.take(caller, job)
    for _ in range(2):
        world.charges.give_back(job)
        Charges(world.table, Usage(world.parts.table("UsageTable"))).give_back(job)
    (day,) = world.usage.days(caller.account, made.date(), made.date() + timedelta(days=9))
    assert (day.name, day.posts, day.key_posts) == (str(made.date()), 7, {"key_a": 7})
    following = msgspec.structs.replace(job, bound=job.bound + 1)
    world.charges.give_back(following)
    (day,) = world.usage.days(caller.account, made.date(), made.date() + timedelta(days=9))
    assert day.posts == 4, "another export of the same name has its own"


def test_the_plan_must_have_room_for_the_posts(world: World) -> None:
    world.index([post(number) for number in range(10)])
    client = world.client(limits=msgspec.structs.replace(PLANS["standard"], posts_a_month=15))
    client.exported()
    told = client.call(f"POST {HOME}", {})
    assert (told.status, told.body["violated-policies"]) == (429, ["posts"])
    assert (client.used(), len(world.table.all(client.workspace))) == (10, 1)


def test_a_file_lies_under_its_workspace() -> None:
    job = _job("ws_a", id="ex_1")
    assert key_of(job) == "exports/ws_a/ex_1.ndjson"
