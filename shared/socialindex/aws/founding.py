"""Organizations, workspaces and keys without the API: for the first administrator, who has no key yet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from socialindex.identity import new_id
from socialindex.organizations import Key, Organization, Workspace, digest_of, new_secret
from socialindex.plans import Adjustment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.access import Scope
    from socialindex.aws.organizations import Organizations
    from socialindex.plans import PlanName

_NOTHING = Adjustment()


def new_organization(
    organizations: Organizations, name: str, plan: PlanName = "internal", limits: Adjustment = _NOTHING
) -> str:
    """A new organization; its id."""
    made = Organization(id=new_id("org"), name=name, plan=plan, limits=limits, created_at=datetime.now(tz=UTC))
    return organizations.add(made).id


def new_workspace(organizations: Organizations, organization: str, name: str) -> str:
    """A new workspace of an organization; its id."""
    made = Workspace(id=new_id("ws"), organization=organization, name=name, created_at=datetime.now(tz=UTC))
    return organizations.add(made).id


def new_key(
    organizations: Organizations,
    organization: str,
    *,
    workspaces: Iterable[str],
    scopes: Iterable[Scope],
    label: str = "first key",
    sandbox: bool = False,
) -> str:
    """A new key's secret; this is the only time that it can be read."""
    secret = new_secret(sandbox=sandbox)
    key = Key(
        id=new_id("key"),
        organization=organization,
        label=label,
        scopes=sorted(scopes),
        workspaces=sorted(workspaces),
        sandbox=sandbox,
        created_at=datetime.now(tz=UTC),
        digest=digest_of(secret),
    )
    organizations.point(key.digest, key)
    organizations.add(key)
    return secret
