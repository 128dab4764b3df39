"""What a crawl of the site must find, and what it must not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from infra.local.world.manifest import Channel, Item
from infra.local.world.sites.bluesky.story import Post, Repost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from infra.local.world.sites.bluesky.story import Account, Story

SOURCE = "bluesky"
_PAGES = {"pages": "20"}
_HOURS = 48
"""How far back the stream's channel begins."""
_SUGGESTED = frozenset(("hanbit-care.test", "goyohan.test"))


class Truth:
    """The channels of a site at ``base``, whose world is shown from ``anchor`` on."""

    def __init__(self, story: Story, base: str, anchor: datetime) -> None:
        self._story = story
        self._base = base
        self._anchor = anchor

    def channels(self) -> list[Channel]:
        """Everything that a person can paste."""
        return [
            *(self._profile(account) for account in self._story.accounts.values()),
            self._list(),
            self._feed(),
            self._thread(),
            self._stream(),
        ]

    def _profile(self, account: Account) -> Channel:
        refused = "no_unauthenticated" if account.signed_in_only else None
        items = self._items(self._of([account.did]))
        address = f"profile/{account.handle}"
        found = self._channel(f"bluesky-{account.handle.partition('.')[0]}", address, items, refused=refused)
        return msgspec.structs.replace(found, suggested=account.handle in _SUGGESTED)

    def _list(self) -> Channel:
        (curated,) = self._story.lists
        items = self._items(self._of(curated.members))
        return self._channel("bluesky-list", f"profile/{curated.owner.handle}/lists/{_key(curated.uri)}", items)

    def _feed(self) -> Channel:
        (curated,) = self._story.feeds
        named = [post for post in self._story.posts if any(word in post.text.lower() for word in curated.words)]
        return self._channel(
            "bluesky-feed", f"profile/{curated.owner.handle}/feed/{_key(curated.uri)}", self._items(named)
        )

    def _thread(self) -> Channel:
        """The conversation with the most answers."""
        first = max(self._story.posts, key=lambda post: sum(each.root is post for each in self._story.posts))
        told = [post for post in self._story.posts if first in (post, post.root)]
        return self._channel(
            "bluesky-thread", f"profile/{first.author.handle}/post/{_key(first.uri)}", self._items(told)
        )

    def _stream(self) -> Channel:
        """What a stream finds of the last hours, in Korean, with what that quotes."""
        since = self._anchor - timedelta(hours=_HOURS)
        new = [post for post in self._story.posts if post.published_at >= since and post.author.language == "ko"]
        # An hour more than what is expected, so that a crawl that begins late still finds all of it.
        options = {"languages": "ko", "appview": self._base, "hours": str(_HOURS + 1)}
        url = f"{self._base.replace('http', 'ws', 1)}/subscribe"
        return Channel(
            name="bluesky-stream", source=SOURCE, url=url, items=self._items(new), options=options, suggested=True
        )

    def _of(self, dids: Iterable[str]) -> Iterator[Post | Repost]:
        wanted = set(dids)
        yield from (post for post in self._story.posts if post.author.did in wanted)
        yield from (repost for repost in self._story.reposts if repost.author.did in wanted)

    def _items(self, found: Iterable[Post | Repost]) -> list[Item]:
        """Posts and reposts, with what they pass on and quote, each once."""
        items: dict[str, Item] = {}
        for each in found:
            for item in self._shown(each):
                items.setdefault(item.uri, item)
        return list(items.values())

    def _shown(self, found: Post | Repost) -> Iterator[Item]:
        post = found if isinstance(found, Post) else found.post
        yield self._item(post)
        if post.quotes:
            yield self._item(post.quotes)
        if isinstance(found, Repost):
            reason = self._reason(post) or self._reason_of(found.author)
            yield Item(uri=found.uri, published_at=found.published_at, kind="repost", reason=reason)

    def _item(self, post: Post) -> Item:
        reason = self._reason(post)
        until = None if reason == "deleted" else post.gone_at
        return Item(uri=post.uri, published_at=post.published_at, kind="post", reason=reason, until=until)

    def _reason(self, post: Post) -> str | None:
        if post.gone_at and post.gone_at <= self._anchor:
            return "deleted"
        return self._reason_of(post.author) or ("hidden" if "!hide" in post.moderated else None)

    def _reason_of(self, account: Account) -> str | None:
        return "no_unauthenticated" if account.signed_in_only else None

    def _channel(self, name: str, path: str, items: list[Item], *, refused: str | None = None) -> Channel:
        url = f"{self._base}/{path}"
        return Channel(name=name, source=SOURCE, url=url, items=items, options=_PAGES, refused=refused)


def _key(uri: str) -> str:
    return uri.rpartition("/")[2]
