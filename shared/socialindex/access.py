"""Who asks, and what they may see. Every read of posts passes ``visible_to``: there is no other place for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from socialindex.errors import Forbidden, NotFound
from socialindex.model import PUBLIC, Struct


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    """Search public posts and those of its workspaces."""
    WRITE = "write"
    """Bring data into its workspaces: imports."""
    ADMIN = "admin"
    """Run the service: channels, replays, erasure."""


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

    def owns(self, workspace: str) -> None:
        """Pass a caller whose key is for the workspace.

        Raises:
            NotFound: it is not, or there is no such workspace: nobody learns which.
        """
        if workspace not in self.workspaces:
            raise NotFound("there is no such workspace")


NOBODY = Caller(organization="", workspaces=frozenset(), scopes=frozenset())
"""Who calls a route that needs no key."""


def visible_to(caller: Caller) -> list[dict[str, Any]]:
    """Filter clauses of the engine: living posts that are public or of one of the caller's workspaces."""
    return [
        {"terms": {"visibility": [PUBLIC, *sorted(caller.workspaces)]}},
        {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}},
    ]
