"""What each function may do in the engine: what its code asks for (``tests/unit/setup/test_function_roles.py``).

A function is known by the ARN of its IAM role. Setup itself is the engine's administrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from socialindex.alert.projection import ALIAS as ALERTS
from socialindex.engine import ALIAS as POSTS
from socialindex.engine import MENTIONS, TOPICS
from socialindex.errors import InvalidSettings
from socialindex.setup.roles import OURS
from socialindex.setup.security import Role, Rule
from socialindex.watch.projection import ALIAS as OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

READ: Final = ("indices:data/read/search", "indices:data/read/get")
WRITE: Final = (
    "indices:admin/create",
    "indices:data/write/bulk*",
    "indices:data/write/delete",
    "indices:data/write/index",
    "indices:data/write/update",
)
"""With the index, where its month has none yet."""
REMOVE: Final = ("indices:data/write/bulk*", "indices:data/write/delete", "indices:data/write/delete/byquery")
REWRITE: Final = ("indices:data/write/update/byquery",)
REFRESH: Final = ("indices:admin/refresh*",)
DROP: Final = ("indices:admin/aliases/get", "indices:admin/delete")
"""Whole months whose time is over."""
MERGE: Final = ("indices:admin/forcemerge*", "indices:monitor/segments")

_MANY: Final = ("indices:data/read/msearch",)
_BULK: Final = ("indices:data/write/bulk",)
_SCROLL: Final = ("indices:data/read/scroll", "indices:data/read/scroll/clear")
_TEMPLATES: Final = ("indices:admin/index_template/get",)
_WORDS: Final = ("indices:admin/analyze*",)
"""Taking words apart: a request that names no index, which the plugin takes for one that names all."""


@dataclass(frozen=True)
class Grant:
    """What a function may do: with the cluster, with the indices of each family, and with all indices."""

    cluster: Sequence[str]
    families: Mapping[str, Sequence[str]]
    all: Sequence[str] = ()


GRANTS: Final[Mapping[str, Grant]] = {
    "imports": Grant(
        (*_BULK, *_SCROLL),
        {POSTS: (*READ, *REMOVE, *REFRESH), MENTIONS: (*READ, *WRITE, *REFRESH)},
    ),
    "exports": Grant((), {POSTS: READ, MENTIONS: READ}),
    "topics": Grant(
        (*_MANY, *_BULK, *_SCROLL, *_TEMPLATES),
        {
            POSTS: READ,
            MENTIONS: (*READ, *WRITE, *REMOVE, *REFRESH),
            TOPICS: (*READ, *WRITE),
            ALERTS: (*READ, *REMOVE, *REFRESH),
        },
    ),
    "network": Grant(_MANY, {POSTS: READ, MENTIONS: READ}, all=_WORDS),
    "index": Grant(
        (*_BULK, *_TEMPLATES),
        {POSTS: (*READ, *WRITE), MENTIONS: (*READ, *WRITE, *REFRESH), TOPICS: (*READ, *WRITE)},
    ),
    "search": Grant(
        (*_MANY, *_BULK, *_SCROLL, *_TEMPLATES),
        {
            POSTS: (*READ, *REMOVE, *REFRESH),
            MENTIONS: (*READ, *WRITE, *REFRESH),
            ALERTS: (*READ, *WRITE, *REMOVE, *REFRESH),
        },
        all=_WORDS,
    ),
    "alert": Grant(
        (*_MANY, *_BULK, *_SCROLL, *_TEMPLATES),
        {POSTS: READ, MENTIONS: READ, TOPICS: READ, ALERTS: (*READ, *WRITE, *REMOVE, *REFRESH)},
        all=_WORDS,
    ),
    "deliver": Grant(_MANY, {POSTS: READ, MENTIONS: READ}),
    "watch": Grant(
        (*_BULK, *_SCROLL, *_TEMPLATES),
        {POSTS: READ, OPERATIONS: (*READ, *WRITE, *REMOVE, *REWRITE, *REFRESH, *DROP)},
    ),
    "maintain": Grant(
        (*_MANY, *_BULK, *_SCROLL, *_TEMPLATES),
        {
            POSTS: (*READ, *WRITE, *REMOVE, *REFRESH, *DROP, *MERGE),
            MENTIONS: (*READ, *WRITE, *REMOVE, *REFRESH, *DROP, *MERGE),
            TOPICS: (*READ, *WRITE),
        },
    ),
    "reread": Grant((), {POSTS: READ}),
    "erasure": Grant(
        (*_BULK, *_SCROLL),
        {POSTS: (*READ, *REMOVE, *REFRESH), MENTIONS: (*READ, *WRITE, *REFRESH)},
    ),
}


def functions(arns: Mapping[str, str]) -> dict[str, Role]:
    """Roles of functions, by name.

    Args:
        arns: of their IAM roles, by the functions' names.

    Raises:
        InvalidSettings: there is no such function.
    """
    if unknown := sorted(arns.keys() - GRANTS.keys()):
        remedy = f"name some of {', '.join(GRANTS)}"
        raise InvalidSettings(
            f"{', '.join(unknown)} are no functions that ask the engine", field="Roles", remedy=remedy
        )
    return {OURS + name: _role(GRANTS[name], arn) for name, arn in arns.items()}


def _role(grant: Grant, arn: str) -> Role:
    rules = [Rule(patterns=[f"{family}-*"], actions=_once(may)) for family, may in grant.families.items()]
    if grant.all:
        rules.append(Rule(patterns=["*"], actions=_once(grant.all)))
    return Role(holders=frozenset({arn}), cluster=grant.cluster, rules=rules)


def _once(actions: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(actions))
