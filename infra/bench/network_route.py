"""The route of networks without the engine: its answers come out of memory, as JSON that must be read."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from socialindex.access import Caller
from socialindex.network.authors import EDGES
from socialindex.network.making import built, measured, written
from socialindex.network.reading import PAGE, Reader
from socialindex.network.wanted import POSTS, AskNetwork

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.model import Post

_NONE: Final = b'{"timed_out": false, "_shards": {"failed": 0}, "hits": {"hits": []}}'
_ANYBODY: Final = Caller(organization="org_a", workspaces=frozenset(), scopes=frozenset())


def pages_of(posts: Iterable[Post]) -> Iterator[bytes]:
    """The engine's answers to whoever reads these posts."""
    hits = ({"_source": msgspec.to_builtins(post), "sort": [post.id]} for post in posts)
    while page := list(islice(hits, PAGE)):
        yield msgspec.json.encode({"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": page}})


def draw(pages: Iterable[bytes]) -> int:
    """What the function does for a file of GEXF; the bytes of it."""
    wanted = AskNetwork(limit=EDGES, format="gexf")
    reader = Reader(cast("Any", _Engine(pages)), _ANYBODY, wanted, 0)
    network = built(wanted, reader, POSTS, lambda: True)
    return len(written(measured(network), "gexf", {"read": reader.read(reader.seen)}))


class _Engine:
    """Answers the first question page by page, and others (answers, posts by ids) with none."""

    def __init__(self, pages: Iterable[bytes]) -> None:
        self._pages = iter(pages)
        self._asked: Any = None

    def search(self, *, index: str, body: dict[str, Any], params: dict[str, str]) -> dict[str, Any]:
        """As the engine's client; it reads JSON by the standard library."""
        del index, params
        self._asked = self._asked or body["query"]
        answer: dict[str, Any] = json.loads(next(self._pages, _NONE) if body["query"] == self._asked else _NONE)
        return answer
