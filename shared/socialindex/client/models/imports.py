"""Imports: posts that a client brings along."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

import msgspec

from socialindex.client.models.base import Model


class Layout(Model, frozen=True, kw_only=True):
    """How a file is written."""

    format: str
    encoding: str
    delimiter: str | None
    packed: bool
    """Whether it is a gzip file. Offsets count unpacked bytes, and of UTF-16 those of the same text in UTF-8."""
    columns: list[str]
    """Of NDJSON: those of the first rows."""
    start: int
    """Offset of the first record, behind byte order mark and header."""
    first: int
    """Number of the record before the first: the header's is 1."""


class Plan(Model, frozen=True, kw_only=True):
    """How a file's rows become posts."""

    mapping: dict[str, str]
    """Field to column. Columns that are not named never leave the uploaded file."""
    kind: str = "post"
    timezone: str = "Asia/Seoul"
    """IANA name of the zone of dates that name none."""
    date_order: str | None = None
    """What dates begin with that end in their year, such as 11/28/2026; without it they are refused."""
    rating_max: float = 5.0
    """The best mark of bare ratings."""
    language: str | None = None
    """BCP 47 primary language of all rows, such as ``ko``; absent where it is to be detected."""
    collection: str = "main"
    """Within it an id names one post: the same id in another collection of the workspace is another post."""


class ColumnProposal(Model, frozen=True, kw_only=True):
    """A column as it is proposed; ``field`` is ``None`` for one that would not be taken."""

    name: str
    field: str | None
    why: str | None
    examples: list[str]


class Proposal(Model, frozen=True, kw_only=True):
    """What a file seems to be. Nothing is imported by it: its ``plan`` is to be confirmed."""

    layout: Layout
    columns: list[ColumnProposal]
    plan: Plan | None
    """What can be sent back to confirm; ``None`` where no column seems to be a text or title."""
    notes: list[str]


class Problem(Model, frozen=True, kw_only=True):
    """What is wrong with a row. ``column`` and ``value`` are absent where the row as a whole is meant."""

    row: int
    """As spreadsheets count: the header is row 1. In NDJSON the line's number."""
    column: str | None = None
    value: str | None = None
    """Shortened."""
    what: str
    remedy: str


class Report(Model, frozen=True, kw_only=True):
    """What became of the rows so far."""

    rows: int = 0
    """Rows that are not empty."""
    accepted: int = 0
    rejected: int = 0
    """Rows with at least one problem. They are left out; mend them and import the file again."""
    empty: int = 0
    repeated: int = 0
    """Accepted rows with the identity of an earlier row: of those the newest counts, by date and then by place."""
    zone_assumed: int = 0
    """Accepted rows with a date that names no time zone: they were read in the plan's."""
    filled: dict[str, int] = {}
    """Per field, accepted rows that have it."""
    wrong: dict[str, int] = {}
    """Per column, its problems; ``the row`` where a row as a whole is meant."""
    problems: list[Problem] = []
    """The first ``MAX_PROBLEMS``."""


class ImportFailure(Model, frozen=True, kw_only=True):
    """Why a file could not be read to its end."""

    detail: str
    remedy: str


class Progress(Model, frozen=True, kw_only=True):
    """How far a run is. ``share`` is ``None`` for a packed file or one in UTF-16: nobody knows the text's length."""

    rows: int
    bytes: int
    share: float | None


class Import(Model, frozen=True, kw_only=True):
    """An import as its owner is shown it."""

    id: str
    workspace: str
    name: str
    bytes: int
    state: str
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None
    plan: Plan | None
    progress: Progress
    report: Report
    failure: ImportFailure | None


class UploadTo(Model, frozen=True, kw_only=True):
    """One HTTP request that uploads the file. Its address is a secret: it needs no key."""

    method: str
    url: str
    headers: dict[str, str]
    """Headers that it must have."""
    expires_at: datetime
    """Until when the address can be used."""


class Announced(Model, frozen=True, kw_only=True):
    """A new import. ``upload`` is ``None`` where the file has been taken already."""

    item: Import = msgspec.field(name="import")
    """The import."""
    upload: UploadTo | None
    """How to upload the file."""


class Imports(Model, frozen=True, kw_only=True):
    """Some of a workspace's imports, the newest first."""

    items: list[Import]
    """Without the single problems of their rows."""
    total: int
    """How many there are, all pages together."""
    next_cursor: str | None = None
    """Asks for the page after this one; ``None`` where this is the last."""
