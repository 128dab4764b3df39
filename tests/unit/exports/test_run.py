"""The exports stage: every post once, whatever ends the work and wherever; small parts; what may not leave stays."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import time
from datetime import UTC, datetime
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from socialindex import terms
from socialindex.errors import NotFound, Unavailable
from socialindex.exports import copies, pages, part
from socialindex.exports.job import KEPT, view
from socialindex.exports.stage import MAX_ATTEMPTS
from socialindex.exports.wanted import Wanted
from socialindex.lease import LASTING, Kept
from socialindex.search import listening
from socialindex.terms import Terms
from tests.unit.exports.world import AMPLE, RESERVE, Killed, World, post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.access import Caller

POSTS = [post(number) for number in range(100)]
KINDS = [
    Wanted(),
    Wanted(format="csv", sort="oldest"),
    Wanted(compression="gzip"),
    Wanted(format="csv", compression="gzip", fields=["title", "author"]),
    Wanted(deduplicate=True),
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and parts of a size that a hundred posts make some of."""
    monkeypatch.setattr(pages, "PAGE", 7)
    monkeypatch.setattr(part, "FULL", 4_000)


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def ids(data: bytes) -> list[str]:
    return [item["id"] for item in lines(data)]


def plain(data: bytes, wanted: Wanted) -> bytes:
    return gzip.decompress(data) if wanted.compression == "gzip" else data


def noisy(number: int) -> list[dict[str, Any]]:
    """Posts that fill parts even when they are packed."""
    chance = random.Random(7)  # noqa: S311 - the same posts each time
    return [post(each, title=chance.randbytes(1_500).hex()) for each in range(number)]


# Whole files


def test_a_file_holds_each_post_once_in_the_order_asked_for() -> None:
    newest = [one["id"] for one in sorted(POSTS, key=lambda one: (one["published_at"], one["id"]))]
    job, data = World(POSTS).done(Wanted(sort="oldest"))
    assert ids(data) == newest
    assert lines(data)[0] == POSTS[0]
    assert (job.state, job.posts, job.seen, job.bytes) == ("done", 100, 100, len(data))
    falling = lines(World(POSTS).done()[1])
    assert all((a["published_at"], b["id"]) >= (b["published_at"], a["id"]) for a, b in pairwise(falling)), (
        "newest first, and within a moment by id"
    )


@pytest.mark.parametrize("number", [0, 1, 6, 7, 8, 14])
def test_few_posts_make_a_file_as_well(number: int) -> None:
    job, data = World(POSTS[:number]).done()
    assert len(lines(data)) == job.posts == number


def test_an_empty_export_is_an_empty_file_of_its_kind() -> None:
    assert World([]).done()[1] == b""
    assert gzip.decompress(World([]).done(Wanted(compression="gzip"))[1]) == b""
    header = World([]).done(Wanted(format="csv", fields=["title"]))[1]
    assert header == "\ufeffid,title\r\n".encode()


def test_fields_are_those_asked_for_and_the_id() -> None:
    _, data = World(POSTS[:2]).done(Wanted(fields=["title", "language", "title"]))
    assert [list(item) for item in lines(data)] == [["id", "title"]] * 2


def test_csv_has_the_columns_in_the_order_asked_for() -> None:
    _, data = World(POSTS[:1]).done(Wanted(format="csv", fields=["url", "author", "id"]))
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0][:4] == ["id", "url", "author.name", "author.handle"]
    assert rows[1][:4] == ["p00000", "https://board.example/0", "김*수", ""]


def test_posts_without_a_time_are_in_it() -> None:
    undated = [{name: value for name, value in post(n).items() if name != "published_at"} for n in range(100, 120)]
    _, data = World(POSTS + undated).done()
    assert sorted(ids(data)) == sorted(one["id"] for one in POSTS + undated)


def test_only_so_much_is_held_at_once() -> None:
    world = World([post(number) for number in range(1_000)])
    job, _ = world.done()
    page = 7 * 2_000
    assert job.parts > 50
    assert world.files.largest < 4_000 + page
    assert max(body["size"] for body in world.engine.asked) == 7


# Near-duplicates


@pytest.mark.parametrize("sort", ["oldest", "newest"])
def test_of_near_duplicates_the_first_in_the_order_is_kept(sort: Any) -> None:
    posts = [post(number, cluster_id=f"c{number % 9}") for number in range(60)]
    job, data = World(posts).done(Wanted(sort=sort, deduplicate=True))
    everything = lines(World(posts).done(Wanted(sort=sort))[1])
    firsts = {item["cluster_id"]: item["id"] for item in reversed(everything)}
    assert ids(data) == [item["id"] for item in everything if item["id"] in firsts.values()]
    assert job.left_out == {"duplicate": 51}


def test_what_was_not_compared_yet_is_no_duplicate() -> None:
    posts = [{name: value for name, value in post(n).items() if name != "cluster_id"} for n in range(20)]
    assert len(ids(World(posts).done(Wanted(deduplicate=True))[1])) == 20


# Interruptions


@pytest.mark.parametrize("wanted", KINDS)
@pytest.mark.parametrize("after", [False, True])
def test_work_that_is_killed_anywhere_goes_on_to_the_same_file(wanted: Wanted, after: bool) -> None:
    """At each call to the engine, the bucket and the table in turn, before and after it has been done."""
    posts = [{**one, "cluster_id": f"c{number // 2}"} for number, one in enumerate(noisy(42))]
    whole, expected = World(posts).done(wanted)
    for at in count():
        world = World(posts)
        job = world.begun(wanted)
        world.faults.at, world.faults.after, world.faults.calls = at, after, 0
        try:
            world.work(job)
        except Killed:
            world.faults.at = None
            world.work(job)
        else:
            break
        done = world.now(job)
        assert (done.state, done.posts, done.left_out) == ("done", whole.posts, whole.left_out), at
        assert world.files.files[job.id] == expected, at
    assert whole.parts > 1
    assert at > whole.parts


def test_work_that_is_killed_again_and_again_comes_to_its_end() -> None:
    _, expected = World(POSTS).done()
    world = World(POSTS)
    job = world.begun()
    for _ in range(200):
        world.faults.at, world.faults.calls = 8, 0
        try:
            world.work(job)
        except Killed:
            continue
        break
    assert world.files.files[job.id] == expected


@pytest.mark.parametrize("wanted", KINDS)
def test_an_export_takes_as_many_invocations_as_it_needs(wanted: Wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = noisy(150)
    _, expected = World(posts).done(wanted)
    world = World(posts)
    job = world.begun(wanted)
    clock = count()
    monkeypatch.setattr("socialindex.lease.time.monotonic", lambda: float(next(clock)))
    states = []
    for _ in range(100):
        world.work(job, lambda: RESERVE + 30)
        states.append(world.now(job).state)
        if states[-1] == "done":
            break
    assert states[:3] == ["running"] * 3
    assert plain(world.files.files[job.id], wanted) == plain(expected, wanted)


def test_without_time_nothing_is_begun() -> None:
    world = World(POSTS)
    job = world.begun()
    world.work(job, lambda: RESERVE)
    assert (world.now(job).state, world.engine.asked) == ("running", [])


def test_an_outage_is_waited_for_and_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message stays in the queue, where an alarm looks at its age, every quarter of an hour: not for one moment."""
    world = World(POSTS)
    job = world.begun()

    def down(*_: Any, **__: Any) -> Any:
        raise Unavailable("the engine is down")

    with monkeypatch.context() as patch:
        patch.setattr(world.engine, "search", down)
        failed = [len(world.work(job)["batchItemFailures"]) for _ in range(2 * LASTING + 1)]
    assert [number for number, failures in enumerate(failed, 1) if failures] == [LASTING, 2 * LASTING]
    assert world.queue.bodies == world.dead_letters.bodies == []
    waiting = world.now(job)
    assert (waiting.state, waiting.attempts) == ("running", 0)
    assert waiting.work_at > time.time() + 30
    world.work(job)
    assert world.now(job).state == "done"


def test_what_cannot_be_finished_fails_in_the_end_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(POSTS)
    job = world.begun()
    monkeypatch.setattr(world.files, "put_part", lambda *_: 1 / 0)
    for _ in range(1 + MAX_ATTEMPTS):  # the first one gets as far as an upload
        with pytest.raises(ZeroDivisionError):
            world.work(job)
        assert world.now(job).state == "running"
    world.work(job)
    failed = view(world.now(job))
    assert (failed.state, failed.link) == ("failed", None)
    assert failed.failure
    assert failed.failure.remedy
    assert world.counters.used["org_a"] == 0
    assert world.files.uploads.keys() - {"ex_1/0"} == set()
    assert "without getting on" in world.dead_letters.bodies[-1]


def test_somebody_elses_parts_never_become_a_file() -> None:
    world = World(POSTS)
    job = world.begun()
    world.faults.at, world.faults.calls = 25, 0
    with pytest.raises(Killed):
        world.work(job)
    world.faults.at = None
    (upload,) = world.files.uploads.values()
    upload[1] += b"{}\n"
    world.work(job)
    assert world.now(job).state == "running"
    assert job.id not in world.files.files


def test_only_one_works_at_an_export() -> None:
    world = World(POSTS)
    job = world.begun(work_at=time.time() + 60)
    world.stage.handle(_event(job), lambda: AMPLE)
    assert world.now(job).state == "queued"
    assert world.engine.asked == []


def _event(job: Any) -> dict[str, Any]:
    body = json.dumps({"workspace": job.workspace, "id": job.id})
    return {"Records": [{"messageId": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}]}


# Deletion, and the end of a file


def test_a_file_goes_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(POSTS)
    job, _ = world.done()
    assert job.finished_at
    assert job.expires_at
    assert job.expires_at - job.finished_at == KEPT
    world.stage.handle(_event(job), lambda: AMPLE)
    assert world.files.files.keys() == {job.id}
    over = job.expires_at.timestamp() + 1
    monkeypatch.setattr("socialindex.lease.time.time", lambda: over)
    assert world.stage.sweep() == 1
    world.stage.handle(_event(job), lambda: AMPLE)
    assert (world.now(job).state, world.files.files) == ("expired", {})


def test_an_outage_of_the_counts_costs_neither_the_file_nor_what_is_to_be_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(POSTS, {"p00003": "erased"})
    job = world.begun()
    world.counters.outages = 2
    assert world.work(job) == {"batchItemFailures": []}
    now = time.time()
    for minute in (1, 2, 3):
        monkeypatch.setattr("socialindex.lease.time.time", lambda minute=minute: now + minute * 61)
        world.stage.handle(_event(job), lambda: AMPLE)
    done = world.now(job)
    assert (done.state, list(world.files.files), world.counters.used["org_a"]) == ("done", [job.id], 99)
    assert done.expires_at
    assert done.work_at >= done.expires_at.timestamp() - 1, "nothing is left to do until then"
    over = done.expires_at.timestamp() + 1
    monkeypatch.setattr("socialindex.lease.time.time", lambda: over)
    world.stage.handle(_event(job), lambda: AMPLE)
    assert (world.now(job).state, world.files.files, world.counters.used["org_a"]) == ("expired", {}, 99)


@pytest.mark.parametrize("end", ["deleting", "failed"])
def test_an_outage_of_the_counts_puts_off_the_end_of_an_export_that_has_no_file(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(POSTS)
    doomed: dict[str, Any] = {"state": "deleting"} if end == "deleting" else {"attempts": MAX_ATTEMPTS}
    job = world.begun(**doomed)
    world.counters.outages = 1
    now = time.time()
    for minute, left in ((0, 100), (1, 0), (2, 0)):
        monkeypatch.setattr("socialindex.lease.time.time", lambda minute=minute: now + minute * 61)
        world.stage.handle(_event(job), lambda: AMPLE)
        assert (world.counters.used["org_a"], sum(world.table.months.values())) == (left, left // 100)
    assert [one.state for one in world.table.all("ws_a")] == ([] if end == "deleting" else ["failed"])


LAST_MINUTES = datetime(2026, 1, 31, 23, 58, tzinfo=UTC)


@pytest.mark.parametrize("begun", [{}, {"state": "deleting"}, {"attempts": MAX_ATTEMPTS}])
def test_what_was_charged_to_a_month_that_is_over_is_given_back_to_that_one(begun: dict[str, Any]) -> None:
    world = World(POSTS, {"p00003": "erased"})
    job = world.begun(created_at=LAST_MINUTES, **begun)
    world.work(job)
    assert world.counters.months == {"2026-01": 0 if begun else 99}
    assert world.table.months == {("org_a", "2026-01"): 0 if begun else 1}


def test_a_deletion_takes_file_and_export() -> None:
    world = World(POSTS)
    job, _ = world.done()
    kept = world.table.get(job.workspace, job.id)
    world.table.save(kept, msgspec.structs.replace(job, state="deleting", work_at=0.0))
    world.stage.handle(_event(job), lambda: AMPLE)
    assert (world.table.kept, world.files.files) == ({}, {})
    assert world.counters.used["org_a"] == 100, "its owner had the file"
    assert world.work(job) == {"batchItemFailures": []}


def test_what_was_left_out_is_given_back_also_where_the_file_is_deleted_before_the_counts_answer() -> None:
    world = World(POSTS, {"p00003": "erased"})
    job = world.begun()
    world.counters.outages = 1
    assert world.work(job) == {"batchItemFailures": []}
    kept = world.table.get(job.workspace, job.id)
    assert (kept.job.state, world.counters.used["org_a"]) == ("done", 100)
    world.table.save(kept, msgspec.structs.replace(kept.job, state="deleting", work_at=0.0))
    assert world.work(job) == {"batchItemFailures": []}
    assert (world.table.kept, world.files.files) == ({}, {})
    assert world.counters.used["org_a"] == 99


def test_an_export_that_is_deleted_while_somebody_works_at_it_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(POSTS)
    job = world.begun()
    put_part = world.files.put_part

    def and_delete(job: Any, number: int, data: bytes) -> str:
        kept = world.table.get(job.workspace, job.id)
        doomed = msgspec.structs.replace(kept.job, state="deleting")
        world.table.kept[job.workspace, job.id] = Kept(doomed, kept.version + 1)
        return put_part(job, number, data)

    monkeypatch.setattr(world.files, "put_part", and_delete)
    assert world.work(job) == {"batchItemFailures": []}
    assert world.now(job).state == "deleting"
    monkeypatch.setattr("socialindex.lease.time.time", lambda: time.monotonic() + 1e10)
    world.stage.handle(_event(job), lambda: AMPLE)
    assert (world.table.kept, world.files.uploads, world.files.files) == ({}, {}, {})
    assert world.counters.used["org_a"] == 0


# What may not leave


class Entries:
    """Entries of administrators."""

    def all(self) -> list[Terms]:
        same: dict[str, Any] = {"verdict": "allowed", "reason": "a clause", "source": "terms of use"}
        return [
            Terms(domains=["closed.example"], name="Closed", export="none", **same),
            Terms(domains=["titles.example"], name="Titles", export="title_and_link", **same),
            Terms(domains=["never.example"], name="Never", **{**same, "verdict": "forbidden"}),
        ]


@pytest.fixture
def entries() -> Any:
    terms.use(Entries())
    yield
    terms.use(None)


def at(host: str, number: int, **fields: Any) -> dict[str, Any]:
    return post(number, url=f"https://{host}/{number}", uri=f"https://{host}/{number}", platform=host, **fields)


@pytest.mark.usefixtures("entries")
def test_terms_decide_what_leaves_and_it_is_told_what_did_not() -> None:
    mine = at("closed.example", 6)
    posts = [
        at("open.example", 1),
        at("closed.example", 2),
        at("www.closed.example", 3),
        at("titles.example", 4),
        at("never.example", 5),
        {**mine, "uri": "import:ws_a/main/6", "visibility": "ws_a"},
        {**at("closed.example", 7), "url": None},
        {**at("closed.example", 8), "url": "https://open.example:99999/"},
    ]
    world = World(posts)
    job, data = world.done(Wanted(sort="oldest"))
    assert ids(data) == ["p00001", "p00004", "p00006"]
    assert set(lines(data)[1]) == {"id", "uri", "source", "platform", "url", "title", "published_at"}
    told = view(job)
    assert [(left.reason, left.whose, left.posts) for left in told.left_out] == [
        ("terms", None, 1),
        ("terms", "Closed", 3),
        ("terms", "Never", 1),
    ]
    assert [(left.whose, left.posts) for left in told.shortened] == [("Titles", 1)]
    assert world.counters.used["org_a"] == job.posts == 3


COPIES = {
    "the first may leave": (["open", "closed", "open"], [0]),
    "the first may not": (["closed", "open", "open", "titles"], [1]),
    "the first that may is on a later page": (["closed"] * 9 + ["open"] * 9, [9]),
    "none may": (["closed", "never"] * 5, []),
    "a title may": (["never", "titles", "open"], [1]),
    "none of the first ones may": (["closed"] * 12 + ["open"] * 3, [12, 13, 14]),
}


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(("hosts", "written"), COPIES.values(), ids=COPIES.keys())
@pytest.mark.parametrize("compared", [True, False])
def test_of_near_duplicates_the_first_that_may_leave_is_kept(
    hosts: list[str], written: list[int], compared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "MOST", 12)
    story = [at(f"{host}.example", number, cluster_id="c" if compared else None) for number, host in enumerate(hosts)]
    job, data = World([*story, post(999)]).done(Wanted(sort="oldest", deduplicate=True))
    may = [number for number, host in enumerate(hosts) if host in {"open", "titles"}]
    expected = written if compared else may
    assert ids(data) == [*(f"p{number:05d}" for number in expected), "p00999"]
    assert job.left_out.get("duplicate", 0) == len(may) - len(expected)
    assert sum(job.left_out.values()) + job.posts == job.seen == len(hosts) + 1


@pytest.mark.parametrize("sort", ["oldest", "newest"])
def test_what_was_erased_stands_for_no_copy(sort: Any) -> None:
    story = [post(number, cluster_id="c") for number in (0, 30, 60)]
    world = World(story, {"p00000": "erased", "p00060": "withdrawn"})
    job, data = world.done(Wanted(sort=sort, deduplicate=True))
    assert (ids(data), job.left_out) == (["p00030"], {"erased": 1, "withdrawn": 1})


@pytest.mark.usefixtures("entries")
def test_title_and_link_are_all_there_is_in_csv_too() -> None:
    _, data = World([at("titles.example", 1)]).done(Wanted(format="csv", fields=["title", "text", "author"]))
    assert data.decode("utf-8-sig").splitlines()[1] == "p00001,제목 1,,,,,,,,"


def test_what_was_erased_is_asked_for_page_by_page_and_stays() -> None:
    world = World(POSTS, {"p00003": "erased", "p00050": "withdrawn", "p00051": "erased"})
    job, data = world.done()
    assert set(ids(data)) == {one["id"] for one in POSTS} - {"p00003", "p00050", "p00051"}
    assert job.left_out == {"erased": 2, "withdrawn": 1}
    assert world.suppressions.asked == 15
    assert world.counters.used["org_a"] == 97


def test_only_what_the_workspace_may_see_is_asked_for() -> None:
    world = World(POSTS)
    job = world.begun(bound=1_700_000_000_000)
    world.work(job)
    asked = json.dumps(world.engine.asked[0]["query"])
    assert '{"terms": {"visibility": ["public", "ws_a"]}}' in asked
    assert '{"range": {"indexed_at": {"lte": 1700000000000, "format": "epoch_millis"}}}' in asked


# Mentions


class Topics:
    """A topic that is the workspace's, until it is deleted."""

    is_there = True

    def of(self, caller: Caller, topic_id: str) -> Any:
        if not self.is_there or caller.workspaces != {"ws_a"}:
            raise NotFound("there is no such topic")
        return topic_id


@pytest.fixture
def topics() -> Iterator[Topics]:
    found = Topics()
    listening.use(cast("Any", found))
    yield found
    listening.use(None)


@pytest.mark.usefixtures("topics")
def test_mentions_are_written_with_what_people_did() -> None:
    mention = {"id": "mn_1", "topic": "tp_a", "status": "assigned", "assignee": "Kim"}
    world = World([post(1, mention=mention)])
    _, data = world.done(Wanted(topic=["tp_a"], format="csv", fields=["title"]))
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert (row["mention.status"], row["mention.assignee"]) == ("assigned", "Kim")


def test_an_export_of_a_topic_that_is_gone_fails_and_costs_nothing(topics: Topics) -> None:
    world = World(POSTS)
    job = world.begun(Wanted(topic=["tp_a"]))
    topics.is_there = False
    assert world.work(job) == {"batchItemFailures": []}
    failed = world.now(job)
    assert (failed.state, failed.failure and failed.failure.detail) == ("failed", "there is no such topic")
    assert not any(world.counters.used.values())
