"""From posts to a network of the kind that was asked for, measured, as the bytes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from socialindex.network.authors import AuthorNetwork
from socialindex.network.formats.gexf import write_gexf
from socialindex.network.formats.graphml import write_graphml
from socialindex.network.formats.node_link import write_json
from socialindex.network.hashtags import author_hashtag_network, hashtag_network
from socialindex.network.measures import bridges, measure
from socialindex.network.trimming import without_light

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from socialindex.network.graph import Network
    from socialindex.network.measures import Measures
    from socialindex.network.reading import Reader
    from socialindex.network.wanted import AskNetwork, FileFormat


class Made(NamedTuple):
    """A network with its measures."""

    network: Network
    measures: Measures


def built(wanted: AskNetwork, reader: Reader, owners: int, go_on: Callable[[], bool]) -> Network:
    """The network of what a reader reads.

    Args:
        wanted: of what, how large, and of how many posts.
        reader: reads the posts.
        owners: how many posts are looked up at most because others refer to them.
        go_on: is asked between pages whether there is time for another one.
    """
    posts, most = reader.posts(wanted.posts, go_on), wanted.limit
    if wanted.of == "hashtags":
        return without_light(hashtag_network(posts, most), wanted.min_weight)
    if wanted.of == "author-hashtags":
        return without_light(author_hashtag_network(posts, most), wanted.min_weight)
    building = AuthorNetwork(most)
    for post in posts:
        building.add(post)
    for post in reader.answers(wanted.posts, go_on) if wanted.answers else ():
        building.add(post)
    for post in reader.by_ids(list(building.unknown()), owners):
        building.tell(post)
    return without_light(building.network(), wanted.min_weight)


def measured(network: Network) -> Made:
    """The network with its measures."""
    return Made(network, measure(network))


def written(made: Made, file_format: FileFormat, about: Mapping[str, Any]) -> bytes:
    """The bytes of a file, which says what else there is to be said of it."""
    network, measures = made
    if file_format == "gexf":
        return b"".join(write_gexf(network, measures, about))
    if file_format == "graphml":
        return b"".join(write_graphml(network, measures, about))
    linking = [network.nodes[place].id for place in bridges(network, measures)]
    return b"".join(write_json(network, measures, {"bridges": linking, **about}))
