"""Entities of the API, version 0, the fields that we read (https://github.com/HackerNews/API)."""

from __future__ import annotations

from socialindex.sources._families.typed_json import Entity

STORIES = frozenset({"story", "job", "poll"})
"""Types of items that begin a conversation."""


class Item(Entity, frozen=True, kw_only=True):
    """A story, comment, job, poll or poll option. Of a deleted one little more than ``id`` and ``parent`` is left."""

    id: int
    type: str | None = None
    """``job``, ``story``, ``comment``, ``poll`` or ``pollopt``."""
    deleted: bool = False
    dead: bool = False
    """Killed by moderators or flags: the site shows it to nobody but those who ask for the dead."""
    by: str | None = None
    time: int | None = None
    text: str | None = None
    url: str | None = None
    title: str | None = None
    score: int | None = None
    descendants: int | None = None
    parent: int | None = None
    poll: int | None = None
    """Of a poll's option: its poll. It has no ``parent``."""
    kids: list[int] = []
    parts: list[int] = []


class User(Entity, frozen=True, kw_only=True):
    id: str
    submitted: list[int] = []
    """Stories, polls and comments, newest first."""


class Updates(Entity, frozen=True, kw_only=True):
    """What changed within the last moments, anywhere on the site."""

    items: list[int] = []
