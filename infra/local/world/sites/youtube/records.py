"""The stand-in's channel, videos and comments, with ids in YouTube's shape that follow from the seed."""

from __future__ import annotations

import base64
import hashlib
import tomllib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("data.toml")


@dataclass(frozen=True)
class Comment:
    """A comment; ``parent`` is the id of the one that it answers."""

    id: str
    by: str
    text: str
    time: datetime
    likes: int
    parent: str | None = None


@dataclass(frozen=True)
class Video:
    """A video with its comments, newest first. A deleted one is left in the playlist without its name."""

    id: str
    title: str
    text: str
    time: datetime
    tags: list[str]
    views: int
    likes: int
    comments: list[Comment]
    comments_off: bool = False
    unlisted: bool = False
    deleted: bool = False
    live: bool = False


@dataclass(frozen=True)
class Account:
    """The one channel: its id, its playlist of uploads, its handle without ``@``."""

    id: str
    uploads: str
    handle: str
    title: str
    subscribers: int


@dataclass(frozen=True)
class Records:
    """All there will ever be, videos newest first."""

    account: Account
    videos: list[Video]
    seed: int

    def channel_id(self, name: str) -> str:
        """The id of anybody's channel."""
        return self.account.id if name == self.account.handle else f"UC{_id(self.seed, name, 22)}"


def records(seed: int, anchor: datetime) -> Records:
    """The records of a seed, placed around the anchor."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    own = _id(seed, data["channel"]["handle"], 22)
    account = Account(id=f"UC{own}", uploads=f"UU{own}", **data["channel"])
    videos = [_video(seed, anchor, given) for given in data["videos"]]
    return Records(account, sorted(videos, key=lambda video: video.time, reverse=True), seed)


def _video(seed: int, anchor: datetime, given: dict[str, Any]) -> Video:
    flags = {name: given[name] for name in ("comments_off", "unlisted", "deleted", "live") if name in given}
    views = _figure(seed, given["key"], 40_000)
    return Video(
        id=_id(seed, given["key"], 11),
        title=given["title"],
        text=given["text"],
        time=anchor - timedelta(hours=given["at"]),
        tags=given.get("tags", []),
        views=views,
        likes=views // 30,
        comments=_comments(seed, anchor, given),
        **flags,
    )


def _comments(seed: int, anchor: datetime, given: dict[str, Any]) -> list[Comment]:
    found: list[Comment] = []
    for place, comment in enumerate(given.get("comments", ())):
        key = f"{given['key']}.{place}"
        parent = found[comment["to"] - 1].id if "to" in comment else None
        found.append(
            Comment(
                id=f"{parent}.{_id(seed, key, 22)}" if parent else f"Ug{_id(seed, key, 24)}",
                by=comment["by"],
                text=comment["text"],
                time=anchor - timedelta(hours=comment["at"]),
                likes=_figure(seed, key, 60),
                parent=parent,
            )
        )
    return found[::-1]


def _id(seed: int, key: str, length: int) -> str:
    digest = hashlib.sha256(f"youtube:{seed}:{key}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:length]


def _figure(seed: int, key: str, most: int) -> int:
    return 1 + zlib.crc32(f"{seed}:{key}".encode()) % most
