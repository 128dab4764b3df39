"""How far back topics reach, which a replay must know: it brings posts again that nobody ever held against them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from socialindex.mentions.merge import Document

    Reaches = Callable[[Collection[str]], Mapping[str, "Reach"]]
    """The reaches of topics by their ids; of one that is not among them nothing is known."""


class Reach(NamedTuple):
    """Which posts a topic has met."""

    made: datetime
    """When it was made: whatever was read later was held against it."""
    floor: datetime
    """What was published before was not looked through."""

    def has(self, document: Document) -> bool:
        """Whether a post, by its document, was ever held against the topic."""
        if datetime.fromisoformat(document["collected_at"]) >= self.made:
            return True
        return datetime.fromisoformat(document.get("published_at") or document["first_seen_at"]) >= self.floor


def unlimited(_topics: Collection[str]) -> Mapping[str, Reach]:
    """No topic's reach is known."""
    return {}
