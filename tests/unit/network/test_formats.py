"""The three formats, opened by networkx and igraph (which reads GraphML only)."""

from __future__ import annotations

import io
import json
import tempfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import igraph  # type: ignore[import-untyped]  # it has no types of its own
import networkx as nx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from socialindex.network.formats.gexf import write_gexf
from socialindex.network.formats.graphml import write_graphml
from socialindex.network.formats.node_link import write_json
from socialindex.network.graph import Edge, Network, NetworkLeftOut, Node
from socialindex.network.measures import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOON, ONE = datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 13, tzinfo=UTC)
GEXF: Final = "{http://gexf.net/1.3}"
HOSTILE = "a&b<c>\"d'e\x00\x0b\x1b\ufffe]]>\r\n\t<!-- 누리폰 \U0001f525"

SMALL = Network(
    kind="authors",
    directed=True,
    nodes=[
        Node(id="kim", kind="author", label="kim@social.example", source="mastodon", platform="social.example"),
        Node(id="guest:p1", kind="guest", label=HOSTILE),
    ],
    edges=[Edge(source=1, target=0, weight=3, first=NOON, last=ONE, replies=2, quotes=1)],
    left_out=NetworkLeftOut(edges=4, weight=5),
)


def gexf_by_networkx(network: Network) -> Any:
    return nx.read_gexf(io.BytesIO(b"".join(write_gexf(network))))


def graphml_by_networkx(network: Network) -> Any:
    return nx.read_graphml(io.BytesIO(b"".join(write_graphml(network))))


def json_by_networkx(network: Network) -> Any:
    return nx.node_link_graph(json.loads(b"".join(write_json(network))), edges="edges")


def graphml_by_igraph(network: Network) -> Any:
    with tempfile.NamedTemporaryFile(suffix=".graphml") as file:
        file.writelines(write_graphml(network))
        file.flush()
        return igraph.Graph.Read_GraphML(file.name)


Shown = tuple[bool, set[str], dict[frozenset[str] | tuple[str, str], float]]
"""Whether a graph is directed, its nodes, and its edges with their weights."""


def of_networkx(graph: Any) -> Shown:
    edges = graph.edges(data="weight")
    return graph.is_directed(), set(graph.nodes), {key(graph.is_directed(), a, b): weight for a, b, weight in edges}


def of_igraph(graph: Any) -> Shown:
    """Igraph leaves an ampersand of an attribute as the reference that libxml2 makes of it."""
    ids = [each.replace("&#38;", "&") for each in graph.vs["id"]] if graph.vcount() else []
    directed = graph.is_directed()
    return directed, set(ids), {key(directed, ids[edge.source], ids[edge.target]): edge["weight"] for edge in graph.es}


def of_ours(network: Network) -> Shown:
    ids = [node.id for node in network.nodes]
    edges: dict[Any, float] = {
        key(network.directed, ids[edge.source], ids[edge.target]): edge.weight for edge in network.edges
    }
    return network.directed, set(ids), edges


def key(directed: bool, one: str, other: str) -> frozenset[str] | tuple[str, str]:
    return (one, other) if directed else frozenset((one, other))


XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")).filter(lambda letter: letter not in "\ufffe\uffff"))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    ids = draw(st.lists(XML_TEXT.filter(bool), unique=True, max_size=6))
    directed = draw(st.booleans())
    places = st.integers(0, max(0, len(ids) - 1))
    pairs = draw(st.lists(st.tuples(places, places), max_size=12)) if ids else []
    unique = {key(directed, ids[a], ids[b]): (a, b) for a, b in pairs if a != b}
    edges = [Edge(source=a, target=b, weight=draw(st.integers(1, 9**9))) for a, b in unique.values()]
    nodes = [Node(id=each, kind="hashtag", label=draw(st.none() | st.text())) for each in ids]
    return Network(kind="authors" if directed else "hashtags", directed=directed, nodes=nodes, edges=edges)


@given(networks())
def test_every_format_keeps_nodes_edges_and_weights(network: Network) -> None:
    for read in (gexf_by_networkx, graphml_by_networkx, json_by_networkx):
        assert of_networkx(read(network)) == of_ours(network)
    assert of_igraph(graphml_by_igraph(network)) == of_ours(network)


@given(st.lists(st.text(st.characters(exclude_categories=()), min_size=1), unique=True, max_size=5))
@example(["a\x00", "a\x01", "a\ufffd"])
def test_whatever_people_write_the_files_are_xml_and_no_two_nodes_become_one(ids: list[str]) -> None:
    nodes = [Node(id=each, kind="hashtag", label=each) for each in ids]
    network = Network(kind="hashtags", directed=False, nodes=nodes, edges=[])

    for read in (gexf_by_networkx, graphml_by_networkx):
        assert len(read(network)) == len(ids)
    assert graphml_by_igraph(network).vcount() == len(ids)


@pytest.mark.parametrize("read", [gexf_by_networkx, graphml_by_networkx])
def test_hostile_text_comes_back_with_what_xml_cannot_hold_replaced(read: Callable[[Network], Any]) -> None:
    label = read(SMALL).nodes["guest:p1"]["label"]

    assert label == "a&b<c>\"d'e\ufffd\ufffd\ufffd\ufffd]]>\r\n\t<!-- 누리폰 \U0001f525"


def test_gexf_has_what_gephi_looks_for() -> None:
    root = etree.fromstring(b"".join(write_gexf(SMALL, measure(SMALL))))

    graph = root.find(f"{GEXF}graph")
    assert graph is not None
    assert root.get("version") == "1.3"
    assert {str(name): value for name, value in graph.items()} == {
        "mode": "dynamic",
        "timeformat": "date",
        "defaultedgetype": "directed",
    }
    columns = {str(each.get("id")): each.get("title") for each in graph.iter(f"{GEXF}attribute")}
    assert columns["modularity_class"] == "Modularity Class"
    assert columns["pageranks"] == "PageRank"
    assert columns["weighted indegree"] == "Weighted In-Degree"
    [edge] = graph.iter(f"{GEXF}edge")
    assert (edge.get("weight"), edge.get("start")) == ("3", "2026-11-20T12:00:00+00:00")
    assert edge.get("end") == "2026-11-20T13:00:00+00:00"


def test_relations_dates_and_measures_are_in_every_format() -> None:
    measures = measure(SMALL)
    gexf = nx.read_gexf(io.BytesIO(b"".join(write_gexf(SMALL, measures))))
    graphml = nx.read_graphml(io.BytesIO(b"".join(write_graphml(SMALL, measures))))
    whole = json.loads(b"".join(write_json(SMALL, measures)))

    for graph in (gexf, graphml):
        assert graph.edges["guest:p1", "kim"]["Replies"] == 2
        assert graph.nodes["kim"]["Weighted In-Degree"] == 3
        assert graph.nodes["kim"]["PageRank"] == measures.figures[0].pagerank
        assert graph.nodes["kim"]["Platform"] == "social.example"
        assert "Platform" not in graph.nodes["guest:p1"]
    assert graphml.edges["guest:p1", "kim"]["First"] == NOON.isoformat()
    kim, guest = whole["nodes"]
    assert (kim["in_strength"], kim["community"], guest["platform"]) == (3, 0, None)
    assert whole["edges"][0]["first"] == "2026-11-20T12:00:00Z"
    assert whole["graph"]["left_out"]["edges"] == 4
    assert whole["graph"]["betweenness"] == {"exact": True, "pivots": 2}


@pytest.mark.parametrize("write", [write_gexf, write_graphml, write_json])
def test_a_large_network_is_written_in_pieces(write: Callable[[Network], Iterator[bytes]]) -> None:
    nodes = [Node(id=f"n{number}", kind="author") for number in range(3000)]
    edges = [Edge(source=number, target=0, weight=1) for number in range(1, 3000)]

    pieces = list(write(Network(kind="authors", directed=True, nodes=nodes, edges=edges)))

    assert len(pieces) > 3
    assert max(map(len, pieces)) < 200_000
