"""A change of what people did with a mention, and what follows from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

import msgspec

from socialindex.errors import InvalidInput
from socialindex.mentions.model import Status  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.mentions.work import (
    MOST_NOTE_BYTES,
    MOST_NOTES,
    MOST_STEPS,
    MOST_TAGS,
    Answered,
    Name,
    Note,
    Part,
    Score,
    Step,
    Tags,
    Who,
    Work,
)
from socialindex.model import Struct

T = TypeVar("T")

WARNED_AT: Final = 0.8
"""Share of the time until a target after which somebody is told that it is about to be missed."""
_AHEAD: Final = timedelta(minutes=5)
"""By which clocks may differ."""
_OPEN: Final = frozenset({"new", "assigned"})
_PARTS: Final[tuple[Part, ...]] = ("status", "assignee", "tags", "noise", "sentiment", "answer")


class Change(Struct, frozen=True, kw_only=True):
    """What is to become of a mention; what is left out stays.

    Some of it follows: one that is assigned to somebody is ``assigned``, one with an answer is ``answered``, one whose
    assignee or answer is taken back is what it was before.
    """

    status: Status | msgspec.UnsetType = msgspec.UNSET
    """``assigned`` needs an assignee, ``answered`` an answer. ``new`` and ``assigned`` take up again what was done."""
    assignee: Name | msgspec.UnsetType | None = msgspec.UNSET
    """Who is to answer, in the workspace's own words; null for nobody."""
    tags: Tags | msgspec.UnsetType = msgspec.UNSET
    """All of its tags."""
    add_tags: Tags = []
    """Beside those that it has."""
    remove_tags: Tags = []
    """Of those that it has."""
    noise: bool | msgspec.UnsetType = msgspec.UNSET
    """Not meant: excluded from all figures and alerts."""
    sentiment: Score | msgspec.UnsetType | None = msgspec.UNSET
    """What it is, by an analyst, from -1 to 1; it counts everywhere instead of the machine's. Null for that."""
    answer: Answered | msgspec.UnsetType | None = msgspec.UNSET
    """With what it was answered; null to take that back."""


class Moment(NamedTuple):
    """Who does something, when, and from when on the mention has waited for how long at most."""

    who: Who
    at: datetime
    since: datetime
    target: timedelta | None


def changed(work: Work, moment: Moment, change: Change) -> Work:
    """The work after a change; itself where nothing is different.

    Raises:
        InvalidInput: the parts of the change do not go together.
    """
    wanted = _wanted(work, change, moment.at)
    parts = [part for part in _PARTS if getattr(wanted, part) != getattr(work, part)]
    if not parts:
        return work
    dated = _dated(work, wanted, moment)
    step = Step(at=moment.at, by=moment.who, changed=parts, status=dated.status, assignee=dated.assignee)
    return msgspec.structs.replace(dated, history=[*work.history, step][-MOST_STEPS:])


def noted(work: Work, note: Note) -> Work:
    """The work with one more note; itself where it has it already.

    Raises:
        InvalidInput: there are too many, or they are too long.
    """
    if any(known.id == note.id for known in work.notes):
        return work
    if len(work.notes) >= MOST_NOTES:
        raise InvalidInput(f"a mention has at most {MOST_NOTES} notes", field="text", remedy="write no more")
    notes = [*work.notes, note]
    if (size := len(msgspec.json.encode(notes))) > MOST_NOTE_BYTES:
        remedy = f"write less: all notes together have at most {MOST_NOTE_BYTES} bytes"
        raise InvalidInput(f"the notes of this mention would have {size} bytes", field="text", remedy=remedy)
    return msgspec.structs.replace(work, notes=notes)


def _wanted(work: Work, change: Change, at: datetime) -> Work:
    """The parts as they are to be."""
    assignee = _given(change.assignee, work.assignee)
    answer = _answer(work, change, at)
    status = _status(work, change, assignee, answer)
    if status == "assigned" and assignee is None:
        raise InvalidInput("nobody is to answer it", field="assignee", remedy="say who, or use another status")
    if status == "answered" and answer is None:
        remedy = "say with what, as text or as the url where it can be read"
        raise InvalidInput("an answered mention needs its answer", field="answer", remedy=remedy)
    return msgspec.structs.replace(
        work,
        status=status,
        assignee=assignee,
        answer=answer,
        tags=_tags(work, change),
        noise=_given(change.noise, work.noise),
        sentiment=_given(change.sentiment, work.sentiment),
    )


def _status(work: Work, change: Change, assignee: str | None, answer: Answered | None) -> Status:
    """The status that is given, or that follows from the rest."""
    if not isinstance(change.status, msgspec.UnsetType):
        return change.status
    unanswered: Status = "assigned" if assignee else "new"
    match work.status:
        case "new" | "assigned":
            return "answered" if answer and answer != work.answer else unanswered
        case "answered" if answer is None:
            return unanswered
        case status:
            return status


def _answer(work: Work, change: Change, at: datetime) -> Answered | None:
    if isinstance(change.answer, msgspec.UnsetType) or change.answer is None:
        return work.answer if isinstance(change.answer, msgspec.UnsetType) else None
    if not (change.answer.text or change.answer.url):
        raise InvalidInput("an answer says nothing", field="answer", remedy="give its text or its url")
    if change.answer.at and change.answer.at > at + _AHEAD:
        raise InvalidInput("it cannot be answered yet", field="answer", remedy="give a time that is past")
    known = work.answer and msgspec.structs.replace(work.answer, at=change.answer.at)
    if known == change.answer:  # the same once more: it keeps its time
        return work.answer
    return msgspec.structs.replace(change.answer, at=change.answer.at or at)


def _tags(work: Work, change: Change) -> list[str]:
    wanted = list(_given(change.tags, work.tags)) + change.add_tags
    tags = [tag for tag in dict.fromkeys(wanted) if tag not in change.remove_tags]
    if len(tags) > MOST_TAGS:
        raise InvalidInput(f"a mention has at most {MOST_TAGS} tags", field="tags", remedy="remove some")
    return tags


def _dated(work: Work, wanted: Work, moment: Moment) -> Work:
    """The times that follow from the parts."""
    assigned_at = moment.at if wanted.assignee != work.assignee else work.assigned_at
    found = msgspec.structs.replace(
        wanted,
        assigned_at=assigned_at if wanted.assignee else None,
        answered_at=_answered_at(work, wanted, moment.at),
        closed_at=(work.closed_at or moment.at) if wanted.status == "closed" else None,
    )
    if wanted.status in _OPEN and work.status not in _OPEN:  # it waits anew
        return _awaited(found, moment.at, moment.target)
    if wanted.status == "new" or found.due_at is None:
        return _awaited(found, moment.since, moment.target)
    return found


def _answered_at(work: Work, wanted: Work, at: datetime) -> datetime | None:
    if wanted.status in _OPEN or wanted.answer is None:
        return None
    if wanted.answer != work.answer:
        return wanted.answer.at
    return at if wanted.status == "answered" and work.answered_at is None else work.answered_at


def _awaited(work: Work, since: datetime, target: timedelta | None) -> Work:
    """With the time until which it should be answered; none where there is no target, or nobody was to answer."""
    if target is None or not (work.assignee or work.answer) or work.status == "new":
        return msgspec.structs.replace(work, due_at=None, warn_at=None, warning=None, warned=False)
    due, warn = since + target, since + WARNED_AT * target
    return msgspec.structs.replace(work, due_at=due, warn_at=warn, warning=None, warned=False)


def _given(value: T | msgspec.UnsetType, before: T) -> T:
    return before if isinstance(value, msgspec.UnsetType) else value
