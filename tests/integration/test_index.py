"""The index stage on the real engine: whose fault it is when a post is not taken, and where posts live."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.servers import free_port
from socialindex import engine
from socialindex.errors import Unavailable
from socialindex.identity import post_id
from socialindex.index.merge import SCRIPT
from socialindex.index.stage import Index
from socialindex.index.writer import Write, Writer
from socialindex.messages import PostBatch, decode, encode
from socialindex.model import Post, Provenance
from socialindex.query import compile_query, parse
from socialindex.setup.stage import Setup
from tests.integration.parts import event

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opensearchpy import OpenSearch

    from socialindex.outcomes import Count

pytestmark = pytest.mark.integration

NOVEMBER, DECEMBER = datetime(2026, 11, 30, 23, 59, tzinfo=UTC), datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "infra" / "opensearch"


class Surroundings:
    """Dead letters and counters in memory, and an empty list of suppressions."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []
        self.counts: Counter[Count] = Counter()

    def put(self, body: str, *, reason: str) -> None:
        self.letters.append((body, reason))

    def add(self, counts: Counter[Count]) -> None:
        self.counts.update(counts)

    def objections(self, posts: Sequence[Post]) -> list[str | None]:
        return [None for _ in posts]

    def withdraw(self, posts: Iterable[Post]) -> None:
        assert not list(posts)

    def found(self, places: Iterable[Provenance]) -> None:
        assert not list(places)


def post(name: str, at: datetime = NOVEMBER, **fields: Any) -> Post:
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    return Post(id=post_id(name), uri=name, source="feed", collected_at=at, provenance=place, **fields)


def handled(client: OpenSearch, *batches: PostBatch, receives: int = 1) -> tuple[list[str], Surroundings]:
    """Messages that come again, and what else became of them."""
    around = Surroundings()
    stage = Index(Writer(client), around, around, around)
    answer = stage.handle(event(*map(encode, batches), receives=receives))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]], around


def homes(index: OpenSearch) -> dict[str, list[str]]:
    """The indices of each document, by uri."""
    index.indices.refresh(index="posts-*")
    found: dict[str, list[str]] = {}
    for hit in index.search(index="posts", body={"size": 1_000, "_source": ["uri"]})["hits"]["hits"]:
        found.setdefault(hit["_source"]["uri"], []).append(hit["_index"])
    return found


def test_a_refused_post_is_quarantined_alone_with_the_engines_reason(index: OpenSearch) -> None:
    posts = [post("a"), post("bad", language="x" * 40_000), post("c")]
    again, around = handled(index, PostBatch(posts=posts), PostBatch(posts=[post("d")]))
    assert again == []
    assert sorted(homes(index)) == ["a", "c", "d"]
    ((body, reason),) = around.letters
    assert decode(body, PostBatch).posts == [posts[1]]
    assert "immense term" in reason
    assert {(count.outcome, times) for count, times in around.counts.items()} == {("ok", 3), ("quarantine", 1)}


@pytest.mark.parametrize(
    "run",
    [
        "ㅋ" * 12_000,
        "😀" * 9_000,
        "真的吗？太贵了！" * 1_500,  # noqa: RUF001 - as it is typed
        "ราคาแพงมาก" * 1_500,
        "a" * 39_000,
    ],
)
def test_a_text_without_a_space_is_taken_however_long_it_is(index: OpenSearch, run: str) -> None:
    again, around = handled(index, PostBatch(posts=[post("a", text=f"{run} Google+")]))
    assert (again, around.letters, sorted(homes(index))) == ([], [], ["a"])
    found = index.search(index="posts", body={"query": compile_query(parse("raw:Google+"))})
    assert found["hits"]["total"]["value"] == 1


def test_two_versions_of_a_post_in_one_batch_are_one_document(index: OpenSearch) -> None:
    versions = [post("a", text="old"), post("a", DECEMBER, text="new")]
    assert handled(index, PostBatch(posts=versions))[0] == []
    assert homes(index) == {"a": ["posts-g1-2026.11"]}
    (hit,) = index.search(index="posts")["hits"]["hits"]
    assert hit["_source"]["text"] == "new"


def test_a_post_goes_where_it_lives_though_it_is_read_in_another_month(index: OpenSearch) -> None:
    handled(index, PostBatch(posts=[post("a"), post("b", DECEMBER)]))
    index.indices.refresh(index="posts-*")
    handled(index, PostBatch(posts=[post("a", DECEMBER, text="edited"), post("b", NOVEMBER, text="replayed")]))
    assert homes(index) == {"a": ["posts-g1-2026.11"], "b": ["posts-g1-2026.12"]}


def test_the_first_post_of_all_needs_no_index(index: OpenSearch) -> None:
    assert handled(index, PostBatch(posts=[post("a")]))[0] == []
    assert homes(index) == {"a": ["posts-g1-2026.11"]}


def test_an_engine_that_was_not_set_up_quarantines_nothing(index: OpenSearch) -> None:
    index.delete_script(id=SCRIPT)
    try:
        again, around = handled(index, PostBatch(posts=[post("a")]), receives=20)
    finally:
        Setup(index, FOLDER).run()
    assert (again, around.letters) == (["0"], [])
    assert handled(index, PostBatch(posts=[post("a")]))[0] == []


def test_an_index_that_takes_no_writes_now_quarantines_nothing(index: OpenSearch) -> None:
    handled(index, PostBatch(posts=[post("a")]))
    index.indices.put_settings(index="posts-*", body={"index.blocks.write": True})
    again, around = handled(index, PostBatch(posts=[post("b")]), receives=20)
    index.indices.put_settings(index="posts-*", body={"index.blocks.write": False})
    assert (again, around.letters) == (["0"], [])


def test_while_the_engine_is_down_everything_comes_again() -> None:
    nowhere = engine.connect(f"http://127.0.0.1:{free_port()}", signed=False)
    with pytest.raises(Unavailable, match="does not answer"):
        Writer(nowhere).write([Write(post("a"), live=False, replay=False)])
    again, around = handled(nowhere, PostBatch(posts=[post("a")]), PostBatch(posts=[post("b")]), receives=20)
    assert (again, around.letters) == (["0", "1"], [])


def test_setup_can_run_again(index: OpenSearch) -> None:
    folder = FOLDER
    assert Setup(index, folder).run() == Setup(index, folder).run()
    assert handled(index, PostBatch(posts=[post("a")]))[0] == []
