"""The stand-in's people, communities, posts and comments, numbered in the order of their times."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("data.toml")
_FIRST_POST, _FIRST_COMMENT = 101, 1_001

Given = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Somebody who writes; ``shown`` is the name that they go by."""

    name: str
    shown: str | None = None
    bio: str | None = None
    host: str | None = None
    """Of another server's people."""
    bot: bool = False


@dataclass(frozen=True)
class Community:
    """Where posts are; the API's own word says who sees them."""

    name: str
    title: str
    visibility: str = "Public"


@dataclass(frozen=True)
class Comment:
    """A comment; ``path`` has the numbers of those above it and its own, behind a zero."""

    number: int
    path: str
    post: Post
    by: Person
    text: str
    time: datetime
    likes: int
    deleted: bool
    removed: bool


@dataclass(frozen=True)
class Post:
    """A post with its comments, oldest first. ``given`` is the rest of its data, as it stands there."""

    number: int
    community: Community
    by: Person
    title: str
    text: str
    time: datetime
    edited: datetime | None
    likes: int
    given: Given
    comments: list[Comment] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        """Whether its author deleted it, or a moderator removed it."""
        return "deleted" in self.given or "removed" in self.given


@dataclass(frozen=True)
class Records:
    """All there will ever be, posts oldest first."""

    communities: dict[str, Community]
    people: dict[str, Person]
    posts: list[Post]

    def comments(self) -> list[Comment]:
        """The comments of all posts, oldest first."""
        return sorted((comment for post in self.posts for comment in post.comments), key=lambda each: each.time)


def records(seed: int, anchor: datetime, base: str) -> Records:
    """The records of a seed, placed around the anchor, of a server at ``base``."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    communities = {name: Community(name, **given) for name, given in data["communities"].items()}
    people = _people(data)
    posts: list[Post] = []
    for number, given in enumerate(data["posts"], _FIRST_POST):
        post = Post(
            number=number,
            community=communities[given["community"]],
            by=people[given["by"]],
            title=given["title"],
            text=_text(given, posts, base),
            time=anchor - timedelta(hours=given["at"]),
            edited=anchor - timedelta(hours=given["edited"]) if "edited" in given else None,
            likes=_figure(seed, given["title"], 90),
            given=given,
        )
        posts.append(post)
    _answer(seed, anchor, posts, people)
    return Records(communities, people, posts)


def uri_of(post: Post, base: str) -> str:
    """The identity of a post, which its author's server gave it."""
    origin = f"https://{post.given['from']}" if "from" in post.given else base
    return f"{origin}/post/{post.number}"


def comment_uri(comment: Comment, base: str) -> str:
    """The identity of a comment."""
    origin = f"https://{comment.by.host}" if comment.by.host else base
    return f"{origin}/comment/{comment.number}"


def _people(data: Given) -> dict[str, Person]:
    writers = {post["by"] for post in data["posts"]}
    writers |= {comment["by"] for post in data["posts"] for comment in post.get("comments", ())}
    told = data["people"]
    return {name: _person(name, told.get(name, {})) for name in sorted(writers)}


def _person(name: str, given: Given) -> Person:
    return Person(name, given.get("name"), given.get("bio"), given.get("host"), given.get("bot", False))


def _text(given: Given, posts: list[Post], base: str) -> str:
    """A post's text; a crosspost begins as ``lemmy-ui`` begins it."""
    own: str = given.get("text", "")
    if "crosspost" not in given:
        return own
    return f"cross-posted from: {uri_of(posts[given['crosspost'] - 1], base)}\n\n{own}"


def _answer(seed: int, anchor: datetime, posts: list[Post], people: dict[str, Person]) -> None:
    """Add the comments to their posts, with numbers in the order of their times."""
    given = [(post, place, each) for post in posts for place, each in enumerate(post.given.get("comments", ()), 1)]
    ordered = sorted(given, key=lambda entry: (-entry[2]["at"], entry[0].number, entry[1]))
    numbers = {(post.number, place): number for number, (post, place, _) in enumerate(ordered, _FIRST_COMMENT)}
    paths: dict[tuple[int, int], str] = {}
    for post, place, each in given:
        above = paths[post.number, each["to"]] if "to" in each else "0"
        paths[post.number, place] = f"{above}.{numbers[post.number, place]}"
        comment = Comment(
            number=numbers[post.number, place],
            path=paths[post.number, place],
            post=post,
            by=people[each["by"]],
            text=each.get("text", ""),
            time=anchor - timedelta(hours=each["at"]),
            likes=_figure(seed, f"{post.number}.{place}", 20),
            deleted=each.get("deleted", False),
            removed=each.get("removed", False),
        )
        post.comments.append(comment)


def _figure(seed: int, key: str, most: int) -> int:
    return 1 + zlib.crc32(f"{seed}:{key}".encode()) % most
