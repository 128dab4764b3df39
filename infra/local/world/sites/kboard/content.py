"""What is written on the association's boards, with the numbers that the plugins gave it in the order of its time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("content.toml")
_FIRST_NUMBER: Final = 101
_FIRST_COMMENT: Final = 11


@dataclass(frozen=True)
class Comment:
    """A comment below a document, with those that answer it."""

    number: int
    by: str
    text: str
    time: datetime
    likes: int
    closed: bool
    """Whether only members may read it."""
    below: list[Comment]


@dataclass(frozen=True)
class Document:
    """A document of a board."""

    number: int
    board: str
    by: str
    title: str
    text: str
    time: datetime
    gone: datetime | None
    to: int | None
    """The number of the document that it answers."""
    notice: bool
    secret: bool
    pending: bool
    files: list[str]
    views: int
    likes: int
    comments: list[Comment]

    def is_shown(self, now: datetime) -> bool:
        """Whether it is written and not in the trash yet."""
        return self.time <= now and not (self.gone and self.gone <= now)

    def all_comments(self) -> list[Comment]:
        """The comments with all answers."""
        return [one for comment in self.comments for one in _with_answers(comment)]


@dataclass(frozen=True)
class Content:
    """All boards."""

    title: str
    boards: dict[str, str]
    documents: list[Document]


def association(anchor: datetime) -> Content:
    """The boards, with times relative to the world's anchor."""
    told = tomllib.loads(_FILE.read_text("utf-8"))
    entries = told["documents"]
    order = sorted(range(len(entries)), key=lambda place: -entries[place]["at"])
    numbers = {place: _FIRST_NUMBER + rank for rank, place in enumerate(order)}
    written = [(id(each), each["at"] - entry["at"]) for entry in entries for each in entry.get("comments", [])]
    by_time = sorted(written, key=lambda pair: pair[1])
    comments = {key: _FIRST_COMMENT + rank for rank, (key, _) in enumerate(by_time)}
    documents = [_document(entry, numbers[place], numbers, comments, anchor) for place, entry in enumerate(entries)]
    return Content(told["title"], told["boards"], documents)


def _document(
    entry: dict[str, Any], number: int, numbers: dict[int, int], comments: dict[int, int], anchor: datetime
) -> Document:
    time = anchor - timedelta(hours=entry["at"])
    return Document(
        number=number,
        board=entry.get("board", "voice"),
        by=entry["by"],
        title=entry["title"],
        text=entry["text"],
        time=time,
        gone=anchor - timedelta(hours=entry["gone"]) if "gone" in entry else None,
        to=numbers[entry["to"] - 1] if "to" in entry else None,
        notice=entry.get("notice", False),
        secret=entry.get("secret", False),
        pending=entry.get("pending", False),
        files=entry.get("files", []),
        views=entry.get("views", 0),
        likes=entry.get("likes", 0),
        comments=_tree(entry.get("comments", []), None, time, comments),
    )


def _tree(entries: list[dict[str, Any]], to: int | None, begun: datetime, numbers: dict[int, int]) -> list[Comment]:
    return [
        Comment(
            number=numbers[id(entry)],
            by=entry["by"],
            text=entry["text"],
            time=begun + timedelta(hours=entry["at"]),
            likes=entry.get("likes", 0),
            closed=entry.get("closed", False),
            below=_tree(entries, place, begun, numbers),
        )
        for place, entry in enumerate(entries, 1)
        if entry.get("to") == to
    ]


def _with_answers(comment: Comment) -> list[Comment]:
    return [comment, *(one for answer in comment.below for one in _with_answers(answer))]
