"""What the formats say of nodes and edges: named and typed once, as Gephi names what it computes itself.

Where a column has the id and title of Gephi's own, its statistics panel and its palettes take it for what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from socialindex.network.graph import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.network.graph import Network, Node
    from socialindex.network.measures import Measures

XmlType = Literal["string", "int", "double"]


class Column(NamedTuple):
    """One attribute: its id, its title, its type as GraphML names it, and the field that it shows."""

    id: str
    title: str
    type: XmlType
    field: str


NODE: Final = (
    Column("kind", "Kind", "string", "kind"),
    Column("source", "Source Service", "string", "source"),
    Column("platform", "Platform", "string", "platform"),
)
MEASURES: Final = (
    Column("weighted indegree", "Weighted In-Degree", "int", "in_strength"),
    Column("weighted outdegree", "Weighted Out-Degree", "int", "out_strength"),
    Column("weighted degree", "Weighted Degree", "int", "strength"),
    Column("pageranks", "PageRank", "double", "pagerank"),
    Column("betweenesscentrality", "Betweenness Centrality", "double", "betweenness"),
    Column("modularity_class", "Modularity Class", "int", "community"),
    Column("participation", "Participation", "double", "participation"),
)
EDGE: Final = tuple(Column(relation, relation.capitalize(), "int", relation) for relation in RELATIONS)

Values = list[tuple[Column, str | float]]


def edge_columns(network: Network) -> tuple[Column, ...]:
    """The columns that this network's edges have."""
    return EDGE if network.kind == "authors" else ()


def nodes(network: Network, measures: Measures | None) -> Iterator[tuple[Node, Values]]:
    """Each node with the values that it has."""
    for place, node in enumerate(network.nodes):
        figures = measures.figures[place] if measures else None
        yield node, [*_values(node, NODE), *_values(figures, MEASURES)]


def edge_values(edge: object, columns: tuple[Column, ...]) -> Values:
    """The values of an edge."""
    return _values(edge, columns)


def _values(of: object, columns: tuple[Column, ...]) -> Values:
    if of is None:
        return []
    found = ((column, getattr(of, column.field)) for column in columns)
    return [(column, value) for column, value in found if value is not None]


def in_pieces(lines: Iterator[str], size: int = 1 << 16) -> Iterator[bytes]:
    """Lines as UTF-8 in pieces of about ``size`` characters: neither one string of all nor a write for each."""
    piece: list[str] = []
    length = 0
    for line in lines:
        piece.append(line)
        length += len(line)
        if length >= size:
            yield "".join(piece).encode()
            piece, length = [], 0
    yield "".join(piece).encode()
