"""``socialindex ops`` on real queues, tables, a bucket and the engine: what operators type, and what is there then."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from infra.local.reach import Addresses, reach_of, tell
from socialindex.aws import letters as aws_letters
from socialindex.aws.deliveries import DeliveriesTable
from socialindex.aws.destinations import DestinationsTable
from socialindex.aws.dictionary import Dictionary
from socialindex.aws.frontier import Pending
from socialindex.aws.imports import ImportsTable
from socialindex.aws.letters import LetterBox
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.topics import TopicsTable
from socialindex.cli import main, ops_snapshots
from socialindex.deliver.courier import GivenUp
from socialindex.deliver.delivery import Delivery, finished
from socialindex.deliver.destination import Destination
from socialindex.deliver.event import Event
from socialindex.engine import ALIAS, MENTIONS, index_of, mentions_index
from socialindex.erasure.removal import Removal
from socialindex.identity import channel_id, post_id
from socialindex.imports.job import Import
from socialindex.index.writer import Write, Writer
from socialindex.mentions import byposts, merge
from socialindex.mentions.byposts import Update, write_all
from socialindex.mentions.model import mention_id
from socialindex.messages import Archived, encode
from socialindex.model import Post, Provenance
from socialindex.ops.letters import Chosen
from socialindex.ops.reach import FILE, here
from socialindex.ops.redriving import Taking
from socialindex.setup.families import POSTS
from socialindex.setup.progress import Rebuild
from socialindex.setup.template import hidden, template_of
from socialindex.sources.base import Channel, Request
from socialindex.topics.job import Job
from socialindex.topics.topic import Topic, Watched
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running
    from socialindex.aws.letters import Letter
    from socialindex.imports.job import State

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).parents[2] / "infra" / "opensearch"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SEPTEMBER, OCTOBER, NOVEMBER = NOW - timedelta(days=70), NOW - timedelta(days=40), NOW
NOWHERE = {"settings": {"index.routing.allocation.require._name": "no node"}}
"""What an index has that cannot be read: no node is to hold it."""


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        parts.make(*parts.template.tables, *parts.template.queues, *parts.template.buckets)
        yield parts


@pytest.fixture
def run(
    parts: Parts,
    engine_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Any]:
    """Run a command that works; what it printed, as JSON."""
    folder = tmp_path / ".local"
    folder.mkdir()
    tell(folder, reach_of(parts.template, parts.cloud, Addresses(engine=engine_url, api="http://127.0.0.1:9")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOCIALINDEX_STACK", raising=False)
    monkeypatch.setattr(aws_letters, "_WAIT_SECONDS", 0)  # this queue has one server
    monkeypatch.setattr(ops_snapshots, "_POLL_SECONDS", 0.1)

    def run(*words: str) -> Any:
        monkeypatch.setattr(sys, "argv", ["socialindex", "ops", *words, "--json"])
        with pytest.raises(SystemExit) as end:
            main()
        out, told = capsys.readouterr()
        assert not end.value.code, told
        return json.loads(out)

    return run


# Dead letters


def archived(number: int) -> str:
    return encode(Archived(key=f"raw/2026/11/28/{number}.warc.gz", offset=number, length=9, source="feed"))


@pytest.fixture
def letters(parts: Parts) -> Iterator[None]:
    """Twelve letters of normalize: ten of a reason, one of another, one that it cannot read."""
    box = parts.queue("NormalizeDeadLetters")
    for number in range(10):
        box.put(archived(number), reason=f"ParseError: the archive has nothing at {number}")
    box.put(archived(10), reason="LayoutChanged: no list of posts")
    box.put('{"key": 1}', reason="ParseError: not an Archived message")
    yield
    parts.receive("NormalizeDeadLetters")
    parts.receive("NormalizeQueue")


def sent(parts: Parts, queue: str = "NormalizeQueue") -> list[str]:
    return sorted(body for body, _ in parts.receive(queue))


@pytest.mark.usefixtures("letters")
def test_letters_are_counted_by_reason_and_looked_at_again_and_again(run: Callable[..., Any]) -> None:
    for _ in range(2):
        (one,) = run("letters", "list", "--stage", "normalize")["items"]
        assert (one["letters"], list(one["reasons"].values())) == (12, [10, 1, 1])
        assert sorted(len(ids) for ids in one["ids"].values()) == [1, 1, 10]


@pytest.mark.usefixtures("letters")
def test_letters_of_a_reason_are_sent_again_and_the_others_stay(run: Callable[..., Any], parts: Parts) -> None:
    chosen = ("letters", "redrive", "normalize", "--reason", "the archive has nothing")
    would = run(*chosen, "--dry-run")
    assert (would["letters"], sent(parts)) == (10, [])
    assert run(*chosen, "--yes") == {"stage": "normalize", "sent": 10, "left": {}}
    assert sent(parts) == sorted(archived(number) for number in range(10))
    done = run("letters", "redrive", "normalize", "--yes")
    assert (done["sent"], sent(parts)) == (1, [archived(10)])
    ((why, times),) = done["left"].items()
    assert ("no Archived message" in why, times) == (True, 1)


@pytest.mark.usefixtures("letters")
def test_a_letter_is_mended_and_sent(run: Callable[..., Any], parts: Parts, tmp_path: Path) -> None:
    (listed,) = run("letters", "list", "--stage", "normalize")["items"]
    (odd,) = listed["ids"]["ParseError: not an Archived message"]
    shown = run("letters", "show", "normalize", odd)
    assert (shown["reason"], shown["about"]["kind"]) == ("ParseError: not an Archived message", None)
    mended = tmp_path / "mended.json"
    mended.write_text(archived(99), "utf-8")
    done = run("letters", "fix", "normalize", odd, "--body", str(mended), "--yes")
    assert (done, sent(parts)) == ({"stage": "normalize", "sent": 1, "left": {}}, [archived(99)])


@pytest.mark.usefixtures("letters")
def test_letters_are_thrown_away_when_it_is_said_so(run: Callable[..., Any], parts: Parts) -> None:
    assert run("letters", "purge", "normalize", "--reason", "layout", "--yes")["thrown_away"] == 1
    assert (len(parts.receive("NormalizeDeadLetters")), sent(parts)) == (11, [])


@pytest.mark.usefixtures("letters")
def test_whoever_is_killed_in_the_middle_has_lost_none(parts: Parts) -> None:
    queue, done = parts.queue("NormalizeQueue"), list[str]()

    def act(letter: Letter) -> None:
        if len(done) == 4:
            raise KeyboardInterrupt
        queue.send_all([letter.body])
        done.append(letter.body)

    with pytest.raises(KeyboardInterrupt):
        Taking(box(parts)).run(Chosen(), act, lambda _: None, rate=1_000.0)
    depth = parts.queue("NormalizeDeadLetters").depth()
    assert (len(set(done)), depth.waiting + depth.in_flight) == (4, 12)


def box(parts: Parts) -> LetterBox:
    return LetterBox(parts.queue("NormalizeDeadLetters").url)


def test_a_request_goes_back_to_its_host(run: Callable[..., Any], parts: Parts) -> None:
    pending = Pending(
        host=unique("host"), channel="ch_1", request=Request(url="https://a.example/1", kind="page"), attempts=6
    )
    parts.queue("CrawlDeadLetters").put(encode(pending), reason="Transient: status 500")
    assert run("letters", "redrive", "crawl", "--yes")["sent"] == 1
    (waiting,) = parts.frontier.due(pending.host, time.time(), 10)
    assert (waiting.id, waiting.attempts) == (pending.id, 0)
    assert pending.host in set(parts.hosts.ready(time.time()))
    assert sent(parts, "CrawlQueue") == []


def test_a_delivery_is_tried_for_another_day(run: Callable[..., Any], parts: Parts) -> None:
    deliveries = DeliveriesTable(parts.table("DeliveriesTable"))
    name = unique("msg")
    event = Event(id="ev_1", kind="alert.opened", workspace="ws_1", at=NOW)
    given_up = Delivery(
        workspace="ws_1", id=name, destination="ds_1", event=event, created_at=NOW, next_at=NOW, until=NOW
    )
    deliveries.add(finished(given_up, "failed", NOW))
    letter = encode(GivenUp(workspace="ws_1", delivery=name, destination="ds_1", event="ev_1"))
    parts.queue("DeliverDeadLetters").put(letter, reason="status: 500")
    (why,) = run("letters", "redrive", "deliver", "--yes")["left"]
    assert why == "Conflict: the destination of this delivery is gone"
    destination = Destination(
        workspace="ws_1",
        id="ds_1",
        name="desk",
        way="webhook",
        address="https://desk.example/",
        state="active",
        created_at=NOW,
        changed_at=NOW,
    )
    DestinationsTable(parts.table("DestinationsTable")).add(destination)
    assert run("letters", "redrive", "deliver", "--yes") == {"stage": "deliver", "sent": 1, "left": {}}
    assert deliveries.get("ws_1", name).delivery.state == "waiting"
    parts.queue("DeliverDeadLetters").put(letter, reason="status: 500")  # sent, but not deleted: its sender died
    assert run("letters", "redrive", "deliver", "--yes") == {"stage": "deliver", "sent": 1, "left": {}}


# Pauses


def channel(parts: Parts, host: str, source: str = "feed") -> str:
    url = f"https://{host}/feed"
    added = Channel(id=channel_id(source, url), source=source, url=url, created_at=NOW)
    parts.channels.add(added)
    return added.id


def due(parts: Parts) -> set[str]:
    return {state.channel.id for state in parts.channels.due(time.time())}


def test_a_host_is_paused_under_whoever_has_it_and_goes_on_where_it_was(run: Callable[..., Any], parts: Parts) -> None:
    host = f"{unique('board')}.example"
    mine, other = channel(parts, host), channel(parts, f"www.{host}")
    pending = Pending(host=host, channel=mine, request=Request(url=f"https://{host}/1", kind="page"))
    parts.frontier.put(pending)
    parts.hosts.wake(host, time.time())
    lease = parts.hosts.lease(host, 60)
    assert lease is not None
    why = ("pause", "host", f"https://{host}/any", "--reason", "its operator has asked us")
    assert run(*why, "--dry-run")["channels"] == 1
    assert parts.hosts.extend(lease, 60, spent="") is not None
    for _ in range(2):
        assert run(*why, "--yes") == {"paused": f"host:{host}", "channels": 1}
    assert parts.hosts.extend(lease, 60, spent="") is None  # who had it stops
    assert parts.hosts.lease(host, 60) is None
    parts.hosts.wake(host, time.time())
    assert host not in set(parts.hosts.ready(time.time()))
    assert (mine in due(parts), other in due(parts)) == (False, True)
    (shown,) = (one for one in run("pauses")["items"] if one["subject"] == f"host:{host}")
    assert (shown["reason"], shown["channels"]) == ("its operator has asked us", 1)
    assert run("resume", "host", host, "--yes") == {"resumed": f"host:{host}", "channels": 1}
    assert mine in due(parts)
    assert host in set(parts.hosts.ready(time.time()))
    assert [each.id for each in parts.frontier.due(host, time.time(), 10)] == [pending.id]
    assert parts.hosts.lease(host, 60) is not None


def test_a_channel_goes_on_when_nothing_is_left_that_it_is_paused_by(run: Callable[..., Any], parts: Parts) -> None:
    host = f"{unique('board')}.example"
    mine = channel(parts, host, "gnuboard")
    run("pause", "source", "gnuboard", "--reason", "a new layout", "--yes")
    run("pause", "host", host, "--reason", "it is slow", "--yes")
    parts.channels.schedule(mine, time.time())  # what was under way ends as ever
    run("resume", "source", "gnuboard", "--yes")
    assert mine not in due(parts)
    state = parts.channels.get(mine)
    assert state is not None
    assert [(pause.by, pause.reason) for pause in state.paused] == [(f"host:{host}", "it is slow")]
    run("resume", "host", host, "--yes")
    assert mine in due(parts)


@pytest.mark.parametrize("way", ["--yes", "--dry-run"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("resume", "host", "nobody.example"), "host nobody.example is not paused: `socialindex ops pauses` lists"),
        (("resume", "source", "reddit"), "source reddit is not paused"),
        (("pause", "source", "reddit", "--reason", " "), "this is no reason that can be shown\nRemedy: say in up to"),
    ],
)
@pytest.mark.usefixtures("run")
def test_a_pause_that_cannot_begin_or_end_is_told_before_it_is_said_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str, way: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["socialindex", "ops", *words, way])
    with pytest.raises(SystemExit) as end:
        main()
    out, error = capsys.readouterr()
    assert (end.value.code, out) == (1, "")
    assert error.startswith(f"Error: {told}")


# The index


def test_reindexing_is_asked_for_and_setup_takes_it_up(run: Callable[..., Any], parts: Parts) -> None:
    state = Dictionary(parts.table("DictionaryTable"))
    run("reindex", "--dry-run")
    assert state.asked_at() is None
    assert run("reindex", "--yes") == {"asked": True}
    assert state.asked_at() is not None


@pytest.mark.parametrize("ago", [timedelta(hours=20), timedelta(hours=30)])
def test_while_the_last_generation_is_kept_reindexing_says_when_it_begins(
    run: Callable[..., Any], parts: Parts, ago: timedelta
) -> None:
    now = datetime.now(tz=UTC)
    state, switched = Dictionary(parts.table("DictionaryTable")), now - ago
    state.save(Rebuild(generation=3, before=2, phase="retiring", digest="", began_at=switched, switched_at=switched))
    begins = switched + timedelta(days=1)
    is_later = begins > now
    when = f"at {begins:%Y-%m-%d %H:%M} UTC: generation 2 is kept until then." if is_later else "within a minute."
    assert run("reindex", "--dry-run")["would"].endswith(f"Setup begins {when}")
    asked = run("reindex", "--yes")
    assert asked == ({"asked": True, "begins_at": begins.isoformat()} if is_later else {"asked": True})
    state.save(Rebuild(generation=3, before=2, phase="done", digest="", began_at=switched, switched_at=switched))


def test_a_replay_counts_what_it_would_read(run: Callable[..., Any], parts: Parts) -> None:
    parts.archive.store(b"")
    today = datetime.now(tz=UTC).date().isoformat()
    assert run("replay", "--day", today, "--dry-run")["objects"] == {today: 1}
    assert run("replay", "--since", today, "--source", "feed", "--dry-run")["objects"] == {today: 1}


# Snapshots


def post(number: int, at: datetime, text: str = "before") -> Post:
    uri = f"https://posts.example/{number}"
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, text=f"{text} {number}")


def write(index: OpenSearch, *posts: Post) -> None:
    assert Writer(index).write([Write(each, live=False, replay=False) for each in posts]) == [None] * len(posts)


def mention(index: OpenSearch, number: int, topic: str = "tp_1") -> None:
    """A mention beside its post."""
    index.indices.refresh(index=ALIAS)
    name = post(number, NOW).id
    (hit,) = index.search(index=ALIAS, body={"query": {"ids": {"values": [name]}}})["hits"]["hits"]
    document = {**hit["_source"], "first_seen_at": NOW.isoformat(), "updated_at": NOW.isoformat()}
    params = merge.matching(document, topic=topic, workspace="ws_1", revision=1, since=NOW, matched=["b"], at=NOW)
    write_all(index, [Update(mentions_index(hit["_index"]), mention_id(topic, name), params, make=True)])


def texts(index: OpenSearch) -> list[str]:
    index.indices.refresh(index=ALIAS)
    return sorted(hit["_source"]["text"] for hit in index.search(index=ALIAS, body={"size": 100})["hits"]["hits"])


def mentioned(index: OpenSearch) -> dict[str, str | None]:
    """By text (or id, of what has none) why a mention is gone."""
    index.indices.refresh(index=MENTIONS)
    hits = index.search(index=MENTIONS, body={"size": 100})["hits"]["hits"]
    return {hit["_source"].get("text", hit["_id"]): hit["_source"]["mention"].get("gone") for hit in hits}


def test_what_is_lost_comes_back_and_what_was_erased_does_not(
    run: Callable[..., Any], index: OpenSearch, parts: Parts
) -> None:
    write(index, *(post(number, OCTOBER) for number in (1, 2, 3)), *(post(number, NOVEMBER) for number in (11, 12, 13)))
    for number in (1, 2, 11):
        mention(index, number)
    mention(index, 11, "tp_gone")
    write(index, post(21, SEPTEMBER))
    taken = taken_snapshot(run)
    erase(parts, index, 2)
    erase(parts, index, 13)
    later = NOVEMBER + timedelta(hours=1)
    write(index, msgspec.structs.replace(post(11, later, "edited"), edited_at=later), post(14, later, "after"))
    index.indices.delete(index="posts-g1-2026.10,mentions-g1-2026.10")
    index.delete(index="posts-g1-2026.11", id=post(12, NOW).id)
    index.indices.delete(index="posts-g1-2026.09")
    index.indices.create(index="posts-g1-2026.09", body=NOWHERE, params={"wait_for_active_shards": "0"})
    alive(parts, "tp_1")
    restore = ("snapshots", "restore", "mine", taken)
    ways = {item["target"]: item["way"] for item in run(*restore, "--dry-run")["items"]}
    assert ways == {
        "posts-g1-2026.09": "instead",
        "posts-g1-2026.10": "whole",
        "posts-g1-2026.11": "fill",
        "mentions-g1-2026.10": "whole",
        "mentions-g1-2026.11": "fill",
    }
    for month in ([], ["--month", "2026.10"]):  # the second time there is nothing to do
        run(*restore, *month, "--yes")
        assert texts(index) == ["after 14", "before 1", "before 12", "before 21", "before 3", "edited 11"]
    erased = mention_id("tp_1", post(2, NOW).id)
    assert mentioned(index) == {"before 1": None, "before 11": None, erased: "erased"}
    assert not index.indices.exists(index="restored-*", params={"allow_no_indices": "false"})
    write(index, post(4, OCTOBER, "new"))
    assert "new 4" in texts(index)


def test_what_a_living_import_brought_comes_back_too_where_a_snapshot_has_it_as_a_deleted_ones(
    run: Callable[..., Any], index: OpenSearch, parts: Parts
) -> None:
    """The deletion had its rows read again after the snapshot; that is lost with the month."""
    imports = ImportsTable(parts.table("ImportsTable"))
    states: dict[str, State] = {"im_gone": "deleted", "im_alive": "imported", "im_elsewhere": "deleted"}
    for name, state in states.items():
        job = Import(id=name, workspace="ws_1", name="f", bytes=1, asked="", created_at=NOW, state=state)
        last_pass = time.time() + timedelta(days=15).total_seconds()
        imports.add(msgspec.structs.replace(job, passes=4, after="~", work_at=last_pass))
    write(index, brought(61, "im_gone"), brought(62, "im_alive"))
    taken = taken_snapshot(run)
    index.indices.delete(index="posts-g1-2026.10")
    run("snapshots", "restore", "mine", taken, "--yes")
    assert texts(index) == ["before 62"]
    assert list(imports.due(time.time())) == [("ws_1", "im_gone")]
    again = imports.get("ws_1", "im_gone").job
    assert (again.state, again.after, again.passes) == ("deleted", "", 0)


def test_mentions_of_a_large_deleted_import_go_a_page_at_a_time(
    run: Callable[..., Any], index: OpenSearch, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by one, those of an import's thousands of rows took longer than a step of a restoring may."""
    imports = ImportsTable(parts.table("ImportsTable"))
    states: dict[str, State] = {"im_many": "deleted", "im_stays": "imported"}
    for name, state in states.items():
        imports.add(Import(id=name, workspace="ws_1", name="f", bytes=1, asked="", created_at=NOW, state=state))
    alive(parts, "tp_many")
    write(index, *(brought(number, "im_many") for number in range(71, 76)), brought(76, "im_stays"))
    for number in range(71, 77):
        mention(index, number, "tp_many")
    taken = taken_snapshot(run)
    index.indices.delete(index="posts-g1-2026.10,mentions-g1-2026.10")
    queries: list[Any] = []
    delete = type(index).delete_by_query

    def counted(engine: OpenSearch, *, body: Any, **named: Any) -> Any:
        queries.append(body["query"])
        return delete(engine, body=body, **named)

    monkeypatch.setattr(type(index), "delete_by_query", counted)
    run("snapshots", "restore", "mine", taken, "--yes")
    assert (texts(index), mentioned(index)) == (["before 76"], {"before 76": None})
    assert len([query for query in queries if "mention.post" in str(query)]) == 1


def test_a_restoring_leaves_the_tombstones_of_a_deleted_import_to_who_follows_the_topic(
    run: Callable[..., Any], index: OpenSearch, parts: Parts
) -> None:
    job = Import(id="im_told", workspace="ws_1", name="f", bytes=1, asked="", created_at=NOW, state="deleted")
    ImportsTable(parts.table("ImportsTable")).add(job)
    alive(parts, "tp_told")
    write(index, brought(81, "im_told"))
    mention(index, 81, "tp_told")
    taken = taken_snapshot(run)
    byposts.refresh(index)
    byposts.erase(index, byposts.of_ids([post(81, NOW).id]), forever=True)
    index.delete(index="posts-g1-2026.10", id=post(81, NOW).id)
    run("snapshots", "restore", "mine", taken, "--yes")
    assert (texts(index), mentioned(index)) == ([], {mention_id("tp_told", post(81, NOW).id): "erased"})


def brought(number: int, name: str) -> Post:
    """A post that an import brought."""
    there = Provenance(channel=name, adapter="imported/1", archive_key="raw/1", archive_offset=0, archive_length=1)
    return msgspec.structs.replace(post(number, OCTOBER), source="imported", visibility="ws_1", provenance=there)


def test_a_writer_that_is_faster_than_the_restoring_loses_nothing(run: Callable[..., Any], index: OpenSearch) -> None:
    write(index, post(31, OCTOBER))
    taken = taken_snapshot(run)
    index.indices.delete(index="posts-g1-2026.10")
    (item,) = (each for each in run("snapshots", "restore", "mine", taken, "--dry-run")["items"])
    assert item["way"] == "whole"
    write(index, post(32, OCTOBER, "after"))  # which makes the index that the plan did not find
    engine, now = here(Path(".local") / FILE).engine, {"item": item}
    while now.get("phase") != "done":
        now = engine({"act": "step", "repository": "mine", "name": taken, "progress": now})
    assert texts(index) == ["after 32", "before 31"]


@pytest.mark.parametrize(("present", "another"), [((41, 42), (41,)), ((41,), (42,))])
@pytest.mark.parametrize(
    ("generation", "ways"),
    [
        (2, [("posts-g2-2026.10", "fill"), ("posts-g1-2026.10", "fill")]),
        (0, [("posts-g1-2026.10", "whole"), ("posts-g0-2026.10", "fill")]),
    ],
    ids=["being made", "being left"],
)
def test_a_month_comes_back_from_all_generations_that_a_snapshot_has(
    run: Callable[..., Any],
    index: OpenSearch,
    generation: int,
    ways: list[tuple[str, str]],
    present: tuple[int, ...],
    another: tuple[int, ...],
) -> None:
    """It was taken while the index was made anew: what one generation lacks, the other has."""
    in_generation(generation, index, *another)
    write(index, *(post(number, OCTOBER) for number in present))
    restore = ("snapshots", "restore", "mine", taken_snapshot(run))
    index.indices.delete(index="posts-*")
    assert [(item["index"], item["way"]) for item in run(*restore, "--dry-run")["items"]] == ways
    for _ in range(2):  # the second time there is nothing to do
        run(*restore, "--yes")
        assert texts(index) == ["before 41", "before 42"]
    assert not index.indices.exists(index="restored-*", params={"allow_no_indices": "false"})


def test_what_cannot_be_read_is_deleted_also_where_the_snapshot_has_another_generation(
    run: Callable[..., Any], index: OpenSearch
) -> None:
    in_generation(2, index, 51, 52)
    restore = ("snapshots", "restore", "mine", taken_snapshot(run))
    index.indices.delete(index="posts-*")
    index.indices.create(index="posts-g1-2026.10", body=NOWHERE, params={"wait_for_active_shards": "0"})
    (item,) = run(*restore, "--dry-run")["items"]
    assert (item["index"], item["target"], item["way"]) == ("posts-g2-2026.10", "posts-g1-2026.10", "instead")
    run(*restore, "--yes")
    assert texts(index) == ["before 51", "before 52"]
    (again,) = run(*restore, "--dry-run")["items"]
    assert again["way"] == "fill"


def in_generation(generation: int, index: OpenSearch, *numbers: int) -> None:
    """October with these posts in another generation than the present one, and in no other."""
    write(index, *(post(number, OCTOBER) for number in numbers))
    index.indices.refresh(index=ALIAS)
    made = hidden(template_of(POSTS, FOLDER, generation=generation))["template"]
    settings = {"index": {**made["settings"]["index"], "blocks": {"write": False}}}
    place = index_of("2026-10", generation)
    index.indices.create(index=place, body={"settings": settings, "mappings": made["mappings"]})
    copied = {"source": {"index": "posts-g1-2026.10"}, "dest": {"index": place}}
    index.reindex(body=copied, params={"refresh": "true"})
    index.indices.delete(index="posts-g1-2026.10")


def taken_snapshot(run: Callable[..., Any]) -> str:
    run("snapshots", "register", "mine", "--folder", unique("repository"), "--yes")
    name: str = run("snapshots", "take", "mine", "--yes")["snapshot"]
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        (state,) = (one["state"] for one in run("snapshots", "list")["items"] if one["name"] == name)
        if state == "SUCCESS":
            return name
        time.sleep(0.2)
    raise AssertionError(state)


def erase(parts: Parts, index: OpenSearch, number: int) -> None:
    """Erase a post, as the API does, from the engine and for good."""
    removal = Removal(id="rm_1", posts=[post(number, NOW).id], reason="subject_request", by="org_1", created_at=NOW)
    Suppressions(parts.table("SuppressionsTable")).erase(removal)
    index.delete_by_query(index=ALIAS, body={"query": {"terms": {"id": removal.posts}}}, params={"refresh": "true"})


def alive(parts: Parts, topic: str) -> None:
    """A topic that is there, as its table keeps it."""
    one = Topic(
        id=topic,
        workspace="ws_1",
        organization="org_1",
        name="n",
        watched=Watched(q="before"),
        since=NOW,
        created_at=NOW,
        changed_at=NOW,
    )
    TopicsTable(parts.table("TopicsTable")).add(one, Job(history_days=30), 10)
