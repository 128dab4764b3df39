"""What people did with a mention: who is to answer, with what it was answered, what was noted, marked and corrected.

It cannot be made again from anything else, so that it is kept in a table (``aws.work``); a mention's document shows a
part of it.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Annotated, Any, Final, Literal

import msgspec

from socialindex.mentions.model import Status  # noqa: TC001 - likewise
from socialindex.model import Struct

MOST_NOTES: Final = 100
MOST_NOTE_BYTES: Final = 250_000
"""Of all notes together, as JSON: beside them there is always room for what is changed."""
MOST_STEPS: Final = 100
MOST_TAGS: Final = 20

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Tags = Annotated[list[Tag], msgspec.Meta(max_length=MOST_TAGS)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
Score = Annotated[float, msgspec.Meta(ge=-1, le=1)]
Part = Literal["status", "assignee", "tags", "noise", "sentiment", "answer"]


class Who(Struct, frozen=True, kw_only=True):
    """Who did something."""

    key: str | None = None
    """The id of the API key; absent where it was no call of the API, such as a link in a mail."""
    name: Name | None = None
    """The person, as whoever called named them."""


class Answered(Struct, frozen=True, kw_only=True):
    """With what a mention was answered, where, by whom, and who said that it is true."""

    text: Text | None = None
    """What was answered; this or ``url`` must be given."""
    channel: Name | None = None
    """Where, in the workspace's own words, such as ``comment`` or ``call center``."""
    url: (
        Annotated[
            str, msgspec.Meta(max_length=2_048, pattern="^https?://", examples=["https://board.example.com/1#c2"])
        ]
        | None
    ) = None
    """Where the answer can be read."""
    by: Name | None = None
    """Who answered."""
    approved_by: Name | None = None
    """Who said that it may be answered so."""
    at: datetime | None = None
    """When; the time of the change where nobody says so."""


class Note(Struct, frozen=True, kw_only=True):
    """What somebody noted."""

    id: str
    at: datetime
    by: Who
    """Who noted it."""
    text: Text


class Step(Struct, frozen=True, kw_only=True):
    """A change: what it was of, and how the mention stood then."""

    at: datetime
    by: Who
    """Who changed it."""
    changed: list[Part]
    """What was changed."""
    status: Status
    """As it stood then."""
    assignee: str | None = None
    """Whose it was then."""


class WorkDone(Struct, frozen=True, kw_only=True):
    """All that people did with one mention, as they see it. Times are in UTC."""

    version: int = 0
    """How often it was changed; 0: never."""
    status: Status = "new"
    """How it stands."""
    assignee: Name | None = None
    """Who is to answer."""
    assigned_at: datetime | None = None
    """Since when."""
    tags: Tags = []
    """The workspace's own words for it."""
    noise: bool = False
    """Marked as not meant."""
    sentiment: Score | None = None
    """Where the machine's was corrected."""
    answer: Answered | None = None
    """With what it was answered, also where it was taken up again since."""
    due_at: datetime | None = None
    """When it should be answered, by the topic's target: of one that somebody is to answer, or has answered."""
    answered_at: datetime | None = None
    """When it was answered; absent again where it is taken up once more."""
    closed_at: datetime | None = None
    notes: list[Note] = []
    """The oldest first."""
    history: list[Step] = []
    """The last hundred changes, the oldest first."""


class Work(WorkDone, frozen=True, kw_only=True):
    """What is kept of it."""

    topic: str
    post: str
    warn_at: datetime | None = None
    """When somebody should be told that ``due_at`` is near."""
    warning: str | None = None
    """The warning that it is in (``mentions.due``)."""
    warned: bool = False
    """Whether that was sent."""

    @property
    def is_waiting(self) -> bool:
        """Whether somebody should be told, now or later, that its target is about to be missed."""
        return self.warn_at is not None and self.status == "assigned" and not (self.noise or self.warned)


def work_params(work: Work) -> dict[str, Any]:
    """What the script ``merge-mention`` takes: what of it a mention's document shows, with nulls for what is not.

    ``worked`` is its version: an older one must not follow a newer one.
    """
    shown = ("status", "assignee", "tags", "noise", "sentiment", "due_at", "answered_at", "closed_at")
    params: dict[str, Any] = msgspec.to_builtins({name: getattr(work, name) for name in shown})
    return {"worked": work.version, **params}
