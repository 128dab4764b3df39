"""Whose organization a request is about, and how lists of it are asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, Protocol

import msgspec

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, NotFound
from socialindex.model import Struct
from socialindex.search import fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.aws.organizations import Organizations
    from socialindex.organizations import Workspace
    from socialindex.search.http import HttpRequest

MOST: Final = 1_000
"""Workspaces, members and living keys of an organization."""


class Within(Struct, frozen=True, kw_only=True):
    """Parameters of requests about an organization."""

    organization: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Another organization than the key's own: for administrators."""


class Paged(Within, frozen=True, kw_only=True):
    """Parameters of a list that comes in pages."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50
    cursor: str = ""
    """``next_cursor`` of the page before."""


class Thing(Protocol):
    """What an organization or a workspace has several of."""

    @property
    def id(self) -> str:
        """Its own."""


class Rooms(Protocol):
    """A workspace's own data somewhere: ``closing.ImportsOfWorkspace``."""

    def clear(self, workspace: str) -> int:
        """Begin to delete it; of how many things."""


def cleared(workspace: Workspace, rooms: Iterable[Rooms], organizations: Organizations) -> int:
    """Begin to delete all that is in a workspace, and note when that is done; of how many imports.

    Raises:
        Conflict: something in it changes so fast that we cannot.
        Unavailable: a part does not answer.
    """
    began = datetime.now(tz=UTC)
    imports = sum(room.clear(workspace.id) for room in rooms)
    organizations.clear(workspace, began)
    return imports


def organization_of(request: HttpRequest, caller: Caller, organizations: Organizations) -> str:
    """The organization that a request is about: the caller's own, or another one that an administrator names.

    Raises:
        NotFound: there is none, or it is not the caller's: nobody learns which.
        InvalidInput: a parameter is not known.
    """
    wanted = fields.from_query(Within, request.query).organization
    return named(wanted, caller, organizations)


def named(wanted: str, caller: Caller, organizations: Organizations) -> str:
    """As ``organization_of``, for a name that is read already."""
    if wanted in {"", caller.organization}:
        return caller.organization
    if Scope.ADMIN not in caller.scopes:
        raise NotFound("there is no such organization", of="organizations")
    return organizations.organization(wanted).id


def check_room(name: str, there: Iterable[Thing], what: str, most: int) -> None:
    """Pass where one more may be made, or where a repeated request has made it already.

    Args:
        name: the id of the one that is to be made.
        there: those that there are.
        what: they are, and whose.
        most: how many there may be.

    Raises:
        Conflict: there are too many.
    """
    names = {thing.id for thing in there}
    if len(names) >= most and name not in names:
        raise Conflict(f"there are {most} {what} already, and no more can be: delete one first")
