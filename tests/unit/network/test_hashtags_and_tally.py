"""Hashtags that stand together and who uses them; and counting in bounded memory."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from socialindex.network.graph import NetworkLeftOut, Node
from socialindex.network.hashtags import TAGS, author_hashtag_network, hashtag_network
from socialindex.network.tally import Tallies
from tests.unit.network.posts import written

HANA = "hana@social.example"


def test_hashtags_of_one_post_are_linked_once_whatever_their_order() -> None:
    posts = [written("a", HANA, hashtags=["배터리", "리콜"]), written("b", HANA, hashtags=["리콜", "배터리", "리콜"])]

    network = hashtag_network(posts)

    [edge] = network.edges
    assert {node.id for node in network.nodes} == {"#배터리", "#리콜"}
    assert (edge.weight, network.directed) == (2, False)


def test_reposts_repeat_tags_and_do_not_count() -> None:
    posts = [written("a", HANA, hashtags=["x", "y"]), written("b", HANA, hashtags=["x", "y"], repost_of="a")]

    assert [edge.weight for edge in hashtag_network(posts).edges] == [1]
    assert [edge.weight for edge in author_hashtag_network(posts).edges] == [1, 1]


def test_a_heap_of_tags_is_cut_and_told() -> None:
    heap = written("spam", HANA, hashtags=[f"t{n}" for n in range(TAGS + 7)])

    network = hashtag_network([heap])

    assert len(network.nodes) == TAGS
    assert network.left_out.references == 7


def test_authors_and_their_hashtags() -> None:
    posts = [
        written("a", HANA, hashtags=["리콜"]),
        written("b", None, hashtags=["리콜"]),
        written("c", None, hashtags=["리콜"]),
    ]

    network = author_hashtag_network(posts)

    assert Counter(node.kind for node in network.nodes) == {"author": 1, "guest": 2, "hashtag": 1}
    assert {network.nodes[edge.target].kind for edge in network.edges} == {"hashtag"}


def nodes(count: int) -> list[Node]:
    return [Node(id=str(number), kind="author") for number in range(count)]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=80), st.integers(2, 12))
def test_no_edge_is_short_by_more_than_is_told_and_no_weight_is_lost(pairs: list[tuple[int, int]], held: int) -> None:
    tallies = Tallies(most=6, held=held)
    for source, target in pairs:
        tallies.add(source, target)

    network = tallies.network("authors", nodes(6), NetworkLeftOut())

    true = Counter(pairs)
    ids = [int(node.id) for node in network.nodes]
    for edge in network.edges:
        right = true[ids[edge.source], ids[edge.target]]
        assert right - network.left_out.undercount <= edge.weight <= right
    assert sum(edge.weight for edge in network.edges) + network.left_out.weight == len(pairs)


def test_what_is_heavy_stays_however_much_light_there_is() -> None:
    tallies = Tallies(most=10, held=40)
    for light in range(1000):
        tallies.add(0, 1)
        tallies.add(2, 3 + light)

    network = tallies.network("authors", nodes(1003), NetworkLeftOut())

    assert network.edges[0].weight == 1000
    assert network.left_out.edges == 1001 - 10
    assert network.edges[0].weight + 9 + network.left_out.weight == 2000
