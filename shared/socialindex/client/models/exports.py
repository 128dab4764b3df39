"""Exports: posts in a file."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.queries import Note  # noqa: TC001 - likewise


class ExportFailure(Model, frozen=True, kw_only=True):
    """Why an export came to no end."""

    detail: str
    remedy: str


class LeftOut(Model, frozen=True, kw_only=True):
    """Posts that match and are not in the file, or not whole."""

    reason: str
    whose: str | None
    """Whose terms, by the register's name."""
    posts: int


class Export(Model, frozen=True, kw_only=True):
    """An export as its owner is shown it."""

    id: str
    workspace: str
    state: str
    q: str
    format: str
    compression: str
    sort: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    """When the file goes."""
    total: int
    """Posts that matched when it was asked for."""
    seen: int
    """Posts that were looked at so far."""
    posts: int
    """Posts in the file so far."""
    bytes: int
    """Of the file, so far."""
    left_out: list[LeftOut]
    shortened: list[LeftOut]
    """Posts of which only title and link are in the file."""
    failure: ExportFailure | None
    file_name: str
    link: str | None
    """Where the file is, for whoever knows the address; of an export that is done and asked for by itself."""
    link_expires_at: datetime | None
    notes: tuple[Note, ...] = ()
    """Where it is asked for: what of the query its author may not have meant, each with its position in ``q``."""


class Exports(Model, frozen=True, kw_only=True):
    """Exports, the newest first; without links."""

    items: list[Export]
    next_cursor: str | None
