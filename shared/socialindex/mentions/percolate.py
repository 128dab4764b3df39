"""Posts held against all topics, many at once: which topics each of them matches, and what of the query was found.

The engine reads and analyzes the query of every topic that a post of a request may match: that, not the number of
posts, is what a request costs, so that requests are large (docs/mentions.md has the measurements). What everybody may
read meets all topics, what is a workspace's own meets that workspace's.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex.engine import MENTIONS, TOPICS, answering
from socialindex.mentions.asking import Pool, Question, known
from socialindex.mentions.culprits import Culprits
from socialindex.mentions.reasons import Seen, found
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.mentions.culprits import Suspend
    from socialindex.mentions.merge import Document

BATCH: Final = 1_600
"""Documents of one request."""
BATCH_CHARACTERS: Final = 2_000_000
"""Characters of their texts, whichever is reached first: the engine holds them in memory, analyzed."""
_ASKED: Final = (
    "title",
    "text",
    "language",
    "source",
    "platform",
    "kind",
    "hashtags",
    "mentions",
    "links",
    "media",
    "promotional",
    "sentiment",
    "rating",
    "metrics",
    "author",
)
"""Fields that a query can ask for (``query.columns``); the others would be read for nothing."""
_OF_AUTHORS: Final = ("handle", "name", "followers")


class Match(NamedTuple):
    """A topic that a post matches."""

    topic: str
    workspace: str
    revision: int
    since: datetime
    """When that revision came to be."""
    matched: list[str]
    """What of the query was found, as the query has it."""


class Percolator:
    """Holds posts against topics.

    Args:
        engine: that has the topics.
        suspend: takes a topic that the engine cannot bear out of it, and tells its owner.
    """

    def __init__(self, engine: OpenSearch, suspend: Suspend) -> None:
        self._engine = engine
        self._culprits = Culprits(engine, suspend)

    def is_needed(self) -> bool:
        """Whether there is any topic, or a mention that could change.

        Raises:
            Unavailable: the engine does not answer.
        """
        params = {"ignore_unavailable": "true", "allow_no_indices": "true", "terminate_after": "1"}
        with answering():
            return bool(self._engine.count(index=f"{TOPICS},{MENTIONS}", params=params)["count"])

    def match(self, documents: Sequence[Document]) -> dict[str, list[Match]]:
        """The topics that posts match, by the posts' ids; posts without any are not in it.

        Args:
            documents: of living posts, as the engine has them.

        Raises:
            Unavailable: the engine does not answer, or not in time.
        """
        matches: dict[str, list[Match]] = defaultdict(list)
        for visibility, group in groupby(sorted(documents, key=_visibility), _visibility):
            workspace = None if visibility == PUBLIC else visibility
            for batch in _batches(group):
                question = Question([asked_of(document) for document in batch], workspace)
                seen = [Seen(document) for document in batch]
                for hit in self._culprits.hits(question):
                    for slot in hit.slots:
                        matches[batch[slot]["id"]].append(_match(hit.topic, seen[slot]))
        return dict(matches)

    def active(self, topics: Collection[str]) -> set[str]:
        """Those of these topics that posts are held against now.

        Raises:
            Unavailable: the engine does not answer.
        """
        return set(known(self._engine, Pool(ids=tuple(topics)), len(topics))) if topics else set()


def asked_of(document: Document) -> Document:
    """What of a post's document a query can ask for."""
    asked: Document = {name: document[name] for name in _ASKED if name in document}
    if "author" in asked:
        asked["author"] = {name: asked["author"][name] for name in _OF_AUTHORS if name in asked["author"]}
    if "media" in asked:
        asked["media"] = [{"kind": each["kind"]} for each in asked["media"]]
    return asked


def _visibility(document: Document) -> str:
    visibility: str = document["visibility"]
    return visibility


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for document in documents:
        length = len(document.get("text", "")) + len(document.get("title", ""))
        if batch and (len(batch) == BATCH or size + length > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += length
    if batch:
        yield batch


def _match(topic: dict[str, Any], post: Seen) -> Match:
    since = datetime.fromisoformat(topic["since"])
    return Match(topic["id"], topic["workspace"], topic["revision"], since, found(topic["q"], post))
