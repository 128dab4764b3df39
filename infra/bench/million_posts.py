"""Posts as a year of social media has them, as many as wanted: the same in every run, made chunk by chunk.

Sources, authors, words and hashtags are unevenly frequent; a tenth are copies of a story, which come in bursts, and
share a cluster. Nothing is copied from anywhere: words are those of ``million_text``, hosts are reserved names.
"""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

from infra.bench.million_text import LANGUAGES, Language, Weighted, vocabulary, words_file, zipf
from socialindex.identity import author_key, channel_id, post_id
from socialindex.index.merge import parameters
from socialindex.model import Author, Metrics, Post, Provenance
from socialindex.normalize.near import signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.model import Kind

BEGIN: Final = datetime(2025, 11, 1, tzinfo=UTC)
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
CHUNK: Final = 1_000
AUTHORS: Final = 100_000
"""Of a source."""
HASHTAGS: Final = 3_000
_LAG: Final = timedelta(minutes=10)
"""Within which a post is read after it was published."""
_STORY_EVERY: Final = 150
"""Posts for which there is one story; with its copies it makes some fifteen."""
_MOST_COPIES: Final = 3_000
_BURST: Final = 1_000
"""Ten copies of a story take about a thousandth of the year: hours, and days for the great ones."""
_LENGTHS: Final = (3, 120)
"""Words of a text."""


class _Source(NamedTuple):
    """What a source's posts are like."""

    name: str
    weight: int
    hosts: int
    titled: bool
    viewed: bool
    """Whether it tells views, as boards do, instead of reposts and followers."""
    comments: float
    """The share of comments."""

    @property
    def kind(self) -> Kind:
        """What a post is that is no comment."""
        return "article" if self.name == "feed" else "post"


_SOURCES: Final = (
    _Source("gnuboard", 26, 40, titled=True, viewed=True, comments=0.5),
    _Source("rhymix", 10, 12, titled=True, viewed=True, comments=0.5),
    _Source("youtube", 14, 1, titled=False, viewed=False, comments=1.0),
    _Source("bluesky", 14, 1, titled=False, viewed=False, comments=0.35),
    _Source("mastodon", 12, 60, titled=False, viewed=False, comments=0.35),
    _Source("reddit", 8, 1, titled=True, viewed=False, comments=0.7),
    _Source("feed", 8, 80, titled=True, viewed=False, comments=0.0),
    _Source("discourse", 4, 15, titled=True, viewed=True, comments=0.8),
    _Source("hackernews", 2, 1, titled=True, viewed=False, comments=0.8),
    _Source("wordpress", 2, 30, titled=True, viewed=False, comments=0.0),
)
_BY_NAME: Final = {source.name: source for source in _SOURCES}
_WEIGHTS: Final = list(itertools.accumulate(source.weight for source in _SOURCES))
_LANGUAGES: Final = Weighted(list(LANGUAGES), [0.62, 0.92, 1.0])
_FRAMES: Final = ("{}", "{}", "[속보] {}", "{} (출처: 뉴스)", "RT {}", "{} 👀")


class Story(NamedTuple):
    """A text that many publish."""

    language: Language
    words: list[str]
    first: int
    """The number of the post that has it first."""


class Posts:
    """A year of posts.

    Args:
        size: how many.
        seed: another one makes other posts.
    """

    def __init__(self, size: int, seed: int = 12) -> None:
        self.size = size
        self._seed = seed
        self._authors = zipf(list(range(AUTHORS)), 0.9)
        self._hashtags = zipf(_hashtags(), 1.0)
        self._brands = zipf(words_file()["names"]["brands"], 1.0)
        self._stories = self._told()

    def chunks(self) -> Iterator[list[Post]]:
        """All of them, in the order of time."""
        return (self.chunk(number) for number in range(-(-self.size // CHUNK)))

    def chunk(self, number: int) -> list[Post]:
        """Some of them; each chunk can be made without the others."""
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - the same posts in every run
        first = number * CHUNK
        return [self._post(at, chance) for at in range(first, min(first + CHUNK, self.size))]

    def _told(self) -> dict[int, Story]:
        """The posts that tell a story, by number."""
        chance = random.Random(f"{self._seed} stories")  # noqa: S311 - likewise
        told: dict[int, Story] = {}
        for _ in range(self.size // _STORY_EVERY):
            language: Language = _LANGUAGES.some(chance, 1)[0]
            first = chance.randrange(self.size)
            story = Story(language, vocabulary(language).text(chance, chance.randint(15, 60)).split(" "), first)
            copies = min(int(3 / chance.random() ** 0.8), _MOST_COPIES)
            gap = self.size / _BURST / 10
            places = itertools.accumulate(1 + int(chance.expovariate(1 / gap)) for _ in range(copies))
            told |= {first + place: story for place in (0, *places) if first + place < self.size}
        return told

    def _post(self, number: int, chance: random.Random) -> Post:
        source = chance.choices(_SOURCES, cum_weights=_WEIGHTS)[0]
        host = f"{source.name}{int(source.hosts * chance.random() ** 2)}.example"
        published = BEGIN + (END - BEGIN - _LAG) * ((number + chance.random()) / self.size)
        collected = published + _LAG * chance.random()
        base = Post(
            id=identity(number),
            uri=_uri(number),
            source=source.name,
            platform=host,
            collected_at=collected,
            provenance=_provenance(source, host, number),
        )
        if _happens(chance, 0.005):
            return replace(base, deleted_at=collected)
        return replace(base, published_at=published, **self._said(number, source, chance), **self._by(base, chance))

    def _said(self, number: int, source: _Source, chance: random.Random) -> dict[str, Any]:
        """The words of a post, and what follows from them."""
        story = self._stories.get(number)
        language: Language = story.language if story else _LANGUAGES.some(chance, 1)[0]
        comment = _happens(chance, source.comments)
        text = _retold(story, chance) if story else _text(language, chance)
        title = vocabulary(language).text(chance, 6) if source.titled and not comment else None
        answered = identity(max(0, number - int(chance.expovariate(1 / 200)) - 1))
        return {
            "kind": "comment" if comment else source.kind,
            "title": title,
            "text": text,
            "language": language if _happens(chance, 0.95) else None,
            "in_reply_to": answered if comment else None,
            "thread_id": answered if comment else identity(number),
            "signature": signature(text, title),
            "cluster_id": identity(story.first if story else number),
        }

    def _by(self, base: Post, chance: random.Random) -> dict[str, Any]:
        """Who wrote a post, what is in it beside words, and what it got."""
        host, source = str(base.platform), _BY_NAME[base.source]
        tags = self._hashtags.some(chance, chance.randint(1, 4))
        link = f"https://site{int(400 * chance.random() ** 3)}.example/a/{base.id}"
        return {
            "url": f"https://{host}/p/{base.id}",
            "author": _author(source, host, self._authors.some(chance, 1)[0]),
            "hashtags": sorted(set(tags)) if _happens(chance, 0.2) else [],
            "links": [link] if _happens(chance, 0.1) else [],
            "metrics": _metrics(source, base.collected_at, chance) if _happens(chance, 0.9) else None,
            "sentiment": round(chance.uniform(-1, 1), 3) if _happens(chance, 0.6) else None,
            "entities": self._brands.some(chance, 1) if _happens(chance, 0.15) else [],
            "promotional": True if _happens(chance, 0.02) else None,
        }


def identity(number: int) -> str:
    """The id of a post by its number."""
    return post_id(_uri(number))


def document(post: Post) -> dict[str, Any]:
    """The post's document, as the index stage would write it on its first reading."""
    given = parameters(post, post.collected_at, live=True, replay=False)
    seen = given["post"]["collected_at"]
    latency = {} if given["latency"] is None or post.deleted_at else {"latency_ms": given["latency"]}
    versions = {"content": given["content"], "edited": given["edited"], "seen": given["seen"]}
    dated = {"first_seen_at": seen, "indexed_at": seen, "updated_at": seen}
    return {**given["post"], **dated, **latency, "versions": versions}


def _happens(chance: random.Random, share: float) -> bool:
    return chance.random() < share


def _uri(number: int) -> str:
    return f"https://posts.example/{number}"


def _hashtags() -> list[str]:
    return [word for word in vocabulary("ko").words.things[:HASHTAGS] if " " not in word]


def _text(language: Language, chance: random.Random) -> str:
    shortest, longest = _LENGTHS
    return vocabulary(language).text(chance, min(longest, shortest + int(chance.lognormvariate(2.3, 0.8))))


def _retold(story: Story, chance: random.Random) -> str:
    """The story, with some words left out here and there and something around it."""
    words = [word for word in story.words if not _happens(chance, 0.02)]
    return chance.choice(_FRAMES).format(" ".join(words or story.words))


@lru_cache(maxsize=20_000)
def _author(source: _Source, host: str, number: int) -> Author:
    name = f"https://{host}/@user{number}"
    followers = None if source.viewed else 20 + 3_000_000 // (number + 3)
    return Author(
        id=name, key=author_key(name), handle=f"user{number}", name=f"이름{number}", url=name, followers=followers
    )


def _metrics(source: _Source, read: datetime, chance: random.Random) -> Metrics:
    likes = int(chance.paretovariate(0.9)) - 1
    views = likes * 20 + chance.randrange(300) if source.viewed else None
    reposts = None if source.viewed else likes // 4
    return Metrics(likes=likes, replies=chance.randrange(1 + likes // 2), reposts=reposts, views=views, read_at=read)


@lru_cache(maxsize=1_000)
def _channel(source: str, host: str) -> str:
    return channel_id(source, f"https://{host}/")


def _provenance(source: _Source, host: str, number: int) -> Provenance:
    return Provenance(
        channel=_channel(source.name, host),
        adapter=f"{source.name}/1",
        archive_key=f"raw/2026/{number // 500}.warc.gz",
        archive_offset=number % 500 * 2_000,
        archive_length=2_000,
    )
