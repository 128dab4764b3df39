"""What is written in the community: documents and comments with the numbers that the site gave them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from infra.local.world.story.calendar import incident_start

_FILE: Final = Path(__file__).with_name("content.toml")
_FIRST_NUMBER: Final = 1_204
"""Before it came members, boards and files: all take their numbers from one sequence."""


@dataclass(frozen=True)
class Writer:
    """Who wrote something; guests have no number."""

    name: str
    number: int | None


@dataclass(frozen=True)
class Comment:
    """A comment below a document; ``depth`` is 0 for one that answers the document itself."""

    number: int
    writer: Writer
    text: str
    published_at: datetime
    depth: int
    votes: int
    secret: bool
    deleted: bool


@dataclass(frozen=True)
class Document:
    """A document with its comments in the order that the site shows them in: answers below what they answer."""

    number: int
    board: str
    writer: Writer
    title: str
    text: str
    published_at: datetime
    edited_at: datetime | None
    edit: str
    deleted_at: datetime | None
    category: str | None
    notice: bool
    secret: bool
    tags: list[str]
    files: list[str]
    views: int
    votes: int
    blamed: int
    comments: list[Comment]

    def is_shown(self, now: datetime) -> bool:
        """Whether it is written and not deleted yet."""
        return self.published_at <= now and not (self.deleted_at and self.deleted_at <= now)

    def text_at(self, now: datetime) -> str:
        """The text with what was added later."""
        return self.text + self.edit if self.is_edited(now) else self.text

    def is_edited(self, now: datetime) -> bool:
        """Whether it was changed by then."""
        return self.edited_at is not None and self.edited_at <= now


@dataclass(frozen=True)
class Content:
    """The whole community."""

    title: str
    boards: dict[str, str]
    documents: list[Document]


def community(anchor: datetime) -> Content:
    """The community, with times relative to the world's anchor."""
    told = tomllib.loads(_FILE.read_text("utf-8"))
    numbers = _Numbers(told, anchor)
    documents = [numbers.document(entry) for entry in told["documents"]]
    return Content(told["title"], told["boards"], sorted(documents, key=lambda document: -document.number))


class _Numbers:
    """Gives documents and comments their numbers, in the order that they were written in."""

    def __init__(self, told: dict[str, Any], anchor: datetime) -> None:
        self._anchor = anchor
        self._members: dict[str, int] = told["members"]
        written = [(self._time(entry), id(entry)) for entry in told["documents"]]
        for entry in told["documents"]:
            below = entry.get("comments", [])
            written += [(self._time(entry) + timedelta(hours=comment["at"]), id(comment)) for comment in below]
        ordered = [entry for _, entry in sorted(written, key=lambda pair: pair[0])]
        self._numbers = {entry: _FIRST_NUMBER + place for place, entry in enumerate(ordered)}

    def document(self, entry: dict[str, Any]) -> Document:
        return Document(
            number=self._numbers[id(entry)],
            board=entry.get("board", "phone"),
            writer=self._writer(entry["by"]),
            title=entry["title"],
            text=entry["text"],
            published_at=self._time(entry),
            edited_at=self._at(entry["edited"]) if "edited" in entry else None,
            edit=entry.get("edit", ""),
            deleted_at=self._deleted(entry),
            category=entry.get("category"),
            notice=entry.get("notice", False),
            secret=entry.get("secret", False),
            tags=entry.get("tags", []),
            files=entry.get("files", []),
            views=entry.get("views", 0),
            votes=entry.get("votes", 0),
            blamed=entry.get("blamed", 0),
            comments=self._tree(entry, None, 0),
        )

    def _tree(self, entry: dict[str, Any], parent: int | None, depth: int) -> list[Comment]:
        branch: list[Comment] = []
        for place, comment in enumerate(entry.get("comments", [])):
            if comment.get("parent") == parent:
                branch += [self._comment(entry, comment, depth), *self._tree(entry, place, depth + 1)]
        return branch

    def _comment(self, entry: dict[str, Any], comment: dict[str, Any], depth: int) -> Comment:
        return Comment(
            number=self._numbers[id(comment)],
            writer=self._writer(comment["by"]),
            text=comment["text"],
            published_at=self._time(entry) + timedelta(hours=comment["at"]),
            depth=depth,
            votes=comment.get("votes", 0),
            secret=comment.get("secret", False),
            deleted=comment.get("deleted", False),
        )

    def _writer(self, name: str) -> Writer:
        return Writer(name, self._members.get(name))

    def _time(self, entry: dict[str, Any]) -> datetime:
        after = entry.get("after")
        return self._at(entry["at"]) if after is None else self._anchor + timedelta(seconds=after)

    def _at(self, hours: float) -> datetime:
        return incident_start(self._anchor) + timedelta(hours=hours)

    def _deleted(self, entry: dict[str, Any]) -> datetime | None:
        if "deleted" in entry:
            return self._at(entry["deleted"])
        return self._anchor + timedelta(seconds=entry["deleted_after"]) if "deleted_after" in entry else None
