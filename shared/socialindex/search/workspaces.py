"""Workspaces and members through the API: an organization runs them itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex.access import Caller, Scope
from socialindex.model import Struct
from socialindex.organizations import Key, Member, Name, Workspace
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.idempotency import digest, identifier
from socialindex.search.organizations import Closed
from socialindex.search.routes import Doc, Route
from socialindex.search.within import MOST, Within, check_room, cleared, organization_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from socialindex.aws.organizations import Organizations
    from socialindex.search.http import HttpRequest
    from socialindex.search.within import Rooms

_WORKSPACES = "/v1/workspaces"
_MEMBERS = "/v1/members"


class Named(Struct, frozen=True, kw_only=True):
    """A workspace or a member that is to be, or a workspace's new name."""

    name: Name
    """As the organization calls it. For a member, a nickname will do."""


class ThingView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A workspace or a member."""

    id: str
    name: str
    created_at: datetime


class Things(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Workspaces or members, by their ids."""

    items: list[ThingView]


class WorkspacesPart:
    """The routes of workspaces and members.

    Args:
        organizations: the table.
        rooms: where workspaces have data of their own.
        changed: told after a change that keys should feel at once.
    """

    def __init__(self, organizations: Organizations, rooms: Sequence[Rooms], changed: Callable[[], None]) -> None:
        self._organizations = organizations
        self._rooms = rooms
        self._changed = changed

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        return {**self._of_workspaces(), **self._of_members()}

    def _of_workspaces(self) -> dict[str, Route]:
        tag, one = "Workspaces", f"{_WORKSPACES}/{{id}}"
        add = Doc("Make a workspace", tag, Within, Named, ThingView, 201, errors=(404, 409), repeatable=True)
        every = Doc("List the workspaces of the key", tag, Within, answer=Things, errors=(404,))
        rename = Doc("Rename a workspace", tag, Within, Named, ThingView, errors=(404, 409))
        delete = Doc(
            "Delete a workspace with all that is in it", tag, Within, answer=Closed, status=202, errors=(404, 409)
        )
        return {
            f"POST {_WORKSPACES}": Route(Scope.MANAGE, self._add, add, weight=0),
            f"GET {_WORKSPACES}": Route(Scope.READ, self._all, every, weight=0),
            f"PATCH {one}": Route(Scope.MANAGE, self._rename, rename, weight=0),
            f"DELETE {one}": Route(Scope.MANAGE, self._delete, delete, weight=0),
        }

    def _of_members(self) -> dict[str, Route]:
        tag, one = "Members", f"{_MEMBERS}/{{id}}"
        add = Doc("Add a member", tag, Within, Named, ThingView, 201, errors=(404, 409), repeatable=True)
        every = Doc("List members", tag, Within, answer=Things, errors=(404,))
        remove = Doc("Remove a member and revoke the keys of theirs", tag, Within, status=204, errors=(404, 409))
        return {
            f"POST {_MEMBERS}": Route(Scope.MANAGE, self._add_member, add, weight=0),
            f"GET {_MEMBERS}": Route(Scope.MANAGE, self._members, every, weight=0),
            f"DELETE {one}": Route(Scope.MANAGE, self._remove_member, remove, weight=0),
        }

    # Workspaces

    def _add(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        wanted = fields.from_body(Named, request.body())
        name = identifier("ws", organization, request)
        check_room(name, self._organizations.workspaces(organization), "workspaces of this organization", MOST)
        added = self._organizations.add(
            Workspace(
                id=name,
                organization=organization,
                name=wanted.name,
                created_at=datetime.now(tz=UTC),
                asked=digest(wanted),
            )
        )
        self._changed()
        return Answer(201, _view(added), {"Location": f"{_WORKSPACES}/{added.id}"})

    def _all(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        found = self._organizations.workspaces(organization)
        is_own = organization == caller.organization and Scope.MANAGE not in caller.scopes
        seen = [one for one in found if one.id in caller.workspaces] if is_own else found
        return Answer(200, Things(items=[_view(one) for one in seen]))

    def _rename(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        wanted = fields.from_body(Named, request.body())
        workspace = self._organizations.workspace(organization, request.path["id"])
        renamed = self._organizations.change(workspace, lambda now: msgspec.structs.replace(now, name=wanted.name))
        return Answer(200, _view(renamed))

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        """No key sees a workspace with the mark. Doing it again goes on where it was interrupted."""
        organization = organization_of(request, caller, self._organizations)
        workspace = self._organizations.workspace(organization, request.path["id"], deleted=True)
        gone_at = workspace.deleted_at or datetime.now(tz=UTC)
        self._organizations.change(workspace, lambda now: msgspec.structs.replace(now, deleted_at=gone_at))
        self._revoke(key for key in self._organizations.keys(organization) if key.workspaces == [workspace.id])
        imports = cleared(workspace, self._rooms, self._organizations)
        return Answer(202, Closed(id=workspace.id, workspaces=1, imports=imports))

    # Members

    def _add_member(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        wanted = fields.from_body(Named, request.body())
        name = identifier("mb", organization, request)
        check_room(name, self._organizations.members(organization), "members of this organization", MOST)
        added = self._organizations.add(
            Member(
                id=name,
                organization=organization,
                name=wanted.name,
                created_at=datetime.now(tz=UTC),
                asked=digest(wanted),
            )
        )
        return Answer(201, _view(added), {"Location": f"{_MEMBERS}/{added.id}"})

    def _members(self, request: HttpRequest, caller: Caller) -> Answer:
        organization = organization_of(request, caller, self._organizations)
        return Answer(200, Things(items=[_view(one) for one in self._organizations.members(organization)]))

    def _remove_member(self, request: HttpRequest, caller: Caller) -> Answer:
        """Keys first, so that none of theirs is left where this is interrupted."""
        organization = organization_of(request, caller, self._organizations)
        member = self._organizations.member(organization, request.path["id"])
        self._revoke(key for key in self._organizations.keys(organization) if key.member == member.id)
        self._organizations.forget(member)
        return Answer(204)

    def _revoke(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self._organizations.revoke(key, datetime.now(tz=UTC))
        self._changed()


def _view(thing: Workspace | Member) -> ThingView:
    return ThingView(id=thing.id, name=thing.name, created_at=thing.created_at)
