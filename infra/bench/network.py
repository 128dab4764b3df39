"""Networks of 100,000 edges: time and memory of building, measuring and writing, beside igraph alone.

The same mentions, replies and reposts go to both: to ``AuthorNetwork`` as posts, to igraph as pairs of names, which it
turns into a graph with weights by itself (``TupleList``, ``simplify``). Measures stand beside the same four calls of
igraph on a graph that is ready, files beside igraph's own GraphML of the same graph. Spread and coordination are of the
same posts, and stand alone. The route is all that the function does for a file, from the engine's answers (pages of
JSON, here out of memory) to the bytes that the bucket gets; memory is the most that a process of its own held for it.

Needs: how often labelled texts are taken for a question or a complaint rightly, beside a question mark and a negative
sentiment.
"""

from __future__ import annotations

import io
import random
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

import igraph  # type: ignore[import-untyped]  # it has no types of its own

from infra.bench.figure import Figure, compared
from infra.bench.needs import of_needs
from infra.bench.network_route import draw, pages_of
from infra.bench.progress import say
from socialindex.model import Author, Post
from socialindex.network.authors import author_network
from socialindex.network.cascades import cascades, spreaders
from socialindex.network.chance import drawn
from socialindex.network.communities import ROUNDS as LEIDEN_ROUNDS
from socialindex.network.coordination import coordination
from socialindex.network.formats.gexf import write_gexf
from socialindex.network.formats.graphml import write_graphml
from socialindex.network.formats.node_link import write_json
from socialindex.network.measures import PIVOTS, Measures, as_igraph, measure
from socialindex.network.resonance import resonances
from socialindex.network.spread import Spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from socialindex.network.graph import Network

EDGES: Final = 100_000
POSTS: Final = 140_000
"""That have so many edges, and a few more."""
PEOPLE: Final = 40_000
ROUNDS: Final = 3
_START: Final = datetime(2026, 11, 1, tzinfo=UTC)
_WRITERS: Final = {"gexf": write_gexf, "graphml": write_graphml, "json": write_json}
_KIB: Final = 1024


def run() -> list[Figure]:
    """All figures; the first four are pairs of seconds."""
    peaks = (_peak(everything), _peak(bare_everything))  # first: a process is born with its parent's peak
    say("  the route ...")
    pages = list(pages_of(_posts()))
    taken = [(_took(partial(draw, pages)), _took(bare_everything)) for _ in range(ROUNDS - 1)]
    say(f"  {POSTS} posts ...")
    posts, names = list(_posts()), list(_pairs())
    network = author_network(posts, EDGES)
    say(f"  {len(network.nodes)} nodes, {len(network.edges)} edges, left out: {network.left_out}")
    return [
        _beside("network_build", lambda: author_network(posts, EDGES), lambda: bare_build(names)),
        *_of_graph(network),
        *_alone(posts),
        compared("network_route", "s", taken),
        compared("network_peak", "MB", [peaks]),
        *of_needs(),
    ]


def everything() -> None:
    """The engine's answers in, a file out, as the function does it."""
    draw(pages_of(_posts()))


def bare_everything() -> None:
    """The same by igraph alone."""
    graph = bare_build(list(_pairs()))
    bare_measure(graph)
    bare_write(graph)


def bare_build(names: list[tuple[str, str]]) -> igraph.Graph:
    """A graph with weights out of pairs of names."""
    graph = igraph.Graph.TupleList(names, directed=True)
    graph.es["weight"] = 1
    return graph.simplify(combine_edges="sum")


def bare_measure(graph: igraph.Graph) -> tuple[object, ...]:
    """What ``measure`` asks igraph for."""
    whole = graph.as_undirected(combine_edges="sum")
    return (
        [graph.strength(mode=mode, weights="weight") for mode in ("in", "out", "all")],
        graph.pagerank(weights="weight"),
        whole.betweenness(sources=drawn(graph.vcount(), PIVOTS), directed=False),
        whole.community_leiden(objective_function="modularity", weights="weight", n_iterations=LEIDEN_ROUNDS),
    )


def bare_write(graph: igraph.Graph) -> None:
    """A file of GraphML."""
    with open("/dev/null", "wb") as nowhere:  # noqa: PTH123 - igraph writes to a file of the system's
        graph.write_graphml(nowhere)


def _of_graph(network: Network) -> Iterator[Figure]:
    graph, measures = as_igraph(network), measure(network)
    yield _beside("network_measures", lambda: measure(network), lambda: bare_measure(graph))
    theirs = _with_attributes(network, graph, measures)
    for name, write in _WRITERS.items():
        size = sum(map(len, write(network, measures)))
        say(f"  {name}: {size / 1e6:.1f} MB")
        ours = partial(_drain, partial(write, network, measures))
        yield _beside(f"network_{name}", ours, partial(bare_write, theirs))


def _with_attributes(network: Network, graph: igraph.Graph, measures: Measures) -> igraph.Graph:
    """Igraph's graph with as many attributes as our files have."""
    for field in ("id", "kind", "label", "source", "platform"):
        graph.vs[field] = [getattr(node, field) or "" for node in network.nodes]
    for field in measures.figures[0].__struct_fields__:
        graph.vs[field] = [getattr(figures, field) for figures in measures.figures]
    for field in ("replies", "mentions", "reposts", "quotes"):
        graph.es[field] = [getattr(edge, field) for edge in network.edges]
    for field in ("first", "last"):
        graph.es[field] = [str(getattr(edge, field)) for edge in network.edges]
    return graph


def _alone(posts: list[Post]) -> Iterator[Figure]:
    """What igraph has nothing for."""
    yield _seconds("network_spread", lambda: _spread(posts))
    yield _seconds("network_coordination", lambda: coordination(posts))


def _spread(posts: list[Post]) -> None:
    spread = Spread(posts)
    trees = spread.forest()
    spreaders(cascades(spread, trees))
    resonances(posts, spread.followers(trees))


def _beside(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> Figure:
    say(f"  {name} ...")
    return compared(name, "s", [(_took(ours), _took(theirs)) for _ in range(ROUNDS)])


def _seconds(name: str, call: Callable[[], object]) -> Figure:
    return Figure(name, round(min(_took(call) for _ in range(ROUNDS)), 3), "s")


def _took(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _drain(write: Callable[[], Iterator[bytes]]) -> None:
    sink = io.BytesIO()
    for piece in write():
        sink.seek(0)
        sink.write(piece)


def _peak(work: Callable[[], None]) -> float:
    """MB that a process of its own held at most while it worked."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_held, work).result()


def _held(work: Callable[[], None]) -> float:
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB / 1e6


# Posts


def _links() -> Iterator[tuple[int, int]]:
    """Who addresses whom: few are heard by many, as it is everywhere."""
    lot = random.Random(6)  # noqa: S311 - generated posts
    for _ in range(POSTS):
        yield int(PEOPLE * lot.random() ** 1.5), int(PEOPLE * lot.random() ** 3)


def _pairs() -> Iterator[tuple[str, str]]:
    return ((_key(one), _key(other)) for one, other in _links() if one != other)


def _key(person: int) -> str:
    return f"{person:026d}"


def _posts() -> Iterator[Post]:
    """One post by everybody, then mentions, reposts and replies in turn; some with the same words."""
    yield from (_post(person, person) for person in range(PEOPLE))
    for number, (one, other) in enumerate(_links(), start=PEOPLE):
        field = ("mentions", "repost_of", "in_reply_to")[number % 3]
        named = [f"p{other}@social.example"] if field == "mentions" else _key(other)
        yield _post(number, one, cluster_id=_key(number - number % 4), **{field: named})


def _post(number: int, person: int, **fields: str | list[str]) -> Post:
    at = _START + timedelta(seconds=7 * number)
    author = Author(key=_key(person), handle=f"p{person}@social.example")
    known: dict[str, Any] = {
        "id": _key(number),
        "uri": f"https://social.example/{number}",
        "source": "mastodon",
        "author": author,
    }
    return Post(**(known | fields), published_at=at, collected_at=at)
