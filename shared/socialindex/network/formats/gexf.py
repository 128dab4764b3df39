"""GEXF 1.3 (https://gexf.net), Gephi's own format: labels, weights, measures, and when each edge was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from socialindex.network.formats.columns import MEASURES, NODE, edge_columns, edge_values, in_pieces, nodes
from socialindex.network.formats.xml import DECLARATION, attribute, identifier, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from socialindex.network.formats.columns import Column, Values
    from socialindex.network.graph import Edge, Network
    from socialindex.network.measures import Measures

_TYPES: Final = {"int": "integer", "double": "double", "string": "string"}


def write_gexf(
    network: Network, measures: Measures | None = None, about: Mapping[str, Any] | None = None
) -> Iterator[bytes]:
    """The network in pieces. Times are dates with hours: ``timeformat`` is "date", the one that all readers know.

    ``about`` is what else is to be said of the whole; it becomes the description, as JSON with what was left out.
    """
    return in_pieces(_lines(network, measures, about))


def _lines(network: Network, measures: Measures | None, about: Mapping[str, Any] | None) -> Iterator[str]:
    yield f'{DECLARATION}<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
    if about is not None:
        yield f"<meta><description>{note(network, about)}</description></meta>\n"
    direction = "directed" if network.directed else "undirected"
    yield f'<graph mode="dynamic" timeformat="date" defaultedgetype="{direction}">\n'
    yield from _declared("node", (*NODE, *MEASURES) if measures else NODE)
    yield from _declared("edge", edge_columns(network))
    yield "<nodes>\n"
    for node, values in nodes(network, measures):
        yield f"<node id={identifier(node.id)} label={attribute(node.label or node.id)}>{_attvalues(values)}</node>\n"
    yield "</nodes>\n<edges>\n"
    yield from _edges(network)
    yield "</edges>\n</graph>\n</gexf>\n"


def _declared(of: str, columns: Iterable[Column]) -> Iterator[str]:
    yield f'<attributes class="{of}" mode="static">\n'
    for column in columns:
        names = f"id={attribute(column.id)} title={attribute(column.title)}"
        yield f'<attribute {names} type="{_TYPES[column.type]}"/>\n'
    yield "</attributes>\n"


def _edges(network: Network) -> Iterator[str]:
    columns, ids = edge_columns(network), [identifier(node.id) for node in network.nodes]
    for number, edge in enumerate(network.edges):
        ends = f"source={ids[edge.source]} target={ids[edge.target]}"
        values = _attvalues(edge_values(edge, columns))
        yield f'<edge id="{number}" {ends} weight="{edge.weight}"{_times(edge)}>{values}</edge>\n'


def _times(edge: Edge) -> str:
    if edge.first is None or edge.last is None:
        return ""
    return f' start="{edge.first.isoformat()}" end="{edge.last.isoformat()}"'


def _attvalues(values: Values) -> str:
    if not values:
        return ""
    inner = "".join(f"<attvalue for={attribute(column.id)} value={attribute(value)}/>" for column, value in values)
    return f"<attvalues>{inner}</attvalues>"
