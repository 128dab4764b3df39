"""A network that is made later, from its request to the end of its file."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from socialindex.exports.job import Asker, Failure, asker
from socialindex.exports.job import LeftOut as PostsLeftOut
from socialindex.lease import Leased
from socialindex.model import Struct
from socialindex.network.graph import NetworkKind, NetworkLeftOut
from socialindex.network.wanted import AskNetwork, FileFormat  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - as above

if TYPE_CHECKING:
    from socialindex.access import Caller

State = Literal["queued", "running", "done", "failed", "expired", "deleting"]
_AT_WORK: Final[frozenset[State]] = frozenset({"queued", "running", "done", "deleting"})
"""States in which the stage has something to do: the file of one that is done must go when its time is over."""
UNDER_WAY: Final[frozenset[State]] = frozenset({"queued", "running"})
KEPT: Final = timedelta(days=2)
"""For which a file can be fetched: it is about people, and can be made again within a minute."""
REMEMBERED: Final = timedelta(days=7)
"""For which a network without a file is still listed."""


class Wake(Struct, frozen=True, kw_only=True):
    """NetworkQueue: there is something to do for a network."""

    organization: str
    id: str


class Job(Leased, frozen=True, kw_only=True):
    """All that is kept of a network that is made later."""

    organization: str
    by: Asker
    workspaces: list[str]
    """Whose posts may be in it, beside public ones: whoever may not see all of them does not see it."""
    wanted: AskNetwork
    """With both ends of its window."""
    asked: str
    """A hash of the request, and of who asked."""
    coverage: Coverage
    bound: int
    """Documents since later than this (Unix ms) are no part of it."""
    total: int
    """Posts that matched then."""
    state: State = "queued"
    started_at: datetime | None = None
    expires_at: datetime | None = None
    """When the file goes."""
    seen: int = 0
    """Posts that were looked at."""
    oldest: datetime | None = None
    """When the oldest of them was published."""
    posts_left_out: dict[str, int] = {}
    """Posts that are not in the network: a reason, for terms with a space and whose."""
    nodes: int = 0
    edges: int = 0
    left_out: NetworkLeftOut = NetworkLeftOut()
    bytes: int = 0
    file: str = ""
    """Which attempt's file it is: one that was given up may still write its own."""
    failure: Failure | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether it waits, is being made, or has a file that must go."""
        return self.state in _AT_WORK

    @property
    def caller(self) -> Caller:
        """Who asked, as far as it decides what they may see."""
        return msgspec.structs.replace(self.by.caller(""), workspaces=frozenset(self.workspaces))

    @property
    def file_name(self) -> str:
        """How the file is called where it is saved."""
        return f"{self.id}.{self.wanted.format}"

    def is_for(self, caller: Caller) -> bool:
        """Whether a caller may see it: everything that may be in it, they may see anyway."""
        same = (self.organization, self.by.sandbox) == (caller.organization, caller.sandbox)
        return same and caller.workspaces.issuperset(self.workspaces)


class NetworkJob(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A network that is made later, as its owner is shown it."""

    id: str
    state: State
    of: NetworkKind
    format: FileFormat
    q: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    """When the file goes."""
    total: int
    """Posts that matched when it was asked for."""
    seen: int
    """Posts that were looked at, the newest first."""
    oldest: datetime | None
    """When the oldest of those was published."""
    posts_left_out: list[PostsLeftOut]
    """Posts that were looked at and are not in the network."""
    nodes: int
    """Of the network; 0 until it is made."""
    edges: int
    """Of the network; 0 until it is made."""
    left_out: NetworkLeftOut
    """What else is not in the network."""
    bytes: int
    """Of the file."""
    failure: Failure | None
    file_name: str
    link: str | None
    """Where the file is, for whoever knows the address; of a network that is done and asked for by itself."""
    link_expires_at: datetime | None
    coverage: Coverage


def new_job(caller: Caller, wanted: AskNetwork, **fields: object) -> Job:
    """A network that a caller asks for; ``fields`` are all others that have no default."""
    given = {"by": asker(caller), "workspaces": sorted(caller.workspaces), "wanted": wanted, **fields}
    return Job(organization=caller.organization, **given)  # type: ignore[arg-type] # fields of the job by their names


def view(job: Job, *, link: str | None = None, link_expires_at: datetime | None = None) -> NetworkJob:
    """What is shown of a network."""
    same = (
        "id", "state", "created_at", "started_at", "finished_at", "expires_at", "total", "seen", "oldest", "nodes",
        "edges", "left_out", "bytes", "failure", "file_name", "coverage",
    )  # fmt: skip
    return NetworkJob(
        **{name: getattr(job, name) for name in same},
        **{name: getattr(job.wanted, name) for name in ("of", "format", "q")},
        posts_left_out=[_left(key, posts) for key, posts in sorted(job.posts_left_out.items())],
        link=link,
        link_expires_at=link_expires_at,
    )


def _left(key: str, posts: int) -> PostsLeftOut:
    reason, _, whose = key.partition(" ")
    return msgspec.convert({"reason": reason, "whose": whose or None, "posts": posts}, PostsLeftOut)
