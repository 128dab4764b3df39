"""What an organization runs itself: its workspaces and keys; and what it has used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.client.asking import KeyFields, Values, body, several
from socialindex.client.core import Core, Json, path
from socialindex.client.models import Key, Keys, KeyWithSecret, Usage, Workspace, Workspaces

if TYPE_CHECKING:
    from typing import Unpack


class Accounts(Core):
    """The routes of usage, workspaces and keys."""

    def usage(self, *, organization: str | None = None) -> Usage:
        """What is used of the plan, and what is left. It costs nothing."""
        return self._get(path("usage"), Usage, organization=organization)

    def workspaces(self) -> list[Workspace]:
        """The workspaces that the key may see; of a key that manages, all of its organization."""
        return self._get(path("workspaces"), Workspaces).items

    def add_workspace(self, name: str, *, idempotency_key: str | None = None) -> Workspace:
        """Make a workspace."""
        return self._make(path("workspaces"), {"name": name}, Workspace, idempotency_key)

    def rename_workspace(self, workspace: str, name: str) -> Workspace:
        """Give a workspace another name."""
        return self._change(path("workspaces", workspace), {"name": name}, Workspace)

    def delete_workspace(self, workspace: str) -> Json:
        """Delete a workspace with all that is in it, for good."""
        return self._delete(path("workspaces", workspace), Json)

    def keys(self) -> list[Key]:
        """The organization's keys that are not revoked."""
        return self._get(path("keys"), Keys).items

    def key(self, key: str) -> Key:
        """One key, by its id."""
        return self._get(path("keys", key), Key)

    def add_key(
        self, label: str, scopes: Values, *, idempotency_key: str | None = None, **fields: Unpack[KeyFields]
    ) -> KeyWithSecret:
        """Make a key. Its ``secret`` is shown this once: keep it."""
        wanted = body(fields, label=label, scopes=several(scopes))
        return self._make(path("keys"), wanted, KeyWithSecret, idempotency_key)

    def rotate_key(self, key: str, *, grace_hours: int = 24, idempotency_key: str | None = None) -> KeyWithSecret:
        """Give a key a new secret; the old one counts for some more hours."""
        return self._make(path("keys", key, "rotation"), {"grace_hours": grace_hours}, KeyWithSecret, idempotency_key)

    def revoke_key(self, key: str) -> None:
        """End a key: it counts no longer."""
        self._delete(path("keys", key), Json)
