"""Search on the real engine: who may see what, and pages that stay whole while posts arrive."""

from __future__ import annotations

import itertools
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidCursor, InvalidInput, NotFound
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.model import PUBLIC, Author, Post, Provenance
from socialindex.search.api import Api
from socialindex.search.ask import Ask, Sort, from_body
from socialindex.search.cursor import Cursor, digest, encode
from socialindex.search.posts import Page, read, search
from socialindex.search.status import status
from tests.integration.settled import settle
from tests.integration.shown import shown

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def caller(*workspaces: str) -> Caller:
    return Caller(organization="org", workspaces=frozenset(workspaces), scopes=frozenset({Scope.READ}))


ANN, BOB, NOBODY = caller("ws_a"), caller("ws_b"), caller()


def post(name: str, *, visibility: str = PUBLIC, minutes: int = 0, **fields: Any) -> Post:
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    plain: dict[str, Any] = {
        "text": f"battery {name}",
        "author": Author(handle="kim", name="김철수"),
        "hashtags": ["recall"],
        "published_at": AT + timedelta(minutes=minutes),
        "collected_at": AT + timedelta(hours=2),
    }
    return Post(
        id=post_id(name),
        uri=name,
        source="feed",
        provenance=place,
        visibility=visibility,
        **{**plain, **fields},
    )


def write(index: OpenSearch, *posts: Post) -> None:
    assert set(Writer(index).write([Write(one, live=False, replay=False) for one in posts])) == {None}
    index.indices.refresh(index="posts-*")


def uris(page: Page) -> list[str]:
    return [item["uri"] for item in shown(page.items)]


def found(index: OpenSearch, who: Caller, ask: Ask | None = None) -> set[str]:
    """What a caller sees, over all pages."""
    return set(walked(index, who, ask or Ask()))


def walked(index: OpenSearch, who: Caller, ask: Ask, between: Any = lambda: None) -> list[str]:
    seen: list[str] = []
    page = search(index, who, ask)
    while True:
        seen += uris(page)
        if page.next_cursor is None:
            return seen
        between()
        page = search(index, who, _next(ask, page.next_cursor))


def _next(ask: Ask, cursor: str) -> Ask:
    fields = {name: getattr(ask, name) for name in ask.__struct_fields__}
    return Ask(**{**fields, "cursor": cursor})


# Who sees what


@pytest.fixture
def private(index: OpenSearch) -> OpenSearch:
    """A public post, one of each workspace's own, one deleted."""
    write(
        index,
        post("public"),
        post("a", visibility="ws_a", minutes=1),
        post("b", visibility="ws_b", minutes=2, kind="review"),
        post("gone", minutes=3),
    )
    later = AT + timedelta(hours=3)
    write(index, post("gone", deleted_at=later, collected_at=later, text=None, author=None, hashtags=[]))
    settle(index)
    return index


ASKS = [
    {},
    {"q": "battery"},
    {"q": "battery", "sort": "relevance"},
    {"q": "battery OR NOT battery"},
    {"q": "NOT nothing"},
    {"q": "author:kim"},
    {"q": "battery", "sort": "oldest", "limit": 1},
    {"author": ["kim"], "hashtag": ["recall"], "source": ["feed"]},
    {"q": "battery", "deduplicate": True, "limit": 1},
    {"guided": {"any": ["battery"]}, "highlight": True, "facets": ["author", "day"]},
    {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"},
    {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z", "limit": 1},
]


def test_nobody_finds_what_another_workspace_brought_along(private: OpenSearch) -> None:
    sees = {
        NOBODY: {"public"},
        ANN: {"public", "a"},
        BOB: {"public", "b"},
        caller("ws_a", "ws_b"): {"public", "a", "b"},
    }
    for asked in ASKS:
        ask = from_body(json.dumps(asked))
        assert {who: found(private, who, ask) for who in sees} == sees, asked
        assert search(private, ANN, ask).total == 2, asked


def test_a_query_for_the_words_of_anothers_post_finds_and_counts_nothing(private: OpenSearch) -> None:
    for asked in (Ask(q="kind:review"), Ask(q='"battery b"'), Ask(q="battery b", sort="relevance")):
        page = search(private, ANN, asked)
        assert "b" not in uris(page)
        assert page.total == len(page.items)


def test_anothers_post_cannot_be_read_and_is_not_told_from_none(private: OpenSearch) -> None:
    said = []
    for name in ("b", "gone", "none"):
        with pytest.raises(NotFound) as refused:
            read(private, ANN, post_id(name))
        said.append(str(refused.value).replace(post_id(name), "…"))
    assert len(set(said)) == 1
    assert read(private, ANN, post_id("a"))["uri"] == "a"
    assert read(private, BOB, post_id("public"))["uri"] == "public"


def test_a_cursor_of_another_caller_opens_nothing(private: OpenSearch) -> None:
    both = caller("ws_a", "ws_b")
    first = search(private, both, Ask(limit=1))
    assert uris(first) == ["b"]
    assert uris(search(private, NOBODY, Ask(limit=5, cursor=first.next_cursor))) == ["public"]


def test_status_counts_what_the_caller_may_see(private: OpenSearch) -> None:
    class Nothing:
        def read(self, _: str) -> list[Any]:
            return []

    counts = {
        name: status(cast("Any", Nothing()), {}, private, who).sources["feed"].posts
        for name, who in (("nobody", NOBODY), ("ann", ANN), ("both", caller("ws_a", "ws_b")))
    }
    assert counts == {"nobody": 1, "ann": 2, "both": 3}


def test_what_concerns_our_storage_is_not_shown(private: OpenSearch) -> None:
    for item in (*shown(search(private, ANN, Ask()).items), read(private, ANN, post_id("a"))):
        assert not {"versions", "metrics_history"} & set(item)
        assert set(item["provenance"]) == {"channel", "adapter"}


# Pages


SORTS: list[Sort] = ["best", "newest", "oldest", "relevance"]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_every_post_once(index: OpenSearch, sort: Sort) -> None:
    """Of the same minute, without a date, and in several months."""
    posts = [post(f"p{number}", minutes=number // 4) for number in range(20)]
    posts += [post(f"undated{number}", published_at=None) for number in range(3)]
    write(index, *posts)
    for limit in (1, 7, 100):
        seen = walked(index, NOBODY, Ask(q="battery", sort=sort, limit=limit))
        assert len(seen) == len(posts)
        assert set(seen) == {one.uri for one in posts}
    assert search(index, NOBODY, Ask(limit=3)).total == len(posts)


def test_the_newest_come_first_and_the_undated_last(index: OpenSearch) -> None:
    write(index, post("old", minutes=1), post("undated", published_at=None), post("new", minutes=2))
    assert uris(search(index, NOBODY, Ask())) == ["new", "old", "undated"]
    assert uris(search(index, NOBODY, Ask(sort="oldest"))) == ["undated", "old", "new"]


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_arrivals_neither_repeat_nor_skip_nor_join(index: OpenSearch, sort: Sort) -> None:
    write(index, *(post(f"p{number}", minutes=10 * number) for number in range(6)))
    arrived = iter(range(100))

    def arrive() -> None:
        number = next(arrived)
        time.sleep(0.005)
        write(index, post(f"new{number}", minutes=10 * number + 5), post("p0", text=f"battery edited {number}"))

    ask = Ask(q="battery", sort=sort, limit=2)
    seen = walked(index, NOBODY, ask, arrive)
    expected = [f"p{number}" for number in range(6)]
    assert seen == (expected if sort == "oldest" else expected[::-1])
    assert len(found(index, NOBODY, ask)) > 6


def test_without_duplicates_what_becomes_visible_between_pages_moves_nothing(index: OpenSearch) -> None:
    """What was written before the first page and is found only after it, since the engine shows it later."""
    write(index, *(post(f"p{number}", minutes=10 * number) for number in range(6)))
    settle(index)
    late = [Write(post(f"late{number}", minutes=100 + number), live=False, replay=False) for number in range(3)]
    assert set(Writer(index).write(late)) == {None}

    def show() -> None:
        index.indices.refresh(index="posts-*")

    ask = Ask(q="battery", sort="newest", deduplicate=True, limit=2)
    assert walked(index, NOBODY, ask, show) == [f"p{number}" for number in reversed(range(6))]
    settle(index)
    assert len(found(index, NOBODY, ask)) == 9


def test_a_position_that_was_tampered_with_breaks_nothing(index: OpenSearch) -> None:
    write(index, post("a"))
    positions: list[list[Any]] = [[], [1], ["x"], [1, "a", "b"], [1.5, 2], ["2026-11-20T09:00:00Z", "a"], [10**30, "a"]]
    asks = [Ask(), Ask(q="battery"), Ask(deduplicate=True)]
    for ask, after in itertools.product(asks, [*positions, ["x" * 500, "y"]]):
        cursor = encode(Cursor(ask=digest(ask), bound=253_402_300_799_999, after=after))
        try:
            page = search(index, NOBODY, _next(ask, cursor))
        except InvalidCursor:
            continue
        assert set(uris(page)) <= {"a"}, after


def test_an_engine_without_posts_gives_an_empty_page(index: OpenSearch) -> None:
    for sort in SORTS:
        assert search(index, NOBODY, Ask(q="battery", sort=sort)) == Page(items=[], next_cursor=None, total=0)
    with pytest.raises(NotFound):
        read(index, NOBODY, post_id("a"))


# Filters


def test_filters_hold_together_and_their_values_are_alternatives(index: OpenSearch) -> None:
    write(
        index,
        post("ko", language="ko", hashtags=["배터리", "recall"]),
        post("en", language="en", author=Author(id="https://a.example/@lee", handle="lee")),
        post("ja", language="ja", hashtags=[], minutes=90),
    )
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"language": ["ko", "ja"]}, {"ko", "ja"}),
        ({"language": ["ko"], "author": ["lee"]}, set()),
        ({"author": ["lee"]}, {"en"}),
        ({"author": ["김철수"]}, {"ko", "ja"}),
        ({"author": ["https://a.example/@lee"]}, {"en"}),
        ({"hashtag": ["#배터리"]}, {"ko"}),
        ({"hashtag": ["RECALL"]}, {"ko", "en"}),
        ({"from": "2026-11-20T10:00:00Z"}, {"ja"}),
        ({"to": "2026-11-20T10:30:00Z"}, {"ko", "en"}),
        ({"to": "2026-11-20T19:30:00+09:00"}, {"ko", "en"}),
        ({"source": ["mastodon"]}, set()),
        ({"source": ["Feed"], "language": ["KO", "ja-JP"]}, {"ko", "ja"}),
        ({"author": ["@lee"]}, {"en"}),
    ]
    for asked, expected in cases:
        assert found(index, NOBODY, from_body(json.dumps(asked))) == expected, asked


def test_a_query_that_asks_too_much_is_told_as_a_mistake(index: OpenSearch) -> None:
    write(index, post("a"))
    for asked in ({"source": ["x"] * 70_000}, {"q": " OR ".join(f"w{number}" for number in range(5_000))}):
        with pytest.raises(InvalidInput):
            search(index, NOBODY, from_body(json.dumps(asked)))


def test_the_api_answers_over_the_real_engine(private: OpenSearch) -> None:
    class Keys:
        def caller(self, _: str, **_fresh: bool) -> Caller:
            return ANN

    event = {
        "routeKey": "GET /v1/posts",
        "headers": {"authorization": "Bearer si_a"},
        "requestContext": {"requestId": "r"},
        "queryStringParameters": {"q": "battery", "limit": "1"},
    }
    answer = Api(private, Keys(), cast("Any", None)).handle(event)
    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["total"], len(body["items"])) == (200, 2, 1)
    assert body["items"][0]["published_at"] == "2026-11-20T09:01:00Z"
