"""Who asks, and what they may see. Every read of posts passes ``visible_to``: there is no other place for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from socialindex.errors import Forbidden
from socialindex.model import PUBLIC, Struct


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    """Search public posts and those of its workspaces."""
    ADMIN = "admin"
    """Run the service: channels, replays."""


class Caller(Struct, frozen=True, kw_only=True):
    """An authenticated key's owner."""

    organization: str
    workspaces: frozenset[str]
    scopes: frozenset[Scope]

    def need(self, scope: Scope) -> None:
        """Pass a caller who has the scope.

        Raises:
            Forbidden: the key lacks it.
        """
        if scope not in self.scopes:
            raise Forbidden(f"this API key lacks the scope {scope.value!r}")


def visible_to(caller: Caller) -> list[dict[str, Any]]:
    """Filter clauses of the engine: living posts that are public or of one of the caller's workspaces."""
    return [
        {"terms": {"visibility": [PUBLIC, *sorted(caller.workspaces)]}},
        {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}},
    ]
