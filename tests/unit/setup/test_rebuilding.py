"""A new generation of the index, as an operator meets it: no room, a deployment taken back, a step that fails."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.dictionary import Entry
from socialindex.errors import Unavailable
from socialindex.setup import copying
from socialindex.setup.rebuilding import Rebuilding
from socialindex.setup.stage import Setup
from tests.unit.setup.generations import GB, FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.setup.progress import Rebuild

FOLDER = Path(__file__).parents[3] / "infra" / "opensearch"
NURI = Entry(name="누리폰", variants=["NuriPhone"])
OLD = ("posts-g1-2026.10", "posts-g1-2026.11", "mentions-g1-2026.11")


class Store:
    """Entries and progress in memory."""

    def __init__(self, *entries: Entry) -> None:
        self.entries = list(entries)
        self.asked: datetime | None = None
        self.last: Rebuild | None = None

    def all(self) -> list[Entry]:
        return self.entries

    def edited_at(self) -> datetime | None:
        return None

    def asked_at(self) -> datetime | None:
        return self.asked

    def rebuild(self) -> Rebuild | None:
        return self.last

    def save(self, rebuild: Rebuild) -> None:
        self.last = rebuild

    @contextmanager
    def alone(self, seconds: float) -> Iterator[bool]:
        assert seconds
        yield True


class NoTopics:
    def all(self) -> list[Any]:
        return []


@pytest.fixture
def engine() -> FakeEngine:
    engine = FakeEngine()
    set_up(engine, FOLDER)
    for index in OLD:
        made = engine.create(index)
        for number in range(40):
            made.write(f"{'mn_' if index.startswith('mentions') else ''}{'abcdefgh'[number % 8]}{number}")
    return engine


def set_up(engine: FakeEngine, folder: Path) -> None:
    Setup(cast("OpenSearch", engine), folder).run()


def run(engine: FakeEngine, store: Store, *, folder: Path = FOLDER, seconds: float = 120) -> Rebuild | None:
    rebuilding = Rebuilding(cast("OpenSearch", engine), folder, store, NoTopics(), settle=timedelta())
    return rebuilding.run(time.time() + seconds)


def changed(folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> Path:
    """The files of ``infra/opensearch`` with one of them changed."""
    copy = shutil.copytree(FOLDER, folder / "opensearch")
    body = json.loads((copy / f"{name}.json").read_text("utf-8"))
    change(body)
    (copy / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    return copy


def test_a_generation_takes_the_place_of_the_one_before(engine: FakeEngine) -> None:
    rebuild = run(engine, Store(NURI))
    assert rebuild is not None
    assert (rebuild.phase, rebuild.documents_copied) == ("retiring", 120)
    assert engine.seen("posts") == {"posts-g2-2026.10": 40, "posts-g2-2026.11": 40}


def test_a_month_that_somebody_deleted_from_the_new_generation_is_copied_again(engine: FakeEngine) -> None:
    store = Store(NURI)
    copied = run(engine, store, seconds=30)  # too late to switch
    assert copied is not None
    assert copied.phase == "copying"
    engine.delete("posts-g2-2026.10")
    with pytest.raises(Unavailable, match="posts-g2-2026.10 is gone"):
        run(engine, store)
    assert engine.seen("posts") == {"posts-g1-2026.10": 40, "posts-g1-2026.11": 40}
    run(engine, store)
    assert engine.seen("posts") == {"posts-g2-2026.10": 40, "posts-g2-2026.11": 40}


def add_field(body: dict[str, Any]) -> None:
    body["template"]["mappings"]["properties"]["mood"] = {"type": "keyword"}


def test_code_before_an_added_field_asks_for_no_generation_without_it(engine: FakeEngine, tmp_path: Path) -> None:
    """As it runs side by side with the new one for minutes, and again after a rollback."""
    store, folder = Store(), changed(tmp_path, "posts", add_field)
    set_up(engine, folder)
    assert [run(engine, store, folder=each) for each in (FOLDER, folder)] == [None, None]


def change_analysis(body: dict[str, Any]) -> None:
    body["index"]["analysis"]["filter"]["beginnings"]["max_gram"] = 12


def test_what_is_no_longer_asked_for_is_dropped(engine: FakeEngine, tmp_path: Path) -> None:
    """As when a deployment is taken back while its generation is filled."""
    store, folder = Store(), changed(tmp_path, "analysis", change_analysis)
    run(engine, store, folder=folder, seconds=30)
    assert engine.generations() == {1, 2}
    dropped = run(engine, store)
    assert dropped is not None
    assert (dropped.phase, dropped.copied, dropped.trouble) == ("done", {}, "it is no longer asked for")
    assert engine.generations() == {1}
    assert engine.seen("posts") == {"posts-g1-2026.10": 40, "posts-g1-2026.11": 40}
    assert run(engine, store) == dropped
    again = run(engine, store, folder=folder)
    assert again is not None
    assert (again.phase, again.generation) == ("retiring", 3)
    assert engine.seen("posts") == {"posts-g3-2026.10": 40, "posts-g3-2026.11": 40}


def test_what_an_operator_asked_for_is_not(engine: FakeEngine) -> None:
    store = Store()
    store.asked = datetime.now(tz=UTC)
    run(engine, store, seconds=30)
    rebuild = run(engine, store)
    assert rebuild is not None
    assert (rebuild.phase, rebuild.generation) == ("retiring", 2)


def test_a_generation_for_which_there_is_no_room_is_not_filled(engine: FakeEngine) -> None:
    store = Store(NURI)
    engine.free_bytes = 190 * GB  # of 1,000, a tenth of which stays free; it is to hold 120
    with pytest.raises(Unavailable, match="no room"):
        run(engine, store)
    assert store.last is not None
    assert "30 GB" in (store.last.trouble or "")
    assert engine.copies == 0
    engine.free_bytes = 230 * GB
    rebuild = run(engine, store)
    assert rebuild is not None
    assert (rebuild.phase, rebuild.trouble) == ("retiring", None)


@pytest.mark.parametrize(
    ("disk", "free", "fits"),
    [
        (30, 10, True),
        (30, 9, False),  # a fifth, below which a domain takes no writes, and the 4 of the index
        (200, 26, True),
        (200, 25, False),  # 20 GiB
    ],
)
def test_what_a_domain_keeps_of_a_small_disk_stays_free(
    engine: FakeEngine, disk: int, free: int, *, fits: bool
) -> None:
    engine.disk_bytes, engine.free_bytes, engine.document_bytes = disk * GB, free * GB, 30_000_000
    with nullcontext() if fits else pytest.raises(Unavailable, match="no room"):
        run(engine, Store(NURI))


def test_what_was_copied_needs_no_room_any_more(engine: FakeEngine) -> None:
    store = Store(NURI)
    run(engine, store, seconds=30)
    engine.free_bytes = 100 * GB
    rebuild = run(engine, store)
    assert rebuild is not None
    assert rebuild.phase == "retiring"


def test_a_small_index_is_made_anew_on_a_full_disk(engine: FakeEngine) -> None:
    engine.free_bytes, engine.document_bytes = 20 * GB, 1_000_000
    rebuild = run(engine, Store(NURI))
    assert rebuild is not None
    assert rebuild.phase == "retiring"


def test_a_step_that_fails_costs_no_step_before_it(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "STEP", 10)
    store = Store(NURI)

    def fail_every_third(number: int) -> None:
        if number % 3 == 0:
            raise Unavailable("the engine is overloaded")

    engine.before_a_copy = fail_every_third
    for _ in range(12):
        try:
            rebuild = run(engine, store)
        except Unavailable:
            continue
        assert rebuild is not None
        assert rebuild.phase == "retiring"
        return
    raise AssertionError(store.last)


@pytest.mark.parametrize("index", ["posts-g2-2026.11", "mentions-g2-2026.11"])
def test_no_step_begins_while_one_of_a_run_that_gave_up_goes_on(engine: FakeEngine, index: str) -> None:
    """It would write over what the later step copied: an edit, or a text that was taken out, would be undone."""
    store = Store(NURI)
    engine.left_behind = [f"reindex from [{index.replace('g2', 'g1')}] to [{index}]"]
    with pytest.raises(Unavailable, match="still under way"):
        run(engine, store)
    assert engine.copies == 0
    engine.left_behind = ["reindex from [posts-g9-2026.11] to [posts-g22-2026.11]"]
    rebuild = run(engine, store)
    assert rebuild is not None
    assert rebuild.phase == "retiring"


def test_a_generation_keeps_fields_that_newer_code_has_added(engine: FakeEngine, tmp_path: Path) -> None:
    """After a rollback there are documents that have them, and the mapping is strict."""
    set_up(engine, changed(tmp_path, "posts", add_field))
    rebuild = run(engine, Store(NURI))
    assert rebuild is not None
    assert (rebuild.phase, rebuild.generation) == ("retiring", 2)
    template = engine.templates["posts"]
    assert template["index_patterns"] == ["posts-g2-*"]
    assert template["template"]["mappings"]["properties"]["mood"] == {"type": "keyword"}


def test_a_post_that_was_erased_meanwhile_does_not_come_back(engine: FakeEngine) -> None:
    store = Store(NURI)
    run(engine, store, seconds=30)
    for name in ("a0", "b1"):
        del engine.made["posts-g1-2026.11"].documents[name]
    engine.refused_deletions = 1
    with pytest.raises(Unavailable, match="rejected_execution_exception"):
        run(engine, store)
    assert engine.seen("posts") == {"posts-g1-2026.10": 40, "posts-g1-2026.11": 38}
    run(engine, store)
    assert engine.seen("posts") == {"posts-g2-2026.10": 40, "posts-g2-2026.11": 38}
    assert not {"a0", "b1"} & engine.made["posts-g2-2026.11"].documents.keys()
