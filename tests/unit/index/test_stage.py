"""Posts on their way into the index: one verdict each, and what the engine cannot take now comes again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest
from opensearchpy.exceptions import AuthorizationException, RequestError, TransportError
from opensearchpy.exceptions import ConnectionError as EngineConnectionError

from socialindex.batch import MAX_RECEIVES, PATIENCE
from socialindex.errors import Unavailable
from socialindex.identity import post_id
from socialindex.index.stage import Index
from socialindex.index.writer import Writer
from socialindex.messages import PostBatch, decode, encode
from socialindex.model import Post, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from socialindex.outcomes import Count

NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=UTC)
DOWN = EngineConnectionError("N/A", "refused", OSError("refused"))


def post(name: str, **fields: Any) -> Post:
    return Post(**{"id": post_id(name), "uri": name, "source": "feed", "collected_at": NOVEMBER, **fields})


@dataclass(eq=False)  # a client counts as itself, as the real one does
class Engine:
    """An engine that knows where some ids live, and refuses some posts."""

    homes: list[tuple[str, str]] = field(default_factory=list)
    """Indices and the uris of posts in them."""
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Status and type of error by uri."""
    search_error: Exception | None = None
    bulk_error: Exception | None = None
    bulks: list[list[tuple[dict[str, Any], dict[str, Any]]]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    generation: int = 1

    def search(self, *, index: str, body: dict[str, Any], params: dict[str, str]) -> dict[str, Any]:
        self.asked.append({"index": index, **params})
        if self.search_error:
            raise self.search_error
        wanted = set(body["query"]["ids"]["values"])
        hits = [{"_index": index, "_id": post_id(uri)} for index, uri in self.homes if post_id(uri) in wanted]
        return {"hits": {"hits": hits[: body["size"]]}}

    @property
    def indices(self) -> Engine:
        return self

    def get_index_template(self, *, name: str, params: dict[str, str]) -> dict[str, Any]:
        assert (name, list(params)) == ("posts", ["filter_path"])
        return {"index_templates": [{"index_template": {"index_patterns": [f"posts-g{self.generation}-*"]}}]}

    def bulk(self, *, body: bytes) -> dict[str, Any]:
        if self.bulk_error:
            raise self.bulk_error
        lines = [msgspec.json.decode(line) for line in body.splitlines()]
        self.bulks.append(list(zip(lines[::2], lines[1::2], strict=True)))
        return {"items": [self._item(line) for line in lines[1::2]]}

    def _item(self, line: dict[str, Any]) -> dict[str, Any]:
        status, kind = self.refused.get(line["script"]["params"]["post"]["uri"], (200, ""))
        error = {"error": {"type": kind, "reason": "because"}} if kind else {}
        return {"update": {"status": status, **error}}

    @property
    def written(self) -> list[tuple[str, str]]:
        """Index and uri of each write, in order."""
        return [
            (action["update"]["_index"], line["script"]["params"]["post"]["uri"])
            for bulk in self.bulks
            for action, line in bulk
        ]


class Letters:
    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.down = False

    def put(self, body: str, *, reason: str) -> None:
        if self.down:
            raise Unavailable("dead-letter queue: no answer")
        self.kept.append((body, reason))


class Outcomes:
    def __init__(self) -> None:
        self.counts: Counter[Count] = Counter()

    def add(self, counts: Counter[Count]) -> None:
        self.counts.update(counts)

    def told(self) -> dict[tuple[str, str], int]:
        return {(count.outcome, count.reason): times for count, times in self.counts.items()}


class Suppressions:
    """A list by uri, and what was noted."""

    def __init__(self, **objections: str) -> None:
        self.by_uri = objections
        self.down = False
        self.withdrawn: list[str] = []
        self.places: list[int] = []

    def objections(self, posts: Sequence[Post]) -> list[str | None]:
        if self.down:
            raise Unavailable("table suppressions: no answer")
        return [self.by_uri.get(post.uri) for post in posts]

    def withdraw(self, posts: Iterable[Post]) -> None:
        self.withdrawn += [post.uri for post in posts]

    def found(self, places: Iterable[Provenance]) -> None:
        self.places += [place.archive_offset for place in places]


class Stage:
    """The stage with its surroundings."""

    def __init__(self, suppressions: Suppressions | None = None, **engine: Any) -> None:
        self.engine, self.letters, self.outcomes = Engine(**engine), Letters(), Outcomes()
        self.suppressions = suppressions or Suppressions()

    def handle(self, *messages: PostBatch | str, receives: int = 1) -> list[int]:
        """Numbers of the messages that come again."""
        records = [
            {
                "messageId": str(number),
                "body": message if isinstance(message, str) else encode(message),
                "attributes": {"ApproximateReceiveCount": str(receives)},
            }
            for number, message in enumerate(messages)
        ]
        stage = Index(Writer(cast("Any", self.engine)), self.letters, self.outcomes, self.suppressions)
        answer = stage.handle({"Records": records})
        return [int(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


A, B, C = (PostBatch(posts=[post(name)]) for name in "abc")


# Where a post goes


def test_all_posts_of_a_batch_are_one_look_up_and_one_bulk() -> None:
    stage = Stage()
    assert stage.handle(A, PostBatch(posts=[post("b"), post("c")])) == []
    assert stage.engine.written == [("posts-g1-2026.11", name) for name in "abc"]
    assert (len(stage.engine.asked), len(stage.engine.bulks)) == (1, 1)
    assert stage.outcomes.told() == {("ok", ""): 3}


def test_a_post_goes_where_it_lives_already() -> None:
    stage = Stage(homes=[("posts-g1-2026.03", "b")])
    stage.handle(A, B)
    assert stage.engine.written == [("posts-g1-2026.11", "a"), ("posts-g1-2026.03", "b")]


def test_a_new_post_goes_into_the_present_generation() -> None:
    stage = Stage(homes=[("posts-g1-2026.03", "b")])
    stage.engine.generation = 2
    stage.handle(A, B)
    assert stage.engine.written == [("posts-g2-2026.11", "a"), ("posts-g1-2026.03", "b")]


def test_of_two_homes_the_older_one_counts() -> None:
    stage = Stage(homes=[("posts-g1-2026.11", "a"), ("posts-g1-2026.10", "a"), ("posts-g1-2026.12", "a")])
    stage.handle(A)
    assert stage.engine.written == [("posts-g1-2026.10", "a")]


def test_two_versions_of_a_new_post_in_one_batch_meet_in_one_index() -> None:
    december = post("a", collected_at=datetime(2026, 12, 1, tzinfo=UTC))
    stage = Stage()
    stage.handle(A, PostBatch(posts=[december]))
    assert stage.engine.written == [("posts-g1-2026.11", "a")] * 2


def test_a_home_is_never_looked_up_in_a_part_of_the_index() -> None:
    stage = Stage()
    stage.handle(A)
    assert stage.engine.asked[0]["allow_partial_search_results"] == "false"


def test_a_large_batch_goes_in_several_bulks_in_order() -> None:
    posts = [post(str(number), text="배" * 39_000) for number in range(60)]
    stage = Stage()
    assert stage.handle(*(PostBatch(posts=[one]) for one in posts)) == []
    assert [uri for _, uri in stage.engine.written] == [one.uri for one in posts]
    assert len(stage.engine.bulks) == 5
    assert stage.outcomes.told() == {("ok", ""): 60}


def test_the_script_is_told_whether_a_post_is_live_or_replayed() -> None:
    published = datetime(2026, 11, 20, 8, tzinfo=UTC)
    stage = Stage()
    stage.handle(
        PostBatch(posts=[post("live", published_at=published)], live=True),
        PostBatch(posts=[post("replayed", published_at=published)], live=True, replay=True),
        PostBatch(posts=[post("old", published_at=published)]),
    )
    told = [line["script"]["params"] for bulk in stage.engine.bulks for _, line in bulk]
    assert [(params["latency"] is not None, params["replay"]) for params in told] == [
        (True, False),
        (False, True),
        (False, False),
    ]


# What is wrong with one


def test_a_refused_post_is_quarantined_alone_with_its_reason() -> None:
    posts = [post("a"), post("bad"), post("c")]
    stage = Stage(refused={"bad": (400, "mapper_parsing_exception")})
    assert stage.handle(PostBatch(posts=posts, live=True, replay=True), B) == []
    ((body, reason),) = stage.letters.kept
    assert decode(body, PostBatch) == PostBatch(posts=[posts[1]], live=True, replay=True)
    assert reason == "ParseError: the engine refuses the post: mapper_parsing_exception: because"
    assert stage.outcomes.told() == {("ok", ""): 3, ("quarantine", "ParseError"): 1}


@pytest.mark.parametrize("body", ["nonsense", '{"posts": [{"id": "p"}]}', '{"posts": 1}'])
def test_a_message_that_is_none_is_quarantined_and_its_mates_pass(body: str) -> None:
    stage = Stage()
    assert stage.handle(A, body, B) == []
    assert [uri for _, uri in stage.engine.written] == ["a", "b"]
    assert [kept for kept, _ in stage.letters.kept] == [body]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, "cluster_block_exception"),
        (404, "resource_not_found_exception"),
        (409, "version_conflict_engine_exception"),
        (429, "circuit_breaking_exception"),
        (500, "io_exception"),
        (503, "unavailable_shards_exception"),
    ],
)
def test_what_is_not_the_posts_fault_comes_again(status: int, kind: str) -> None:
    stage = Stage(refused={"b": (status, kind)})
    assert stage.handle(A, B, C, receives=MAX_RECEIVES) == [1]
    assert stage.letters.kept == []
    assert stage.outcomes.told() == {("ok", ""): 2, ("retry", "Unavailable"): 1}


def test_a_message_of_which_one_post_must_wait_comes_again_once() -> None:
    stage = Stage(refused={"b": (429, "busy"), "c": (429, "busy")})
    assert stage.handle(PostBatch(posts=[post("a"), post("b"), post("c")])) == [0]
    assert stage.outcomes.told() == {("ok", ""): 1, ("retry", "Unavailable"): 1}


# What is down


@pytest.mark.parametrize("where", ["search_error", "bulk_error"])
def test_while_the_engine_is_down_everything_comes_again(where: str) -> None:
    stage = Stage(None, **{where: DOWN})
    assert stage.handle(A, B, "nonsense", receives=MAX_RECEIVES) == [0, 1]
    assert [body for body, _ in stage.letters.kept] == ["nonsense"]


@pytest.mark.parametrize(
    "error",
    [
        AuthorizationException(403, "security_exception", {}),
        TransportError(500, "internal", {}),
        RequestError(400, "illegal_argument_exception", {}),
        KeyError("items"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("where", ["search_error", "bulk_error"])
def test_an_engine_that_says_something_odd_to_all_is_counted_and_fails_the_invocation(
    where: str, error: Exception
) -> None:
    """So that an alarm hears of it. All comes again, as it would have."""
    stage = Stage(None, **{where: error})
    with pytest.raises(type(error)):
        stage.handle(A, B)
    assert stage.outcomes.told() == {("retry", type(error).__name__): 2}
    assert stage.letters.kept == []


def test_a_message_that_waited_too_long_is_quarantined_whole() -> None:
    stage = Stage(bulk_error=DOWN)
    assert stage.handle(A, receives=PATIENCE - 1) == [0]
    assert stage.letters.kept == []
    assert stage.handle(A, receives=PATIENCE) == []
    assert [body for body, _ in stage.letters.kept] == [encode(A)]


def test_while_the_dead_letters_are_down_only_what_belongs_there_comes_again() -> None:
    stage = Stage(refused={"b": (400, "mapper_parsing_exception")})
    stage.letters.down = True
    assert stage.handle(A, B, "nonsense", C) == [1, 2]
    assert stage.outcomes.told() == {("ok", ""): 2, ("retry", "Unavailable"): 2}


def test_an_empty_batch_asks_nothing() -> None:
    stage = Stage()
    assert stage.handle(PostBatch(posts=[])) == []
    assert (stage.engine.asked, stage.engine.bulks) == ([], [])


# What must not be written


def at(offset: int) -> Provenance:
    return Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=offset, archive_length=1)


def test_what_was_erased_is_not_written_and_its_place_in_the_archive_is_noted() -> None:
    stage = Stage(Suppressions(b="erased", c="withdrawn"))
    posts = [post(name, provenance=at(offset)) for offset, name in enumerate("abcd")]
    assert stage.handle(PostBatch(posts=posts)) == []
    assert [uri for _, uri in stage.engine.written] == ["a", "d"]
    assert stage.outcomes.told() == {("ok", ""): 2, ("discard", "erased"): 1, ("discard", "withdrawn"): 1}
    assert stage.suppressions.places == [1]


def test_a_batch_of_which_all_was_erased_asks_the_engine_nothing() -> None:
    stage = Stage(Suppressions(a="erased"))
    assert stage.handle(A) == []
    assert (stage.engine.asked, stage.engine.bulks) == ([], [])


def test_while_the_list_cannot_be_asked_nothing_is_written() -> None:
    stage = Stage()
    stage.suppressions.down = True
    assert stage.handle(A, B) == [0, 1]
    assert stage.engine.written == []


def test_a_withdrawn_post_is_noted_where_it_was_taken_down() -> None:
    stage = Stage(refused={"unknown": (404, "document_missing_exception")})
    gone = [post(name, deleted_at=NOVEMBER, withdrawn=True) for name in ("known", "unknown")]
    assert stage.handle(PostBatch(posts=[*gone, post("alive")])) == []
    assert stage.suppressions.withdrawn == ["known"]
    assert stage.outcomes.told() == {("ok", ""): 2, ("discard", "unknown"): 1}


def test_a_withdrawn_post_never_makes_a_document() -> None:
    stage = Stage()
    stage.handle(PostBatch(posts=[post("a", deleted_at=NOVEMBER, withdrawn=True), post("b", deleted_at=NOVEMBER)]))
    ((_, withdrawn), (_, deleted)) = stage.engine.bulks[0]
    assert not {"upsert", "scripted_upsert"} & set(withdrawn)
    assert deleted["scripted_upsert"] is True
