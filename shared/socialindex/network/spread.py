"""How posts spread: who took up which post, by repost, quote, link, or by copying its words.

Boards have no reposts. There a post spreads by copies (the same cluster) and by links to it; so these count as well,
everywhere. Replies do not: they answer a post, and carry it nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from socialindex.network.trees import Forest, forest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.model import Post

Way = Literal["repost", "quote", "link", "copy"]
LINKS: Final = 5
"""Of one post that are looked at."""
_LATE: Final = float("inf")
_CARRYING: Final = frozenset[Way]({"repost", "quote"})


class Seen(msgspec.Struct, gc=False):
    """What is kept of a post; all ``None`` of one that others name and that we do not hold."""

    id: str
    author: str | None = None
    source: str | None = None
    at: float | None = None
    """Unix time."""
    way: Way | None = None
    """How it took up the post that it comes from."""
    held: bool = False


class Followers(msgspec.Struct, frozen=True, gc=False):
    """How many posts came from one: all below it, and of these the direct reposts and quotes.

    The two are one figure where sources show one (``metrics.reposts``).
    """

    all: int = 0
    carried: int = 0


class Spread:
    """Posts, and which came from which."""

    def __init__(self, posts: Iterable[Post] = ()) -> None:
        self.seen: list[Seen] = []
        self._numbers: dict[str, int] = {}
        self._parents: dict[int, int] = {}
        self._addresses: dict[str, int] = {}
        self._links: dict[int, list[str]] = {}
        self._clusters: dict[str, list[int]] = {}
        for post in posts:
            self.add(post)

    def add(self, post: Post) -> None:
        """Take a post; one that was taken already, or that is gone, changes nothing."""
        number = self._number(post.id)
        if post.deleted_at is not None or self.seen[number].held:
            return
        self.seen[number] = _seen(post)
        if post.url:  # a repost may be opened at the page of what it repeats: who links to that means the original
            self._addresses[post.url] = self._number(post.repost_of) if post.repost_of else number
        self._addresses[post.uri] = number
        for way, source in (("repost", post.repost_of), ("quote", post.quote_of)):
            if source and number not in self._parents:
                self._from(number, self._number(source), "repost" if way == "repost" else "quote")
        if number not in self._parents:
            self._links[number] = post.links[:LINKS]
            self._clusters.setdefault(post.cluster_id or post.id, []).append(number)

    def forest(self) -> Forest:
        """The trees of what came from what."""
        self._leave_own()
        self._follow_links()
        self._follow_copies()
        return forest(self._parents, range(len(self.seen)), self.rank)

    def followers(self, trees: Forest) -> dict[str, Followers]:
        """Of every post that we hold, how many came from it."""
        carried: dict[int, int] = {}
        for number, parent in self._parents.items():
            if self.seen[number].way in _CARRYING:
                carried[parent] = carried.get(parent, 0) + 1
        held = ((number, seen) for number, seen in enumerate(self.seen) if seen.held)
        return {seen.id: Followers(trees.below[number] - 1, carried.get(number, 0)) for number, seen in held}

    def rank(self, number: int) -> tuple[float, int]:
        """Earlier is lower; undated is late."""
        at = self.seen[number].at
        return (_LATE if at is None else at, number)

    def _number(self, post: str) -> int:
        number = self._numbers.setdefault(post, len(self._numbers))
        if number == len(self.seen):
            self.seen.append(Seen(post))
        return number

    def _from(self, number: int, parent: int, way: Way) -> None:
        if number != parent:
            self._parents[number] = parent
            self.seen[number].way = way

    def _leave_own(self) -> None:
        """Who reposts or quotes themselves has not spread anything."""
        for number in [number for number, parent in self._parents.items() if self._own(number, parent)]:
            del self._parents[number]
            self.seen[number].way = None

    def _follow_links(self) -> None:
        """A post that links to an earlier one came from it; a link to one's own post is no spread."""
        for number, links in self._links.items():
            found = next((self._addresses[link] for link in links if link in self._addresses), None)
            if found is not None and self._may_come_from(number, found):
                self._from(number, found, "link")
        self._links.clear()

    def _follow_copies(self) -> None:
        """Near-duplicates came from the earliest of them, by others than its author."""
        for members in self._clusters.values():
            alone = [number for number in members if number not in self._parents]
            first = min(alone, key=self.rank, default=None)
            for number in alone:
                if first is not None and self._may_come_from(number, first):
                    self._from(number, first, "copy")
        self._clusters.clear()

    def _may_come_from(self, number: int, parent: int) -> bool:
        return not self._own(number, parent) and self.rank(parent) < self.rank(number)

    def _own(self, number: int, parent: int) -> bool:
        author = self.seen[number].author
        return author is not None and author == self.seen[parent].author


def _seen(post: Post) -> Seen:
    return Seen(
        id=post.id,
        author=post.author.key if post.author else None,
        source=post.source,
        at=post.published_at.timestamp() if post.published_at else None,
        held=True,
    )
