"""What network is wanted, as it is asked for."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from socialindex.network.authors import EDGES
from socialindex.network.graph import NetworkKind  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.window import Windowed

FileFormat = Literal["json", "gexf", "graphml"]
CONTENT_TYPES: Final[dict[FileFormat, str]] = {
    "json": "application/json",
    "gexf": "application/gexf+xml",
    "graphml": "application/graphml+xml",
}
POSTS: Final = 200_000
"""Posts that are read for one network at most."""
SHOWN: Final = 5_000
"""Edges that are shown unless more or fewer are asked for."""


class AskNetwork(Windowed, frozen=True, kw_only=True):
    """A network of the posts of a selection."""

    of: NetworkKind = "authors"
    """``authors``: who answers, mentions, reposts and quotes whom; ``hashtags``: which stand in one post;
    ``author-hashtags``: who uses which."""
    format: FileFormat = "json"
    """``json`` has nodes and edges as D3 and networkx read them; ``gexf`` and ``graphml`` open in Gephi."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=EDGES)] = SHOWN
    """Edges at most: the heaviest. Of more than 5,000 the network becomes a file."""
    min_weight: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    """Posts that an edge stands for at least."""
    answers: bool = True
    """Of ``authors``: whether answers to these posts count, too. Most say no more than "me too", and match nothing."""
    posts: Annotated[int, msgspec.Meta(ge=1, le=POSTS)] = POSTS
    """Posts that are read at most: the newest. Of more than 20,000 the network becomes a file."""
