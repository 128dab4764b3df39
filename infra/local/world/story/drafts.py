"""Board posts and comments before the board has numbered them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - part of the data's meaning
from typing import Any

import msgspec

from infra.local.world.records import Board, Comment, Thread, Writer

_BOARD_FIELDS = ("table", "title", "categories", "shows_ip", "shows_likes", "members_only", "disallowed")


@dataclass
class CommentDraft:
    """A comment without a number."""

    writer: Writer
    text: str
    at: datetime
    parent: CommentDraft | None = None
    secret: bool = False
    said: str = ""
    """The phrase as its pool has it, so that it is not used twice below one post."""
    number: int = 0

    def publish(self) -> Comment:
        """The comment, once everything is numbered."""
        return Comment(
            number=self.number,
            writer=self.writer,
            text=self.text,
            published_at=self.at,
            parent=self.parent.number if self.parent else None,
            secret=self.secret,
        )


@dataclass
class ThreadDraft:
    """A post without a number; ``extra`` holds further fields of ``Thread``."""

    title: str
    text: str
    writer: Writer
    at: datetime
    extra: dict[str, Any] = field(default_factory=dict)
    answers: ThreadDraft | None = None
    comments: list[CommentDraft] = field(default_factory=list)
    number: int = 0

    def publish(self) -> Thread:
        """The post with its comments, once everything is numbered."""
        return Thread(
            number=self.number,
            title=self.title,
            text=self.text,
            writer=self.writer,
            published_at=self.at,
            answers=self.answers.number if self.answers else None,
            comments=[comment.publish() for comment in sorted(self.comments, key=lambda comment: comment.number)],
            **self.extra,
        )


def publish(plan: dict[str, Any], drafts: list[ThreadDraft]) -> Board:
    """A board with its posts; posts and comments are numbered in the order in which they were written."""
    entries: list[ThreadDraft | CommentDraft] = [*drafts, *(c for draft in drafts for c in draft.comments)]
    for number, entry in enumerate(sorted(entries, key=lambda entry: entry.at), start=1):
        entry.number = number
    threads = [draft.publish() for draft in sorted(drafts, key=lambda draft: draft.number)]
    if plan.get("withdrawn"):
        oldest = next(thread for thread in threads if not thread.secret and not thread.key)
        threads[threads.index(oldest)] = msgspec.structs.replace(oldest, withdrawn=True)
    return Board(threads=threads, **{name: plan[name] for name in _BOARD_FIELDS if name in plan})
