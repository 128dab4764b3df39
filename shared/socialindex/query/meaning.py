"""What can be told of a query without asking the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.query.nodes import And, Between, Is, Near, Node, Not, Or, Phrase, Prefix, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.query.nodes import Exact

_RARE = frozenset({"author", "hashtag", "link", "mention", "site"})
"""Fields whose single values are on few posts. A language, a kind or a source is on a large part of all."""


def selective(node: Node) -> bool:
    """Whether every match holds something rare, so that the engine meets the topic only in posts that may match.

    A topic needs that: a negation, a number or a language alone is tried against every post.
    """
    match node:
        case And():
            return any(map(selective, node.parts))
        case Or():
            return all(map(selective, node.parts))
        case Is():
            return node.field in _RARE and not node.prefix
        case Not() | Between():
            return False
        case _:
            return True


def terms(node: Node) -> list[Word | Phrase | Prefix | Exact]:
    """What is looked for in title and text, for highlighting: in the query's order, each once, nothing excluded."""
    return list(dict.fromkeys(_terms(node)))


def _terms(node: Node) -> Iterator[Word | Phrase | Prefix | Exact]:
    match node:
        case And() | Or() | Near():
            for part in node.parts:
                yield from _terms(part)
        case Not() | Is() | Between():
            return
        case _:
            yield node
