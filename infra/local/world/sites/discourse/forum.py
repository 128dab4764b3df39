"""The forum's part of the story: topics and posts with the times at which they appear, change and go."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from infra.local.world.story.calendar import incident_start

if TYPE_CHECKING:
    from datetime import datetime

_FILE = Path(__file__).with_name("forum.toml")
_FIRST_TOPIC = 41
_FIRST_POST = 1_203


@dataclass(frozen=True)
class User:
    """Somebody with an account; the forum itself has a negative id."""

    id: int
    username: str
    name: str


@dataclass(frozen=True)
class Category:
    """A part of the forum; a restricted one is the team's own. ``order`` is how it is shown: as its team wants it."""

    id: int
    slug: str
    name: str
    restricted: bool = False
    order: str = "activity"


@dataclass(frozen=True)
class Post:
    """A post; its numbers are its own from the beginning, whatever is deleted later.

    A ``deleted`` one is nobody's to see, an ``author_deleted`` one leaves a notice, a ``hidden`` one too.
    """

    id: int
    number: int
    by: User
    text: str
    published_at: datetime
    replies_to: int | None = None
    quotes: int | None = None
    edited_at: datetime | None = None
    edited_text: str = ""
    likes: int = 0
    picture: str = ""
    attachment: str = ""
    details: tuple[str, ...] = ()
    poll: tuple[str, ...] = ()
    wiki: bool = False
    notice: bool = False
    hidden: bool = False
    author_deleted: bool = False
    deleted: bool = False

    def shown(self, now: datetime) -> bool:
        """Whether it is there at a time."""
        return self.published_at <= now and not self.deleted

    def words(self, now: datetime) -> str:
        """Its text at a time."""
        return self.edited_text if self.is_edited(now) else self.text

    def is_edited(self, now: datetime) -> bool:
        """Whether it was edited by then."""
        return self.edited_at is not None and self.edited_at <= now

    @property
    def reason(self) -> str | None:
        """Why it must not be indexed."""
        if self.deleted or self.author_deleted:
            return "deleted"
        return "hidden" if self.hidden else "notice" if self.notice else None


@dataclass(frozen=True)
class Topic:
    """A conversation under a title."""

    id: int
    slug: str
    title: str
    category: Category
    tags: list[str]
    views: int
    pinned: bool = False
    solved: int | None = None
    """The number of the post that solves it."""
    posts: list[Post] = field(default_factory=list)

    def shown(self, now: datetime) -> list[Post]:
        """The posts that are there at a time."""
        return [post for post in self.posts if post.shown(now)]


@dataclass(frozen=True)
class Story:
    """Everything that will ever be shown."""

    users: dict[str, User]
    categories: list[Category]
    topics: list[Topic]


def tell(seed: int, anchor: datetime) -> Story:
    """The story for one seed and anchor; the seed decides numbers and the figures of the long topic."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    users = {name: User(username=name, **raw) for name, raw in told["users"].items()}
    categories = [Category(**raw) for raw in told["categories"]]
    rng = Random(f"{seed} discourse")  # noqa: S311 - a story, not a secret
    raws = [_posts(topic, anchor, rng) for topic in told["topics"]]
    ids = _ids(raws, rng)
    topics = [
        _topic(number, raw, [_post(post, at, ids[(number, at)], users) for at, post in enumerate(posts, 1)], categories)
        for number, (raw, posts) in enumerate(zip(told["topics"], raws, strict=True), _FIRST_TOPIC)
    ]
    return Story(users, categories, topics)


def _posts(topic: dict[str, Any], anchor: datetime, rng: Random) -> list[dict[str, Any]]:
    """The posts of a topic with their times, those that are made of a pattern included."""
    raws = [dict(raw) for raw in topic["posts"]]
    if chorus := topic.get("chorus"):
        for each in range(chorus["count"]):
            text = chorus["text"][each % len(chorus["text"])].format(n=rng.randrange(120, 900))
            by = chorus["by"][each % len(chorus["by"])]
            raws.append({"at": chorus["from"] + chorus["every"] * each, "by": by, "text": text})
    start = incident_start(anchor)
    for raw in raws:
        after, at = raw.pop("after", None), raw.pop("at", 0.0)
        raw["published_at"] = anchor + timedelta(seconds=after) if after is not None else start + timedelta(hours=at)
    return raws


def _ids(topics: list[list[dict[str, Any]]], rng: Random) -> dict[tuple[int, int], int]:
    """Ids of posts by topic and number, in the order of time, with gaps for what is nobody's to see."""
    places = [
        (raw["published_at"], (topic, number))
        for topic, raws in enumerate(topics, _FIRST_TOPIC)
        for number, raw in enumerate(raws, 1)
    ]
    ids, last = dict[tuple[int, int], int](), _FIRST_POST
    for _, place in sorted(places):
        last += rng.randrange(1, 4)
        ids[place] = last
    return ids


def _post(raw: dict[str, Any], number: int, post_id: int, users: dict[str, User]) -> Post:
    known = {name: value for name, value in raw.items() if name not in {"by", "edited", "details", "poll"}}
    edited = raw["published_at"] + timedelta(hours=raw["edited"]) if "edited" in raw else None
    details, poll = tuple(raw.get("details", ())), tuple(raw.get("poll", ()))
    writer = users[raw["by"]]
    return Post(id=post_id, number=number, by=writer, edited_at=edited, details=details, poll=poll, **known)


def _topic(number: int, raw: dict[str, Any], posts: list[Post], categories: list[Category]) -> Topic:
    category = next(category for category in categories if category.id == raw["category"])
    known = {name: value for name, value in raw.items() if name not in {"category", "posts", "chorus"}}
    return Topic(id=number, category=category, posts=posts, **known)
