"""GraphML (http://graphml.graphdrawing.org), which Gephi, igraph, networkx, Cytoscape and yEd read."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from socialindex.network.formats.columns import (
    MEASURES,
    NODE,
    Column,
    edge_columns,
    edge_values,
    in_pieces,
    nodes,
)
from socialindex.network.formats.xml import DECLARATION, attribute, content, identifier, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from socialindex.network.formats.columns import Values
    from socialindex.network.graph import Edge, Network, Node
    from socialindex.network.measures import Measures

_LABEL: Final = Column("label", "label", "string", "label")
_WEIGHT: Final = Column("weight", "weight", "double", "weight")
_TIMES: Final = (Column("first", "First", "string", "first"), Column("last", "Last", "string", "last"))
"""GraphML has no time of its own; these are dates as RFC 3339 has them."""


def write_graphml(
    network: Network, measures: Measures | None = None, about: Mapping[str, Any] | None = None
) -> Iterator[bytes]:
    """The network in pieces. ``about`` is what else is to be said of the whole; it becomes the file's description."""
    return in_pieces(_lines(network, measures, about))


def _lines(network: Network, measures: Measures | None, about: Mapping[str, Any] | None) -> Iterator[str]:
    yield f'{DECLARATION}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    if about is not None:
        yield f"<desc>{note(network, about)}</desc>\n"
    yield from _keys("node", (_LABEL, *NODE, *(MEASURES if measures else ())))
    yield from _keys("edge", (_WEIGHT, *_TIMES, *edge_columns(network)))
    yield f'<graph edgedefault="{"directed" if network.directed else "undirected"}">\n'
    for node, values in nodes(network, measures):
        yield f"<node id={identifier(node.id)}>{_data('node', [*_label(node), *values])}</node>\n"
    yield from _edges(network)
    yield "</graph>\n</graphml>\n"


def _keys(of: str, columns: Iterable[Column]) -> Iterator[str]:
    for column in columns:
        key, name = attribute(_key(of, column)), attribute(column.title)
        yield f'<key id={key} for="{of}" attr.name={name} attr.type="{column.type}"/>\n'


def _key(of: str, column: Column) -> str:
    """Ids are names without spaces here, and one list for nodes and edges."""
    return f"{of}_{column.field}"


def _label(node: Node) -> Values:
    return [(_LABEL, node.label or node.id)]


def _edges(network: Network) -> Iterator[str]:
    columns, ids = edge_columns(network), [identifier(node.id) for node in network.nodes]
    for number, edge in enumerate(network.edges):
        values = chain([(_WEIGHT, edge.weight)], _times(edge), edge_values(edge, columns))
        ends = f"source={ids[edge.source]} target={ids[edge.target]}"
        yield f'<edge id="e{number}" {ends}>{_data("edge", values)}</edge>\n'


def _times(edge: Edge) -> Values:
    if edge.first is None or edge.last is None:
        return []
    return [(column, at.isoformat()) for column, at in zip(_TIMES, (edge.first, edge.last), strict=True)]


def _data(of: str, values: Iterable[tuple[Column, str | float]]) -> str:
    return "".join(f'<data key="{_key(of, column)}">{content(value)}</data>' for column, value in values)
