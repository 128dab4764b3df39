"""The first keys of a local service: one of an administrator, one of a client organization with a workspace."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from socialindex.access import Scope
from socialindex.aws.access import Access
from socialindex.aws.clients import dynamodb

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud import Cloud

_PRIVATE = 0o600


class Keys(NamedTuple):
    """API keys as their owners use them."""

    admin: str
    client: str


def first_keys(data: Path, cloud: Cloud, table: str) -> Keys:
    """The keys in ``data``, made at the first start and written to ``admin-key`` and ``client-key``."""
    paths = data / "admin-key", data / "client-key"
    if not all(path.is_file() for path in paths):
        # The table's client takes its place from the environment, as it does on AWS; ours may know another one.
        with patch.dict(os.environ, cloud.environment()):
            dynamodb.cache_clear()
            keys = _make(Access(table))
        dynamodb.cache_clear()
        for path, key in zip(paths, keys, strict=True):
            path.touch(mode=_PRIVATE)
            path.write_text(f"{key}\n", "utf-8")
    return Keys(*(path.read_text("utf-8").strip() for path in paths))


def _make(access: Access) -> Keys:
    operator = access.add_organization("The operator")
    client = access.add_organization("The first client")
    workspace = access.add_workspace(client, "The first workspace")
    return Keys(
        admin=access.add_key(operator, workspaces=[], scopes=[Scope.READ, Scope.ADMIN]),
        client=access.add_key(client, workspaces=[workspace], scopes=[Scope.READ, Scope.WRITE]),
    )
