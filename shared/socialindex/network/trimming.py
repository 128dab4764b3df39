"""Networks without what is too light to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from socialindex.network.graph import Network


def without_light(network: Network, least: int) -> Network:
    """The network without edges that are lighter than ``least``, and without nodes that have no edge then."""
    kept = [edge for edge in network.edges if edge.weight >= least]
    if len(kept) == len(network.edges):
        return network
    places: dict[int, int] = {}
    edges = [
        msgspec.structs.replace(
            edge,
            source=places.setdefault(edge.source, len(places)),
            target=places.setdefault(edge.target, len(places)),
        )
        for edge in kept
    ]
    left = network.left_out
    told = msgspec.structs.replace(
        left,
        edges=left.edges + len(network.edges) - len(kept),
        weight=left.weight + sum(edge.weight for edge in network.edges) - sum(edge.weight for edge in kept),
        nodes=left.nodes + len(network.nodes) - len(places),
    )
    return msgspec.structs.replace(network, nodes=[network.nodes[old] for old in places], edges=edges, left_out=told)
