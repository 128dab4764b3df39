"""Cascades: what came from what, how far and how fast, and who started it."""

from __future__ import annotations

from typing import Any

import igraph  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.identity import author_key, post_id
from socialindex.network.cascades import Cascade, cascades, spreaders
from socialindex.network.spread import Followers, Spread
from socialindex.network.trees import forest, structural_virality
from tests.unit.network.posts import NINE, written

HANA, DURI, SEOK = "hana@x.example", "duri@x.example", "seok@x.example"
HOUR = 3600


def found(*posts: Any) -> list[Cascade]:
    spread = Spread(posts)
    return cascades(spread, spread.forest())


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("repost", {"repost_of": "news"}),
        ("quote", {"quote_of": "news"}),
        ("link", {"links": ["https://x.example/news"]}),
        ("copy", {"cluster_id": "news"}),
    ],
)
def test_a_post_is_taken_up_by_repost_quote_link_and_copy(way: str, fields: dict[str, Any]) -> None:
    [cascade] = found(written("again", DURI, 90, source="gnuboard", **fields), written("news", HANA, cluster_id="news"))

    assert (cascade.post, cascade.author, cascade.started_at) == (post_id("news"), author_key(HANA), NINE)
    assert (cascade.size, cascade.authors, cascade.depth, cascade.ways) == (2, 2, 1, {way: 1})
    assert cascade.sources == {"mastodon": 1, "gnuboard": 1}
    assert cascade.minutes_to_half == 1.5


@pytest.mark.parametrize(
    "again",
    [
        written("re", DURI, 60, in_reply_to="news"),
        written("own", HANA, 60, cluster_id="news"),
        written("own", HANA, 60, repost_of="news"),
        written("gone", DURI, 60, repost_of="news", deleted_at=NINE),
        written("link from before", DURI, -60, links=["https://x.example/news"]),
    ],
    ids=["a reply", "the author's own copy", "the author's own repost", "a deleted repost", "a link from before"],
)
def test_this_is_no_spread(again: Any) -> None:
    assert found(written("news", HANA, cluster_id="news"), again) == []


def test_copies_come_from_the_first_that_was_published_whatever_the_cluster_is_called() -> None:
    posts = [
        written(name, name, at, cluster_id="third") for name, at in (("third", 200), ("first", 0), ("second", 100))
    ]

    [cascade] = found(*posts)

    assert (cascade.post, cascade.ways) == (post_id("first"), {"copy": 2})


PAGE = "https://x.example/the page"


@pytest.mark.parametrize("order", [1, -1], ids=["oldest first", "newest first"])
def test_who_links_to_a_page_means_its_post_and_nobody_who_reposted_it(order: int) -> None:
    posts = [
        written("news", HANA, url=PAGE),
        written("early", "e@x.example", 60, links=[PAGE]),
        written("boost", DURI, 600, url=PAGE, repost_of="news"),
        written("late", SEOK, 900, links=[PAGE]),
    ]
    spread = Spread(posts[::order])

    trees = spread.forest()

    came = {spread.seen[one].id: spread.seen[above].id for one, above in trees.above.items()}
    assert came == {post_id(name): post_id("news") for name in ("early", "boost", "late")}


def test_a_post_that_we_do_not_hold_is_a_beginning_without_an_author() -> None:
    posts = [written(f"boost {n}", f"p{n}@x.example", 60 * n, repost_of="elsewhere") for n in range(3)]

    [cascade] = found(*posts)

    assert (cascade.post, cascade.held, cascade.author) == (post_id("elsewhere"), False, None)
    assert (cascade.size, cascade.started_at) == (4, NINE)
    assert spreaders([cascade]) == []


def test_depth_breadth_and_hours() -> None:
    posts = [
        written("news", HANA),
        *(written(f"boost {n}", f"p{n}@x.example", n * HOUR, repost_of="news") for n in range(3)),
        written("quote", DURI, 2.5 * HOUR, quote_of="news"),
        written("boost of the quote", SEOK, 100 * HOUR, repost_of="quote"),
        written("undated", "q@x.example", None, repost_of="news"),
    ]

    [cascade] = found(*posts)

    assert (cascade.size, cascade.depth, cascade.breadth) == (7, 2, 5)
    assert (cascade.hours, cascade.later) == ([1, 1, 2], 1)
    assert cascade.minutes_to_half == 120


@pytest.mark.parametrize(
    ("minutes", "half"), [([1, 6_000], 1), ([1, 2, 6_000], 2), ([0, 3, 5, 6_000], 3), ([7], 7), ([], None)]
)
def test_half_were_there_when_the_post_came_that_made_it_half(minutes: list[int], half: float | None) -> None:
    reposts = [written(f"re{place}", DURI, 60 * after, repost_of="news") for place, after in enumerate(minutes)]
    undated = written("undated", SEOK, None, quote_of="news")

    [cascade] = found(written("news", HANA), undated, *reposts)

    assert cascade.minutes_to_half == half


def test_followers_are_counted_below_each_post() -> None:
    spread = Spread(
        [
            written("news", HANA),
            written("quote", DURI, 10, quote_of="news"),
            written("boost", SEOK, 20, repost_of="quote"),
        ]
    )

    came = spread.followers(spread.forest())

    assert came == {
        post_id("news"): Followers(2, 1),
        post_id("quote"): Followers(1, 1),
        post_id("boost"): Followers(0, 0),
    }


def test_spreaders_are_who_started_cascades_and_how_far_they_went() -> None:
    posts = [
        written("one", HANA),
        written("two", HANA),
        written("small", DURI),
        *(written(f"1 {n}", f"p{n}@x.example", repost_of="one") for n in range(3)),
        written("2", SEOK, source="lemmy", repost_of="two"),
        written("3", SEOK, repost_of="small"),
    ]

    first, second = spreaders(found(*posts))

    assert (first.author, first.started, first.followed) == (author_key(HANA), 2, 4)
    assert (first.largest, first.deepest, first.sources) == (4, 1, 2)
    assert (second.author, second.followed) == (author_key(DURI), 1)


def test_posts_that_claim_to_come_from_each_other_begin_with_the_earliest() -> None:
    circle = [
        written("a", HANA, 50, quote_of="b"),
        written("b", DURI, 20, quote_of="c"),
        written("c", SEOK, 90, quote_of="a"),
    ]

    [cascade] = found(*circle)

    assert (cascade.post, cascade.size, cascade.depth) == (post_id("b"), 3, 2)


parents_of_anything = st.dictionaries(st.integers(0, 11), st.integers(0, 11))


@given(parents_of_anything)
def test_whatever_is_claimed_there_are_trees_and_every_node_is_in_one(parents: dict[int, int]) -> None:
    made = forest(parents, range(12), lambda number: (0.0, number))

    assert sorted(node for _, tree in made.trees() for node in tree) == list(range(12))
    assert all(made.below[root] == len(tree) for root, tree in made.trees())
    assert all(made.depth[node] == 0 for node, root in made.root.items() if node == root)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=25))
def test_structural_virality_is_the_mean_distance_that_igraph_finds(choices: list[int]) -> None:
    parents = {number: choice % number for number, choice in enumerate(choices, start=1)}
    made = forest(parents, range(len(choices) + 1), lambda number: (0.0, number))
    [(_, tree)] = made.trees()

    mean = igraph.Graph(edges=list(parents.items())).average_path_length()

    assert structural_virality(tree, made.below) == pytest.approx(mean)
