"""JSON in the node-link shape that D3 and networkx (``node_link_graph``) read; our own names for all else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from socialindex.network.graph import Network
    from socialindex.network.measures import Measures


def write_json(
    network: Network, measures: Measures | None = None, about: Mapping[str, Any] | None = None
) -> Iterator[bytes]:
    """The network in pieces. What is unknown is null.

    ``nodes`` have their measures, ``edges`` lead from id to id, and ``graph`` says what is to be said of the whole,
    with what ``about`` adds.
    """
    whole = {**_graph(network, measures), **(about or {})}
    head = {"directed": network.directed, "multigraph": False, "graph": whole}
    yield msgspec.json.encode(head)[:-1] + b',"nodes":['
    yield from _list(_nodes(network, measures))
    yield b'],"edges":['
    yield from _list(_edges(network))
    yield b"]}\n"


def _graph(network: Network, measures: Measures | None) -> dict[str, Any]:
    about: dict[str, Any] = {"kind": network.kind, "left_out": network.left_out}
    if measures:
        whole = ("communities", "modularity", "betweenness")
        about |= {name: getattr(measures, name) for name in whole}
    return about


def _nodes(network: Network, measures: Measures | None) -> Iterator[dict[str, Any]]:
    for place, node in enumerate(network.nodes):
        figures = msgspec.structs.asdict(measures.figures[place]) if measures else {}
        yield msgspec.structs.asdict(node) | figures


def _edges(network: Network) -> Iterator[dict[str, Any]]:
    for edge in network.edges:
        ends = {"source": network.nodes[edge.source].id, "target": network.nodes[edge.target].id}
        yield msgspec.structs.asdict(edge) | ends


def _list(items: Iterable[dict[str, Any]], size: int = 500) -> Iterator[bytes]:
    """Items with commas between, some hundreds a piece."""
    piece: list[bytes] = []
    comma = b""
    for item in items:
        piece.append(comma + msgspec.json.encode(item))
        comma = b","
        if len(piece) == size:
            yield b"".join(piece)
            piece = []
    yield b"".join(piece)
