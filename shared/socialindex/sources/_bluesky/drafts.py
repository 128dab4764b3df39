"""Posts out of views.

- A repost is two posts: the reposted one, whoever wrote it, and a ``repost`` without text. Both need the consent of
  the reposted author.
- A quoted post is a post of its own; that it was quoted is kept only where it may be kept itself.
- Parents and roots of a reply are context, not content of a feed: the thread's own channel reads them.
- ``reposts`` counts quotes too, as the web application shows the two in one figure: both carry a post further.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from socialindex.errors import Discarded, ParseError
from socialindex.model import Author, Draft, Metrics
from socialindex.sources._bluesky import labels
from socialindex.sources._bluesky.embeds import cards_of, media_of, quote_in
from socialindex.sources._bluesky.places import INVALID_HANDLE, AtUri, Service
from socialindex.sources._bluesky.richtext import rich_text
from socialindex.sources._bluesky.views import PostView, instant, sorted_at
from socialindex.sources._families.typed_json import read_each
from socialindex.sources.base import withdrawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from socialindex.sources._bluesky.embeds import Quote
    from socialindex.sources._bluesky.views import FeedItem, Profile, Reason, Record, Thread

    Found = Draft | Exception

_REPOST: Final = "app.bsky.feed.defs#reasonRepost"
_THREAD: Final = "app.bsky.feed.defs#threadViewPost"
_LANGUAGE: Final = re.compile(r"(?!und|mul|mis|zxx)[a-z]{2,3}(?=-|\Z)")
"""The primary subtag of BCP 47, without the codes that name no language (ISO 639-2)."""


@dataclass(frozen=True)
class Reader:
    """Reads the views of one answer.

    Attributes:
        service: whose answer it is.
        read_at: when it was received.
        followers: of accounts, by DID, where they are known from elsewhere: views of posts do not tell.
    """

    service: Service
    read_at: datetime
    followers: Mapping[str, int]

    def feed(self, items: Iterable[FeedItem | ParseError]) -> Iterator[Found]:
        """The posts of a feed in its order, each once; ``Discarded`` for those that may not be kept."""
        return _once(found for item in items for found in self._item(item))

    def posts(self, views: Iterable[PostView | ParseError]) -> Iterator[Found]:
        """Posts, each followed by the one that it quotes."""
        return _once(found for view in views for found in self._view(view))

    def thread(self, thread: Thread) -> Iterator[Found]:
        """A conversation: what a post answers from the first on, the post, then what answers it."""
        return _once(found for node in _nodes(thread) for found in self._node(node))

    def gone(self, uri: str) -> Draft:
        """A post that is not there any more."""
        at = AtUri.parse(uri)
        return Draft(uri=uri, url=self.service.post(at.did, "", at.record_key) if at else None, deleted=True)

    def _item(self, item: FeedItem | ParseError) -> Iterator[Found]:
        if isinstance(item, ParseError):
            yield item
            return
        found = [*self._post(item.post)]
        yield from found
        if item.reason and item.reason.kind == _REPOST:
            yield self._repost(item.reason, item.post)

    def _node(self, node: Thread) -> Iterator[Found]:
        if node.not_found and node.uri:
            yield self.gone(node.uri)
        elif node.blocked:
            yield Discarded("blocked")
        elif node.post:
            yield from self.posts(read_each([node.post], PostView))
        elif node.kind in {"", _THREAD}:
            yield ParseError("a place in a thread without a post")

    def _view(self, view: PostView | ParseError) -> Iterator[Found]:
        return iter((view,)) if isinstance(view, ParseError) else self._post(view)

    def _post(self, view: PostView) -> Iterator[Found]:
        quoted = _quoted(view)
        if isinstance(quoted, ParseError):
            yield self._draft(view, None)
            yield quoted
            return
        yield self._draft(view, quoted)
        if quoted and quoted.post:
            deeper = _quoted(quoted.post)
            yield self._draft(quoted.post, None if isinstance(deeper, ParseError) else deeper)

    def _draft(self, view: PostView, quoted: Quote | None) -> Draft | Discarded:
        if reason := self._objection(view):
            return withdrawn(reason, view.uri, self._author(view.author).id)
        record, rich, media = view.record, rich_text(view.record), media_of(view.embed)
        links = list(dict.fromkeys([*rich.links, *cards_of(view.embed)]))
        if not (rich.text.strip() or media or links or quoted):
            return Discarded("empty")
        return Draft(
            uri=view.uri,
            url=self._page(view),
            text=rich.text if rich.text.strip() else None,
            language=_language(record),
            author=self._author(view.author),
            published_at=sorted_at(record.created_at, view.indexed_at),
            in_reply_to=record.reply.parent.uri if record.reply else None,
            thread=record.reply.root.uri if record.reply else view.uri,
            quote_of=self._named(quoted),
            mentions=rich.mentions,
            hashtags=rich.hashtags,
            links=links,
            media=media,
            metrics=self._metrics(view),
            sensitive=labels.is_sensitive(view.author, view.labels, self.read_at) or None,
        )

    def _repost(self, reason: Reason, post: PostView) -> Draft | Discarded | ParseError:
        if reason.by is None:
            return ParseError("a repost by nobody")
        # AppViews before 2025 do not tell the record of a repost: then it is named by who reposted what.
        uri = reason.uri or f"at://{reason.by.did}#repost={quote(post.uri, safe='')}"
        if objection := self._objection(post) or labels.objection(reason.by, None, self.read_at):
            return withdrawn(objection, uri, self._author(reason.by).id)
        return Draft(
            uri=uri,
            kind="repost",
            url=self._page(post),
            author=self._author(reason.by),
            published_at=instant(reason.indexed_at),
            repost_of=post.uri,
        )

    def _objection(self, view: PostView) -> str | None:
        return labels.objection(view.author, view.labels, self.read_at)

    def _named(self, quoted: Quote | None) -> str | None:
        """The quoted post's identity, unless its author does not let anonymous readers see it."""
        if quoted is None or (quoted.post and self._objection(quoted.post)):
            return None
        return quoted.uri

    def _author(self, profile: Profile) -> Author:
        counted = profile.followers_count
        return Author(
            id=profile.did,
            handle=None if profile.handle == INVALID_HANDLE else profile.handle or None,
            name=(profile.display_name or "").strip() or None,
            url=self.service.profile(profile.did, profile.handle),
            followers=self.followers.get(profile.did) if counted is None else counted,
            kind="bot" if labels.is_bot(profile, self.read_at) else None,
        )

    def _page(self, view: PostView) -> str:
        record_key = view.uri.rpartition("/")[2]
        return self.service.post(view.author.did, view.author.handle, record_key)

    def _metrics(self, view: PostView) -> Metrics | None:
        carried = [count for count in (view.repost_count, view.quote_count) if count is not None]
        reposts = sum(carried) if carried else None
        if view.like_count is view.reply_count is reposts is None:
            return None
        return Metrics(likes=view.like_count, replies=view.reply_count, reposts=reposts, read_at=self.read_at)


def _quoted(view: PostView) -> Quote | ParseError | None:
    try:
        return quote_in(view.embed)
    except ParseError as error:
        return error


def _nodes(thread: Thread) -> Iterator[Thread]:
    """The places of a thread, without recursion: servers decide how deep it is."""
    above: list[Thread] = []
    while (parent := (above[-1] if above else thread).parent) is not None:
        above.append(parent)
    yield from reversed(above)
    waiting = [thread]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.replies or ()))


def _once(items: Iterable[Found]) -> Iterator[Found]:
    """Every post once, whatever else names it."""
    seen = set[str]()
    for item in items:
        if not isinstance(item, Draft):
            yield item
        elif item.uri not in seen:
            seen.add(item.uri)
            yield item


def _language(record: Record) -> str | None:
    matches = (_LANGUAGE.match(code.lower()) for code in record.langs or ())
    return next((match[0] for match in matches if match), None)
