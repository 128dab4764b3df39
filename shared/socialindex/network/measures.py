"""Measures of a network's nodes, by igraph: strength, PageRank, betweenness, communities, and who links these.

igraph is imported here and in ``communities.py`` only, and ships with the function that uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import igraph  # type: ignore[import-untyped]  # it has no types of its own
import msgspec

from socialindex.network.chance import drawn
from socialindex.network.communities import communities_of, participation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.network.communities import Community
    from socialindex.network.graph import Network

EXACT: Final = 20_000_000
"""Nodes times edges up to which betweenness is exact: some two seconds of one core."""
PIVOTS: Final = 256
"""Nodes from which shortest paths are followed where it is not."""


class Figures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The measures of one node."""

    in_strength: int | None = None
    """Weights of the edges that come in: how often others answer, mention or repost it. Absent where undirected."""
    out_strength: int | None = None
    strength: int
    """Weights of all its edges."""
    pagerank: float
    """By weights, damping 0.85; all nodes together are 1."""
    betweenness: float
    """Share of the shortest paths between others that lead through it, 0 to 1: in steps, whatever the weights, and in
    either direction, since who mentions two camps links them though nobody answers."""
    community: int
    """The number of its community; 0 is the largest."""
    participation: float
    """How evenly its edges lead to all communities, from 0 (all into one) on: 1 - sum of squared shares
    (Guimera and Amaral, 2005)."""


class Betweenness(msgspec.Struct, frozen=True, kw_only=True):
    """How betweenness was found."""

    exact: bool
    """Whether paths were followed from all nodes."""
    pivots: int
    """Nodes from which paths were followed, drawn by lot and always the same (Brandes and Pich, 2007); all if exact."""


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """Measures of a network: ``figures`` are those of the nodes at the same places."""

    figures: list[Figures]
    communities: list[Community]
    modularity: float | None = None
    """Of the division into communities; absent where there is no edge."""
    betweenness: Betweenness


def measure(network: Network, *, exact: int = EXACT, pivots: int = PIVOTS) -> Measures:
    """Measure all nodes.

    Args:
        network: what to measure.
        exact: nodes times edges up to which betweenness is exact.
        pivots: nodes from which paths are followed where it is not.
    """
    graph = as_igraph(network)
    everybody = len(network.nodes) * len(network.edges) <= exact or pivots >= len(network.nodes)
    sources = range(len(network.nodes)) if everybody else drawn(len(network.nodes), pivots)
    whole = graph.as_undirected(combine_edges="sum") if network.directed else graph
    division = communities_of(whole)
    columns = zip(
        _strength(graph, "in") if network.directed else [None] * len(network.nodes),
        _strength(graph, "out") if network.directed else [None] * len(network.nodes),
        _strength(graph, "all"),
        graph.pagerank(weights="weight") if network.nodes else [],
        _betweenness(whole, sources),
        division.of_node,
        participation(network, division.of_node),
        strict=True,
    )
    return Measures(
        figures=[_figures(column) for column in columns],
        communities=division.communities,
        modularity=division.modularity,
        betweenness=Betweenness(exact=everybody, pivots=len(sources)),
    )


def as_igraph(network: Network) -> igraph.Graph:
    """The same network as a graph of igraph's, nodes at the same places, with the edges' ``weight``."""
    ends = [(edge.source, edge.target) for edge in network.edges]
    graph = igraph.Graph(n=len(network.nodes), edges=ends, directed=network.directed)
    graph.es["weight"] = [edge.weight for edge in network.edges]
    return graph


def bridges(network: Network, measures: Measures, most: int = 20) -> list[int]:
    """Places of the nodes that link communities: those on most paths, of those with edges into others."""
    outside = [place for place, figures in enumerate(measures.figures) if _links(figures)]
    return sorted(outside, key=lambda place: _bridge_rank(network, measures, place))[:most]


def _links(figures: Figures) -> bool:
    return figures.participation > 0 and figures.betweenness > 0


def _bridge_rank(network: Network, measures: Measures, place: int) -> tuple[float, str]:
    figures = measures.figures[place]
    return (-figures.betweenness * figures.participation, network.nodes[place].id)


def _strength(graph: igraph.Graph, mode: str) -> list[int]:
    return [round(weight) for weight in graph.strength(mode=mode, weights="weight")]


def _betweenness(graph: igraph.Graph, sources: Sequence[int]) -> list[float]:
    """Shares, estimated from the paths that begin at some nodes."""
    nodes = graph.vcount()
    found = graph.betweenness(sources=list(sources), directed=False) if nodes else []
    paths = len(sources) * max(1, nodes - 1) * max(1, nodes - 2) / max(1, nodes) / 2
    return [min(1.0, through / paths) for through in found]


def _figures(column: tuple[int | None, int | None, int, float, float, int, float]) -> Figures:
    incoming, outgoing, strength, pagerank, betweenness, community, share = column
    return Figures(
        in_strength=incoming,
        out_strength=outgoing,
        strength=strength,
        pagerank=pagerank,
        betweenness=betweenness,
        community=community,
        participation=share,
    )
