"""Who answers, mentions, reposts and quotes whom."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.identity import author_key, post_id
from socialindex.model import Author
from socialindex.network.authors import AuthorNetwork, author_network
from tests.unit.network.posts import NINE, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.model import Post
    from socialindex.network.graph import Network

HANA, DURI = "hana@social.example", "duri@social.example"


def shown(network: Network) -> set[tuple[str | None, str | None, int]]:
    """Edges by the labels of their nodes, with their weights."""
    nodes = network.nodes
    return {(nodes[edge.source].label, nodes[edge.target].label, edge.weight) for edge in network.edges}


@pytest.mark.parametrize("field", ["in_reply_to", "repost_of", "quote_of"])
@pytest.mark.parametrize("backward", [False, True])
def test_a_post_links_its_author_to_that_of_the_post_it_names_whichever_comes_first(field: str, backward: bool) -> None:
    posts = [written("news", HANA), written("taken up", DURI, 60, **{field: "news"})]

    network = author_network(reversed(posts) if backward else posts)

    assert shown(network) == {(DURI, HANA, 1)}
    [edge] = network.edges
    relation = {"in_reply_to": "replies", "repost_of": "reposts", "quote_of": "quotes"}[field]
    assert getattr(edge, relation) == 1
    assert edge.first == edge.last == NINE + timedelta(seconds=60)


def test_a_reply_that_mentions_whom_it_answers_is_one_post_of_two_relations() -> None:
    network = author_network([written("news", HANA), written("re", DURI, in_reply_to="news", mentions=[HANA])])

    [edge] = network.edges
    assert (edge.weight, edge.replies, edge.mentions) == (1, 1, 1)


def test_weights_add_up_and_dates_span_all_posts() -> None:
    posts = [written("news", HANA), *(written(f"re {at}", DURI, at, in_reply_to="news") for at in (300, 60, 120, None))]

    [edge] = author_network(posts).edges

    assert (edge.weight, edge.first, edge.last) == (4, NINE + timedelta(seconds=60), NINE + timedelta(seconds=300))


def test_guests_are_never_one_person() -> None:
    posts = [written("news", HANA), *(written(f"guest {n}", None, in_reply_to="news") for n in range(3))]

    network = author_network(posts)

    assert len(network.edges) == 3
    assert [node.kind for node in network.nodes].count("guest") == 3
    assert {node.label for node in network.nodes} == {HANA, "ㅇㅇ"}


def test_an_absent_author_is_a_guest_without_a_name() -> None:
    posts = [written("news", HANA), written("re", author=None, in_reply_to="news")]

    assert shown(author_network(posts)) == {(None, HANA, 1)}


@pytest.mark.parametrize("mention", ["hana@social.example", "hana", "@Hana", "HANA@Social.Example"])
@pytest.mark.parametrize("backward", [False, True])
def test_a_mention_is_whoever_has_the_handle_at_that_host(mention: str, backward: bool) -> None:
    posts = [written("hello", DURI, mentions=[mention]), written("mine", HANA)]

    network = author_network(reversed(posts) if backward else posts)

    assert {node.id for node in network.nodes} == {author_key(HANA), author_key(DURI)}


def test_the_same_handle_at_another_host_is_somebody_else() -> None:
    other = Author(id="other", key="other", handle="hana")
    posts = [written("hello", DURI, mentions=["hana"]), written("mine", author=other, platform="board.example")]

    assert "@hana@social.example" in {node.id for node in author_network(posts).nodes}


def test_a_mention_of_an_id_is_the_author_that_has_it() -> None:
    posts = [written("hello", DURI, mentions=["did:plc:hana"]), written("mine", "did:plc:hana")]

    assert {node.id for node in author_network(posts).nodes} == {author_key("did:plc:hana"), author_key(DURI)}


def test_nobody_takes_over_a_handle_that_somebody_has() -> None:
    thief = Author(id="thief", key="thief", handle=HANA)
    posts = [written("mine", HANA), written("no, mine", author=thief), written("hello", DURI, mentions=[HANA])]

    assert "thief" not in {node.id for node in author_network(posts).nodes}


def test_what_a_repost_says_its_author_has_not_said() -> None:
    posts = [written("news", HANA), written("boost", DURI, repost_of="news", mentions=["third@x.example"])]

    assert shown(author_network(posts)) == {(DURI, HANA, 1)}


def test_what_makes_no_edge_is_counted() -> None:
    posts = [
        written("news", HANA),
        written("and another thing", HANA, in_reply_to="news"),
        written("re", DURI, in_reply_to="never seen"),
    ]

    network = author_network(posts)

    assert (network.edges, network.nodes) == ([], [])
    assert (network.left_out.to_themselves, network.left_out.unknown_target) == (1, 1)


def test_whose_a_post_is_can_be_looked_up_and_told() -> None:
    building = AuthorNetwork()
    building.add(written("re", DURI, in_reply_to="older"))
    assert list(building.unknown()) == [post_id("older")]

    building.tell(written("older", HANA, mentions=["third@x.example"]))

    assert list(building.unknown()) == []
    assert shown(building.network()) == {(DURI, HANA, 1)}


@pytest.mark.parametrize("again", [{}, {"deleted_at": NINE}])
def test_a_post_counts_once_and_a_deleted_one_not_at_all(again: dict[str, Any]) -> None:
    reply = written("re", DURI, in_reply_to="news")
    posts = [written("news", HANA), reply, written("re", DURI, in_reply_to="news", **again)]

    assert shown(author_network(posts)) == {(DURI, HANA, 1)}
    assert author_network([posts[0], written("re", DURI, in_reply_to="news", deleted_at=NINE)]).edges == []


def test_references_beyond_the_most_are_left_out_and_counted() -> None:
    building = AuthorNetwork(references=2)
    building.add(written("hello", DURI, mentions=["a", "b", "c", "d"]))

    network = building.network()

    assert (len(network.edges), network.left_out.references) == (2, 2)


def crowd(pairs: Iterable[tuple[int, int]]) -> list[Post]:
    """Everybody, then mentions between them."""
    people = [written(f"hello {n}", f"p{n}@x.example") for n in range(8)]
    mentions = (
        written(f"m {n}", f"p{one}@x.example", mentions=[f"p{o}@x.example"]) for n, (one, o) in enumerate(pairs)
    )
    return [*people, *mentions]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=60), st.integers(1, 10))
def test_all_posts_are_in_the_network_or_told_as_left_out(pairs: list[tuple[int, int]], most: int) -> None:
    network = author_network(crowd(pairs), most)

    left_out = network.left_out
    assert sum(edge.weight for edge in network.edges) + left_out.weight + left_out.to_themselves == len(pairs)
    assert len(network.edges) <= most
    assert len(network.nodes) == len({end for edge in network.edges for end in (edge.source, edge.target)})
    weights = [edge.weight for edge in network.edges]
    assert weights == sorted(weights, reverse=True)
