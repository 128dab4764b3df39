"""The site's own part of the story: who is on Bluesky, and what they post when."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.world.sites.bluesky.names import did, tid
from infra.local.world.story.calendar import incident_start

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_FILE = Path(__file__).with_name("story.toml")


@dataclass(frozen=True, eq=False)
class Account:
    """Somebody with a profile; ``signed_in_only`` ones ask not to be shown to anonymous readers."""

    did: str
    handle: str
    name: str
    note: str
    followers: int
    created_at: datetime
    language: str = "ko"
    signed_in_only: bool = False
    bot: bool = False


@dataclass(frozen=True)
class Card:
    """A link to elsewhere."""

    url: str
    title: str
    description: str


@dataclass(frozen=True, eq=False)
class Post:
    """A post; ``self_labels`` are its author's, ``moderated`` those of the moderation service."""

    uri: str
    author: Account
    text: str
    published_at: datetime
    answers: Post | None = None
    root: Post | None = None
    quotes: Post | None = None
    pictures: list[str] = field(default_factory=list)
    video: str | None = None
    card: Card | None = None
    tags: list[str] = field(default_factory=list)
    self_labels: list[str] = field(default_factory=list)
    moderated: list[str] = field(default_factory=list)
    likes: int = 0
    pinned: bool = False
    gone_at: datetime | None = None

    def visible(self, now: datetime) -> bool:
        """Whether it is there at a time."""
        return self.published_at <= now and (self.gone_at is None or now < self.gone_at)


@dataclass(frozen=True, eq=False)
class Repost:
    """Somebody passing on a post."""

    uri: str
    author: Account
    post: Post
    published_at: datetime


@dataclass(frozen=True)
class Curated:
    """A list of people, or a feed generator, which picks posts by words."""

    uri: str
    owner: Account
    name: str
    members: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """Everything that will ever be shown, in the order of its time."""

    accounts: dict[str, Account]
    posts: list[Post]
    reposts: list[Repost]
    lists: list[Curated]
    feeds: list[Curated]


class Teller:
    """Reads the story for one seed and anchor; ``fill`` puts addresses where a text names something of the world."""

    def __init__(self, seed: int, anchor: datetime, fill: Callable[[str], str]) -> None:
        self._seed = seed
        self._anchor = anchor
        self._fill = fill
        self._accounts: dict[str, Account] = {}
        self._keyed: dict[str, Post] = {}

    def tell(self) -> Story:
        """The whole story."""
        told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
        self._accounts = {raw["handle"]: self._account(raw) for raw in told["accounts"]}
        posts = [self._post(raw, number) for number, raw in enumerate(told["posts"])]
        reposts = [self._repost(raw, number) for number, raw in enumerate(told["reposts"])]
        return Story(
            accounts=self._accounts,
            posts=sorted(posts, key=lambda post: post.published_at),
            reposts=sorted(reposts, key=lambda repost: repost.published_at),
            lists=[self._curated(raw, "app.bsky.graph.list") for raw in told["lists"]],
            feeds=[self._curated(raw, "app.bsky.feed.generator") for raw in told["feeds"]],
        )

    def _account(self, raw: dict[str, Any]) -> Account:
        since = self._anchor - timedelta(days=400, hours=len(raw["name"]))
        return Account(**raw, did=did(self._seed, raw["handle"]), created_at=since)

    def _post(self, raw: dict[str, Any], number: int) -> Post:
        """A post; what it answers and quotes was told before it."""
        written, author = self._time(raw, number), self._accounts[raw["by"]]
        answers = self._keyed.get(raw.get("answers", ""))
        card = raw.get("card")
        post = Post(
            uri=f"at://{author.did}/app.bsky.feed.post/{tid(written, author.did)}",
            author=author,
            text=self._fill(raw["text"]),
            published_at=written,
            answers=answers,
            root=(answers.root or answers) if answers else None,
            quotes=self._keyed.get(raw.get("quotes", "")),
            card=Card(self._fill(f"[[{card['key']}]]"), card["title"], card["description"]) if card else None,
            gone_at=self._gone(raw),
            **{name: raw[name] for name in _PLAIN if name in raw},
        )
        self._keyed[raw.get("key", post.uri)] = post
        return post

    def _repost(self, raw: dict[str, Any], number: int) -> Repost:
        written, author = self._time(raw, number), self._accounts[raw["by"]]
        uri = f"at://{author.did}/app.bsky.feed.repost/{tid(written, author.did)}"
        return Repost(uri, author, self._keyed[raw["of"]], written)

    def _curated(self, raw: dict[str, Any], collection: str) -> Curated:
        owner = self._accounts[raw["owner"]]
        return Curated(
            uri=f"at://{owner.did}/{collection}/{raw['record_key']}",
            owner=owner,
            name=raw["name"],
            members=[self._accounts[handle].did for handle in raw.get("members", [])],
            words=raw.get("words", []),
        )

    def _time(self, raw: dict[str, Any], number: int) -> datetime:
        """When something was written; milliseconds tell two of the same moment apart."""
        if "after" in raw:
            return self._anchor + timedelta(seconds=raw["after"])
        return incident_start(self._anchor) + timedelta(hours=raw["at"], milliseconds=number)

    def _gone(self, raw: dict[str, Any]) -> datetime | None:
        if "gone_at" in raw:
            return incident_start(self._anchor) + timedelta(hours=raw["gone_at"])
        return self._anchor + timedelta(seconds=raw["gone_after"]) if "gone_after" in raw else None


_PLAIN = ("pictures", "video", "tags", "self_labels", "moderated", "likes", "pinned")
"""Fields of a post that are told as they are."""
