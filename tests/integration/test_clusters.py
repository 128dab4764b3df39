"""Near-duplicates become clusters on the real engine and table, in whatever order they come."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialindex.aws.marks import Marks
from socialindex.errors import Unavailable
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.maintain.clusters import LEASE, NAME, Clusters
from socialindex.model import Metrics, Post, Provenance
from socialindex.normalize.near import signature
from tests.integration.parts import Parts, real_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
"""All that was written has settled by then."""


def story(seed: str, *own: str, begin: int = 0) -> str:
    """Sixty words of a seed's endless story, from the given one on, and words of one's own behind them."""
    chance = random.Random(seed)  # noqa: S311 - to have words, not secrets
    words = ["".join(chance.choices("가나다라마바사아자차카타파하거너더러", k=4)) for _ in range(begin + 60)]
    return " ".join((*words[begin:], *own))


def reading(uri: str, text: str | None, minute: int = 0, **fields: Any) -> Post:
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    at = START + timedelta(minutes=minute)
    entries = signature(text)
    return Post(
        id=post_id(uri),
        uri=uri,
        source="feed",
        collected_at=at,
        provenance=place,
        text=text,
        signature=entries,
        **fields,
    )


class Service:
    """The index with its cluster writer."""

    def __init__(self, index: OpenSearch, parts: Parts) -> None:
        self.index = index
        self.marks = Marks(parts.table("MarksTable"))
        self.clusters = Clusters(index, self.marks)

    def write(self, *posts: Post) -> None:
        assert Writer(self.index).write([Write(post, False, False) for post in posts]) == [None] * len(posts)
        self.index.indices.refresh(index="posts-*")

    def run(self, **given: Any) -> dict[str, int]:
        return self.clusters.run(LATER, **given)

    def begin_again(self) -> None:
        self.index.indices.delete(index="posts-*")
        self.marks._table.delete({"name": NAME})  # noqa: SLF001 - as if the service had never run

    def found(self) -> dict[str, str | None]:
        """By a post's uri, the uri that its cluster is named by."""
        body = {"size": 1_000, "_source": ["id", "uri", "cluster_id"]}
        docs = [hit["_source"] for hit in self.index.search(index="posts", body=body)["hits"]["hits"]]
        uris = {doc["id"]: doc["uri"] for doc in docs}
        return {doc["uri"]: uris.get(doc.get("cluster_id")) for doc in docs}


@pytest.fixture
def service(servers: Running, index: OpenSearch) -> Iterator[Service]:
    with real_parts(servers) as parts:
        yield Service(index, parts)


# What becomes one


def test_a_story_that_many_print_is_one_cluster_named_by_the_earliest(service: Service) -> None:
    service.write(
        reading("late", story("a", "byline"), 9),
        reading("first", story("a"), 1),
        reading("second", story("a", "other", "byline"), 5),
        reading("another story", story("b"), 0),
        reading("short", "ㅋㅋㅋ 대박", 0),
        reading("short too", "ㅋㅋㅋ 대박", 1),
    )
    alone = {uri: uri for uri in ("another story", "short", "short too")}
    assert service.found() == {"late": "late", "first": "first", "second": "second", **alone}
    assert service.run() == {"posts": 6, "moved": 2}
    assert service.found() == {"late": "first", "first": "first", "second": "first", **alone}


def test_running_again_changes_nothing(service: Service) -> None:
    service.write(*(reading(f"u{number}", story("a", str(number)), number) for number in range(5)))
    service.run()
    before = service.found()
    assert service.run() == {"posts": 0, "moved": 0}
    service.marks._table.delete({"name": NAME})  # noqa: SLF001 - as if the watermark had been lost
    assert service.run() == {"posts": 5, "moved": 0}
    assert service.found() == before


def test_an_earlier_copy_that_comes_later_gives_its_name(service: Service) -> None:
    service.write(reading("b", story("a"), 5), reading("c", story("a"), 6))
    service.run()
    service.write(reading("a", story("a"), 1))
    assert service.run()["moved"] == 2
    assert service.found() == {"a": "a", "b": "a", "c": "a"}


def test_a_member_that_turns_out_to_be_earlier_gives_its_name_though_the_namesake_was_read_again_too(
    service: Service,
) -> None:
    service.write(reading("a", story("a"), 3), reading("b", story("a"), 5))
    service.run()
    service.write(reading("b", story("a"), 1), reading("a", story("a"), 9, hashtags=["new"]))
    service.run()
    assert service.found() == {"a": "b", "b": "b"}


def test_clusters_that_a_post_connects_become_one(service: Service) -> None:
    service.write(*(post for post in CORPUS if post.uri != "bridge"))
    service.run()
    assert {"x3", "y0"} <= set(service.found().values())
    service.write(reading("bridge", BRIDGE, 99))
    service.run()
    assert service.found() == EXPECTED


def test_hundreds_that_come_at_once_are_one_whatever_the_page(service: Service) -> None:
    service.write(*(reading(f"u{number:03}", story("a", f"{number}"), number) for number in range(130)))
    service.run(page=7)
    assert set(service.found().values()) == {"u000"}


# What does not


def test_what_a_client_brought_along_is_near_its_own_only(service: Service) -> None:
    whose = ("ws_1", "ws_2", "public")
    service.write(
        *(reading(f"{name}{number}", story("a"), int(number), visibility=name) for name in whose for number in "12")
    )
    service.run()
    assert service.found() == {f"{name}{number}": f"{name}1" for name in whose for number in "12"}


def test_the_same_words_weeks_apart_are_two_stories_unless_some_are_between(service: Service) -> None:
    def printed(uri: str, day: int) -> Post:
        return reading(uri, story("a"), day, published_at=START + timedelta(days=day))

    service.write(printed("a", 0), printed("b", 13), printed("c", 28), printed("d", 60))
    service.run()
    assert service.found() == {"a": "a", "b": "a", "c": "c", "d": "d"}
    service.write(printed("e", 20))
    service.run()
    assert service.found() == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "a"}


# Later readings


def test_a_cluster_survives_new_figures_and_edits_that_leave_the_words(service: Service) -> None:
    first, second = reading("a", story("a"), 1), reading("b", story("a"), 2)
    service.write(first, second)
    service.run()
    figures = Metrics(likes=3, read_at=START + timedelta(minutes=9))
    service.write(reading("b", story("a"), 9, metrics=figures, hashtags=["new"]))
    assert service.found() == {"a": "a", "b": "a"}


def test_other_words_leave_the_cluster_at_once(service: Service) -> None:
    service.write(reading("a", story("a"), 1), reading("b", story("a"), 2), reading("c", story("c"), 3))
    service.run()
    service.write(reading("b", story("c"), 9, edited_at=START + timedelta(minutes=9)))
    assert service.found()["b"] == "b"
    service.run()
    assert service.found() == {"a": "a", "b": "b", "c": "b"}


@pytest.mark.parametrize(
    "leaves",
    [
        lambda: reading("a", None, 9, deleted_at=START + timedelta(minutes=9)),
        lambda: reading("a", story("other"), 9, edited_at=START + timedelta(minutes=9)),
        lambda: reading("a", "짧게 줄임", 9, edited_at=START + timedelta(minutes=9)),
    ],
    ids=["deleted", "reworded", "shortened"],
)
def test_a_cluster_whose_earliest_leaves_is_named_by_the_next(service: Service, leaves: Callable[[], Post]) -> None:
    service.write(*(reading(uri, story("a"), minute) for minute, uri in enumerate("abc")))
    service.run()
    service.write(leaves())
    service.run()
    gone = leaves().deleted_at is not None
    assert service.found() == {"a": None if gone else "a", "b": "b", "c": "b"}


def test_a_cluster_whose_earliest_was_erased_is_named_anew_when_it_grows(service: Service) -> None:
    service.write(*(reading(uri, story("a"), minute) for minute, uri in enumerate("abc")))
    service.run()
    service.index.delete(index="posts-g1-2026.11", id=post_id("a"), params={"refresh": "true"})
    service.write(reading("d", story("a"), 9))
    service.run()
    assert service.found() == {"b": "b", "c": "b", "d": "b"}


# Order and interruption

BRIDGE = story("x", begin=10)
"""Near what is before and behind it, which are not near each other."""
CORPUS = [
    *(reading(f"x{number}", story("x", f"{number}"), 10 - number) for number in range(4)),
    *(reading(f"y{number}", story("x", f"{number}", begin=20), 20 + number) for number in range(3)),
    *(reading(f"z{number}", story("z"), 30, visibility="ws_1") for number in range(2)),
    reading("bridge", BRIDGE, 99),
    reading("alone", story("w"), 3),
    reading("short", "감사합니다", 4),
]
EXPECTED = {
    **{post.uri: "x3" for post in CORPUS if post.uri[0] in "xyb"},
    **dict.fromkeys(("z0", "z1"), min(("z0", "z1"), key=post_id)),
    "alone": "alone",
    "short": "short",
}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(CORPUS), st.lists(st.integers(1, len(CORPUS)), max_size=3), st.integers(1, 12))
def test_in_whatever_order_posts_come_the_clusters_are_the_same(
    service: Service, order: Sequence[Post], cuts: list[int], page: int
) -> None:
    service.begin_again()
    bounds = sorted({0, *cuts, len(order)})
    for start, end in itertools.pairwise(bounds):
        service.write(*order[start:end])
        service.run(page=page)
    assert service.found() == EXPECTED


@pytest.mark.parametrize(("posts", "clusters"), [(1, 2), (2, 3), (5, 50)])
def test_stories_larger_than_an_answer_hide_neither_each_other_nor_who_belongs_to_them(
    service: Service, monkeypatch: pytest.MonkeyPatch, posts: int, clusters: int
) -> None:
    monkeypatch.setattr("socialindex.maintain.alike.MOST_POSTS", posts)
    monkeypatch.setattr("socialindex.maintain.alike.MOST_CLUSTERS", clusters)
    stories = [reading(f"{seed}{number}", story(seed, f"{number}"), number) for number in range(8) for seed in "pqr"]
    service.write(*(post for post in CORPUS if post.uri != "bridge"), *stories[: len(stories) // 2])
    service.run()
    service.write(reading("bridge", BRIDGE, 99), *stories[len(stories) // 2 :])
    service.run(page=20)
    assert service.found() == {**EXPECTED, **{post.uri: f"{post.uri[0]}0" for post in stories}}


@pytest.mark.parametrize("crash", range(1, 5))
def test_a_run_that_dies_in_the_middle_is_finished_by_the_next(
    service: Service, monkeypatch: pytest.MonkeyPatch, crash: int
) -> None:
    service.write(*(post for post in CORPUS if post.uri != "bridge"))
    service.run()
    service.write(reading("bridge", BRIDGE, 99), reading("x9", story("x"), 0))
    bulk, calls = service.index.bulk, iter(range(1, 100))

    def one_at_a_time(**given: Any) -> Any:
        if next(calls) >= crash:
            raise Unavailable("the function's time is up")
        return bulk(**given)

    with monkeypatch.context() as dying:
        dying.setattr("socialindex.maintain.members._MOVES", 2)
        dying.setattr(service.index, "bulk", one_at_a_time)
        with pytest.raises(Unavailable):
            service.run()
    service.index.indices.refresh(index="posts-*")
    service.run()
    named = {uri: "x9" if cluster == "x3" else cluster for uri, cluster in EXPECTED.items()}
    assert service.found() == {**named, "x9": "x9"}


def test_of_two_runs_at_once_one_does_nothing(service: Service) -> None:
    service.write(reading("a", story("a"), 1), reading("b", story("a"), 2))
    with service.marks.alone(NAME, LEASE):
        assert service.run() == {"posts": 0, "moved": 0}
    assert service.run() == {"posts": 2, "moved": 1}


def test_one_that_died_is_followed_when_its_lease_is_over(service: Service) -> None:
    service.write(reading("a", story("a"), 1))
    with service.marks.alone(NAME, -1):
        assert service.run()["posts"] == 1


def test_what_was_written_a_moment_ago_waits(service: Service) -> None:
    service.write(reading("a", story("a"), 1))
    assert service.clusters.run(datetime.now(tz=UTC)) == {"posts": 0, "moved": 0}


def test_an_engine_without_posts_needs_nothing(service: Service) -> None:
    assert service.run() == {"posts": 0, "moved": 0}
