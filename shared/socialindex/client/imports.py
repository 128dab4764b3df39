"""Imports: posts that a client brings along, from a CSV, TSV or NDJSON file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from socialindex.client.asking import body
from socialindex.client.core import path
from socialindex.client.errors import InvalidInput
from socialindex.client.files import OfWorkspaces, followed, send
from socialindex.client.models import Announced, Import, Proposal
from socialindex.client.models import Imports as Listed
from socialindex.client.transport import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from socialindex.client.models import Plan

_OVER: Final = frozenset({"checked", "imported", "failed", "deleting", "deleted"})
_HOUR: Final = 3_600.0


class Imports(OfWorkspaces):
    """The routes of imports. ``workspace`` need not be named where the key has only one."""

    def upload_import(
        self, file: str | Path, *, workspace: str | None = None, idempotency_key: str | None = None
    ) -> Import:
        """Bring a file along. Nothing of it is imported before ``start_import``.

        Raises:
            InvalidInput: the file is empty.
        """
        source = Path(file)
        size = source.stat().st_size
        if not size:
            raise InvalidInput(f"{source} is empty", field="file", remedy="export a table with a header and rows")
        home = path("workspaces", self._workspace(workspace), "imports")
        announced = self._make(home, {"name": source.name[:200], "bytes": size}, Announced, idempotency_key)
        if announced.upload:
            send(source, announced.upload)
        return announced.item

    def import_proposal(self, upload: str, *, workspace: str | None = None, encoding: str | None = None) -> Proposal:
        """Which column of an uploaded file seems to be what: a ``plan`` to confirm, or to change first."""
        return self._get(self._import(workspace, upload) + "/proposal", Proposal, encoding=encoding)

    def start_import(
        self,
        upload: str,
        plan: Plan | Mapping[str, Any] | None = None,
        *,
        dry_run: bool = False,
        encoding: str | None = None,
        workspace: str | None = None,
    ) -> Import:
        """Confirm a plan and import the rows, or with ``dry_run`` only check them."""
        wanted = body({"plan": plan, "dry_run": dry_run, "encoding": encoding})
        return self._transport.ask(Request("POST", self._import(workspace, upload) + "/runs", wanted), Import)

    def import_job(self, upload: str, *, workspace: str | None = None) -> Import:
        """How far an import is, with its report."""
        return self._get(self._import(workspace, upload), Import)

    def imports(self, *, workspace: str | None = None, limit: int | None = None, cursor: str | None = None) -> Listed:
        """A page of a workspace's imports, the newest first."""
        home = path("workspaces", self._workspace(workspace), "imports")
        return self._get(home, Listed, limit=limit, cursor=cursor)

    def wait_for_import(self, upload: str, *, workspace: str | None = None, patience: float = _HOUR) -> Import:
        """The import once its run is over: ``imported``, ``checked`` or ``failed``.

        Raises:
            Unavailable: it takes longer than ``patience`` seconds.
        """
        home = self._workspace(workspace)
        return followed(
            lambda: self.import_job(upload, workspace=home), lambda now: now.state in _OVER, patience=patience
        )

    def delete_import(self, upload: str, *, workspace: str | None = None) -> Import:
        """Delete an import: its posts leave the index, and its rows the archive."""
        return self._delete(self._import(workspace, upload), Import)

    def _import(self, workspace: str | None, upload: str) -> str:
        return path("workspaces", self._workspace(workspace), "imports", upload)
