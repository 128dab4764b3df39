"""Measures, held against networkx and against graphs whose answer is known."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.network.graph import Edge, Network, Node
from socialindex.network.measures import bridges, measure

Pairs = list[tuple[int, int]]


def network(pairs: Pairs, *, directed: bool = True, weight: int = 1) -> Network:
    count = 1 + max((max(pair) for pair in pairs), default=-1)
    edges = [Edge(source=source, target=target, weight=weight) for source, target in pairs]
    nodes = [Node(id=str(number), kind="author") for number in range(count)]
    return Network(kind="authors" if directed else "hashtags", directed=directed, nodes=nodes, edges=edges)


def clique(first: int, count: int) -> Pairs:
    return [(one, other) for one in range(first, first + count) for other in range(first, one)]


TWO_GROUPS = [*clique(0, 6), *clique(6, 6), (5, 6)]
pairs_of_graph = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), unique=True)


@given(pairs_of_graph.filter(bool), st.booleans())
@settings(max_examples=50)
def test_betweenness_is_that_of_networkx_whatever_the_direction(pairs: Pairs, directed: bool) -> None:
    graph = network(pairs, directed=directed)
    theirs: nx.Graph[int] = nx.Graph(pairs)
    theirs.add_nodes_from(range(len(graph.nodes)))

    figures = measure(graph).figures

    between = nx.betweenness_centrality(theirs)
    assert [each.betweenness for each in figures] == pytest.approx([between[place] for place in range(len(figures))])


@given(pairs_of_graph.filter(bool))
@settings(max_examples=50)
def test_pagerank_is_where_a_reader_who_follows_edges_is_found(pairs: Pairs) -> None:
    """Its own definition: one step of the walk, with 0.15 of a jump to anywhere, changes nothing."""
    rank = [each.pagerank for each in measure(network(pairs)).figures]
    leaving = Counter(source for source, _ in pairs)
    stuck = sum(share for place, share in enumerate(rank) if not leaving[place])

    step = [(0.15 + 0.85 * stuck) / len(rank)] * len(rank)
    for source, target in pairs:
        step[target] += 0.85 * rank[source] / leaving[source]

    assert rank == pytest.approx(step, abs=1e-9)


def test_strength_is_by_direction_and_weight() -> None:
    hub = measure(network([(1, 0), (2, 0), (0, 3)], weight=5)).figures[0]

    assert (hub.in_strength, hub.out_strength, hub.strength) == (10, 5, 15)


def test_without_direction_there_is_one_strength() -> None:
    hub = measure(network([(0, 1), (0, 2)], directed=False)).figures[0]

    assert (hub.in_strength, hub.out_strength, hub.strength) == (None, None, 2)


@pytest.mark.parametrize("directed", [True, False])
def test_communities_are_the_groups_and_bridges_are_who_links_them(directed: bool) -> None:
    graph = network(TWO_GROUPS, directed=directed)

    found = measure(graph)

    of_node = [each.community for each in found.figures]
    assert (set(of_node[:6]), set(of_node[6:])) in (({0}, {1}), ({1}, {0}))
    assert [community.nodes for community in found.communities] == [6, 6]
    assert found.modularity == pytest.approx(0.468, abs=0.01)
    assert set(bridges(graph, found, 2)) == {5, 6}


def test_betweenness_is_sampled_above_a_size_and_says_so() -> None:
    graph = network(TWO_GROUPS, directed=False)

    exact, sampled, again = measure(graph), measure(graph, exact=0, pivots=6), measure(graph, exact=0, pivots=6)

    assert (exact.betweenness.exact, exact.betweenness.pivots) == (True, 12)
    assert (sampled.betweenness.exact, sampled.betweenness.pivots) == (False, 6)
    assert sampled == again
    highest = sorted(range(12), key=lambda place: sampled.figures[place].betweenness)[-2:]
    assert set(highest) == {5, 6}
    assert sampled.figures[5].betweenness == pytest.approx(exact.figures[5].betweenness, rel=0.5)


@pytest.mark.parametrize("pairs", [[], [(0, 1)]])
def test_the_smallest_networks_have_measures(pairs: Pairs) -> None:
    found = measure(network(pairs))

    assert len(found.figures) == 2 * len(pairs)
    assert sum(each.pagerank for each in found.figures) == pytest.approx(len(pairs))
