"""Who asks, and what they may see.

Every read of posts passes ``visible_to``, and every one of mentions ``mentions_visible_to``: there is no other place
for it.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from enum import StrEnum
from typing import Any

from socialindex.errors import Forbidden, NotFound
from socialindex.model import PUBLIC, Struct
from socialindex.plans import PLANS, Limits


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    """Search public posts and those of its workspaces."""
    WRITE = "write"
    """Change what is in its workspaces: imports, topics, mentions, alerts, destinations, branding."""
    EXPORT = "export"
    """Take large results out as files."""
    MANAGE = "manage"
    """Run its organization: workspaces, members, keys; see usage and the audit log."""
    ADMIN = "admin"
    """Run the service: organizations, channels, replays, erasure."""


class Caller(Struct, frozen=True, kw_only=True):
    """An authenticated key's owner."""

    organization: str
    workspaces: frozenset[str]
    scopes: frozenset[Scope]
    key: str = ""
    """The key's id, which is no secret."""
    limits: Limits = PLANS["internal"]
    public: str = PUBLIC
    """The visibility of what everybody of the caller's kind may read: another one for sandbox keys."""
    sandbox: bool = False
    since: date | None = None
    """Public posts from before this day are not shown; ``None``: all are."""

    @property
    def account(self) -> str:
        """What the caller's calls are charged to: trying the API eats nothing of what the organization pays for."""
        return f"{self.organization}#sandbox" if self.sandbox else self.organization

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
            raise NotFound("there is no such workspace", of="workspaces")


NOBODY = Caller(organization="", workspaces=frozenset(), scopes=frozenset())
"""Who calls a route that needs no key."""


def visible_to(caller: Caller, *, tombstones: bool = False) -> list[dict[str, Any]]:
    """Filter clauses of the engine: posts that are public or of one of the caller's workspaces.

    Only living ones, unless ``tombstones`` asks for those that are gone too: they have a place in a conversation.
    """
    whose = _whose(caller)
    return [whose] if tombstones else [whose, {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}}]


def mentions_visible_to(caller: Caller, *, gone: bool = False) -> list[dict[str, Any]]:
    """Filter clauses of the engine: mentions of the caller's workspaces, as far as the caller may see their posts.

    A mention's visibility is its topic's workspace, be its post public or not. Only living ones, unless ``gone`` asks
    for those that are none any more too: they hold ids only.
    """
    is_gone = {"exists": {"field": "mention.gone"}}
    whose = {"terms": {"mention.workspace": sorted(caller.workspaces)}}
    seen = [] if caller.since is None else [{"term": {"mention.public": False}}, _not_before(caller.since)]
    if not gone:
        return [whose, {"bool": {"must_not": is_gone}}, *([{"bool": {"should": seen}}] if seen else [])]
    return [whose, *([{"bool": {"should": [is_gone, *seen]}}] if seen else [])]


def _whose(caller: Caller) -> dict[str, Any]:
    """What is public, as far back as the caller's plan goes, and all that is the caller's own."""
    own = sorted(caller.workspaces)
    if caller.since is None:
        return {"terms": {"visibility": [caller.public, *own]}}
    public = {"bool": {"filter": [{"term": {"visibility": caller.public}}, _not_before(caller.since)]}}
    return {"bool": {"should": [public, {"terms": {"visibility": own}}]}} if own else public


def _not_before(day: date) -> dict[str, Any]:
    """Posts that were published on a day or later; those without a time of publication by when we saw them first."""
    published, seen = ({"range": {field: {"gte": day.isoformat()}}} for field in ("published_at", "first_seen_at"))
    undated = {"bool": {"filter": [seen], "must_not": {"exists": {"field": "published_at"}}}}
    return {"bool": {"should": [published, undated]}}
