"""The places of a conversation: posts hung below what they answer, and the gaps between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from socialindex.model import Struct
from socialindex.search.posts import Item  # noqa: TC001 - msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

State = Literal["post", "deleted", "missing"]


class Turn(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A place in the conversation, and the answers to it by their time."""

    id: str
    state: State
    """``deleted``: it is gone, nothing of it is kept. ``missing``: answers name it, and we do not have it."""
    post: Item | None
    """Null where there is none to show."""
    replies: list[Turn]
    hidden: int
    """Posts below that are deeper than asked for."""


def turns_of(items: dict[str, Item], depth: int) -> list[Turn]:
    """Where a conversation begins, with all that hangs on it; what is deeper than ``depth`` is counted.

    Args:
        items: its posts by their ids; deleted ones have ``deleted_at``.
        depth: how many places deep.
    """
    return _Tree(items, depth).turns()


class _Tree:
    """Posts hung below what they answer. Nobody vouches for what sources say: an answer to itself is a beginning."""

    def __init__(self, items: dict[str, Item], depth: int) -> None:
        self._items = items
        self._depth = depth
        self._ordered = sorted(items.values(), key=_by_time)
        self._below: dict[str, list[str]] = {}
        for item in self._ordered:
            if (parent := _parent(item)) is not None:
                self._below.setdefault(parent, []).append(item["id"])
        self._gaps = self._placed_gaps()
        for gap, beginning in self._gaps.items():
            self._below.setdefault(beginning, []).append(gap)
        self._placed: set[str] = set()

    def turns(self) -> list[Turn]:
        """The beginnings with all that hangs on them."""
        return [self._turn(root, 1) for root in self._roots() if root not in self._placed]

    def _placed_gaps(self) -> dict[str, str]:
        """What is deleted or missing and answered, with the beginning that its answers name: it was in between."""
        found: dict[str, str] = {}
        for item in self._ordered:
            parent, beginning = _parent(item), item.get("thread_id")
            if parent is not None and beginning not in {None, parent, item["id"]} and self._state(parent) != "post":
                found.setdefault(parent, beginning)
        return found

    def _roots(self) -> Iterator[str]:
        """What hangs on nothing that is known, posts by time, then gaps; at last whatever is left of a ring."""
        below_nothing = (item["id"] for item in self._ordered if _parent(item) is None)
        yield from (id_ for id_ in below_nothing if id_ not in self._gaps)
        yield from (id_ for id_ in list(self._below) if id_ not in self._items and id_ not in self._gaps)
        yield from (item["id"] for item in self._ordered)

    def _state(self, id_: str) -> State:
        item = self._items.get(id_)
        return "missing" if item is None else "deleted" if "deleted_at" in item else "post"

    def _turn(self, id_: str, level: int) -> Turn:
        self._placed.add(id_)
        state = self._state(id_)
        below = [reply for reply in self._below.get(id_, []) if reply not in self._placed]
        deeper = level >= self._depth
        return Turn(
            id=id_,
            state=state,
            post=self._items[id_] if state == "post" else None,
            hidden=self._swallow(below) if deeper else 0,
            replies=[] if deeper else [self._turn(reply, level + 1) for reply in below if reply not in self._placed],
        )

    def _swallow(self, below: Iterable[str]) -> int:
        """How many posts hang below; they have their places."""
        waiting, count = list(below), 0
        while waiting:
            id_ = waiting.pop()
            if id_ not in self._placed:
                self._placed.add(id_)
                count += self._state(id_) == "post"
                waiting += self._below.get(id_, [])
        return count


def _parent(item: Item) -> str | None:
    """What a post hangs on: what it answers, else the beginning that it names."""
    parent: str | None = item.get("in_reply_to") or item.get("thread_id")
    return None if parent == item["id"] else parent


def _by_time(item: Item) -> tuple[bool, str, str]:
    """Those whose time is not known come last, deleted ones among them."""
    published: str = item.get("published_at", "")
    return not published, published.rstrip("Z"), item["id"]
