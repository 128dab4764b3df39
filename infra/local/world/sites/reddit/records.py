"""The stand-in's posts and comments, with ids that grow with time, as Reddit's do."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("data.toml")
_FIRST_POST, _FIRST_COMMENT = 36**6 + 1_000, 36**6 * 20 + 1_000
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Comment:
    """A comment; ``parent`` is the whole name of what it answers."""

    id: str
    link: str
    parent: str
    by: str
    text: str
    time: datetime
    score: int
    removed: bool = False


@dataclass(frozen=True)
class Post:
    """A submission with its comments, oldest first. ``deleted`` says by whom it was removed."""

    id: str
    by: str
    title: str
    time: datetime
    score: int
    comments: list[Comment]
    text: str = ""
    html: str | None = None
    url: str | None = None
    image: str | None = None
    gallery: tuple[str, ...] = ()
    crosspost: str | None = None
    edited: datetime | None = None
    deleted: str | None = None
    hidden: bool = False
    spoiler: bool = False
    nsfw: bool = False


@dataclass(frozen=True)
class Records:
    """All there will ever be, posts oldest first."""

    community: str
    posts: list[Post]

    def comments(self) -> list[Comment]:
        """The comments of all posts, oldest first."""
        return sorted((comment for post in self.posts for comment in post.comments), key=lambda comment: comment.time)


def records(seed: int, anchor: datetime) -> Records:
    """The records of a seed, placed around the anchor."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    posts = [_post(seed, anchor, place, given) for place, given in enumerate(data["posts"])]
    return Records(data["community"], _numbered(posts))


def _post(seed: int, anchor: datetime, place: int, given: dict[str, Any]) -> Post:
    names = ("text", "html", "url", "image", "deleted", "hidden", "spoiler", "nsfw")
    return Post(
        id=_base36(_FIRST_POST + place),
        by=given["by"],
        title=given["title"],
        time=anchor - timedelta(hours=given["at"]),
        score=_figure(seed, given["title"], 900),
        comments=_comments(seed, anchor, place, given),
        gallery=tuple(given.get("gallery", ())),
        crosspost=_base36(_FIRST_POST + given["crosspost"]) if "crosspost" in given else None,
        edited=anchor - timedelta(hours=given["edited"]) if "edited" in given else None,
        **{name: given[name] for name in names if name in given},
    )


def _comments(seed: int, anchor: datetime, place: int, given: dict[str, Any]) -> list[Comment]:
    link = _base36(_FIRST_POST + place)
    return [
        Comment(
            id=f"{place}.{number}",
            link=link,
            parent=f"{place}.{comment['to']}" if "to" in comment else f"t3_{link}",
            by=comment["by"],
            text=comment.get("text", ""),
            time=anchor - timedelta(hours=comment["at"]),
            score=_figure(seed, f"{place}.{number}", 80),
            removed=comment.get("removed", False),
        )
        for number, comment in enumerate(given.get("comments", ()), 1)
    ]


def _numbered(posts: list[Post]) -> list[Post]:
    """Posts whose comments have ids in the order of their times, over all posts."""
    ordered = sorted((comment for post in posts for comment in post.comments), key=lambda comment: comment.time)
    ids = {comment.id: _base36(_FIRST_COMMENT + place) for place, comment in enumerate(ordered)}

    def numbered(comment: Comment) -> Comment:
        above = comment.parent if comment.parent.startswith("t3_") else f"t1_{ids[comment.parent]}"
        return replace(comment, id=ids[comment.id], parent=above)

    return [replace(post, comments=[numbered(comment) for comment in post.comments]) for post in posts]


def _base36(number: int) -> str:
    rest, last = divmod(number, 36)
    return (_base36(rest) if rest else "") + _DIGITS[last]


def _figure(seed: int, key: str, most: int) -> int:
    return 1 + zlib.crc32(f"{seed}:{key}".encode()) % most
