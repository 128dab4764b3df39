"""The blog's posts and comments, with the times at which they appear, change and go."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.world.story.calendar import incident_start

if TYPE_CHECKING:
    from datetime import datetime

_FILE = Path(__file__).with_name("blog.toml")
_FIRST_POST, _FIRST_COMMENT = 101, 501


@dataclass(frozen=True, kw_only=True)
class Author:
    """Somebody with an account."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment, a guest's where it has no ``by``; a pingback is the notice that another site links here."""

    id: int
    name: str
    text: str
    published_at: datetime
    by: Author | None = None
    parent: int = 0
    is_pingback: bool = False


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post. What is trashed answers 404 and is in no list."""

    id: int
    slug: str
    title: str
    by: Author
    category: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    tags: tuple[str, ...] = ()
    picture: str = ""
    edited_at: datetime | None = None
    edited_paragraphs: tuple[str, ...] = ()
    trashed_at: datetime | None = None
    has_password: bool = False
    noindex: bool = False
    comments: tuple[Comment, ...] = ()

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/{self.published_at:%Y/%m}/{self.slug}/"

    def is_there(self, now: datetime) -> bool:
        """Whether it is public at a time, with a password or without."""
        return self.published_at <= now and not (self.trashed_at and self.trashed_at <= now)

    def modified_at(self, now: datetime) -> datetime:
        """When it was changed last."""
        return self.edited_at if self.edited_at and self.edited_at <= now else self.published_at

    def words(self, now: datetime) -> tuple[str, ...]:
        """Its paragraphs at a time."""
        return self.edited_paragraphs if self.modified_at(now) != self.published_at else self.paragraphs

    def thread(self, now: datetime) -> list[Comment]:
        """Its comments at a time."""
        return [comment for comment in self.comments if comment.published_at <= now]

    @property
    def reason(self) -> str | None:
        """Why it must not be indexed."""
        return "secret" if self.has_password else "noindex" if self.noindex else None


def tell(anchor: datetime) -> list[Post]:
    """Every post that will ever appear, the oldest first."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    named = enumerate(told["authors"].items(), 2)
    authors = {slug: Author(id=number, slug=slug, name=name) for number, (slug, name) in named}
    posts: list[Post] = []
    for raw in told["posts"]:
        first = _FIRST_COMMENT + sum(len(post.comments) for post in posts)
        posts.append(_post(raw, _FIRST_POST + 3 * len(posts), first, authors, anchor))
    return posts


def _post(raw: dict[str, Any], number: int, first: int, authors: dict[str, Author], anchor: datetime) -> Post:
    after, published = raw.get("after"), incident_start(anchor) + timedelta(hours=raw.get("at", 0.0))
    if after is not None:
        published = anchor + timedelta(seconds=after)
    trashed = _later(published, raw.get("trashed"))
    if "trashed_after" in raw:
        trashed = anchor + timedelta(seconds=raw["trashed_after"])
    return Post(
        id=number,
        slug=raw["slug"],
        title=raw["title"],
        by=authors[raw["by"]],
        category=raw["category"],
        paragraphs=tuple(raw["paragraphs"]),
        published_at=published.replace(microsecond=0),
        tags=tuple(raw.get("tags", ())),
        picture=raw.get("picture", ""),
        edited_at=_later(published, raw.get("edited")),
        edited_paragraphs=tuple(raw.get("edited_paragraphs", ())),
        trashed_at=trashed,
        has_password=raw.get("password", False),
        noindex=raw.get("noindex", False),
        comments=tuple(_comments(raw.get("comments", []), first, authors, published)),
    )


def _comments(raws: list[dict[str, Any]], first: int, authors: dict[str, Author], published: datetime) -> list[Comment]:
    found: list[Comment] = []
    for raw in raws:
        by = authors.get(raw.get("by", ""))
        name = by.name if by else raw.get("name") or raw["pingback"]
        found.append(
            Comment(
                id=first + len(found),
                name=name,
                text=raw["text"],
                published_at=(published + timedelta(hours=raw["at"])).replace(microsecond=0),
                by=by,
                parent=first + raw["answers"] - 1 if "answers" in raw else 0,
                is_pingback="pingback" in raw,
            )
        )
    return found


def _later(moment: datetime, hours: float | None) -> datetime | None:
    return None if hours is None else (moment + timedelta(hours=hours)).replace(microsecond=0)
