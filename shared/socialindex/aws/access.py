"""Organizations, their workspaces and their API keys in DynamoDB. A key itself is never stored, only its SHA-256.

A key has 160 random bits, so that a plain hash of it cannot be reversed by trying; a slow hash would only cost time.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from socialindex.access import Caller, Scope
from socialindex.aws.tables import Item, Table
from socialindex.errors import Unauthorized
from socialindex.identity import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "si_"
_KEY_BYTES = 20


class Access:
    """The table of who may do what."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def caller(self, key: str) -> Caller:
        """Whose key this is.

        Raises:
            Unauthorized: the key is not known.
        """
        item = self._table.get({"pk": _hashed(key), "sk": "key"}) if key.startswith(PREFIX) else None
        if item is None:
            raise Unauthorized("this API key is not known")
        return Caller(
            organization=item["organization"],
            workspaces=frozenset(_split(item["workspaces"])),
            scopes=frozenset(Scope(scope) for scope in _split(item["scopes"])),
        )

    def add_organization(self, name: str) -> str:
        """A new organization; its id."""
        organization = new_id("org")
        self._table.put({"pk": organization, "sk": "organization", "name": name, "created_at": _now()})
        return organization

    def add_workspace(self, organization: str, name: str) -> str:
        """A new workspace of an organization; its id."""
        workspace = new_id("ws")
        self._table.put({"pk": organization, "sk": workspace, "name": name, "created_at": _now()})
        return workspace

    def add_key(self, organization: str, *, workspaces: Iterable[str], scopes: Iterable[Scope]) -> str:
        """A new API key; this is the only time that it can be read."""
        key = PREFIX + base64.b32encode(secrets.token_bytes(_KEY_BYTES)).decode().lower()
        item: Item = {"pk": _hashed(key), "sk": "key", "organization": organization, "created_at": _now()}
        lists = {"workspaces": ",".join(workspaces), "scopes": ",".join(scopes)}
        self._table.put({**item, **lists})
        return key


def _hashed(key: str) -> str:
    return "key#" + hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _now() -> str:
    return datetime.now(tz=UTC).isoformat()
