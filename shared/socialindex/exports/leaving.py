"""What of a post may leave: nothing that was erased, and no more than the terms of its host grant."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from socialindex import terms
from socialindex.errors import Refused
from socialindex.identity import IMPORT_SCHEME
from socialindex.model import Author, Post

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from socialindex.exports.pages import Found
    from socialindex.search.posts import Item
    from socialindex.terms import Export as Level

_TOGETHER: Final = 250
_AT_ONCE: Final = 8
"""Questions to the list of suppressions: each takes some milliseconds, in which nothing else is to be done."""
_TITLE_AND_LINK: Final = frozenset({"id", "uri", "source", "platform", "kind", "url", "title", "published_at"})
"""What is left of a post of which only title and link may leave: which one it is, where, and since when."""


class Objections(Protocol):
    """Who asks that a post is not handed out: ``aws.suppressions.Suppressions``."""

    def objections(self, posts: Sequence[Post]) -> Sequence[str | None]:
        """Why each post must not be handed out; ``None`` where nobody objects."""


class Allowed(NamedTuple):
    """How much of a post may leave, and whose terms say so, or what else does."""

    level: Level
    whose: str = ""
    objection: str | None = None

    @property
    def leaves(self) -> bool:
        """Whether anything of it may leave."""
        return self.level != "none"

    @property
    def reason(self) -> str:
        """Why it is left out, where it is."""
        return self.objection or f"terms {self.whose}".rstrip()


_ALL: Final = Allowed("full")


class Leaving:
    """Lets posts out, and counts those that it does not.

    Args:
        suppressions: what was erased or withdrawn.
        left_out: counts so far, by reason.
        shortened: the same of posts of which only title and link have left, by whose terms.
    """

    def __init__(
        self, suppressions: Objections, left_out: Mapping[str, int] = {}, shortened: Mapping[str, int] = {}
    ) -> None:
        self._suppressions = suppressions
        self.left_out = Counter(left_out)
        self.shortened = Counter(shortened)

    def allowed(self, items: Sequence[Item]) -> list[Allowed]:
        """What of each post may leave; nothing is counted.

        Raises:
            Unavailable: the list of suppressions or the terms register cannot be read.
        """
        objections = self._objections(items)
        return [_allowed(item, objection) for item, objection in zip(items, objections, strict=True)]

    def out(self, found: Sequence[Found], allowed: Sequence[Allowed], copies: Container[str] = ()) -> Iterator[Item]:
        """The posts that may leave, as far as they may, without those that are copies of others."""
        for (one, item), may in zip(found, allowed, strict=True):
            if not may.leaves:
                self.left_out[may.reason] += 1
            elif one in copies:
                self.left_out["duplicate"] += 1
            elif may.level == "title_and_link":
                self.shortened[may.whose] += 1
                yield {name: value for name, value in item.items() if name in _TITLE_AND_LINK}
            else:
                yield item

    def whole(self, items: Sequence[Item]) -> Iterator[Item]:
        """The posts that may leave whole: for what is made of authors and links, a title alone is of no use.

        Raises:
            Unavailable: as ``allowed``.
        """
        for item, may in zip(items, self.allowed(items), strict=True):
            if may.level == "full":
                yield item
            else:
                self.left_out[may.reason] += 1

    def _objections(self, items: Sequence[Item]) -> list[str | None]:
        """Why each must not be handed out: some hundreds are asked for together, and several times that at once."""
        posts = [_named(item) for item in items]
        chunks = [posts[start : start + _TOGETHER] for start in range(0, len(posts), _TOGETHER)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [objection for found in pool.map(self._suppressions.objections, chunks) for objection in found]


def _allowed(item: Item, objection: str | None) -> Allowed:
    return Allowed("none", objection=objection) if objection else _granted(item)


def _granted(item: Item) -> Allowed:
    """What the terms of a post's host let leave the service. What a client brought along is its own.

    Raises:
        Unavailable: the register cannot be read.
    """
    address = _address(item)
    if address is None or item["uri"].startswith(IMPORT_SCHEME):
        return _ALL
    try:
        entry = terms.check_post(address)
    except Refused:
        return Allowed("none", _whose(address))
    return Allowed(entry.export, entry.name) if entry else _ALL


def _address(item: Item) -> str | None:
    """The post's page; where it has none, its publisher's."""
    if url := item.get("url"):
        return str(url)
    return f"https://{platform}/" if (platform := item.get("platform")) else None


def _whose(address: str) -> str:
    try:
        entry = terms.find(address)
    except Refused:
        return ""
    return entry.name if entry else ""


def _named(item: Item) -> Post:
    """The post as far as objections ask for it."""
    key = item.get("author", {}).get("key")
    return Post(
        id=item["id"],
        uri=item["uri"],
        source=item["source"],
        author=Author(key=key) if key else None,
        collected_at=datetime.fromisoformat(item["collected_at"]),
    )
