"""Who is who: authors by their keys, handles by the host that they are at, and guests, each alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.identity import author_key
from socialindex.network.graph import Node

if TYPE_CHECKING:
    from socialindex.model import Author, Post

_ADDRESSES: Final = ("did:", "https://", "http://")
"""What a mention begins with that is an author's id, and no handle."""


class People:
    """Authors as numbered nodes, in the order that they are met.

    A handle that is mentioned before its owner writes is a node of its own, until the owner is known by a post from the
    same host: ``number`` then gives the owner's.
    """

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._keys: dict[str, int] = {}
        self._handles: dict[str, int] = {}
        self._owners: dict[int, int] = {}

    @property
    def nodes(self) -> list[Node]:
        """All nodes by their numbers, with those that turned out to be somebody else's handle."""
        return self._nodes

    def number(self, met: int) -> int:
        """The number that counts for a node, now that more is known."""
        return self._owners.get(met, met)

    def writer(self, post: Post) -> int:
        """The number of a post's author; an author without a key is somebody else at each post."""
        if post.author is None or post.author.key is None:
            return self._add(_guest(post))
        writer = self._of_key(post.author.key, _known(post.author, post.author.key, post))
        if post.author.handle:
            self._owns(writer, whole_handle(post.author.handle, post))
        return writer

    def addressed(self, mention: str, post: Post) -> int:
        """The number of whom a post mentions."""
        if mention.startswith(_ADDRESSES):
            key = author_key(mention)
            return self._of_key(key, Node(id=key, kind="author", label=mention))
        handle = whole_handle(mention, post)
        if handle not in self._handles:
            self._handles[handle] = self._add(Node(id=f"@{handle}", kind="handle", label=mention))
        return self.number(self._handles[handle])

    def _of_key(self, key: str, node: Node) -> int:
        """The number of an author; what a post says about them is better than what a mention said."""
        if key not in self._keys:
            self._keys[key] = self._add(node)
        number = self._keys[key]
        if self._nodes[number].source is None:
            self._nodes[number] = node
        return number

    def _owns(self, writer: int, handle: str) -> None:
        """Of two that claim one handle, the first has it."""
        met = self._handles.setdefault(handle, writer)
        if self._nodes[met].kind == "handle":
            self._owners[met] = writer
            self._handles[handle] = writer

    def _add(self, node: Node) -> int:
        self._nodes.append(node)
        return len(self._nodes) - 1


def whole_handle(handle: str, post: Post) -> str:
    """A handle with its host: where it names none, it is one of the host that the post is from."""
    name = handle.removeprefix("@").casefold()
    return name if "@" in name else f"{name}@{(post.platform or post.source).casefold()}"


def _known(author: Author, key: str, post: Post) -> Node:
    label = author.handle or author.name
    return Node(id=key, kind="author", label=label, source=post.source, platform=post.platform)


def _guest(post: Post) -> Node:
    node = _known(post.author, "", post) if post.author else Node(id="", kind="guest", source=post.source)
    return msgspec.structs.replace(node, id=f"guest:{post.id}", kind="guest", platform=post.platform)
