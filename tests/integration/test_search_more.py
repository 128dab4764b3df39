"""Searching on the real engine: what matched and where, conversations, copies, authors, and what is too much."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from socialindex.access import Caller, Scope
from socialindex.engine import index_of
from socialindex.errors import InvalidInput, InvalidQuery, NotFound, Unavailable
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.model import Author, Metrics, Post, Provenance
from socialindex.search.analytics.part import AnalyticsPart
from socialindex.search.ask import Ask, from_body
from socialindex.search.authors import AskAuthors, AuthorsPart, By, author
from socialindex.search.cluster import AskCopies, copies
from socialindex.search.lookup import look_up
from socialindex.search.posts import Page, search
from socialindex.search.queries import AskValidation, Estimate, validation
from socialindex.search.thread import thread
from tests.integration.settled import settle
from tests.integration.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from socialindex.search.author_card import AuthorCard
    from socialindex.search.facets import Facet
    from socialindex.search.highlight import Highlights
    from socialindex.search.turns import Turn

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def caller(*workspaces: str) -> Caller:
    return Caller(organization="org", workspaces=frozenset(workspaces), scopes=frozenset({Scope.READ}))


ANN, ANYBODY = caller("ws_a"), caller()


def post(name: str, *, minutes: int = 0, **fields: Any) -> Post:
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    plain: dict[str, Any] = {
        "text": f"배터리 {name}",
        "source": "feed",
        "platform": "news.example",
        "published_at": AT + timedelta(minutes=minutes),
        "collected_at": AT + timedelta(hours=2),
    }
    return Post(id=post_id(name), uri=name, provenance=place, **{**plain, **fields})


def write(index: OpenSearch, *posts: Post) -> None:
    assert set(Writer(index).write([Write(one, live=False, replay=False) for one in posts])) == {None}
    index.indices.refresh(index="posts-*")


def cluster(index: OpenSearch, *names: str) -> str:
    """Make posts near-duplicates of the first, as the writer of clusters does."""
    for name in names:
        index.update(index=index_of("2026-11"), id=post_id(name), body={"doc": {"cluster_id": post_id(names[0])}})
    index.indices.refresh(index="posts-*")
    return post_id(names[0])


def uris(page: Page) -> list[str]:
    return [item["uri"] for item in shown(page.items)]


# Highlights


def bracketed(highlights: Highlights) -> dict[str, list[str]]:
    return {
        column: [
            "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in fragment) for fragment in fragments
        ]
        for column, fragments in highlights.items()
    }


HIGHLIGHTS = [
    ("배터리", "어제 배터리가 <b>폭발</b>했다", "어제 [배터리]가 <b>폭발</b>했다"),
    ('"보조 배터리"', "보조배터리를 샀어요", "[보조배터리]를 샀어요"),
    ('"보조 배터리"', "보조 배터리 둘, 배터리 하나", "[보조] [배터리] 둘, [배터리] 하나"),
    ("켜지다", "전원이 안 켜져요", "전원이 안 [켜져요]"),
    ("누리폰", "누리폰이랑 누리폰의 화면", "[누리폰]이랑 [누리폰]의 화면"),
    ("배터*", "배터리가 좋다", "[배터]리가 좋다"),
    ("배터리 NEAR/3f 폭발", "배터리가 어제 또 폭발했다", "[배터리]가 어제 또 [폭발]했다"),
    ("raw:BT -광고", "BT는 bt, BT 그룹", "BT는 bt, [BT] 그룹"),
    ("電池", "電池の交換", "[電池]の交換"),
    ("139900", "정가 139,900원", "정가 [139,900]원"),
    ("ещё", "Еще один", "[Еще] один"),
    ("بطارية", "بطـــارية جديدة", "[بطـــارية] جديدة"),
    ("แบตเตอรี่", "มือถือแบตเตอรี่บวม", "มือถือ[แบตเตอรี่]บวม"),
    ("แบต* NEAR/9 บวม", "มือถือแบตเตอรี่บวมแล้ว", "มือถือ[แบต]เตอรี่[บวม]แล้ว"),
    ("🔥", "👍🏽 🔥 대박", "👍🏽 [🔥] 대박"),
    ("battery", "Batteries & <i>battery</i>", "[Batteries] & <i>[battery]</i>"),
]


@pytest.mark.parametrize(("query", "text", "expected"), HIGHLIGHTS, ids=[ascii(case[0]) for case in HIGHLIGHTS])
def test_what_matched_is_shown(index: OpenSearch, query: str, text: str, expected: str) -> None:
    write(index, post("a", text=text))
    for sort in ("best", "newest"):
        (item,) = search(index, ANYBODY, Ask(q=query, sort=cast("Any", sort), highlight=True, fields=["url"])).items
        assert bracketed(item["highlights"]) == {"text": [expected]}
        assert set(item) == {"id", "highlights"}


def test_a_very_long_text_is_marked_at_its_beginning(index: OpenSearch) -> None:
    write(index, post("a", title="배터리", text="배터리 " + "말 " * 5_000 + "배터리"))
    (item,) = search(index, ANYBODY, Ask(q="배터리", highlight=True, fields=["id"])).items
    assert bracketed(item["highlights"])["title"] == ["[배터리]"]
    (fragment,) = bracketed(item["highlights"])["text"]
    assert fragment.startswith("[배터리] 말")


# Facets


def test_facets_count_what_the_caller_may_see(index: OpenSearch) -> None:
    kim, lee = Author(id="k", key="key-kim", name="김철수"), Author(id="l", key="key-lee", handle="lee")
    late = 60 * 8  # 17:00 in London is the next day in Seoul
    write(
        index,
        post("a", author=kim, language="ko", hashtags=["리콜", "배터리"], sentiment=-0.6),
        post("b", author=kim, language="ko", hashtags=["리콜"], sentiment=0.05, minutes=late),
        post("c", author=lee, language="en", sentiment=0.5, published_at=None, platform="b.example"),
        post("d", author=Author(name="ㅇㅇ"), kind="comment", sentiment=-0.1),
        post("secret", author=lee, visibility="ws_b", hashtags=["비밀"]),
    )
    asked = from_body(
        '{"facets": ["source", "platform", "language", "kind", "hashtag", "author", "sentiment", "day"],'
        ' "facet_size": 5, "time_zone": "Asia/Seoul"}'
    )
    page = search(index, ANN, asked)
    assert page.facets is not None
    counted = {facet: [(one.value, one.posts) for one in found.values] for facet, found in page.facets.items()}
    assert counted == {
        "source": [("feed", 4)],
        "platform": [("news.example", 3), ("b.example", 1)],
        "language": [("ko", 2), ("en", 1)],
        "kind": [("post", 3), ("comment", 1)],
        "hashtag": [("리콜", 2), ("배터리", 1)],
        "author": [("key-kim", 2), ("key-lee", 1)],
        "sentiment": [("negative", 2), ("neutral", 1), ("positive", 1)],
        "day": [("2026-11-21", 1), ("2026-11-20", 2)],
    }
    assert [one.label for one in page.facets["author"].values] == ["김철수", "lee"]


def test_a_value_of_a_facet_is_a_filter_that_finds_its_posts(index: OpenSearch) -> None:
    kim, lee = Author(id="k", key="key-kim", name="김철수"), Author(id="l", key="key-lee", handle="lee")
    write(
        index,
        post("a", author=kim, language="ko", hashtags=["리콜", "배터리"]),
        post("b", author=kim, language="ko", hashtags=["리콜"], kind="comment"),
        post("c", author=lee, language="en", platform="b.example"),
    )
    facets: tuple[Facet, ...] = ("source", "platform", "language", "kind", "hashtag", "author")
    counted = search(index, ANYBODY, Ask(facets=list(facets))).facets
    assert counted is not None
    for facet in facets:
        for one in counted[facet].values:
            ask = msgspec.convert({facet: [one.value]}, Ask)
            assert search(index, ANYBODY, ask).total == one.posts, (facet, one)


def test_a_facet_says_what_is_beyond_its_size(index: OpenSearch) -> None:
    write(index, *(post(f"p{number}", hashtags=[f"t{number}", "all"]) for number in range(8)))
    page = search(index, ANYBODY, Ask(facets=["hashtag", "day"], facet_size=3))
    assert page.facets is not None
    found = page.facets["hashtag"]
    assert (found.values[0].value, found.values[0].posts) == ("all", 8)
    assert sum(one.posts for one in found.values) + (found.others or 0) == 16
    assert search(index, ANYBODY, Ask(facets=["hashtag"], q="nothing")).facets is not None


def test_without_any_post_facets_are_empty(index: OpenSearch) -> None:
    facets = search(index, ANYBODY, Ask(facets=["source", "sentiment", "day", "author"])).facets
    assert facets is not None
    assert [found.values for found in facets.values()] == [[], [], [], []]


# Orders and near-duplicates


def test_pages_of_the_best_hold_every_post_once_while_posts_arrive(index: OpenSearch) -> None:
    posts = [post(f"p{number}", minutes=-60 * 24 * number, text="배터리 " * (number % 5 + 1)) for number in range(30)]
    write(index, *posts, post("undated", published_at=None))
    whole = uris(search(index, ANYBODY, Ask(q="배터리", limit=100)))
    ask, seen = Ask(q="배터리", limit=7), list[str]()
    page = search(index, ANYBODY, ask)
    seen += uris(page)
    while page.next_cursor:
        page = search(index, ANYBODY, Ask(q="배터리", limit=7, cursor=page.next_cursor))
        seen += uris(page)
    assert sorted(seen) == sorted([one.uri for one in posts] + ["undated"])
    assert seen == whole


def test_of_near_duplicates_the_first_is_shown(index: OpenSearch) -> None:
    write(
        index,
        *(post(f"s{number}", minutes=number) for number in range(5)),
        *(post(f"p{number}", minutes=10 + number) for number in range(4)),
    )
    cluster(index, "s0", "s1", "s2", "s3", "s4")
    settle(index)
    seen: list[str] = []
    ask = Ask(deduplicate=True, sort="newest", limit=2)
    page = search(index, ANYBODY, ask)
    assert page.total == 9
    seen += uris(page)
    while page.next_cursor:
        page = search(index, ANYBODY, Ask(deduplicate=True, sort="newest", limit=2, cursor=page.next_cursor))
        seen += uris(page)
    assert seen == ["p3", "p2", "p1", "p0", "s4"]
    assert len(uris(search(index, ANYBODY, Ask(deduplicate=True, q="배터리")))) == 5


def test_copies_come_oldest_first_with_their_outlets(index: OpenSearch) -> None:
    hosts = ["a.example", "b.example", "a.example"]
    write(
        index,
        *(post(f"s{number}", minutes=number, platform=host) for number, host in enumerate(hosts)),
        post("secret", visibility="ws_b"),
        post("other"),
    )
    story = cluster(index, "s0", "s1", "s2", "secret")
    first = copies(index, ANN, post_id("s1"), AskCopies(limit=2))
    assert [item["uri"] for item in shown(first.items)] == ["s0", "s1"]
    assert (first.cluster_id, first.total) == (story, 3)
    assert [(one.value, one.posts) for one in first.outlets or []] == [("a.example", 2), ("b.example", 1)]
    second = copies(index, ANN, post_id("s1"), AskCopies(limit=2, cursor=first.next_cursor))
    assert ([item["uri"] for item in shown(second.items)], second.next_cursor, second.outlets) == (["s2"], None, None)
    assert [item["uri"] for item in shown(copies(index, ANN, post_id("other"), AskCopies()).items)] == ["other"]
    with pytest.raises(NotFound):
        copies(index, ANN, post_id("secret"), AskCopies())


# Conversations


def drawn(turns: list[Turn]) -> list[Any]:
    return [(turn.state, turn.post and turn.post["uri"], drawn(turn.replies)) for turn in turns]


def test_a_conversation_with_a_deleted_and_a_missing_and_anothers_post(index: OpenSearch) -> None:
    begun = post_id("a")
    write(
        index,
        post("a", thread_id=begun),
        post("b", in_reply_to=begun, thread_id=begun, minutes=1),
        post("gone", in_reply_to=begun, thread_id=begun, minutes=2),
        post("c", in_reply_to=post_id("gone"), thread_id=begun, minutes=3),
        post("d", in_reply_to=post_id("never seen"), thread_id=begun, minutes=4),
        post("secret", in_reply_to=begun, thread_id=begun, visibility="ws_b", minutes=5),
        post("e", in_reply_to=post_id("secret"), thread_id=begun, minutes=6),
        post("elsewhere"),
    )
    later = AT + timedelta(hours=3)
    write(index, post("gone", deleted_at=later, collected_at=later, text=None))
    found = thread(index, ANN, post_id("d"), 20)
    assert drawn(found.turns) == [
        (
            "post",
            "a",
            [
                ("post", "b", []),
                ("deleted", None, [("post", "c", [])]),
                ("missing", None, [("post", "d", [])]),
                ("missing", None, [("post", "e", [])]),
            ],
        )
    ]
    assert (found.posts, found.truncated, found.thread_id) == (5, False, begun)
    assert {item["uri"] for item in shown(search(index, ANN, Ask(thread=[begun])).items)} == {"a", "b", "c", "d", "e"}
    for name in ("gone", "secret", "never seen"):
        with pytest.raises(NotFound):
            thread(index, ANN, post_id(name), 20)
    assert thread(index, caller("ws_b"), post_id("secret"), 20).posts == 6


# Authors


class Healthy:
    def open_events(self) -> list[Any]:
        return []

    def closed_events(self, _: datetime) -> list[Any]:
        return []


def authors(index: OpenSearch, who: Caller, by: By, **fields: Any) -> list[AuthorCard]:
    part = AuthorsPart(index, AnalyticsPart(index, cast("Any", Healthy())))
    asked = AskAuthors(by=by, since=AT - timedelta(days=30), until=AT + timedelta(days=60), **fields)
    found = part.authors(who, asked)
    assert found.coverage.since == asked.since
    return found.items


def someone(name: str, followers: int | None = None) -> Author:
    return Author(id=name, key=f"key-{name}", name=name, handle=f"{name}@social.example", followers=followers)


def figures(**known: int) -> Metrics:
    return Metrics(**known, read_at=AT)


@pytest.fixture
def writers(index: OpenSearch) -> OpenSearch:
    """On boards, on social networks, and nameless; over two months."""
    later = AT + timedelta(days=20)
    write(
        index,
        post("k1", author=someone("kim"), metrics=figures(views=100, likes=2)),
        post("k2", author=someone("kim"), metrics=figures(views=50), published_at=later, collected_at=later),
        post("l1", author=someone("lee", 900), metrics=figures(likes=5, replies=4)),
        post("l2", author=someone("lee", 1_000), minutes=5, source="mastodon", kind="comment"),
        post("l3", author=someone("lee"), minutes=6),
        post("p1", author=someone("park"), metrics=figures(likes=0)),
        post("guest", author=Author(name="ㅇㅇ")),
        post("secret", author=someone("park", 9_999), metrics=figures(views=10**6), visibility="ws_b"),
        post("hidden", author=someone("choi"), visibility="ws_b"),
    )
    return index


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("posts", {"key-lee": 3, "key-kim": 2, "key-park": 1}),
        ("followers", {"key-lee": 1_000}),
        ("views", {"key-kim": 150}),
        ("engagement", {"key-lee": 9, "key-kim": 2, "key-park": 0}),
    ],
)
def test_authors_are_ordered_by(writers: OpenSearch, by: By, expected: dict[str, int]) -> None:
    found = authors(writers, ANN, by)
    assert [(card.key, getattr(card, by)) for card in found] == list(expected.items())
    assert [card.key for card in authors(writers, ANN, by, limit=1)] == list(expected)[:1]


def test_what_no_source_tells_of_an_author_is_absent(writers: OpenSearch) -> None:
    kim, lee, park = sorted(authors(writers, ANN, "posts"), key=lambda card: card.key)
    assert (kim.followers, kim.views, kim.reach, kim.reach_by) == (None, 150, 150, "views")
    assert (lee.followers, lee.views, lee.reach, lee.reach_by) == (1_000, None, 1_000, "followers")
    assert (park.followers, park.views, park.engagement, park.reach, park.reach_by) == (None, None, 0, None, None)
    assert (kim.name, kim.handle, kim.first_post, kim.last_post) == (
        "kim",
        "kim@social.example",
        AT,
        AT + timedelta(days=20),
    )
    assert [card.posts for card in authors(writers, ANN, "posts", q="k1 OR l1")] == [1, 1]


def test_one_author_is_shown_by_key(writers: OpenSearch) -> None:
    found = author(writers, ANN, "key-lee")
    assert (found.author.posts, found.author.followers) == (3, 1_000)
    assert [(one.value, one.posts) for one in found.sources] == [("feed", 2), ("mastodon", 1)]
    assert [(one.value, one.posts) for one in found.kinds] == [("post", 2), ("comment", 1)]
    assert [item["uri"] for item in found.recent] == ["l3", "l2", "l1"]
    assert author(writers, caller("ws_b"), "key-choi").author.posts == 1
    said = []
    for key in ("key-choi", "key-none"):
        with pytest.raises(NotFound) as refused:
            author(writers, ANN, key)
        said.append(str(refused.value).replace(key, "…"))
    assert len(set(said)) == 1


def test_without_any_post_there_are_no_authors(index: OpenSearch) -> None:
    assert authors(index, ANN, "engagement") == []


# Checking queries


def test_a_query_is_explained_and_its_hits_are_estimated(index: OpenSearch) -> None:
    write(index, post("a"), post("b", text="폭발"), post("secret", visibility="ws_b"))
    found = validation(index, ANN, AskValidation(q='"보조  배터리" or 배터리 -광고'))
    assert found.canonical == '"보조 배터리" AND or AND 배터리 AND NOT 광고'
    assert [note.position for note in found.notes] == [10]
    assert "Did you mean OR?" in found.notes[0].message
    assert validation(index, ANN, AskValidation(q="배터리 OR 폭발")).estimate == Estimate(posts=2, at_least=False)
    assert not validation(index, ANN, AskValidation(q="lang:ko")).topic


# Too much


@contextmanager
def allowed(index: OpenSearch, setting: str, value: str | int) -> Iterator[None]:
    index.cluster.put_settings(body={"transient": {setting: value}})
    try:
        yield
    finally:
        index.cluster.put_settings(body={"transient": {setting: None}})


def test_what_the_engine_has_no_memory_for_is_unavailable_and_works_again(index: OpenSearch) -> None:
    write(index, post("a", hashtags=["x"]))
    with allowed(index, "indices.breaker.request.limit", "1kb"), pytest.raises(Unavailable):
        search(index, ANYBODY, Ask(facets=["hashtag", "author", "platform"]))
    assert search(index, ANYBODY, Ask(facets=["hashtag"])).total == 1


def test_more_groups_than_the_engine_makes_are_the_callers_to_mend(index: OpenSearch) -> None:
    write(index, *(post(f"p{number}", hashtags=[f"t{number}"]) for number in range(5)))
    with allowed(index, "search.max_buckets", 2), pytest.raises(InvalidInput) as refused:
        search(index, ANYBODY, Ask(facets=["hashtag"]))
    assert refused.value.remedy


def test_more_clauses_than_the_engine_takes_are_the_callers_to_mend(index: OpenSearch) -> None:
    write(index, post("a"))
    terms = [{"term": {"text": f"w{number}"}} for number in range(10_000)]
    nested = [{"bool": {"should": terms[start : start + 100]}} for start in range(0, 10_000, 100)]
    for clauses in (terms, nested):
        with pytest.raises(InvalidQuery) as refused:
            look_up(index, {"query": {"bool": {"should": clauses}}})
        assert refused.value.remedy
