"""Mentions: what a topic found, and what people did with it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model
from socialindex.client.models.posts import Post  # noqa: TC001 - likewise


class StreamPart(Model, frozen=True, kw_only=True):
    """What came, changed or went since an offset, in the order of the changes."""

    items: list[Post]
    """Where ``mention.gone`` says why it is none any more there are ids only: delete what you have of it."""
    offset: str
    """Where to go on, always: keep it when you have kept the items."""
    more: bool
    """Whether more is there now."""


class Who(Model, frozen=True, kw_only=True, omit_defaults=True):
    """Who did something."""

    key: str | None = None
    """The id of the API key; absent where it was no call of the API, such as a link in a mail."""
    name: str | None = None
    """The person, as whoever called named them."""


class MentionAnswer(Model, frozen=True, kw_only=True, omit_defaults=True):
    """With what a mention was answered, where, by whom, and who said that it is true."""

    text: str | None = None
    channel: str | None = None
    url: str | None = None
    """Where the answer can be read."""
    by: str | None = None
    approved_by: str | None = None
    at: datetime | None = None


class MentionNote(Model, frozen=True, kw_only=True):
    """What somebody noted."""

    id: str
    at: datetime
    by: Who
    text: str


class MentionStep(Model, frozen=True, kw_only=True, omit_defaults=True):
    """A change: what it was of, and how the mention stood then."""

    at: datetime
    by: Who
    changed: list[str]
    status: str
    assignee: str | None = None


class MentionWork(Model, frozen=True, kw_only=True):
    """What people did with a mention, as it is now. Searches and figures show it within some five seconds."""

    version: int
    """How often it was changed; 0: never."""
    status: str
    assignee: str | None
    assigned_at: datetime | None
    tags: list[str]
    noise: bool
    sentiment: float | None
    """Where the machine's was corrected."""
    answer: MentionAnswer | None
    due_at: datetime | None
    """When it should be answered, by the topic's target."""
    answered_at: datetime | None
    closed_at: datetime | None
    notes: list[MentionNote]
    """The oldest first."""
    history: list[MentionStep]
    """The last hundred changes, the oldest first."""


class WorkedMention(Model, frozen=True, kw_only=True):
    """A mention with all that people did with it."""

    id: str
    post: Post
    """The post, with ``mention``."""
    work: MentionWork


class MentionChange(Model, frozen=True, kw_only=True):
    """What became of one mention."""

    id: str
    result: str
    """changed, unchanged, unknown, conflict or refused."""
    status: str | None
    detail: str | None
    """Why it is as it was."""


class MentionChanges(Model, frozen=True, kw_only=True):
    """What became of each mention."""

    results: list[MentionChange]
    left: int
    """Mentions that ``where`` finds beyond the thousand that were changed."""


class AnswerFigures(Model, frozen=True, kw_only=True):
    """How fast some mentions were answered."""

    mentions: int
    answered: int
    median_minutes: float | None
    p90_minutes: float | None
    within_target: int
    missed: int
    """Answered later than they were due, or open and due."""
    share_within_target: float | None
    open: int
    assigned: int
    overdue: int


class WeekAnswers(AnswerFigures, frozen=True, kw_only=True):
    """Those that were found within a week."""

    week: datetime


class PersonAnswers(AnswerFigures, frozen=True, kw_only=True):
    """Those of one assignee."""

    assignee: str


class AnswersReport(Model, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """How fast a topic's mentions are answered. ``since`` and ``until`` are the API's ``from`` and ``to``."""

    topic: str
    since: datetime
    until: datetime
    target_minutes: int | None
    total: AnswerFigures
    weeks: list[WeekAnswers]
    assignees: list[PersonAnswers]
