"""An export, from its request to the end of its file: what is kept of it, and what its owner is shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, Literal

import msgspec

from socialindex.access import Caller
from socialindex.exports.wanted import (  # noqa: TC001 - msgspec reads the annotations at run time
    Compression,
    Format,
    Order,
    Wanted,
)
from socialindex.lease import Leased
from socialindex.model import Struct
from socialindex.query import Note  # noqa: TC001 - as above

State = Literal[
    "queued",
    "running",
    "done",
    "failed",
    "expired",  # its file is gone
    "deleting",
]
_AT_WORK: Final[frozenset[State]] = frozenset({"queued", "running", "done", "deleting"})
"""States in which the exports stage has something to do: the file of one that is done must go when its time is over."""
UNDER_WAY: Final[frozenset[State]] = frozenset({"queued", "running"})
"""States of which an organization has only so many at once."""
Reason = Literal["terms", "erased", "withdrawn", "duplicate"]
KEPT: Final = timedelta(days=7)
"""For which a file can be fetched."""
REMEMBERED: Final = timedelta(days=30)
"""For which an export without a file is still listed."""


class Wake(Struct, frozen=True, kw_only=True):
    """ExportsQueue: there is something to do for an export."""

    workspace: str
    id: str


class Failure(Struct, frozen=True, kw_only=True):
    """Why an export came to no end."""

    detail: str
    remedy: str


class Asker(Struct, frozen=True, kw_only=True):
    """Who asked, as far as it decides what they may see and what they are charged."""

    organization: str
    key: str
    public: str
    since: date | None
    sandbox: bool

    def caller(self, workspace: str) -> Caller:
        """The caller, as if the key were for this one workspace."""
        given = msgspec.structs.asdict(self)
        return Caller(workspaces=frozenset({workspace}), scopes=frozenset(), **given)


class Export(Leased, frozen=True, kw_only=True):
    """All that is kept of an export."""

    workspace: str
    by: Asker
    wanted: Wanted
    asked: str
    """A hash of the request."""
    bound: int
    """Documents since later than this (Unix ms) are no part of it, so that arrivals neither repeat nor skip a post: all
    others can be found before the first page is read."""
    total: int
    """Posts that matched then; they are charged when it is asked for."""
    state: State = "queued"
    started_at: datetime | None = None
    expires_at: datetime | None = None
    """When the file goes."""
    after: list[int | float | str] = []
    """Sort values of the last post in the finished parts: where reading goes on."""
    seen: int = 0
    """Posts that were read for the finished parts."""
    posts: int = 0
    """Posts in the finished parts."""
    bytes: int = 0
    left_out: dict[str, int] = {}
    """Posts that are not in the file: a reason, for terms with a space and whose."""
    shortened: dict[str, int] = {}
    """Posts of which only title and link are in the file, by whose terms."""
    upload: str | None = None
    """The upload in parts, where the file is larger than one."""
    parts: int = 0
    """Finished parts of it."""
    seal: str = ""
    """A digest of what the bucket said of each finished part: what it lists at the end must be the same."""
    ended: bool = False
    """The last part is finished."""
    failure: Failure | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether it waits, is being made, or has a file that must go."""
        return self.state in _AT_WORK

    @property
    def file_name(self) -> str:
        """How the file is called where it is saved."""
        return f"{self.id}{self.wanted.suffix}"


class LeftOut(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Posts that match and are not in the file, or not whole."""

    reason: Reason
    whose: str | None
    """Whose terms, by the register's name."""
    posts: int


class View(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An export as its owner is shown it."""

    id: str
    workspace: str
    state: State
    q: str
    format: Format
    compression: Compression
    sort: Order
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
    failure: Failure | None
    file_name: str
    link: str | None
    """Where the file is, for whoever knows the address; of an export that is done and asked for by itself."""
    link_expires_at: datetime | None
    notes: tuple[Note, ...] = ()
    """Where it is asked for: what of the query its author may not have meant, each with its position in ``q``."""


def asker(caller: Caller) -> Asker:
    """What is kept of a caller."""
    return Asker(**{name: getattr(caller, name) for name in Asker.__struct_fields__})


def view(
    job: Export, *, link: str | None = None, link_expires_at: datetime | None = None, notes: tuple[Note, ...] = ()
) -> View:
    """What is shown of an export."""
    same = ("id", "workspace", "state", "created_at", "started_at", "finished_at", "expires_at")
    counts = ("total", "seen", "posts", "bytes", "failure", "file_name")
    return View(
        **{name: getattr(job, name) for name in (*same, *counts)},
        **{name: getattr(job.wanted, name) for name in ("q", "format", "compression", "sort")},
        left_out=[_left(key, posts) for key, posts in sorted(job.left_out.items())],
        shortened=[_left(f"terms {whose}", posts) for whose, posts in sorted(job.shortened.items())],
        link=link,
        link_expires_at=link_expires_at,
        notes=notes,
    )


def _left(key: str, posts: int) -> LeftOut:
    reason, _, whose = key.partition(" ")
    return msgspec.convert({"reason": reason, "whose": whose or None, "posts": posts}, LeftOut)
