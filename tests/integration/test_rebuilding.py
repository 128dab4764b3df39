"""A new generation of the index on the real engine, while posts are written, deleted and searched."""

from __future__ import annotations

import json
import shutil
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.aws.topics import Kept
from socialindex.dictionary import Entry
from socialindex.engine import ALIAS, MENTIONS, TOPICS, current_generation, mentions_index
from socialindex.erasure.documents import delete
from socialindex.errors import Conflict, Unavailable
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.maintain.retention import merge_quiet
from socialindex.mentions import merge
from socialindex.mentions.byposts import Update, write_all
from socialindex.mentions.model import mention_id
from socialindex.model import Post
from socialindex.query import compile_query, names, parse
from socialindex.setup import copying
from socialindex.setup.copying import Months, differences
from socialindex.setup.families import FAMILIES
from socialindex.setup.rebuilding import Rebuilding
from socialindex.setup.stage import NEXT, Setup, template_named
from socialindex.setup.switching import Switch
from socialindex.topics.documents import Documents
from socialindex.topics.job import Job
from socialindex.topics.topic import Topic, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.setup.progress import Rebuild

pytestmark = pytest.mark.integration

FOLDER = Path(__file__).parents[2] / "infra" / "opensearch"
MONTHS = [datetime(2026, month, 15, tzinfo=UTC) for month in (9, 10, 11)]
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
NURI = Entry(name="누리폰", variants=["NuriPhone"])


class Store:
    """Entries and progress in memory."""

    def __init__(self, *entries: Entry) -> None:
        self.entries = list(entries)
        self.edited: datetime | None = None
        self.asked: datetime | None = None
        self.saved: list[Rebuild] = []
        self.held = False

    def all(self) -> list[Entry]:
        return self.entries

    def edited_at(self) -> datetime | None:
        return self.edited

    def asked_at(self) -> datetime | None:
        return self.asked

    def rebuild(self) -> Rebuild | None:
        return self.saved[-1] if self.saved else None

    def save(self, rebuild: Rebuild) -> None:
        self.saved.append(rebuild)

    @contextmanager
    def alone(self, seconds: float) -> Iterator[bool]:
        assert seconds
        yield not self.held


class Topics:
    """The table of topics, in memory."""

    def __init__(self, *topics: Topic) -> None:
        self.kept = {topic.id: Kept(topic, Job(history_days=30), 1) for topic in topics}
        self.asked: list[Callable[[], None]] = []
        """What happens the next times that it is read."""

    def all(self) -> list[Kept]:
        if self.asked:
            self.asked.pop()()
        return list(self.kept.values())

    def save(self, topic: Topic) -> None:
        version = self.kept[topic.id].version + 1 if topic.id in self.kept else 1
        self.kept[topic.id] = Kept(topic, Job(history_days=30), version)


@pytest.fixture
def engine(index: OpenSearch) -> Iterator[OpenSearch]:
    """The engine without posts, in its first generation before and after."""
    yield index
    index.indices.delete(index="posts-*,mentions-*,topics-*")
    for family in FAMILIES:
        for name in (family.name, family.next):
            index.indices.delete_index_template(name=name, params={"ignore": 404})
    Setup(index, FOLDER).run()


def post(number: int, at: datetime, text: str, **fields: Any) -> Post:
    uri = f"https://posts.example/{number}"
    return Post(id=post_id(uri), uri=uri, source="feed", collected_at=at, text=text, **fields)


def write(engine: OpenSearch, *posts: Post) -> None:
    """Write as the index stage does: what cannot be written now comes again."""
    left, patience = [Write(each, live=False, replay=False) for each in posts], time.monotonic() + 60
    while left:
        assert time.monotonic() < patience
        try:
            verdicts = Writer(engine).write(left)
        except Unavailable:
            continue
        assert all(verdict is None or isinstance(verdict, Unavailable) for verdict in verdicts), verdicts
        left = [each for each, verdict in zip(left, verdicts, strict=True) if verdict]


def soon() -> float:
    return time.time() + 120


def rebuilding(
    engine: OpenSearch, store: Store, topics: Topics | None = None, *, folder: Path = FOLDER, **times: Any
) -> Rebuilding:
    wanted = {"settle": timedelta(), "grace": timedelta(hours=1), **times}
    return Rebuilding(engine, folder, store, topics or Topics(), **wanted)


def rebuilt(engine: OpenSearch, store: Store, topics: Topics | None = None, **times: Any) -> Rebuild:
    """How far it is after a run."""
    rebuild = rebuilding(engine, store, topics, **times).run(soon())
    assert rebuild is not None
    return rebuild


def texts(engine: OpenSearch) -> dict[str, list[tuple[str, str]]]:
    """By id every document that a search sees: its index and text."""
    engine.indices.refresh(index="posts-*")
    body = {"size": 10_000, "query": {"match_all": {}}}
    found: dict[str, list[tuple[str, str]]] = {}
    for hit in engine.search(index=ALIAS, body=body)["hits"]["hits"]:
        found.setdefault(hit["_id"], []).append((hit["_index"], hit["_source"]["text"]))
    return found


def found(engine: OpenSearch, query: str) -> set[str]:
    engine.indices.refresh(index="posts-*")
    hits = engine.search(index=ALIAS, body={"query": compile_query(parse(query)), "size": 100})["hits"]["hits"]
    return {hit["_source"]["text"] for hit in hits}


class Traffic:
    """What goes on meanwhile, each kind in a thread of its own, until it is stopped."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self.texts = {number: f"누리폰 {number}" for number in range(900)}
        """What every post must say in the end."""
        self.searches = 0
        self.odd: list[object] = []
        """Whatever went wrong."""

    def fill(self) -> None:
        write(self._engine, *(post(number, MONTHS[number % 3], text) for number, text in self.texts.items()))
        self._engine.indices.refresh(index=ALIAS)

    @contextmanager
    def running(self) -> Iterator[None]:
        kinds = (self._write_new, self._edit, self._delete, self._search)
        threads = [threading.Thread(target=self._until_stopped, args=(kind,)) for kind in kinds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _until_stopped(self, turn: Callable[[int], None]) -> None:
        number = 0
        try:
            while not self._stop.is_set():
                turn(number)
                number += 1
                time.sleep(0.02)
        except Exception as error:  # noqa: BLE001 - shown by the test
            self.odd.append(error)

    def _write_new(self, turn: int) -> None:
        at = DECEMBER if turn % 2 else MONTHS[2]
        write(self._engine, post(10_000 + turn, at, f"new {turn}"))
        self.texts[10_000 + turn] = f"new {turn}"

    def _edit(self, turn: int) -> None:
        number = 300 + turn % 300
        at = MONTHS[2] + timedelta(seconds=turn)
        write(self._engine, post(number, at, f"edited {turn}", edited_at=at))
        self.texts[number] = f"edited {turn}"

    def _delete(self, turn: int) -> None:
        """Again until it is gone: an answer that was lost may have been a deletion."""
        number = 700 + turn
        if number not in self.texts:
            return
        query = {"term": {"id": post(number, DECEMBER, "").id}}
        while True:
            try:
                delete(self._engine, query)
            except Unavailable:
                time.sleep(0.02)
            else:
                del self.texts[number]
                return

    def _search(self, _turn: int) -> None:
        """The first three hundred posts stay as they are: every search must see each of them once."""
        ids = [post(number, DECEMBER, "").id for number in range(300)]
        body = {"query": {"terms": {"id": ids}}, "size": 1_000, "_source": False}
        answer = self._engine.search(index=ALIAS, body=body)
        seen = sorted(hit["_id"] for hit in answer["hits"]["hits"])
        if seen != sorted(ids) or answer["_shards"]["failed"]:
            self.odd.append((len(seen), len(set(seen)), answer["_shards"]))
        self.searches += 1


def test_nothing_is_lost_doubled_or_unanswered_meanwhile(engine: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "STEP", 200)
    traffic, store = Traffic(engine), Store(NURI)
    traffic.fill()
    assert found(engine, "NuriPhone") == set()
    with traffic.running():
        for _ in range(20):
            if (rebuild := rebuilt(engine, store)).phase == "retiring":
                break
        time.sleep(1)
    assert traffic.odd == []
    assert traffic.searches > 10
    wanted = {post(number, DECEMBER, "").id: text for number, text in traffic.texts.items()}
    there = texts(engine)
    assert {name: [text for _, text in hits] for name, hits in there.items()} == {k: [v] for k, v in wanted.items()}
    assert {home.partition("-20")[0] for hits in there.values() for home, _ in hits} == {"posts-g2"}
    assert found(engine, "NuriPhone") != set()
    assert rebuild.documents_copied == rebuild.documents > 500


def test_a_generation_is_filled_though_the_engine_takes_no_large_step_in_time(
    engine: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where ten thousand articles are long: the same step began anew with each run, and none came to its end."""
    store, steps, real = Store(NURI), list[int](), copying.copy_range

    def slow(engine: OpenSearch, source: str, target: str, numbers: tuple[int, int]) -> None:
        steps.append(numbers[1] - numbers[0])
        if steps[-1] > 300:
            raise Unavailable("the engine does not answer")
        real(engine, source, target, numbers)
        passed.append(0.3 * steps[-1])  # seconds, by the clock that is asked

    passed = [0.0]
    monkeypatch.setattr(copying, "STEP", 800)
    monkeypatch.setattr(copying, "_FIRST", 100, raising=False)
    monkeypatch.setattr(copying, "copy_range", slow)
    monkeypatch.setattr(copying, "time", SimpleNamespace(time=time.time, monotonic=lambda: sum(passed)))
    write(engine, *(post(number, MONTHS[0], "누리폰") for number in range(900)))
    assert rebuilt(engine, store).phase == "retiring"
    assert max(steps) <= 200
    assert len(texts(engine)) == 900


def test_the_old_generation_goes_when_its_time_is_over(engine: OpenSearch) -> None:
    store = Store(NURI)
    write(engine, post(1, MONTHS[0], "누리폰"))
    assert rebuilt(engine, store).phase == "retiring"
    assert sorted(engine.indices.get(index="posts-*")) == ["posts-g1-2026.09", "posts-g2-2026.09"]
    rebuild = rebuilt(engine, store, grace=timedelta())
    assert (rebuild.phase, rebuild.generation) == ("done", 2)
    assert sorted(engine.indices.get(index="posts-*")) == ["posts-g2-2026.09"]
    assert rebuilding(engine, store).run(soon()) == rebuild
    store.entries.append(Entry(name="하늘탭", variants=["SkyTab"]))
    assert rebuilt(engine, store).generation == 3
    assert found(engine, "NuriPhone") == {"누리폰"}


def test_a_writer_that_is_late_writes_nothing(engine: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(NURI)
    write(engine, post(1, MONTHS[0], "t"))
    assert rebuilt(engine, store, grace=timedelta()).phase == "done"
    with monkeypatch.context() as patched:
        patched.setattr("socialindex.index.writer.current_generation", lambda _: 1)
        (verdict,) = Writer(engine).write([Write(post(2, MONTHS[0], "late"), live=False, replay=False)])
        assert isinstance(verdict, Unavailable)
    assert len(texts(engine)) == 1
    write(engine, post(2, MONTHS[0], "late"))
    assert len(texts(engine)) == 2


@pytest.mark.parametrize("part", ["_close", "_finish", "_complete", "_move_aliases", "_put_templates"])
def test_a_process_that_dies_in_the_switch_is_continued(
    engine: OpenSearch, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    store = Store(NURI)
    write(engine, *(post(number, MONTHS[number % 2], "t") for number in range(20)))
    present = getattr(Switch, part)

    def done_and_dead(self: Switch, *arguments: Any) -> None:
        present(self, *arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Switch, part, done_and_dead)
        with pytest.raises(KeyboardInterrupt):
            rebuilding(engine, store).run(soon())
    assert rebuilt(engine, store).phase == "retiring"
    write(engine, post(30, DECEMBER, "t"))
    assert {len(hits) for hits in texts(engine).values()} == {1}
    assert len(texts(engine)) == 21
    assert current_generation(engine) == 2
    assert template_named(engine, NEXT) is None


def test_a_switch_that_fails_lets_writers_go_on(engine: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(NURI)
    write(engine, post(1, MONTHS[0], "t"))
    with monkeypatch.context() as patched:
        patched.setattr(Months, "mirror_deletions", lambda *_: ["some"])
        with pytest.raises(Unavailable, match="not copied"):
            rebuilding(engine, store).run(soon())
    rebuild = store.rebuild()
    assert rebuild is not None
    assert (rebuild.phase, rebuild.trouble) == ("copying", "1 documents of posts-2026.09 were not copied")
    write(engine, post(1, MONTHS[1], "u", edited_at=MONTHS[1]), post(2, MONTHS[1], "t"))
    assert rebuilt(engine, store).phase == "retiring"
    assert sorted(text for hits in texts(engine).values() for _, text in hits) == ["t", "u"]


def test_nothing_is_done_until_the_edits_have_come_to_rest(engine: OpenSearch) -> None:
    store = Store(NURI)
    store.edited = datetime.now(tz=UTC) - timedelta(minutes=5)
    assert rebuilding(engine, store, settle=timedelta(minutes=10)).run(soon()) is None
    store.held = True
    assert rebuilding(engine, store).run(soon()) is None
    store.held = False
    assert rebuilding(engine, store).run(soon()) is not None


def test_an_operator_has_it_done_once_though_nothing_has_changed(engine: OpenSearch) -> None:
    write(engine, post(1, MONTHS[2], "누리폰"))
    store = Store()
    assert rebuilding(engine, store).run(soon()) is None
    store.asked = datetime.now(tz=UTC)
    assert (rebuilt(engine, store).phase, current_generation(engine)) == ("retiring", 2)
    assert list(texts(engine).values()) == [[("posts-g2-2026.11", "누리폰")]]
    assert (rebuilt(engine, store, grace=timedelta()).phase, rebuilt(engine, store).generation) == ("done", 2)


def test_an_index_without_posts_only_gets_its_template(engine: OpenSearch) -> None:
    assert rebuilt(engine, Store(NURI)).phase == "retiring"
    write(engine, post(1, MONTHS[0], "t"))
    assert [home for hits in texts(engine).values() for home, _ in hits] == ["posts-g2-2026.09"]


def test_what_is_deleted_by_retention_does_not_come_back(engine: OpenSearch) -> None:
    store = Store(NURI)
    write(engine, post(1, MONTHS[0], "t"), post(2, MONTHS[1], "t"))
    rebuilding(engine, store).run(time.time() + 30)
    assert sorted(engine.indices.get(index="posts-g2-*")) == ["posts-g2-2026.09", "posts-g2-2026.10"]
    engine.indices.delete(index="posts-g1-2026.09")
    assert rebuilt(engine, store).phase == "retiring"
    assert sorted(engine.indices.get(index="posts-g2-*")) == ["posts-g2-2026.10"]


def test_an_analysis_that_the_engine_refuses_is_told_and_not_tried_again(engine: OpenSearch, tmp_path: Path) -> None:
    folder = changed(tmp_path, "analysis", lambda body: body["index"]["analysis"]["filter"]["grammar"].update(type="x"))
    store = Store()
    for _ in range(2):
        rebuild = rebuilding(engine, store, folder=folder).run(soon())
        assert rebuild is not None
        assert rebuild.phase == "refused"
        assert "grammar" in (rebuild.trouble or "")
    assert len(store.saved) == 1
    assert current_generation(engine) == 1


def test_a_new_field_needs_no_new_generation(engine: OpenSearch, tmp_path: Path) -> None:
    write(engine, post(1, MONTHS[0], "t"))
    fields: dict[str, Any] = {"mood": {"type": "keyword"}, "metrics": {"properties": {"smiles": {"type": "long"}}}}

    def add(body: dict[str, Any]) -> None:
        properties = body["template"]["mappings"]["properties"]
        properties["mood"] = fields["mood"]
        properties["metrics"]["properties"] |= fields["metrics"]["properties"]

    folder = changed(tmp_path, "posts", add)
    Setup(engine, folder).run()
    body = {"id": "a", "text": "t", "mood": "fine", "metrics": {"smiles": 3}}
    for month in ("2026.09", "2026.10"):
        engine.index(index=f"posts-g1-{month}", id="a", body=body)
    assert rebuilding(engine, Store(), folder=folder).run(soon()) is None


def test_a_changed_field_needs_one(engine: OpenSearch, tmp_path: Path) -> None:
    write(engine, post(1, MONTHS[0], "t", entities=["Nuri"]))
    folder = changed(tmp_path, "filter-fields", lambda body: body.update(entities=body["hashtags"]))
    Setup(engine, folder).run()
    rebuild = rebuilding(engine, Store(), folder=folder).run(soon())
    assert rebuild is not None
    assert rebuild.phase == "retiring"
    body = {"query": {"term": {"entities": "nuri"}}}
    assert engine.count(index=ALIAS, body=body)["count"] == 1


def changed(folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> Path:
    """The files of ``infra/opensearch`` with one of them changed."""
    copy = shutil.copytree(FOLDER, folder / "opensearch")
    body = json.loads((copy / f"{name}.json").read_text("utf-8"))
    change(body)
    (copy / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    return copy


# Topics and mentions


def topic(name: str, q: str, **fields: Any) -> Topic:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Topic(
        id=f"tp_{name}",
        workspace="ws_1",
        organization="org_1",
        name=name,
        watched=Watched(q=q),
        since=at,
        created_at=at,
        changed_at=at,
        **fields,
    )


def met(engine: OpenSearch, text: str) -> set[str]:
    """The topics that a post with this text meets."""
    query = {"percolate": {"field": "query", "document": {"text": text}}}
    hits = engine.search(index=TOPICS, body={"query": query, "size": 100, "_source": False})["hits"]["hits"]
    return {hit["_id"] for hit in hits}


def mention(engine: OpenSearch, number: int, minute: int = 0, text: str = "누리폰") -> None:
    """A mention of a post that is there, beside it."""
    name, at = post_id(f"https://posts.example/{number}"), MONTHS[2] + timedelta(minutes=minute)
    found = engine.search(index=ALIAS, body={"query": {"ids": {"values": [name]}}})["hits"]["hits"]
    home = mentions_index(found[0]["_index"])
    document = {"id": name, "visibility": "public", "text": text, "first_seen_at": at.isoformat()}
    document["updated_at"] = at.isoformat()
    params = merge.matching(
        document, topic="tp_nuri", workspace="ws_1", revision=1, since=at, matched=["누리폰"], at=at
    )
    assert write_all(engine, [Update(home, mention_id("tp_nuri", name), params, make=True)]) == 1


def mentioned(engine: OpenSearch) -> dict[str, list[str]]:
    """By post the texts of all mentions that a search sees."""
    engine.indices.refresh(index="mentions-*")
    found: dict[str, list[str]] = {}
    for hit in engine.search(index=MENTIONS, body={"size": 1_000})["hits"]["hits"]:
        found.setdefault(hit["_source"]["id"], []).append(hit["_source"].get("text", "gone"))
    return found


def test_topics_and_mentions_come_along(engine: OpenSearch) -> None:
    store, topics = Store(NURI), Topics(topic("nuri", "nuriphone"), topic("idle", "누리폰", state="paused"))
    for kept in topics.all():
        if kept.topic.state == "active":
            Documents(engine).put(kept.topic, kept.version)
    write(engine, *(post(number, MONTHS[number % 3], "누리폰") for number in range(6)))
    engine.indices.refresh(index=ALIAS)
    for number in range(5):
        mention(engine, number)
    before = mentioned(engine)
    assert met(engine, "누리폰") == set()
    rebuild = rebuilt(engine, store, topics)
    assert (rebuild.phase, rebuild.documents) == ("retiring", 11)
    assert mentioned(engine) == before
    assert met(engine, "누리폰") == {"tp_nuri"}
    mention(engine, 5)
    assert len(mentioned(engine)) == 6
    assert rebuilt(engine, store, topics, grace=timedelta()).phase == "done"
    indices = sorted(engine.indices.get(index="posts-*,mentions-*,topics-*"))
    assert {name.split("-")[1] for name in indices} == {"g2"}
    assert (len(indices), len(mentioned(engine))) == (7, 6)


def test_topics_whose_queries_are_long_come_along(engine: OpenSearch) -> None:
    """Together they are more than a request may have."""
    words = " OR ".join(f"누리{number:03}폰" for number in range(480))
    topics = Topics(*(topic(f"t{number:02}", words) for number in range(95)))
    store = Store(NURI)
    assert rebuilt(engine, store, topics).phase == "retiring"
    assert engine.count(index=TOPICS)["count"] == 95


def test_topics_are_stored_with_the_names_that_are_in_use(engine: OpenSearch) -> None:
    store = Store(Entry(name="누리폰", variants=["Nuri Phone"]))
    topics = Topics(topic("nuri", "nuri phone"))
    names.use(store)
    try:
        rebuilt(engine, store, topics)
    finally:
        names.use(None)
    assert met(engine, "누리폰 배터리") == {"tp_nuri"}


def test_what_is_done_to_topics_and_mentions_meanwhile_is_not_lost(
    engine: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(NURI)
    topics = Topics(*(topic(name, name) for name in ("kept", "changed", "deleted")))
    write(engine, *(post(number, MONTHS[number % 2], "누리폰") for number in range(4)))
    engine.indices.refresh(index=ALIAS)
    for number in range(3):
        mention(engine, number)
    rebuilding(engine, store, topics).run(time.time() + 30)  # copied, but too late to switch
    topics.save(topic("changed", "other", revision=2))
    topics.save(topic("new", "new"))
    topics.save(topic("deleted", "deleted", state="deleting"))
    mention(engine, 0, minute=1, text="edited")
    mention(engine, 3)
    engine.delete_by_query(
        index=MENTIONS, body={"query": {"term": {"id": post(1, DECEMBER, "").id}}}, params={"refresh": "true"}
    )
    assert rebuilt(engine, store, topics).phase == "retiring"
    there = {post(number, DECEMBER, "").id: text for number, text in ((0, "edited"), (2, "누리폰"), (3, "누리폰"))}
    assert mentioned(engine) == {name: [text] for name, text in there.items()}
    assert met(engine, "kept changed deleted other new") == {"tp_kept", "tp_changed", "tp_new"}
    assert met(engine, "changed") == set()


def test_a_writer_of_topics_that_is_behind_stays_behind(engine: OpenSearch) -> None:
    topics = Topics(topic("nuri", "older"))
    for revision in (2, 3):
        topics.save(topic("nuri", "newest", revision=revision))
    assert rebuilt(engine, Store(NURI), topics).phase == "retiring"
    with pytest.raises(Conflict):
        Documents(engine).put(topic("nuri", "older", revision=2), 2)
    Documents(engine).put(topic("nuri", "next", revision=4), 4)
    assert (met(engine, "next"), met(engine, "older newest")) == ({"tp_nuri"}, set())


def test_a_topic_that_cannot_be_stored_keeps_no_other_from_it(engine: OpenSearch) -> None:
    topics = Topics(topic("broken", "((("), topic("fine", "fine"))
    assert rebuilt(engine, Store(NURI), topics).phase == "retiring"
    assert met(engine, "fine") == {"tp_fine"}


def test_during_the_switch_mentions_and_topics_are_closed_too(engine: OpenSearch) -> None:
    seen: list[type[Exception]] = []

    def try_to_write() -> None:
        for attempt in (partial(mention, engine, 1, minute=5), partial(Documents(engine).put, topic("a", "a"), 1)):
            try:
                attempt()
            except Unavailable as error:
                seen.append(type(error))

    store, topics = Store(NURI), Topics()
    write(engine, post(1, MONTHS[0], "누리폰"))
    engine.indices.refresh(index=ALIAS)
    mention(engine, 1)
    topics.asked = [try_to_write, lambda: None]  # once while copying, once behind the block
    assert rebuilt(engine, store, topics).phase == "retiring"
    assert seen == [Unavailable, Unavailable]
    try_to_write()
    assert met(engine, "a") == {"tp_a"}


def test_the_first_mention_of_a_month_is_seen_whenever_it_comes(
    engine: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, put = Store(NURI), Switch._put_templates  # noqa: SLF001 - a moment between two requests
    write(engine, post(1, MONTHS[0], "누리폰"))

    def write_first(self: Switch) -> None:
        engine.indices.refresh(index=ALIAS)
        mention(engine, 1)
        put(self)

    monkeypatch.setattr(Switch, "_put_templates", write_first)
    assert rebuilt(engine, store).phase == "retiring"
    assert list(mentioned(engine).values()) == [["누리폰"]]


def test_a_change_of_mentions_alone_begins_a_generation(engine: OpenSearch, tmp_path: Path) -> None:
    def change(body: dict[str, Any]) -> None:
        body["template"]["mappings"]["properties"]["mention"]["properties"]["matched"]["ignore_above"] = 100

    folder = changed(tmp_path, "mentions", change)
    Setup(engine, folder).run()
    rebuild = rebuilding(engine, Store(), folder=folder).run(soon())
    assert rebuild is not None
    assert (rebuild.phase, rebuild.generation) == ("retiring", 2)


def test_an_engine_that_has_posts_gets_what_it_lacks_in_their_generation(engine: OpenSearch) -> None:
    store = Store(NURI)
    write(engine, post(1, MONTHS[0], "누리폰"))
    assert rebuilt(engine, store, grace=timedelta()).phase == "done"
    engine.indices.delete(index="mentions-*,topics-*")
    for name in (MENTIONS, TOPICS):
        engine.indices.delete_index_template(name=name)
    Setup(engine, FOLDER, store.all).run()
    mention(engine, 1)
    Documents(engine).put(topic("nuri", "nuriphone"), 1)
    assert met(engine, "누리폰") == {"tp_nuri"}
    assert sorted(engine.indices.get(index="mentions-*,topics-*")) == ["mentions-g2-2026.09", "topics-g2"]
    assert rebuilt(engine, store).phase == "done"


def test_differences_are_found_in_large_indices(engine: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_FEW", 3)
    names = sorted(post_id(str(number)) for number in range(500))
    for index, lacking in (("posts-g1-2026.01", names[7]), ("posts-g1-2026.02", names[400])):
        lines = [({"index": {"_index": index, "_id": name}}, {"id": name}) for name in names if name != lacking]
        engine.bulk(body=[line for pair in lines for line in pair], params={"refresh": "true"})
    different = list(differences(engine, "posts-g1-2026.01", "posts-g1-2026.02"))
    assert [name for each in different for name in each.lacking] == [names[400]]
    assert [name for each in different for name in each.left] == [names[7]]


def test_a_month_that_has_come_to_rest_becomes_one_segment(engine: OpenSearch) -> None:
    for number in range(3):
        write(engine, post(number, MONTHS[1], "t"), post(number + 10, MONTHS[2], "t"))
        engine.indices.refresh(index=ALIAS)
    in_november, in_december = datetime.now(tz=UTC), datetime.now(tz=UTC) + timedelta(days=8)
    in_november = in_november.replace(year=2026, month=11, day=20)
    assert merge_quiet(engine, in_november) == []
    later = max(in_december, DECEMBER)
    assert merge_quiet(engine, later.replace(month=12)) == ["posts-g1-2026.10"]
    deadline = time.monotonic() + 30
    while segments(engine, "posts-g1-2026.10") > 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert merge_quiet(engine, later.replace(month=12)) == ["posts-g1-2026.11"]


def segments(engine: OpenSearch, index: str) -> int:
    (copies,) = engine.indices.segments(index=index)["indices"][index]["shards"].values()
    return len(copies[0]["segments"])
