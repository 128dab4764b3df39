"""Organizations through the API: administrators make, change and delete them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex.access import Caller, Scope
from socialindex.errors import Conflict, InvalidCursor
from socialindex.model import Struct
from socialindex.organizations import Name, Organization
from socialindex.plans import Adjustment, Limits, PlanName
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.idempotency import digest, identifier
from socialindex.search.routes import Doc, Route
from socialindex.search.within import Paged, cleared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from socialindex.aws.organizations import Organizations
    from socialindex.search.http import HttpRequest
    from socialindex.search.within import Rooms

_HOME = "/v1/organizations"
_ONE = f"{_HOME}/{{id}}"
_TAG = "Organizations"


class NewOrganization(Struct, frozen=True, kw_only=True):
    """An organization that is to be."""

    name: Name
    plan: PlanName
    limits: Adjustment = Adjustment()
    """What was agreed otherwise than in the plan."""


class ChangedOrganization(Struct, frozen=True, kw_only=True):
    """What is to be changed of an organization; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    plan: PlanName | msgspec.UnsetType = msgspec.UNSET
    limits: Adjustment | msgspec.UnsetType = msgspec.UNSET
    """All of what is agreed otherwise, instead of what was; ``{}`` for the plan as it is."""


class OrganizationView(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An organization as administrators see it."""

    id: str
    name: str
    plan: PlanName
    limits: Limits
    """What it may use, all in all."""
    adjusted: Adjustment
    """What of that was agreed otherwise than in the plan."""
    created_at: datetime


class OrganizationPage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Some of the organizations, by their ids."""

    items: list[OrganizationView]
    next_cursor: str | None


class Closed(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What is being deleted. Its keys count no longer; its own posts go from index and archive within minutes."""

    id: str
    workspaces: int
    """Workspaces that go."""
    imports: int
    """Imports that go, with their posts and files."""


class OrganizationsPart:
    """The routes of organizations.

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
        return {
            f"POST {_HOME}": Route(
                Scope.ADMIN,
                self._add,
                Doc(
                    "Make an organization",
                    _TAG,
                    body=NewOrganization,
                    answer=OrganizationView,
                    status=201,
                    errors=(409,),
                    repeatable=True,
                ),
                weight=0,
            ),
            f"GET {_HOME}": Route(
                Scope.ADMIN,
                self._all,
                Doc("List organizations", _TAG, query=Paged, answer=OrganizationPage),
                weight=0,
            ),
            f"GET {_ONE}": Route(
                Scope.ADMIN,
                self._one,
                Doc("Show an organization", _TAG, answer=OrganizationView, errors=(404,)),
                weight=0,
            ),
            f"PATCH {_ONE}": Route(
                Scope.ADMIN,
                self._change,
                Doc(
                    "Change an organization",
                    _TAG,
                    body=ChangedOrganization,
                    answer=OrganizationView,
                    description="Its keys have the new limits within 15 seconds.",
                    errors=(404, 409),
                ),
                weight=0,
            ),
            f"DELETE {_ONE}": Route(
                Scope.ADMIN,
                self._delete,
                Doc(
                    "Delete an organization with all that is its own",
                    _TAG,
                    answer=Closed,
                    status=202,
                    errors=(404, 409),
                ),
                weight=0,
            ),
        }

    def _add(self, request: HttpRequest, caller: Caller) -> Answer:
        wanted = fields.from_body(NewOrganization, request.body())
        added = self._organizations.add(
            Organization(
                id=identifier("org", caller.organization, request),
                name=wanted.name,
                plan=wanted.plan,
                limits=wanted.limits,
                created_at=datetime.now(tz=UTC),
                asked=digest(wanted),
            )
        )
        return Answer(201, _view(added), {"Location": f"{_HOME}/{added.id}"})

    def _all(self, request: HttpRequest, _caller: Caller) -> Answer:
        asked = fields.from_query(Paged, request.query)
        if asked.cursor and not asked.cursor.startswith("org_"):
            raise InvalidCursor
        found = self._organizations.all(asked.cursor, asked.limit + 1)
        page = found[: asked.limit]
        living = [_view(one) for one in page if one.deleted_at is None]
        following = page[-1].id if len(found) > asked.limit else None
        return Answer(200, OrganizationPage(items=living, next_cursor=following))

    def _one(self, request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, _view(self._organizations.organization(request.path["id"])))

    def _change(self, request: HttpRequest, _caller: Caller) -> Answer:
        wanted = fields.from_body(ChangedOrganization, request.body())
        given = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        changes = {name: value for name, value in given.items() if value is not msgspec.UNSET}
        organization = self._organizations.organization(request.path["id"])
        changed = self._organizations.change(organization, lambda now: msgspec.structs.replace(now, **changes))
        self._changed()
        return Answer(200, _view(changed))

    def _delete(self, request: HttpRequest, caller: Caller) -> Answer:
        """Keys count no longer with the mark, which comes first. Doing it again goes on where it was interrupted.

        Members are persons: nobody could remove them later, since nobody can name a deleted organization. Nor could
        anybody go on with a workspace whose own deletion was interrupted: what is left in such ones goes too, and what
        a request made in the moments after.
        """
        organization = self._organizations.organization(request.path["id"], deleted=True)
        if organization.id == caller.organization:
            raise Conflict("this is the organization of your own key")
        gone_at = organization.deleted_at or datetime.now(tz=UTC)
        gone = self._organizations.change(organization, lambda now: msgspec.structs.replace(now, deleted_at=gone_at))
        self._changed()
        for member in self._organizations.members(organization.id):
            self._organizations.forget(member)
        self._organizations.forget_keys(gone)
        living = self._organizations.workspaces(organization.id)
        left = self._organizations.uncleared(gone)
        imports = sum(cleared(workspace, self._rooms, self._organizations) for workspace in left)
        return Answer(202, Closed(id=organization.id, workspaces=len(living), imports=imports))


def _view(organization: Organization) -> OrganizationView:
    return OrganizationView(
        id=organization.id,
        name=organization.name,
        plan=organization.plan,
        limits=organization.granted,
        adjusted=organization.limits,
        created_at=organization.created_at,
    )
