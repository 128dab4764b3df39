"""What answers about networks and spread share: the posts that are read, and who and what an answer names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Final, Generic, TypeVar

import msgspec

from socialindex.model import Struct
from socialindex.network.reading import WORDS, Reader
from socialindex.search.analytics.asking import Question
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - as above
from socialindex.search.analytics.window import Windowed
from socialindex.search.selection import index_of, selected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.model import Post
    from socialindex.search.analytics.part import AnalyticsPart

AT_ONCE: Final = 20_000
"""Posts that are read while somebody waits: some seconds."""
PATIENCE: Final = 15.0
"""Seconds after which no further page is read, so that the answer is there within the gateway's thirty."""
EXCERPT: Final = 200
"""Characters of a post that are shown."""
W = TypeVar("W", bound=Windowed)


class Looked(Windowed, frozen=True, kw_only=True):
    """A selection whose posts are read one by one."""

    posts: Annotated[int, msgspec.Meta(ge=1, le=AT_ONCE)] = AT_ONCE
    """Posts that are read at most: the newest."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    """How many of each thing are shown at most."""


class AuthorName(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Who is behind an author's key, as one of their posts shows it."""

    name: str | None
    handle: str | None
    source: str


class PostCard(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A post that an answer names, with its beginning."""

    source: str
    url: str | None
    published_at: datetime | None
    author: str | None
    """The author's key; null of a guest."""
    name: str | None
    """How the author is called there."""
    excerpt: str | None
    """The first 200 characters of title or text."""


@dataclass(frozen=True)
class Placed(Generic[W]):
    """A request with its window filled in, how many posts it is about, and what the answer covers."""

    asked: W
    total: int
    coverage: Coverage
    now: datetime

    @property
    def bound(self) -> int:
        """Now, in Unix ms: what becomes a document later is no part of the answer."""
        return int(self.now.timestamp() * 1000)


class Looking:
    """Finds out what a request is about, and names what answers are about.

    Raises (every method):
        InvalidInput, InvalidQuery: the request cannot be taken.
        NotFound: a topic is not the caller's.
        Unavailable: a part does not answer.
    """

    def __init__(self, engine: OpenSearch, analytics: AnalyticsPart) -> None:
        self.engine = engine
        self._analytics = analytics

    def placed(self, caller: Caller, asked: W) -> Placed[W]:
        """A request with its window, how many posts match, and what that covers."""
        asked, window, now = self._analytics.placed(asked)
        everything = Question(selected(caller, asked), where=index_of(asked))
        found, coverage = self._analytics.ask(caller, asked, window, [everything])
        return Placed(asked, found[0].total, coverage, now)

    def reader(self, caller: Caller, placed: Placed[W], *, more: Sequence[str] = ()) -> Reader:
        """A reader of the posts of a request."""
        return Reader(self.engine, caller, placed.asked, placed.bound, more=more)

    def cards(self, caller: Caller, placed: Placed[W], ids: Iterable[str]) -> dict[str, PostCard]:
        """Posts by their ids, those that the caller may see."""
        wanted = list(dict.fromkeys(ids))
        reader = self.reader(caller, placed, more=WORDS)
        return {post.id: card(post) for post in reader.by_ids(wanted, len(wanted))}


def card(post: Post) -> PostCard:
    """What is shown of a post."""
    words = " ".join((post.title or post.text or "").split())
    return PostCard(
        source=post.source,
        url=post.url,
        published_at=post.published_at,
        author=post.author.key if post.author else None,
        name=post.author.name or post.author.handle if post.author else None,
        excerpt=words[:EXCERPT] or None,
    )


def named(posts: Iterable[Post], keys: Iterable[str | None]) -> dict[str, AuthorName]:
    """Who is behind these keys, as far as one of the posts is theirs."""
    wanted = {key for key in keys if key}
    names = {}
    for post in posts:
        if (author := post.author) and author.key in wanted and author.key not in names:
            names[author.key] = AuthorName(name=author.name, handle=author.handle, source=post.source)
    return names
