"""Reading posts again: what is asked for, and what an answer says of posts that the index has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.errors import Discarded
from socialindex.model import Draft
from socialindex.sources.base import POST_KIND, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from socialindex.sources.base import Known

AGAIN: Final = "again"
"""``context["known"]`` of a request that reads again; a poll's request for a post that it knows has ``poll``."""
_MOST_CHARACTERS: Final = 700
"""Of the comments' marks in a context, which is 1 KB at most with all the rest."""
_MOST_OF_A_THREAD: Final = 200
"""Characters of the address that a conversation began with: a board's have half of it."""
_WITHDRAWN: Final = frozenset({"board_gone", "secret", "members_only", "noindex", "noarchive"})
"""Verdicts that take back what was open when it was read. A refusal of us alone (``forbidden``) is none."""


class Place(NamedTuple):
    """Where a known post or comment is read."""

    post: str
    """The ``uri`` of the post, or of the one that a comment is below."""
    url: str
    """Address to ask for it."""
    comment: str | None
    """A comment's mark, which its ``uri`` ends with behind ``#``; ``None`` for the post itself."""


class Comment(NamedTuple):
    """A comment on a page, and what was made of it."""

    mark: str
    read: Draft | Exception


def rereads(posts: Sequence[Known], place_of: Callable[[Known], Place | None]) -> Iterator[Request]:
    """One request for each post that is known or has comments that are, comments of one page together."""
    urls: dict[str, str] = {}
    contexts: dict[str, dict[str, str]] = {}
    for known in posts:
        if (place := place_of(known)) is None:
            continue
        urls.setdefault(place.post, place.url)
        context = contexts.setdefault(place.post, {})
        if place.comment:
            _expect(context, place.comment)
        else:
            context |= {"known": AGAIN} | _thread(known, place)
    for post, url in urls.items():
        yield Request(url=url, kind=POST_KIND, priority=2, context=contexts[post])


def _thread(known: Known, place: Place) -> dict[str, str]:
    thread = known.thread
    return {"thread": thread} if thread and thread != place.post and len(thread) <= _MOST_OF_A_THREAD else {}


def missing(context: Mapping[str, str], post: str, comments: Iterable[Comment]) -> list[Draft]:
    """Comments that were to be read again below a post and are not there any more, or not open, as deleted.

    Only for a page that shows all comments of its post.
    """
    there = {comment.mark for comment in comments if not isinstance(comment.read, Discarded)}
    return [_deleted(f"{post}#{mark}") for mark in _expected(context) if mark not in there]


def taken_back(context: Mapping[str, str], post: str, verdict: Discarded) -> list[Draft]:
    """What a verdict on a post's page means for what the index has of it: it is deleted, with the comments asked for.

    Raises:
        Discarded: the verdict itself, where nothing was known.
    """
    was_open = "known" in context or "comments" in context
    if verdict.reason != "gone" and not (was_open and verdict.reason in _WITHDRAWN):
        raise verdict
    return [Draft(uri=post, deleted=True), *(_deleted(f"{post}#{mark}") for mark in _expected(context))]


def _deleted(comment: str) -> Draft:
    return Draft(uri=comment, kind="comment", deleted=True)


def _expected(context: Mapping[str, str]) -> list[str]:
    return context.get("comments", "").split()


def _expect(context: dict[str, str], mark: str) -> None:
    marks = f"{context.get('comments', '')} {mark}".strip()
    if len(marks) <= _MOST_CHARACTERS:
        context["comments"] = marks
