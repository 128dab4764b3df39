"""What is kept of a post's mentions beside the engine's documents: what people did with them, and wrote about them.

It is found by the post: a mention's document is gone eight days after it was one, and a month with all that is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Memory(Protocol):
    """A store that keeps something of mentions: ``aws.work.WorkTable``."""

    def forget(self, posts: Collection[str]) -> object:
        """Forget what is kept of the mentions of these posts; doing it again does no harm."""

    def posts(self) -> Iterable[str]:
        """The posts of whose mentions something is kept."""


class Memories:
    """All stores that keep something of mentions.

    Raises (every method):
        Unavailable: one of them does not answer; doing it again does the rest.
    """

    def __init__(self, *stores: Memory) -> None:
        self._stores = stores

    def forget(self, posts: Collection[str]) -> None:
        """Let each of them forget."""
        for store in self._stores:
            store.forget(posts)

    def posts(self) -> set[str]:
        """The posts of whose mentions any of them keeps something: as many as people have worked with."""
        return {post for store in self._stores for post in store.posts()}


class Known(Memories):
    """Memories that are asked once which posts they know, by whoever forgets page by page.

    What is noted later of a post is overlooked.
    """

    def __init__(self, memories: Memories) -> None:
        super().__init__(memories)
        self._known: set[str] | None = None

    def posts(self) -> set[str]:
        """As it was when it was asked for first."""
        if self._known is None:
            self._known = super().posts()
        return self._known


NONE = Memories()
"""For those who erase where nothing is kept."""
