"""What the sample world consists of, free of any address: the servers add their own when they show it.

All times are timezone-aware and in UTC. Text may hold ``[[key]]`` where a link to another item belongs; ``key`` names
an item of the world, and ``links.Directory`` knows its address.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

import msgspec

Language = Literal["ko", "en", "ja"]
Visibility = Literal["public", "unlisted", "private"]


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the world's items: immutable and keyword-only."""


class Writer(Record, frozen=True, kw_only=True):
    """Who wrote on a board. Guests have no ``member``; ``ip`` is from a range reserved for documentation."""

    name: str
    member: str | None = None
    ip: str


class Comment(Record, frozen=True, kw_only=True):
    """A comment below a board post; ``parent`` is the number of the comment that it answers."""

    number: int
    writer: Writer
    text: str
    published_at: datetime
    parent: int | None = None
    secret: bool = False


class Attachment(Record, frozen=True, kw_only=True):
    """A file below a board post; images are shown in the post, everything else is listed by name."""

    name: str
    size: str
    image: bool = False


class Thread(Record, frozen=True, kw_only=True):
    """A post on a board with its comments. Posts and comments of one board share one sequence of numbers."""

    number: int
    title: str
    text: str
    writer: Writer
    published_at: datetime
    key: str | None = None
    category: str | None = None
    views: int = 0
    likes: int = 0
    notice: bool = False
    secret: bool = False
    withdrawn: bool = False
    """In robots.txt at its writer's wish, though people can still open it."""
    deleted_at: datetime | None = None
    answers: int | None = None
    """The number of the post that this one answers (답변글)."""
    files: list[Attachment] = []
    comments: list[Comment] = []


class Board(Record, frozen=True, kw_only=True):
    """A bulletin board; ``members_only`` ones show nothing to visitors, ``disallowed`` ones are in robots.txt."""

    table: str
    title: str
    threads: list[Thread]
    categories: list[str] = []
    shows_ip: bool = False
    shows_likes: bool = False
    members_only: bool = False
    disallowed: bool = False


class Account(Record, frozen=True, kw_only=True):
    """Somebody on the fediverse. ``domain`` is set for people on other servers; the flags are Mastodon's own."""

    id: str
    username: str
    name: str
    note: str
    created_at: datetime
    followers: int
    following: int
    bot: bool = False
    indexable: bool = True
    discoverable: bool = True
    locked: bool = False
    domain: str | None = None


class Picture(Record, frozen=True, kw_only=True):
    """An image in a status."""

    id: str
    description: str | None = None


class Poll(Record, frozen=True, kw_only=True):
    """A poll; ``votes`` counts per option."""

    id: str
    options: list[str]
    votes: list[int]
    expires_at: datetime


class Status(Record, frozen=True, kw_only=True):
    """A status, or a boost of one (``boosts`` names it, ``text`` is empty)."""

    id: str
    account: str
    text: str
    language: Language
    published_at: datetime
    key: str | None = None
    visibility: Visibility = "public"
    spoiler: str = ""
    answers: str | None = None
    boosts: str | None = None
    edited_at: datetime | None = None
    edited_text: str | None = None
    pictures: list[Picture] = []
    poll: Poll | None = None
    favourites: int = 0


class Article(Record, frozen=True, kw_only=True):
    """An article of the newspaper, or a post of a blog. ``feeds`` names the feeds that carry it."""

    slug: str
    title: str
    paragraphs: list[str]
    byline: str
    language: Language
    section: str
    published_at: datetime
    updated_at: datetime | None = None
    feeds: list[str] = []
    tags: list[str] = []


class WorldData(Record, frozen=True, kw_only=True):
    """Everything that will ever be shown, up to the last scheduled arrival."""

    seed: int
    anchor: datetime
    boards: list[Board]
    accounts: list[Account]
    statuses: list[Status]
    articles: list[Article]
    walk: list[Article]
    """Posts of the slow blog."""
    lab: list[Article]
    """Posts of the flaky blog."""
