"""The truth about the world: what a person would paste to add it, and what may and what must not be indexed."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from infra.local.world.records import Record
from infra.local.world.sites.blog import FEED
from infra.local.world.sites.mastodon.content import hashtags
from infra.local.world.sites.news.routes import FEEDS, WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from infra.local.world.links import Directory
    from infra.local.world.records import Account, Article, Board, Status, Thread, WorldData

TAGS = ("누리폰12", "NuriPhone", "배터리", "ヌリフォン12")
"""Hashtags that are channels."""
SUGGESTED = (
    "board-free",
    "board-qna",
    "board-notice",
    "news-main",
    "news-english",
    "news-japanese",
    "news-press",
    "news-archive",
    "blog-slow",
    "blog-flaky",
    "social-local",
    "social-tag-누리폰12",
    "social-onnuri_j",
)
"""Names of the channels that show a newcomer everything."""
_ALL_PAGES = {"pages": "50"}
"""Option of a channel that makes its first crawl read all there is."""

Reason = str
"""Why something must not be indexed, mostly the word that the pipeline counts it under: ``secret``, ``deleted``,
``robots``, ``members_only``, ``not_indexable``, ``not_discoverable``, ``not_public``."""


class Item(Record, frozen=True, kw_only=True):
    """A post by the identity that its publisher gives it. ``reason`` says why it must not be indexed."""

    uri: str
    published_at: datetime
    kind: str
    reason: Reason | None = None
    until: datetime | None = None
    """When it is deleted."""


class Channel(Record, frozen=True, kw_only=True):
    """Something to add: ``url`` as a person would paste it, and what a crawl of it comes across."""

    name: str
    source: str
    url: str
    items: list[Item]
    options: dict[str, str] = {}
    """What to set when the channel is added, so that its first crawl reads all there is."""
    refused: Reason | None = None
    """Why the channel as a whole must not be crawled."""
    suggested: bool = False
    """One of the few channels that show a newcomer everything; the others overlap with them or are refused."""

    def expected(self, now: datetime) -> set[str]:
        """Identities that must be in the index once the channel is crawled at ``now``.

        What is deleted while the world runs is left out: it is there or not, depending on when it was read.
        """
        if self.refused:
            return set()
        kept = (item for item in self.items if item.reason is None and item.until is None)
        return {item.uri for item in kept if item.published_at <= now}

    def excluded(self) -> dict[str, Reason]:
        """Identities that must never be in the index, with the reason."""
        return {item.uri: item.reason for item in self.items if item.reason is not None}


class Manifest(Record, frozen=True, kw_only=True):
    """The truth about a running world."""

    anchor: datetime
    last_arrival: datetime
    """When the last scheduled item appears."""
    channels: list[Channel]

    def channel(self, name: str) -> Channel:
        """The channel with a name.

        Raises:
            KeyError: there is none.
        """
        return {channel.name: channel for channel in self.channels}[name]

    def suggested(self) -> list[Channel]:
        """The few channels that show a newcomer everything."""
        return [channel for channel in self.channels if channel.suggested]

    def expected(self, now: datetime, channels: Iterable[Channel] | None = None) -> set[str]:
        """Identities that belong in the index once some channels, by default all, are crawled at ``now``."""
        return set().union(*(channel.expected(now) for channel in channels or self.channels))

    def arrivals(self, channels: Iterable[Channel] | None = None) -> list[Item]:
        """What appears after the anchor and belongs in the index, in the order of its appearance."""
        crawled = [channel for channel in channels or self.channels if channel.refused is None]
        items = {item.uri: item for channel in crawled for item in channel.items if item.published_at > self.anchor}
        return sorted((item for item in items.values() if item.reason is None), key=lambda item: item.published_at)

    def excluded(self) -> dict[str, Reason]:
        """Identities that must not be in the index whichever channels are added, with the reason."""
        return {uri: reason for channel in self.channels for uri, reason in channel.excluded().items()}


def manifest(world: WorldData, directory: Directory, more: Iterable[Channel] = ()) -> Manifest:
    """The truth about a world that is served at a directory's addresses, with the channels of its other sites."""
    found = [*_boards(world, directory), *_feeds(world, directory), *_social(world, directory)]
    story = [msgspec.structs.replace(channel, suggested=channel.name in SUGGESTED) for channel in found]
    channels = [*story, *more]
    arrivals = [item.published_at for channel in channels for item in channel.items]
    return Manifest(anchor=world.anchor, last_arrival=max(arrivals), channels=channels)


def _boards(world: WorldData, directory: Directory) -> list[Channel]:
    return [
        Channel(
            name=f"board-{board.table}",
            source="gnuboard",
            url=f"{directory.addresses.board}/bbs/board.php?bo_table={board.table}",
            items=[item for thread in board.threads for item in _thread_items(world, directory, board, thread)],
            options=_ALL_PAGES,
            refused="members_only" if board.members_only else "robots" if board.disallowed else None,
        )
        for board in world.boards
    ]


def _thread_items(world: WorldData, directory: Directory, board: Board, thread: Thread) -> list[Item]:
    gone = thread.deleted_at is not None and thread.deleted_at <= world.anchor
    whole: Reason | None = "members_only" if board.members_only else "robots" if board.disallowed else None
    whole = whole or ("robots" if thread.withdrawn else None)
    whole = whole or ("secret" if thread.secret else "deleted" if gone else None)
    uri = directory.thread(board.table, thread.number)
    post = Item(uri=uri, published_at=thread.published_at, kind="post", reason=whole, until=thread.deleted_at)
    comments = [
        Item(
            uri=directory.comment(board.table, thread.number, comment.number),
            published_at=comment.published_at,
            kind="comment",
            reason=whole or ("secret" if comment.secret else None),
            until=thread.deleted_at,
        )
        for comment in thread.comments
    ]
    return [post, *comments]


def _feeds(world: WorldData, directory: Directory) -> list[Channel]:
    news, slow, flaky = directory.addresses.news, directory.addresses.slow, directory.addresses.flaky
    pasted = {"main": f"{news}/"}
    channels = [
        _feed(f"news-{name}", pasted.get(name, news + path), _window(world, name), directory.article, _ALL_PAGES)
        for name, path in FEEDS.items()
    ]
    return [
        *channels,
        _feed("blog-slow", f"{slow}/", world.walk, lambda slug: directory.post(slow, slug), {}),
        _feed("blog-flaky", flaky + FEED, world.lab, lambda slug: directory.post(flaky, slug), {}),
    ]


def _window(world: WorldData, feed: str) -> list[Article]:
    """What a feed shows at the anchor, and what arrives later; the paged feed shows everything."""
    articles = [article for article in world.articles if feed in article.feeds]
    if feed == "archive":
        return articles
    old = [article for article in articles if article.published_at <= world.anchor]
    return old[-WINDOW:] + [article for article in articles if article.published_at > world.anchor]


def _feed(
    name: str, url: str, articles: list[Article], address: Callable[[str], str], options: dict[str, str]
) -> Channel:
    items = [Item(uri=address(a.slug), published_at=a.published_at, kind="article") for a in articles]
    return Channel(name=name, source="feed", url=url, items=items, options=options)


def _social(world: WorldData, directory: Directory) -> list[Channel]:
    truth = _SocialTruth(world, directory)
    home = directory.addresses.social
    local = [s for s in world.statuses if truth.is_local(s) and not s.boosts and s.visibility == "public"]
    channels = [truth.channel("social-local", f"{home}/public/local", local)]
    for tag in TAGS:
        tagged = [s for s in world.statuses if s.visibility == "public" and tag.lower() in truth.tags(s)]
        channels.append(truth.channel(f"social-tag-{tag}", f"{home}/tags/{quote(tag)}", tagged))
    for account in world.accounts:
        if account.domain is None:
            own = [s for s in world.statuses if s.account == account.id]
            channels.append(truth.profile(account, own))
    return channels


class _SocialTruth:
    """What the fediverse's flags and visibilities mean for its statuses."""

    def __init__(self, world: WorldData, directory: Directory) -> None:
        self._directory = directory
        self._accounts = {account.id: account for account in world.accounts}
        self._statuses = {status.id: status for status in world.statuses}

    def is_local(self, status: Status) -> bool:
        return self._accounts[status.account].domain is None

    def tags(self, status: Status) -> set[str]:
        return {tag.lower() for tag in hashtags(status.text)}

    def channel(self, name: str, url: str, statuses: list[Status], refused: Reason | None = None) -> Channel:
        items = [self._item(status) for status in statuses]
        return Channel(name=name, source="mastodon", url=url, items=items, refused=refused, options=_ALL_PAGES)

    def profile(self, account: Account, own: list[Status]) -> Channel:
        """An account's page shows what it wrote and what it boosted, whoever wrote that."""
        boosted = [self._statuses[status.boosts] for status in own if status.boosts]
        statuses = list({status.id: status for status in [*own, *boosted]}.values())
        url = self._directory.profile(account)
        return self.channel(f"social-{account.username}", url, statuses, _objection(account))

    def _item(self, status: Status) -> Item:
        kind = "repost" if status.boosts else "post"
        uri = self._directory.status(status)
        return Item(uri=uri, published_at=status.published_at, kind=kind, reason=self._reason(status))

    def _reason(self, status: Status) -> Reason | None:
        """A boost needs the consent of both: who wrote and who boosted."""
        if status.boosts and (reason := self._reason(self._statuses[status.boosts])):
            return reason
        return "not_public" if status.visibility != "public" else _objection(self._accounts[status.account])


def _objection(account: Account) -> Reason | None:
    if not account.indexable:
        return "not_indexable"
    return None if account.discoverable else "not_discoverable"
