"""The first keys of a local service: an administrator's, a client's with a workspace, and one to try the API with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from socialindex.access import Scope
from socialindex.aws.access import Access
from socialindex.aws.clients import dynamodb
from socialindex.aws.founding import new_key, new_organization, new_workspace
from socialindex.aws.organizations import Organizations
from socialindex.errors import Unauthorized
from socialindex.organizations import ALL
from socialindex.plans import PLANS, Adjustment

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud import Cloud

_PRIVATE = 0o600
_AMPLE = Adjustment(
    queries_a_day=PLANS["internal"].queries_a_day,
    queries_a_minute=PLANS["internal"].queries_a_minute,
    posts_a_month=PLANS["internal"].posts_a_month,
    import_rows_a_month=PLANS["internal"].import_rows_a_month,
    history_days=None,
)
"""The client's plan must not get into the way of tests, benchmarks and a person who plays with it."""


class Keys(NamedTuple):
    """API keys as their owners use them."""

    admin: str
    client: str
    sandbox: str


def first_keys(data: Path, cloud: Cloud, table: str) -> Keys:
    """The keys in ``data`` (``admin-key``, ``client-key``, ``sandbox-key``), made where these are not there or old."""
    paths = [data / f"{name}-key" for name in Keys._fields]
    # The table's client takes its place from the environment, as it does on AWS; ours may know another one.
    with patch.dict(os.environ, cloud.environment()):
        dynamodb.cache_clear()
        if not all(_counts(path, Access(table)) for path in paths):
            for path, key in zip(paths, _make(Organizations(table)), strict=True):
                path.touch(mode=_PRIVATE)
                path.write_text(f"{key}\n", "utf-8")
    dynamodb.cache_clear()
    return Keys(*(path.read_text("utf-8").strip() for path in paths))


def _counts(path: Path, access: Access) -> bool:
    """Whether a file's key is one: the table may be newer than the folder, or kept by an earlier version."""
    try:
        return path.is_file() and bool(access.caller(path.read_text("utf-8").strip()))
    except Unauthorized:
        return False


def _make(organizations: Organizations) -> Keys:
    operator = new_organization(organizations, "The operator")
    client = new_organization(organizations, "The first client", "standard", _AMPLE)
    workspace = new_workspace(organizations, client, "The first workspace")
    everything = [Scope.READ, Scope.WRITE, Scope.EXPORT, Scope.MANAGE, Scope.ADMIN]
    own = [Scope.READ, Scope.WRITE, Scope.EXPORT]
    return Keys(
        admin=new_key(organizations, operator, workspaces=[ALL], scopes=everything),
        client=new_key(organizations, client, workspaces=[workspace], scopes=own),
        sandbox=new_key(organizations, client, workspaces=[], scopes=[Scope.READ], sandbox=True),
    )
