"""Imports from the API to search, on the real servers: the guide's example, isolation, going on, and deletion."""

from __future__ import annotations

import gzip
import io
import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import pytest
import urllib3
from rich.console import Console

from infra.local.servers import OpenSearch
from socialindex import engine as engine_module
from socialindex import warc
from socialindex.access import Caller, Scope
from socialindex.aws.imports import ImportArchive, ImportsTable, Uploads
from socialindex.aws.topics import TopicsTable
from socialindex.aws.work import WorkTable
from socialindex.cli import imports_show
from socialindex.erasure.documents import delete
from socialindex.errors import Conflict, InvalidInput, NotFound, Unavailable
from socialindex.identity import new_id
from socialindex.imports import hold as hold_module
from socialindex.imports import removal, run
from socialindex.imports.charges import AT_ONCE
from socialindex.imports.removal import Stores
from socialindex.imports.stage import MAX_ATTEMPTS, Imports, Queues
from socialindex.index.stage import Index
from socialindex.index.writer import Writer
from socialindex.lease import Kept
from socialindex.mentions.follow import Listener
from socialindex.mentions.forgetting import Memories
from socialindex.mentions.percolate import Percolator
from socialindex.mentions.work import Note, Who, Work
from socialindex.mentions.writer import MentionWriter
from socialindex.normalize.stage import Normalize
from socialindex.outcomes import Count
from socialindex.plans import Adjustment, limits_of
from socialindex.search import listening
from socialindex.search.api import Api
from socialindex.search.imports import ImportsPart
from socialindex.search.mentions import stream
from socialindex.search.mentions.part import MentionsPart
from socialindex.search.operations import Operations
from socialindex.search.operations import Stores as ApiStores
from socialindex.topics.documents import Documents
from socialindex.topics.job import Job
from socialindex.topics.topic import Topic, Watched
from tests.integration.parts import Parts, event, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    import opensearchpy

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

GUIDE = Path(__file__).parents[2] / "docs" / "imports.md"
TEXT: dict[str, Any] = {"plan": {"mapping": {"text": "내용"}}}
HOME = "/v1/workspaces/{id}/imports"
ONE = f"{HOME}/{{import}}"
STREAM = "GET /v1/topics/{topic}/mentions"
BEYOND = 1.5
"""Seconds after which what changes is behind the offset of a stream that is a second ahead, by the engine's clock."""


class Nobody:
    """No suppressions."""

    def objections(self, posts: list[Any]) -> list[str | None]:
        return [None] * len(posts)

    def withdraw(self, posts: Iterator[Any]) -> None:
        list(posts)

    def found(self, places: Iterator[Any]) -> None:
        list(places)


class Told(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


class World(NamedTuple):
    parts: Parts
    engine: opensearchpy.OpenSearch
    api: Api
    stage: Imports
    keys: dict[str, Caller]

    def caller(self, key: str, **_fresh: bool) -> Caller:
        return self.keys[key]

    def client(
        self, scopes: tuple[Scope, ...] = (Scope.READ, Scope.WRITE), organization: str = "", **limits: int
    ) -> Client:
        workspace, key = unique("ws"), unique("key")
        self.keys[key] = Caller(
            organization=organization or unique("org"),
            workspaces=frozenset({workspace}),
            scopes=frozenset(scopes),
            limits=limits_of("agency", Adjustment(**limits)),
        )
        return Client(self, workspace, key)

    def counted(self, client: Client) -> int:
        """Rows of imports that are counted of a client's month."""
        table = ImportsTable(self.parts.table("ImportsTable"))
        return table.counted(self.keys[client.key].organization, f"{datetime.now(tz=UTC):%Y-%m}")

    def flow(self, *waiting: str) -> None:
        """Let the stages do all that waits, but for what waits by the clock, or in these queues."""
        outcomes, archive = self.parts.outcomes, self.parts.archive
        normalize = Normalize(
            archive, self.parts.queue("IndexQueue"), self.parts.queue("NormalizeDeadLetters"), outcomes
        )
        stages = (self.stage, "ImportsQueue"), (normalize, "NormalizeQueue"), (self.indexing(), "IndexQueue")
        for stage, queue in stages:
            bodies = [] if queue in waiting else [body for body, _ in self.parts.receive(queue)]
            assert cast("Any", stage).handle(event(*bodies)) == {"batchItemFailures": []}
        self.refresh()

    def indexing(self) -> Index:
        """The index stage."""
        mentions = MentionWriter(self.engine, WorkTable(self.parts.table("WorkTable")))
        listener = Listener(self.engine, Percolator(self.engine, lambda *why: pytest.fail(str(why))), mentions)
        dead = self.parts.queue("IndexDeadLetters")
        return Index(Writer(self.engine), dead, self.parts.outcomes, cast("Any", Nobody()), listener)

    def pass_by(self, monkeypatch: pytest.MonkeyPatch, seconds: float, *waiting: str) -> None:
        """Let so much time go by for imports, and the stages do what is due then."""
        until = time.time() + seconds + 1
        monkeypatch.setattr("socialindex.lease.time.time", lambda: until)
        monkeypatch.setattr("socialindex.imports.stage.time.time", lambda: until)
        assert self.stage.sweep()
        self.flow(*waiting)

    def refresh(self) -> None:
        self.engine.indices.refresh(index="posts-*,mentions-*")

    def dead_letters(self) -> list[str]:
        return [
            reason
            for stage in ("Imports", "Normalize", "Index")
            for _, reason in self.parts.receive(f"{stage}DeadLetters")
        ]


class Client(NamedTuple):
    world: World
    workspace: str
    key: str

    def call(
        self, route: str, body: Any = None, *, of: str = "", headers: dict[str, str] | None = None, **query: str
    ) -> Told:
        method, _, path = route.partition(" ")
        answer = self.world.api.handle(
            {
                "requestContext": {"requestId": "r"},
                "routeKey": f"{method} {path}",
                "pathParameters": {"id": self.workspace, "import": of, "topic": of},
                "queryStringParameters": query,
                "headers": {"Authorization": f"Bearer {self.key}", **(headers or {})},
                "body": None if body is None else json.dumps(body),
            }
        )
        return Told(answer["statusCode"], json.loads(answer.get("body") or "null"), answer["headers"])

    def uploaded(self, data: bytes, name: str = "리뷰.csv", **more: Any) -> str:
        told = self.call(f"POST {HOME}", {"name": name, "bytes": len(data), **more})
        assert told.status == 201, told.body
        assert put(told.body["upload"], data) == 200
        one: str = told.body["import"]["id"]
        return one

    def started(self, data: bytes, plan: dict[str, Any] | None = None) -> str:
        one = self.uploaded(data)
        told = self.call(f"POST {ONE}/runs", plan or TEXT, of=one)
        assert told.status == 202, told.body
        return one

    def imported(self, data: bytes, plan: dict[str, Any] | None = None) -> dict[str, Any]:
        one = self.started(data, plan)
        self.world.flow()
        return self.get(one)

    def get(self, one: str) -> dict[str, Any]:
        told = self.call(f"GET {ONE}", of=one)
        assert told.status == 200, told.body
        body: dict[str, Any] = told.body
        return body

    def delete(self, one: str) -> None:
        assert self.call(f"DELETE {ONE}", of=one).status == 202
        self.world.flow()

    def watch(self, word: str) -> str:
        """The id of a new topic of posts with a word."""
        now = datetime.now(tz=UTC)
        topic = Topic(
            id=new_id("tp"), workspace=self.workspace, organization="org", name=word, watched=Watched(q=word),
            since=now - timedelta(days=1), created_at=now, changed_at=now,
        )  # fmt: skip
        assert TopicsTable(self.world.parts.table("TopicsTable")).add(topic, Job(history_days=365), 1_000)
        Documents(self.world.engine).put(topic, 1)
        return topic.id

    def mentions(self, topic: str) -> list[str]:
        """The texts of a topic's mentions that a search finds."""
        told = self.call("POST /v1/posts/search", {"topic": [topic], "limit": 100})
        assert told.status == 200, told.body
        return sorted(item["text"] for item in told.body["items"])

    def posts(self) -> list[dict[str, Any]]:
        """The imported posts that this key finds, by their ids."""
        told = self.call("POST /v1/posts/search", {"source": ["imported"], "limit": 100})
        assert told.status == 200, told.body
        assert told.body["total"] == len(told.body["items"])
        return sorted(told.body["items"], key=lambda item: str(item["uri"]))


def put(upload: dict[str, Any], data: bytes) -> int:
    return urllib3.request(
        upload["method"], upload["url"], body=data, headers={"Content-Length": str(len(data))}
    ).status


def shown(done: dict[str, Any]) -> str:
    """An import's report as the command line shows it."""
    console = Console(width=300, file=io.StringIO())
    console.print(imports_show.report(done))
    return cast("io.StringIO", console.file).getvalue()


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture
def world(servers: Running, parts: Parts, index: opensearchpy.OpenSearch) -> Iterator[World]:
    stores = Stores(
        table=ImportsTable(parts.table("ImportsTable")),
        uploads=Uploads(parts.bucket),
        rows=ImportArchive(parts.bucket),
        archive=parts.archive,
        engine=engine_module.connect(servers.get(OpenSearch).url, signed=False),
        normalize=parts.queue("NormalizeQueue"),
        memories=Memories(WorkTable(parts.table("WorkTable"))),
    )
    stage = Imports(stores, Queues(parts.queue("ImportsQueue"), parts.queue("ImportsDeadLetters")), parts.outcomes)
    part = ImportsPart(stores.table, stores.uploads, parts.queue("ImportsQueue"))
    keys: dict[str, Caller] = {}
    queues = {"imports": (parts.queue("ImportsQueue"), parts.queue("ImportsDeadLetters"))}
    held = ApiStores(
        channels=parts.channels, hosts=parts.hosts, outcomes=parts.outcomes, archive=parts.archive, queues=queues
    )
    operations = Operations(held, index, cast("Any", None))

    class Keys:
        def caller(self, key: str, **_fresh: bool) -> Caller:
            return keys[key]

    topics = TopicsTable(parts.table("TopicsTable"))
    listening.use(topics)
    mentions = MentionsPart(index, topics, cast("Any", None))
    yield World(parts, index, Api(index, Keys(), operations, [part.routes(), mentions.routes()]), stage, keys)
    listening.use(None)


# The guide


def test_the_guides_example_is_true(world: World) -> None:
    guide = GUIDE.read_text("utf-8")
    file = re.findall(r"```csv\n(.*?)```", guide, re.DOTALL)[0]
    client = world.client()
    one = client.uploaded(file.encode("cp949"))
    proposal = client.call(f"GET {ONE}/proposal", of=one).body
    rows = [
        f"| {column['name']} | {column['field'] or 'left out'} | {column['why'] or ''}"
        for column in proposal["columns"]
    ]
    for row in rows:
        assert f"{row.rstrip()} |" in guide
    assert proposal["layout"]["encoding"] == "cp949"

    plan = {**proposal["plan"], "collection": "reviews"}
    assert client.call(f"POST {ONE}/runs", {"plan": plan, "dry_run": True}, of=one).status == 202
    world.flow()
    checked = client.get(one)
    assert (checked["state"], client.posts()) == ("checked", [])

    assert client.call(f"POST {ONE}/runs", {"plan": plan}, of=one).status == 202
    world.flow()
    done = client.get(one)
    assert (done["state"], done["progress"]["share"]) == ("imported", 1.0)
    assert done["report"] == checked["report"]
    report = done["report"]
    for problem in report["problems"]:
        cells = (problem[name] for name in ("row", "column", "value", "what", "remedy"))
        assert f"| {' | '.join(map(str, cells))} |" in guide
    assert len(report["problems"]) == report["rejected"] == 2
    assert shown(done).splitlines()[1].strip() in guide
    assert (report["rows"], report["accepted"], report["repeated"], report["zone_assumed"]) == (5, 3, 1, 3)

    first, second = client.posts()
    assert first["text"] == '배터리가 "정말" 오래 갑니다.'
    assert (first["rating"], first["metrics"]["views"], first["kind"]) == (5.0, 1234, "review")
    assert first["published_at"] == "2026-11-19T04:05:00Z"
    assert first["hashtags"] == ["누리폰12"]
    assert second["text"] == "다시 씁니다. 배터리가 부풀었어요."
    assert "example.com" not in json.dumps([first, second])
    assert world.dead_letters() == []


# Who sees what


def test_imported_posts_are_nobody_elses(world: World) -> None:
    client, other, public = world.client(), world.client(), world.client()
    done = client.imported(
        "번호,내용\n1,우리만 아는 글\n2\n".encode(), {"plan": {"mapping": {"id": "번호", "text": "내용"}}}
    )
    (post,) = client.posts()
    assert (other.posts(), public.posts()) == ([], [])
    world.parts.outcomes.add(Counter({Count("index", "imported", "discard", "erased"): 1}))
    for stranger in (other, public):
        theirs = world.api.handle(
            {
                "requestContext": {"requestId": "r"},
                "routeKey": "GET /v1/posts/{id}",
                "pathParameters": {"id": post["id"]},
                "headers": {"Authorization": f"Bearer {stranger.key}"},
            }
        )
        assert theirs["statusCode"] == 404
        assert "imported" not in stranger.call("GET /v1/status").body["sources"]
    assert client.call("GET /v1/status").body["sources"]["imported"]["posts"] == 1
    assert done["report"]["rejected"] == 1


ROUTES = [
    (f"POST {HOME}", {"name": "a", "bytes": 1}),
    (f"GET {HOME}", None),
    (f"GET {ONE}", None),
    (f"GET {ONE}/proposal", None),
    (f"POST {ONE}/runs", TEXT),
    (f"DELETE {ONE}", None),
]


@pytest.mark.parametrize(("route", "body"), ROUTES, ids=[route for route, _ in ROUTES])
def test_another_workspaces_key_learns_nothing(world: World, route: str, body: Any) -> None:
    client, other = world.client(), world.client()
    one = client.uploaded("내용\n글\n".encode())
    intruder = client._replace(key=other.key)
    nowhere = intruder._replace(workspace="ws_none")
    refused = intruder.call(route, body, of=one)
    assert refused.status == 404
    assert refused == nowhere.call(route, body, of=one)
    assert client.get(one)["state"] == "waiting"
    # Nor is an import found under a workspace of the caller's own.
    if "{import}" in route:
        assert other.call(route, body, of=one).status == 404


def test_the_routes_are_all_tried_above(world: World) -> None:
    mine = {route for route in world.api.routes if "/imports" in route}
    assert mine == {route for route, _ in ROUTES}


def test_bringing_data_needs_the_scope_to_write(world: World) -> None:
    reader = world.client((Scope.READ,))
    assert reader.call(f"POST {HOME}", {"name": "a", "bytes": 1}).status == 403
    assert reader.call(f"GET {HOME}").body == {"items": [], "total": 0, "next_cursor": None}


# Again


def test_the_same_file_again_and_an_overlapping_one_change_nothing(world: World) -> None:
    client = world.client()
    plan = {"plan": {"mapping": {"id": "번호", "text": "내용", "published_at": "작성일"}}}
    head = "번호,내용,작성일\n"
    client.imported(f"{head}1,하나,2026-11-01\n2,둘,2026-11-02\n".encode(), plan)
    before = client.posts()
    again = client.imported(f"{head}1,하나,2026-11-01\n2,둘,2026-11-02\n".encode("cp949"), plan)
    assert again["report"]["accepted"] == 2
    assert client.posts() == before
    client.imported(f"{head}2,둘,2026-11-02\n3,셋,2026-11-03\n".encode(), plan)
    assert client.posts()[:2] == before
    assert [post["text"] for post in client.posts()] == ["하나", "둘", "셋"]


def test_a_create_is_repeated_safely_with_its_key(world: World) -> None:
    client, body = world.client(), {"name": "a.csv", "bytes": 3}
    key = {"Idempotency-Key": "try-1"}
    first = client.call(f"POST {HOME}", body, headers=key).body
    again = client.call(f"POST {HOME}", body, headers=key)
    assert (again.status, again.body["import"]) == (201, first["import"])
    assert client.call(f"POST {HOME}", {**body, "bytes": 4}, headers=key).status == 409
    assert client.call(f"POST {HOME}", body, headers={"Idempotency-Key": "x" * 256}).status == 400
    assert client.call(f"GET {HOME}").body["total"] == 1
    assert world.client().call(f"POST {HOME}", body, headers=key).body["import"]["id"] != first["import"]["id"]


def test_a_wake_up_that_comes_twice_changes_nothing(world: World) -> None:
    client = world.client()
    one = client.uploaded("내용\n글\n".encode())
    client.call(f"POST {ONE}/runs", TEXT, of=one)
    ((wake, _),) = world.parts.receive("ImportsQueue")
    world.stage.handle(event(wake, wake))
    assert len(world.parts.receive("NormalizeQueue")) == 1
    assert client.get(one)["report"]["rows"] == 1


# Uploads


def test_an_address_takes_the_announced_file_only(world: World) -> None:
    client = world.client()
    upload = client.call(f"POST {HOME}", {"name": "a", "bytes": 5}).body["upload"]
    assert put(upload, b"longer than that") in {400, 403}
    assert put({**upload, "url": upload["url"].replace("/imports/", "/raw/")}, b"12345") == 403
    assert put(upload, b"12345") == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "a", "bytes": 5_000_000_001}, "bytes"),
        ({"name": "a", "bytes": 0}, "bytes"),
        ({"name": "", "bytes": 1}, "name"),
        ({"bytes": 1}, "name"),
        ({"name": "a", "bytes": 1, "plan": {"mapping": {"author": "b"}}}, "mapping"),
        ({"name": "a", "bytes": 1, "plan": {"mapping": {"colour": "b"}}}, "plan.mapping"),
        ({"name": "a", "bytes": 1, "plan": {"mapping": {"text": "b"}, "collection": "../x"}}, "plan.collection"),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once(world: World, body: Any, field: str) -> None:
    told = world.client().call(f"POST {HOME}", body)
    assert (told.status, told.body.get("field")) == (400, field)
    assert told.body["remedy"]


def test_nothing_starts_before_the_file_is_there_and_its_mapping_is_confirmed(world: World) -> None:
    client = world.client()
    one = client.call(f"POST {HOME}", {"name": "a", "bytes": 9}).body["import"]["id"]
    assert client.call(f"GET {ONE}/proposal", of=one).status == 409
    assert client.call(f"POST {ONE}/runs", TEXT, of=one).status == 409
    one = client.uploaded("내용\n글\n".encode())
    told = client.call(f"POST {ONE}/runs", {}, of=one)
    assert (told.status, told.body["field"]) == (400, "plan")
    told = client.call(f"POST {ONE}/runs", {"plan": {"mapping": {"text": "본문"}}}, of=one)
    assert (told.status, told.body["remedy"]) == (400, "its columns are: '내용'")
    assert world.parts.receive("ImportsQueue") == []


def test_a_plan_that_is_sent_along_needs_no_other_confirmation(world: World) -> None:
    client = world.client()
    one = client.uploaded("내용\n글\n".encode(), **TEXT)
    assert client.call(f"POST {ONE}/runs", of=one).status == 202
    world.flow()
    assert [post["text"] for post in client.posts()] == ["글"]
    assert client.call(f"POST {ONE}/runs", of=one).status == 409


def test_a_file_that_is_replaced_after_its_confirmation_is_not_read(world: World) -> None:
    client = world.client()
    told = client.call(f"POST {HOME}", {"name": "a", "bytes": 11}).body
    put(told["upload"], "내용\n글1".encode())
    one = told["import"]["id"]
    assert client.call(f"POST {ONE}/runs", TEXT, of=one).status == 202
    put(told["upload"], "내용\n글2".encode())
    world.flow()
    done = client.get(one)
    assert (done["state"], client.posts()) == ("failed", [])
    assert "replaced" in done["failure"]["detail"]


def test_a_file_that_was_imported_is_gone_from_the_bucket(world: World) -> None:
    client = world.client()
    one = client.imported("내용\n글\n".encode())["id"]
    bucket = world.parts.bucket
    left = world.parts.cloud.s3_client().list_object_versions(Bucket=bucket, Prefix="imports/")
    assert [entry for entry in left.get("Versions", []) if one in entry["Key"]] == []


# Large files


def lines(count: int) -> bytes:
    return b"id,text\n" + b"".join(b'%d,"row %d, as\nit is"\n' % (n, n) for n in range(count))


BY_ID = {"plan": {"mapping": {"id": "id", "text": "text"}}}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_large_file_is_read_in_many_invocations(
    world: World, monkeypatch: pytest.MonkeyPatch, pack: type[bytes]
) -> None:
    monkeypatch.setattr(run, "STEP_ROWS", 700)
    monkeypatch.setattr(hold_module, "WORK", 0.0)
    client = world.client()
    one = client.uploaded(pack(lines(2_500)))
    client.call(f"POST {ONE}/runs", BY_ID, of=one)
    rows = []
    for _ in range(5):
        bodies = [body for body, _ in world.parts.receive("ImportsQueue")]
        world.stage.handle(event(*bodies))
        rows.append(client.get(one)["progress"]["rows"])
        world.stage.sweep()
    assert rows == [700, 1400, 2100, 2500, 2500]
    assert client.get(one)["state"] == "imported"
    messages = [json.loads(body) for body, _ in world.parts.receive("NormalizeQueue")]
    assert len(messages) == 3 * 2 + 1
    seen, texts = [], []
    for message in messages:
        held = warc.read(world.parts.archive.read(message["key"], warc.Span(message["offset"], message["length"])))
        seen.append(cast("Any", held).response.received_at)
        texts += [json.loads(line)["cells"]["text"] for line in cast("Any", held).response.body.splitlines()]
    assert sorted(texts) == sorted(f"row {n}, as\nit is" for n in range(2_500))
    assert len(set(seen)) == len(seen)


def test_an_outage_in_the_middle_loses_and_doubles_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STEP_ROWS", 100)
    client = world.client(import_rows_a_month=350)
    one = client.uploaded(lines(350))
    client.call(f"POST {ONE}/runs", BY_ID, of=one)
    calls, store = [], ImportArchive.store

    def down(self: ImportArchive, job: Any, data: bytes) -> str:
        calls.append(job.row)
        if len(calls) == 3:
            raise Unavailable("the bucket is down")
        return store(self, job, data)

    monkeypatch.setattr(ImportArchive, "store", down)
    ((wake, _),) = world.parts.receive("ImportsQueue")
    assert world.stage.handle(event(wake)) == {"batchItemFailures": []}
    half = client.get(one)
    assert (half["state"], half["progress"]["rows"]) == ("importing", 200)
    monkeypatch.setattr("socialindex.lease.time.time", lambda: time.monotonic() + 1e10)
    assert world.stage.handle(event(wake)) == {"batchItemFailures": []}
    monkeypatch.undo()
    world.flow()
    assert client.get(one)["report"]["accepted"] == 350
    assert client.call("POST /v1/posts/search", {"source": ["imported"]}).body["total"] == 350
    assert world.counted(client) == 350  # also those that were sent again


def test_a_file_that_we_cannot_process_is_given_up_and_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client()
    one = client.uploaded("내용\n글\n".encode())
    client.call(f"POST {ONE}/runs", TEXT, of=one)
    ((wake, _),) = world.parts.receive("ImportsQueue")
    monkeypatch.setattr("socialindex.imports.stage.Run", lambda *_: 1 / 0)
    monkeypatch.setattr(hold_module, "LEASE", -1.0)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            world.stage.handle(event(wake))
    assert world.stage.handle(event(wake)) == {"batchItemFailures": []}
    done = client.get(one)
    assert (done["state"], "our side" in done["failure"]["detail"]) == ("failed", True)
    assert ["without getting on" in reason for reason in world.dead_letters()] == [True]


def test_a_damaged_file_is_told_with_a_remedy(world: World) -> None:
    done = world.client().imported(gzip.compress(lines(10))[:-6], BY_ID)
    assert done["state"] == "failed"
    assert "breaks off" in done["failure"]["detail"]
    assert done["failure"]["remedy"]


# Deletion


def test_a_deletion_takes_posts_rows_and_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = world.client(), world.client()
    kept = other.imported("내용\n글\n".encode())
    one = client.imported("내용\n글\n또 글\n".encode())["id"]
    assert len(client.posts()) == 2
    client.delete(one)
    assert client.posts() == []
    assert client.get(one)["state"] == "deleted"
    assert len(other.posts()) == 1
    bucket = world.parts.bucket
    left = cast("dict[str, Any]", world.parts.cloud.s3_client().list_object_versions(Bucket=bucket))
    names = [entry["Key"] for kind in ("Versions", "DeleteMarkers") for entry in left.get(kind, [])]
    assert [name for name in names if one in name] == []
    assert [name for name in names if kept["id"] in name]
    assert client.call(f"POST {ONE}/runs", TEXT, of=one).status == 404
    for seconds in removal.AGAIN:
        world.pass_by(monkeypatch, seconds)
    assert client.call(f"GET {ONE}", of=one).status == 404
    assert world.dead_letters() == []


def test_an_import_that_never_began_leaves_nothing_to_be_listed(world: World) -> None:
    client = world.client()
    kept = client.imported("내용\n글\n".encode())["id"]
    announced = client.call(f"POST {HOME}", {"name": "b", "bytes": 1}).body["import"]["id"]
    refused_, unwanted = client.uploaded("내용\n글\n".encode()), client.uploaded("내용\n글\n".encode())
    assert client.call(f"POST {ONE}/runs", {"plan": {"mapping": {"text": "제목"}}}, of=refused_).status == 400
    for one in (announced, refused_, unwanted):
        client.delete(one)
        assert client.call(f"GET {ONE}", of=one).status == 404
    assert [item["id"] for item in client.call(f"GET {HOME}").body["items"]] == [kept]
    left = cast("dict[str, Any]", world.parts.cloud.s3_client().list_object_versions(Bucket=world.parts.bucket))
    assert not [entry for entry in left["Versions"] if refused_ in entry["Key"] or unwanted in entry["Key"]]
    assert world.dead_letters() == []


def test_a_post_that_another_import_brought_too_stays(world: World) -> None:
    client = world.client()
    first = client.imported("내용\n둘 다\n하나만\n".encode())["id"]
    client.imported("내용\n둘 다\n".encode())
    client.delete(first)
    world.flow()
    assert [post["text"] for post in client.posts()] == ["둘 다"]


def taken_over(world: World) -> Client:
    """A client whose deleted import has taken over a living one's post, by a message that was late."""
    client = world.client()
    first = client.started("내용\n둘 다\n하나만\n".encode())
    world.flow("IndexQueue")
    late = event(*(body for body, _ in world.parts.receive("IndexQueue")))
    client.imported("내용\n둘 다\n".encode())
    client.delete(first)
    world.flow()
    assert [post["text"] for post in client.posts()] == ["둘 다"]
    assert world.indexing().handle(late) == {"batchItemFailures": []}
    world.refresh()
    assert {post["text"]: post["provenance"]["channel"] for post in client.posts()} == {"둘 다": first, "하나만": first}
    return client


def test_a_post_of_another_import_comes_back_when_a_late_message_took_it_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = taken_over(world)
    world.pass_by(monkeypatch, removal.AGAIN[0])
    assert [post["text"] for post in client.posts()] == ["둘 다"]
    # Nothing else has arrived, and nothing is read again.
    world.pass_by(monkeypatch, removal.AGAIN[1], "NormalizeQueue")
    assert world.parts.receive("NormalizeQueue") == []


def test_it_comes_back_also_where_the_pass_that_deleted_it_died(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = taken_over(world)

    def dies(*given: Any) -> int:
        assert delete(*given) == 2
        raise Unavailable("the engine's answer is lost")

    with monkeypatch.context() as once:
        once.setattr("socialindex.imports.removal.delete", dies)
        world.pass_by(monkeypatch, removal.AGAIN[0], "ImportsQueue")
        wakes = [body for body, _ in world.parts.receive("ImportsQueue")]
        assert world.stage.handle(event(*wakes)) == {"batchItemFailures": []}
    world.refresh()
    assert client.posts() == []
    world.pass_by(monkeypatch, 60)
    assert [post["text"] for post in client.posts()] == ["둘 다"]


def test_words_of_a_row_go_also_where_a_later_import_replaced_them(world: World) -> None:
    client = world.client()
    head = "번호,내용\n"
    plan = {"plan": {"mapping": {"id": "번호", "text": "내용"}}}
    ids = [client.imported(f"{head}1,{words}\n".encode(), plan)["id"] for words in ("첫 글", "둘째 글", "셋째 글")]

    def words() -> tuple[str, list[str]]:
        (post,) = client.posts()
        told = client._replace(workspace=post["id"]).call("GET /v1/posts/{id}").body
        return told["text"], [version["text"] for version in told.get("history", [])]

    assert words() == ("셋째 글", ["첫 글", "둘째 글"])
    client.delete(ids[1])
    world.flow()
    assert words() == ("셋째 글", ["첫 글"])
    client.delete(ids[0])
    world.flow()
    assert words() == ("셋째 글", [])
    client.delete(ids[2])
    assert client.posts() == []


def test_an_import_that_said_nothing_new_is_deleted_without_a_trace(world: World) -> None:
    client = world.client()
    client.imported("내용\n글\n".encode())
    again = client.imported("내용\n글\n".encode())["id"]
    before = client.posts()
    client.delete(again)
    assert client.posts() == before


def test_notes_of_posts_whose_mentions_are_gone_already_go_with_the_import(world: World) -> None:
    client, work = world.client(), WorkTable(world.parts.table("WorkTable"))
    topic = client.watch("배터리")
    one = client.imported("내용\n배터리 발열\n배송 지연\n".encode())["id"]
    client.imported("내용\n배송 만족\n".encode())
    ids = {post["text"]: post["id"] for post in client.posts()}
    for post in ids.values():
        note = Note(id="nt_1", by=Who(name="당직"), at=datetime.now(tz=UTC), text="고객에게 전화함")
        work.save(Work(topic=topic, post=post, notes=[note]))
    client.delete(one)
    kept = set(work.posts()) & set(ids.values())
    # The notes of a mention go with its tombstone, eight days later.
    assert kept == {ids["배터리 발열"], ids["배송 만족"]}


def test_a_deletion_takes_mentions_and_tells_whoever_follows_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BEHIND", -1_000)  # the test refreshes the engine itself
    client = world.client()
    topic = client.watch("배터리")
    one = client.imported("내용\n배터리 발열\n배터리 환불\n배송\n".encode())["id"]
    client.imported("내용\n배터리 발열\n배터리 수명\n".encode())
    assert client.mentions(topic) == ["배터리 발열", "배터리 수명", "배터리 환불"]
    begun = client.call(STREAM, of=topic).body
    texts = {item["id"]: item["text"] for item in begun["items"]}
    time.sleep(BEYOND)
    client.delete(one)
    told = client.call(STREAM, of=topic, after=begun["offset"]).body
    assert [(texts[item["id"]], item["mention"]["gone"]) for item in told["items"] if "text" not in item] == [
        ("배터리 환불", "erased")
    ]
    # What the other import brought too has come back.
    assert client.mentions(topic) == ["배터리 발열", "배터리 수명"]
    assert [post["text"] for post in client.posts()] == ["배터리 발열", "배터리 수명"]


def test_a_deletion_goes_on_where_time_was_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client()
    topic = client.watch("row")
    one = client.imported(lines(5), BY_ID)["id"]
    monkeypatch.setattr(removal, "_PAGE", 2)
    monkeypatch.setattr(hold_module, "WORK", 0.0)
    assert client.call(f"DELETE {ONE}", of=one).status == 202
    left = []
    for _ in range(4):
        bodies = [body for body, _ in world.parts.receive("ImportsQueue")]
        assert world.stage.handle(event(*bodies)) == {"batchItemFailures": []}
        world.refresh()
        left.append((len(client.posts()), len(client.mentions(topic)), client.get(one)["state"]))
        world.stage.sweep()
    assert left == [(3, 3, "deleting"), (1, 1, "deleting"), (0, 0, "deleting"), (0, 0, "deleted")]


def test_an_import_is_deleted_while_it_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STEP_ROWS", 100)
    client = world.client()
    one = client.uploaded(lines(300))
    client.call(f"POST {ONE}/runs", BY_ID, of=one)
    store, save = ImportArchive.store, ImportsTable.save

    def and_delete(self: ImportArchive, job: Any, data: bytes) -> str:
        monkeypatch.setattr(ImportArchive, "store", store)
        assert client.call(f"DELETE {ONE}", of=one).status == 202
        return store(self, job, data)

    monkeypatch.setattr(ImportArchive, "store", and_delete)
    ((wake, _),) = world.parts.receive("ImportsQueue")
    assert world.stage.handle(event(wake)) == {"batchItemFailures": []}
    assert client.get(one)["state"] == "deleting"
    monkeypatch.setattr("socialindex.lease.time.time", lambda: time.monotonic() + 1e10)
    world.flow()
    assert client.get(one)["state"] == "deleted"
    assert client.posts() == []
    assert save is ImportsTable.save


# What the plan grants


def refused(told: Told) -> tuple[int, list[str]]:
    assert int(told.headers["Retry-After"]) > 0
    return told.status, told.body["violated-policies"]


def test_imports_at_the_same_time_do_not_pass_the_month_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STEP_ROWS", 100)
    organization = unique("org")
    both = [world.client(organization=organization, import_rows_a_month=500) for _ in range(2)]
    ids = [client.started(lines(400), BY_ID) for client in both]
    wakes = [event(body) for body, _ in world.parts.receive("ImportsQueue")]
    with ThreadPoolExecutor(len(wakes)) as pool:
        assert list(pool.map(world.stage.handle, wakes)) == [{"batchItemFailures": []}] * 2
    done = [client.get(one) for client, one in zip(both, ids, strict=True)]
    assert "failed" in {one["state"] for one in done} <= {"failed", "imported"}
    assert sum(one["report"]["accepted"] for one in done) == world.counted(both[0]) == 500
    world.flow()
    found = [client.call("POST /v1/posts/search", {"source": ["imported"]}).body["total"] for client in both]
    assert found == [one["report"]["accepted"] for one in done]


def test_a_month_is_counted_exactly_however_many_count_at_once(world: World) -> None:
    table, account = ImportsTable(world.parts.table("ImportsTable")), unique("org")
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: table.count_month(account, "2026-11", 100, 7), range(40)))
    assert (taken.count(True), table.counted(account, "2026-11"), table.counted(account, "2026-12")) == (14, 98, 0)


def test_a_run_is_refused_where_the_month_is_used_up(world: World) -> None:
    client, other = world.client(import_rows_a_month=2), world.client(import_rows_a_month=2)
    assert client.imported("내용\n하나\n둘\n".encode())["state"] == "imported"
    one = client.uploaded("내용\n셋\n".encode())
    before = client.get(one)
    told = client.call(f"POST {ONE}/runs", TEXT, of=one)
    assert refused(told) == (429, ["import-rows"])
    assert int(told.headers["Retry-After"]) <= 31 * 86_400
    assert "2 rows of imports" in told.body["detail"]
    assert client.get(one) == before
    assert client.call(f"POST {ONE}/runs", {**TEXT, "dry_run": True}, of=one).status == 202
    world.flow()
    assert client.get(one)["state"] == "checked"
    assert other.imported("내용\n셋\n".encode())["state"] == "imported"


@pytest.mark.parametrize(("rows", "state", "accepted"), [(2, "imported", 2), (3, "imported", 3), (4, "failed", 0)])
def test_a_month_has_room_for_exactly_its_rows(world: World, rows: int, state: str, accepted: int) -> None:
    client = world.client(import_rows_a_month=3)
    done = client.imported(lines(rows), BY_ID)
    assert (done["state"], done["report"]["accepted"], world.counted(client)) == (state, accepted, accepted)
    # Nothing of it was sent: it can be begun again, such as in the next month.
    assert client.call(f"POST {ONE}/runs", BY_ID, of=done["id"]).status == (409 if accepted else 202)


def test_an_import_that_uses_up_the_month_keeps_what_was_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STEP_ROWS", 100)
    client = world.client(import_rows_a_month=250)
    done = client.imported(lines(350), BY_ID)
    assert (done["state"], done["report"]["accepted"], done["progress"]["rows"]) == ("failed", 200, 200)
    assert done["finished_at"]
    assert "the plan's 250 rows of imports a month" in done["failure"]["detail"]
    assert "room for 50 more" in done["failure"]["detail"]
    assert "200 of its rows were imported" in done["failure"]["detail"]
    assert "from row 202 on" in done["failure"]["remedy"]  # the header is row 1
    assert client.call("POST /v1/posts/search", {"source": ["imported"]}).body["total"] == world.counted(client) == 200
    job = ImportsTable(world.parts.table("ImportsTable")).get(client.workspace, done["id"]).job
    archived = ImportArchive(world.parts.bucket).keys(job)
    assert len(list(archived)) == 2  # a replay brings back what was sent, and no more
    assert client.call(f"POST {ONE}/runs", BY_ID, of=done["id"]).status == 409
    rest = b"id,text\n" + lines(350).split(b'row 199, as\nit is"\n')[1]
    assert client.imported(rest, BY_ID)["report"]["accepted"] == 0
    world.keys[client.key] = msgspec.structs.replace(world.keys[client.key], limits=limits_of("agency", Adjustment()))
    assert client.imported(rest, BY_ID)["state"] == "imported"
    assert client.call("POST /v1/posts/search", {"source": ["imported"]}).body["total"] == world.counted(client) == 350


def test_dry_runs_and_rows_that_are_left_out_are_free(world: World) -> None:
    client = world.client(import_rows_a_month=1)
    plan = {"plan": {"mapping": {"text": "내용", "rating": "별점"}}}
    one = client.uploaded("내용,별점\n글,5\n또 글,최고\n".encode())
    counted = []
    for dry in (True, False):
        assert client.call(f"POST {ONE}/runs", {**plan, "dry_run": dry}, of=one).status == 202
        world.flow()
        report = client.get(one)["report"]
        assert (report["accepted"], report["rejected"]) == (1, 1)
        counted.append(world.counted(client))
    assert counted == [0, 1]


def test_work_that_ends_behind_the_count_gives_no_rows_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client(import_rows_a_month=25)
    one = client.started(lines(10), BY_ID)
    count = ImportsTable.count_month

    def dies(*given: Any) -> bool:
        assert count(*given)
        raise Unavailable("the table's answer is lost")

    with monkeypatch.context() as once:
        once.setattr(ImportsTable, "count_month", dies)
        ((wake, _),) = world.parts.receive("ImportsQueue")
        assert world.stage.handle(event(wake)) == {"batchItemFailures": []}
    monkeypatch.setattr("socialindex.lease.time.time", lambda: time.monotonic() + 1e10)
    assert world.stage.handle(event(wake)) == {"batchItemFailures": []}
    assert (client.get(one)["state"], world.counted(client)) == ("imported", 20)


def test_a_run_that_began_before_rows_were_counted_goes_on(world: World) -> None:
    client, table = world.client(import_rows_a_month=1), ImportsTable(world.parts.table("ImportsTable"))
    one = client.started(lines(3), BY_ID)
    kept = table.get(client.workspace, one)
    table.save(kept, msgspec.structs.replace(kept.job, payer=None))
    world.flow()
    assert (client.get(one)["report"]["accepted"], world.counted(client)) == (3, 0)


ENDS: dict[str, tuple[bytes, bool]] = {
    "imported": ("내용\n글\n".encode(), False),
    "checked": ("내용\n글\n".encode(), True),
    "failed": (gzip.compress("내용\n글\n".encode())[:-6], False),
}


@pytest.mark.parametrize("end", [*ENDS, "deleted"])
def test_so_many_are_under_way_at_once_until_one_ends(world: World, end: str) -> None:
    client, other = world.client(), world.client()
    data, dry = ENDS.get(end, ENDS["imported"])
    ids = [client.uploaded(data) for _ in range(AT_ONCE + 1)]
    body = {**TEXT, "dry_run": dry}
    told = [client.call(f"POST {ONE}/runs", body, of=one) for one in ids]
    assert [one.status for one in told] == [202] * AT_ONCE + [429]
    assert refused(told[-1]) == (429, ["imports-at-once"])
    assert client.get(ids[-1])["state"] == "waiting"
    assert other.call(f"POST {ONE}/runs", body, of=other.uploaded(data)).status == 202
    if end == "deleted":
        assert client.call(f"DELETE {ONE}", of=ids[0]).status == 202
    else:
        world.flow()
        assert client.get(ids[0])["state"] == end
    assert client.call(f"POST {ONE}/runs", body, of=ids[-1]).status == 202


def test_an_import_that_was_checked_takes_one_place(world: World) -> None:
    client = world.client()
    ids = [client.uploaded("내용\n글\n".encode()) for _ in range(AT_ONCE)]
    for one in ids:
        client.call(f"POST {ONE}/runs", {**TEXT, "dry_run": True}, of=one)
    world.flow()
    assert [client.call(f"POST {ONE}/runs", TEXT, of=one).status for one in ids] == [202] * AT_ONCE


def test_of_many_that_start_together_only_so_many_do(world: World) -> None:
    client = world.client()
    ids = [client.uploaded("내용\n글\n".encode()) for _ in range(8)]
    with ThreadPoolExecutor(len(ids)) as pool:
        told = list(pool.map(lambda one: client.call(f"POST {ONE}/runs", TEXT, of=one).status, ids))
    assert Counter(told) == {202: AT_ONCE, 429: len(ids) - AT_ONCE}
    states = Counter(item["state"] for item in client.call(f"GET {HOME}").body["items"])
    assert states == {"importing": AT_ONCE, "waiting": len(ids) - AT_ONCE}


# The table


def test_whoever_has_not_seen_the_newest_version_writes_nothing(world: World) -> None:
    client = world.client()
    one = client.call(f"POST {HOME}", {"name": "a", "bytes": 1}).body["import"]["id"]
    table = ImportsTable(world.parts.table("ImportsTable"))
    kept = table.get(client.workspace, one)
    table.save(kept, kept.job)
    with pytest.raises(Conflict):
        table.save(kept, kept.job)
    table.remove(kept.job)
    with pytest.raises(Conflict):
        table.save(Kept(kept.job, 2), kept.job)
    with pytest.raises(NotFound):
        table.get(client.workspace, one)


def test_a_file_that_is_gone_is_told_as_such(world: World) -> None:
    client = world.client()
    one = client.call(f"POST {HOME}", {"name": "a", "bytes": 1}).body["import"]["id"]
    uploads = Uploads(world.parts.bucket)
    job = ImportsTable(world.parts.table("ImportsTable")).get(client.workspace, one).job
    with pytest.raises(InvalidInput, match="replaced or removed"):
        uploads.open(job, 0)
    assert uploads.open(job, 1).read(9) == b""
