"""The one search that all removals share: each is searched for once around, however many others come and go."""

from __future__ import annotations

import random
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex import metrics
from socialindex.aws.suppressions import Place
from socialindex.erasure import documents
from socialindex.erasure.removal import Removal
from socialindex.erasure.stage import Erasure
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AGE = metrics.Metric.REMOVAL_AGE
SECONDS = 20.0
"""Of one run; an object takes one."""


def key(number: int) -> str:
    """The key of an object; ten are of a day."""
    return f"raw/2026/01/{1 + number // 10:02}/{number:06}"


class World:
    """An archive without posts, a list and a clock that the work moves; it writes down what was searched when."""

    def __init__(self, objects: int) -> None:
        self.stored = [key(number) for number in range(objects)]
        self.rows: dict[str, Removal] = {}
        self.notes: list[Place] = []
        self.now = 0.0
        self.deleting = 0.0
        """Seconds that it takes to delete a removal's documents."""
        self.pages: dict[str, int] = {}
        """By removal, pages of an author's posts beside these; one takes a second."""
        self.searched: list[str] = []
        self.fails: Callable[[], bool] = lambda: False
        self.stage = Erasure(None, self, self, timedelta(0), lambda: self.now)  # type: ignore[arg-type]

    def ask(self, name: str, **fields: Any) -> None:
        """Ask for a removal, by default of an author."""
        at = LONG_AGO + timedelta(seconds=self.now)
        given = {"authors": ["a"]} | fields
        self.put(Removal(id=name, reason="subject_request", by="org_us", created_at=at, **given))

    def run(self, seconds: float = SECONDS) -> dict[str, int]:
        return self.stage.run(seconds)

    def erase(
        self, _engine: object, _list: object, removal: Removal, *_: object, go_on: Callable[[], bool] = lambda: True
    ) -> documents.Erased:
        """As ``documents.erase``: at least a page, and for as long as there is time."""
        self.now += self.deleting
        while self.pages.get(removal.id):
            self.now += 1
            self.pages[removal.id] -= 1
            if not go_on():
                return documents.Erased(removal, is_whole=False)
        return documents.Erased(removal, is_whole=True)

    # The archive

    def keys(self, after: str) -> Iterator[str]:
        return (each for each in sorted(self.stored) if each > after)

    def load(self, name: str) -> bytes:
        if self.fails():
            raise Unavailable("the archive does not answer")
        self.now += 1
        self.searched.append(name)
        return b""

    def earlier_versions(self, _key: str) -> list[str]:
        return []

    def drop(self, _key: str, _versions: list[str]) -> None:
        pass

    # The list

    def alone(self, _seconds: float) -> AbstractContextManager[bool]:
        return nullcontext(enter_result=True)

    def to_clean(self) -> list[Place]:
        return list(self.notes)

    def cleaned(self, places: Iterator[Place]) -> None:
        done = set(places)
        self.notes = [place for place in self.notes if place not in done]

    def objections(self, posts: list[object]) -> list[None]:
        return [None for _ in posts]

    def removals(self) -> list[Removal]:
        return sorted(self.rows.values(), key=lambda removal: removal.created_at)

    def open_removals(self) -> list[Removal]:
        return [removal for removal in self.removals() if removal.state == "running"]

    def put(self, removal: Removal) -> None:
        self.rows[removal.id] = removal

    def done(self) -> list[str]:
        return [removal.id for removal in self.removals() if removal.state == "done"]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(100)
    monkeypatch.setattr(documents, "erase", made.erase)
    return made


def test_a_removal_ends_when_the_search_has_come_around_however_many_others_come(world: World) -> None:
    for run in range(60):
        if run % 4 == 0:  # in four fifths of the time that the whole archive takes
            world.ask(f"rm_{run:02}")
        world.run()
    rounds = [f"rm_{run:02}" for run in range(0, 55, 4)]
    assert world.done() == rounds  # five runs are once around, one more may have been begun
    assert {world.rows[name].objects for name in rounds} == {100}


def test_a_removal_alone_searches_the_archive_once_from_the_beginning_of_what_can_hold_it(world: World) -> None:
    world.ask("rm_1", authors=[], posts=["p"], day="2026-01-10")
    assert world.run() == {"removals": 1, "objects": 10, "records": 0}
    assert world.searched == [key(number) for number in range(90, 100)]


def test_a_post_of_late_is_searched_for_where_the_search_comes_by_and_never_before_its_day(world: World) -> None:
    world.ask("rm_all")
    world.run()
    world.ask("rm_late", authors=[], posts=["p"], day="2026-01-10")
    for _ in range(5):
        world.run()
    assert world.done() == ["rm_all", "rm_late"]
    assert (world.rows["rm_all"].objects, world.rows["rm_late"].objects) == (100, 10)
    assert len(world.searched) == 100


def test_what_nobody_needs_is_passed_over(world: World) -> None:
    world.ask("rm_1", authors=[], posts=["p"], day="2026-01-09")
    world.run(15)
    assert world.rows["rm_1"].after == key(94)
    world.ask("rm_2", authors=[], posts=["q"], day="2026-01-10")
    for _ in range(2):
        world.run()
    assert world.done() == ["rm_1", "rm_2"]
    assert world.searched == [*map(key, range(80, 100)), *map(key, range(90, 95))]


def test_a_removal_that_was_written_down_before_searches_went_around_goes_on(world: World) -> None:
    world.ask("rm_old", after=key(79), objects=80)
    world.ask("rm_behind", after=key(69), objects=70)
    world.ask("rm_waiting")
    world.run(31)
    world.run()
    assert world.done() == ["rm_old", "rm_behind"]
    assert world.searched[:30] == [key(number) for number in range(70, 100)]
    assert {world.rows[name].objects for name in world.done()} == {100}
    for _ in range(4):
        world.run()
    assert world.rows["rm_waiting"].state == "done"
    assert world.rows["rm_waiting"].objects == 100


def test_many_removals_and_notes_leave_the_search_its_time(world: World) -> None:
    world.deleting = 1.0
    for number in range(50):
        world.ask(f"rm_{number:02}")
    for _ in range(100):
        world.notes = [Place(key(number), 0) for number in range(100)]
        world.run(40)
    assert len(world.done()) == 50


def test_an_author_of_very_many_posts_leaves_the_search_its_time_and_ends_no_run(world: World) -> None:
    """A run was killed in the middle of such a one, and as long as that went on nothing else was erased."""
    world.ask("rm_before")
    world.run()
    world.ask("rm_many", authors=["b"])
    world.pages["rm_many"] = 100
    for _ in range(6):
        began = world.now
        world.run()
        assert world.now - began <= SECONDS + 1
        assert not (world.pages["rm_many"] and world.rows["rm_many"].after)
    assert world.rows["rm_before"].objects > 50
    for _ in range(20):
        world.run()
    assert world.done() == ["rm_before", "rm_many"]
    assert (world.pages["rm_many"], world.rows["rm_many"].objects) == (0, 100)


def test_how_old_the_oldest_open_removal_is_is_measured(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    monkeypatch.setattr(metrics, "record", lambda metric, value: told.append(value) if metric is AGE else None)
    now = datetime.now(tz=UTC)
    for name, days in (("rm_old", 4), ("rm_new", 1)):
        world.put(Removal(id=name, reason="operator", by="us", created_at=now - timedelta(days=days)))
    world.run(10)
    world.run(200)
    world.run(200)
    four_days = timedelta(days=4).total_seconds()
    assert [round(value, -2) for value in told] == [four_days, four_days, 0]


@pytest.mark.parametrize("seed", range(20))
def test_all_that_was_there_is_searched_for_each_removal_whatever_happens(world: World, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    world.fails = lambda: chance.random() < 0.02
    asked: dict[str, tuple[int, set[str]]] = {}

    def check() -> None:
        for name in set(asked) & set(world.done()):
            since, wanted = asked.pop(name)
            assert wanted <= set(world.searched[since:]), name

    for run in range(120):
        if chance.random() < 0.3 and run < 80:
            name, day = f"rm_{run:03}", f"2026-01-{chance.randint(1, 12):02}" if chance.random() < 0.5 else ""
            world.ask(name, day=day)
            asked[name] = len(world.searched), {each for each in world.stored if each > f"raw/{day.replace('-', '/')}"}
        if chance.random() < 0.3:
            world.stored.append(key(len(world.stored)))
        world.stored.append(f"raw/2026/01/{chance.randint(1, 12):02}/import-{run:03}")
        with suppress(Unavailable):
            world.run(chance.randint(1, 30))
        world.now += 1
        check()
    world.fails = lambda: False
    while asked:
        world.run()
        check()
