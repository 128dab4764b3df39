"""Exports: posts in a file, however many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.client.asking import ExportFields, body
from socialindex.client.core import path
from socialindex.client.files import OfWorkspaces, fetch, followed
from socialindex.client.models import Export
from socialindex.client.models import Exports as Page

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

_UNDER_WAY: Final = frozenset({"queued", "running"})
_HOUR: Final = 3_600.0


class Exports(OfWorkspaces):
    """The routes of exports. ``workspace`` need not be named where the key has only one."""

    def start_export(
        self,
        q: str | None = None,
        *,
        workspace: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[ExportFields],
    ) -> Export:
        """Begin to write posts into a file: ``format="csv"`` opens in Excel, ``ndjson`` has a post a line.

        Args:
            q: a query; without one, all posts.
            workspace: whose export it is.
            idempotency_key: asked for again with the same key, it is begun only once.
            fields: filters, and how the file is written.
        """
        home = path("workspaces", self._workspace(workspace), "exports")
        return self._make(home, body(fields, q=q), Export, idempotency_key)

    def export(self, export: str, *, workspace: str | None = None) -> Export:
        """How far an export is; once its ``state`` is ``done``, with a ``link`` that lives for some minutes."""
        return self._get(path("workspaces", self._workspace(workspace), "exports", export), Export)

    def exports(self, *, workspace: str | None = None, limit: int | None = None, cursor: str | None = None) -> Page:
        """A workspace's exports, the newest first."""
        home = path("workspaces", self._workspace(workspace), "exports")
        return self._get(home, Page, limit=limit, cursor=cursor)

    def wait_for_export(self, export: str, *, workspace: str | None = None, patience: float = _HOUR) -> Export:
        """The export once nothing more happens to it: ``done``, or ``failed`` with its ``failure``.

        Raises:
            Unavailable: it takes longer than ``patience`` seconds.
        """
        home = self._workspace(workspace)
        return followed(
            lambda: self.export(export, workspace=home), lambda now: now.state not in _UNDER_WAY, patience=patience
        )

    def download_export(self, export: str, to: str | Path = ".", *, workspace: str | None = None) -> Path:
        """Save an export's file, and say where; a download that broke off goes on where it ended.

        Raises:
            InvalidInput: it has no file yet.
            NotFound: its file is gone.
        """
        home = self._workspace(workspace)
        return fetch(lambda: self.export(export, workspace=home), to)

    def delete_export(self, export: str, *, workspace: str | None = None) -> Export:
        """Cancel an export and delete its file."""
        where = path("workspaces", self._workspace(workspace), "exports", export)
        return self._delete(where, Export)
