"""Responses to measure with: the sample world's pages as the crawl stage fetches them, as often as needed."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

from infra.bench.progress import say
from infra.local.standin import sample_credentials
from infra.local.world import Faults, WorldConfig, running_world
from infra.local.world.config import SITES
from socialindex import sources
from socialindex.channels.recognize import recognize
from socialindex.crawl.credentials import Credentials
from socialindex.crawl.fetch import Expect, Fetcher, FetchSettings
from socialindex.errors import SocialIndexError
from socialindex.identity import channel_id, post_id
from socialindex.normalize.finish import finish
from socialindex.sources.base import Channel
from socialindex.warc import Exchange, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.local.world import Channel as Pasted
    from infra.local.world import World, WorldAddresses
    from socialindex.model import Post

S = TypeVar("S", bound=msgspec.Struct)

CHANNELS: Final = ("board-free", "board-qna", "news-archive", "social-local")
"""One of each kind of source, and little overlap between them."""
EVERY_SOURCE: Final = (
    *CHANNELS,
    "bluesky-feed",
    "bluesky-thread",
    "discourse-all",
    "hackernews-newest",
    "kboard-voice",
    "lemmy-nuriphone",
    "press-all",
    "reddit-community",
    "rhymix-phone",
    "wordpress-newsroom",
    "youtube-channel",
)
"""Channels of all sources."""
_SITES: Final = ("board", "news", "social")
"""Of ``CHANNELS``."""
_QUICK: Final = Faults(slow_seconds=0, flaky_every=0, crawl_delay=0, rate_limit=100_000)
_SETTINGS: Final = FetchSettings(contact="https://crawler.example/about", allow_loopback=True)
_NOWHERE: Final = ("raw/bench.warc.gz", Span(0, 1))


class Corpus(NamedTuple):
    """Every page of a small world: lists as well as posts, as a crawl finds them."""

    exchanges: list[Exchange]
    hosts: dict[str, str]
    """The world's sites, each with host and port as its pages name it."""

    def copy(self, number: int) -> list[Exchange]:
        """The same pages as other sites would publish them: each post has another identity."""
        moves = _moves(self.hosts, number)
        return [_moved(exchange, moves) for exchange in self.exchanges]

    def platforms(self, number: int) -> list[str]:
        """Hosts whose posts are in a copy."""
        return [new for _, new in _moves(self.hosts, number)]


def crawl_world(channels: Iterable[str] = CHANNELS) -> Corpus:
    """Fetch what these channels of the world show, the adapters leading the way."""
    say("  reading the sample world ...")
    with running_world(WorldConfig(faults=_QUICK)) as world:
        exchanges = asyncio.run(_crawl(world, channels))
        return Corpus(exchanges, _hosts(world.addresses))


def posts_of(exchange: Exchange) -> list[Post]:
    """The canonical posts of a response, as the normalize stage makes them; what must not be kept is left out."""
    adapter = sources.find(exchange.channel.source)
    posts: list[Post] = []
    for draft in adapter.posts(exchange.channel, exchange.response):
        if isinstance(draft, SocialIndexError):
            continue
        if isinstance(draft, Exception):
            raise draft
        posts.append(finish(draft, exchange, adapter, _NOWHERE))
    return posts


def copies_of(posts: list[Post], hosts: dict[str, str], number: int) -> Iterator[Post]:
    """Posts as so many other sets of sites would publish them, without parsing their pages again."""
    for copy in range(number):
        moves = _moves(hosts, copy)
        for post in posts:
            moved = _renamed(post, moves)
            yield msgspec.structs.replace(moved, id=post_id(moved.uri))


def _hosts(addresses: WorldAddresses) -> dict[str, str]:
    return {site: addresses.as_dict()[site].removeprefix("http://") for site in _SITES}


async def _crawl(world: World, channels: Iterable[str]) -> list[Exchange]:
    credentials = Credentials(lambda: json.dumps(sample_credentials(_ports(world.addresses))))
    credentials.refresh()
    async with Fetcher(_SETTINGS) as fetcher:
        return [
            exchange
            for name in channels
            for exchange in await _drain(fetcher, credentials, await _channel(world.truth.channel(name)))
        ]


def _ports(addresses: WorldAddresses) -> list[int]:
    """In the order of ``SITES``."""
    return [urlsplit(addresses.as_dict()[name]).port or 0 for name in SITES]


async def _channel(pasted: Pasted) -> Channel:
    found = await recognize(pasted.url, _SETTINGS)
    return Channel(
        id=channel_id(found.source, found.recognized.url),
        source=found.source,
        url=found.recognized.url,
        created_at=datetime.now(tz=UTC),
        language=found.recognized.language,
        options=found.recognized.options | pasted.options,
    )


async def _drain(fetcher: Fetcher, credentials: Credentials, channel: Channel) -> list[Exchange]:
    """All pages of a channel; those that say no are left out, as the crawl stage leaves them out."""
    adapter = sources.find(channel.source)
    exchanges: dict[str, Exchange] = {}
    waiting = deque([adapter.start(channel)])
    while waiting:
        request = waiting.popleft()
        if request.url in exchanges:
            continue
        try:
            secrets = await credentials.headers(request.url, fetcher)
            expect = Expect(noindex=request.leads)
            response = (await fetcher.fetch(request, secrets=secrets, expect=expect)).response
            waiting += adapter.follow(channel, response).requests
        except SocialIndexError:
            continue
        exchanges[request.url] = Exchange(channel, response)
    return list(exchanges.values())


def _moves(hosts: dict[str, str], number: int) -> list[tuple[str, str]]:
    return [(host, f"{site}{number}.example") for site, host in hosts.items()]


def _moved(exchange: Exchange, moves: list[tuple[str, str]]) -> Exchange:
    channel, response = exchange
    bare = _renamed(msgspec.structs.replace(response, body=b""), moves)
    body = _replaced(response.body, moves)
    return Exchange(_renamed(channel, moves), msgspec.structs.replace(bare, body=body))


def _renamed(struct: S, moves: list[tuple[str, str]]) -> S:
    return msgspec.json.decode(_replaced(msgspec.json.encode(struct), moves), type=type(struct))


def _replaced(data: bytes, moves: list[tuple[str, str]]) -> bytes:
    for old, new in moves:
        data = data.replace(old.encode(), new.encode())
    return data
