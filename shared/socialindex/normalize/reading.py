"""What an archived record holds: canonical posts, and verdicts on what is no post or must not be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from socialindex import sources
from socialindex.errors import Discarded, ParseError
from socialindex.model import Author, Draft, Post
from socialindex.normalize.finish import finish, is_live
from socialindex.normalize.terms import allowed
from socialindex.sources.base import POST_KIND
from socialindex.warc import Exchange, Kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources.base import Adapter
    from socialindex.warc import Span


class Items(NamedTuple):
    """Posts of a record, each with whether it is live, and the verdicts on its other items."""

    posts: list[tuple[Post, bool]]
    aside: list[Discarded | ParseError]


def items(held: Exchange | Kept, place: tuple[str, Span]) -> Items:
    """The posts of an archived record, and what is wrong with its other items.

    A post that must not be kept is among both where its identity is known: as a withdrawn one, which takes down the
    document that we may have of it. Where it is known whose it was, it says so, for erasure alone (``nameless``).

    Args:
        held: what the record holds.
        place: where it lies: the object's key and the span.

    Raises:
        ParseError: nothing in the response can be read.
        Discarded: the whole response is not ours to keep.
        InvalidInput: its source is unknown.
    """
    found = Items([], [])
    if isinstance(held, Kept):
        for post in held.posts:
            _take(found, post, live=False)
        return found
    adapter = sources.find(held.source)
    for draft in _drafts(adapter, held):
        try:
            post = _post(draft, held, adapter, place)
        except (Discarded, ParseError) as verdict:
            found.aside.append(verdict)
            if isinstance(verdict, Discarded) and verdict.uri:
                found.posts.append((_withdrawn(_named(verdict, held, adapter, place)), False))
        else:
            _take(found, post, live=is_live(post, held))
    return found


def nameless(post: Post) -> Post:
    """The post as it may go on to the index: of one whose author does not agree, nothing tells whose it is."""
    return msgspec.structs.replace(post, author=None) if post.withdrawn else post


def is_empty(held: Exchange | Kept, found: Items) -> bool:
    """Whether an answer that should hold posts holds nothing at all, good or bad.

    One that only leads to others, or is about a single post, is not meant.
    """
    if isinstance(held, Kept) or found.posts or found.aside:
        return False
    request = held.response.request
    return not request.leads and request.kind != POST_KIND


def _post(draft: Draft | Discarded | ParseError, exchange: Exchange, adapter: Adapter, place: tuple[str, Span]) -> Post:
    if isinstance(draft, Draft):
        return finish(draft, exchange, adapter, place)
    raise draft


def _named(verdict: Discarded, exchange: Exchange, adapter: Adapter, place: tuple[str, Span]) -> Post:
    """What a verdict says of a post: which one it is, and whose."""
    author = Author(id=verdict.author) if verdict.author else None
    return finish(Draft(uri=verdict.uri, author=author), exchange, adapter, place)


def _take(found: Items, post: Post, *, live: bool) -> None:
    """Add a post as far as its host's terms let it be kept, by itself: a verdict on it must not hide the others."""
    try:
        found.posts.append((allowed(post), live))
    except Discarded as verdict:
        found.aside.append(verdict)
        found.posts.append((_withdrawn(post), False))


def _withdrawn(post: Post) -> Post:
    """What stands for a post that must not be kept. It says whose it was, since erasure asks for it, and no word."""
    return Post(
        id=post.id,
        uri=post.uri,
        source=post.source,
        platform=post.platform,
        kind=post.kind,
        url=post.url,
        author=Author(key=post.author.key) if post.author and post.author.key else None,
        visibility=post.visibility,
        deleted_at=post.collected_at,
        withdrawn=True,
        hearsay=post.hearsay,
        collected_at=post.collected_at,
        provenance=post.provenance,
    )


def _drafts(adapter: Adapter, exchange: Exchange) -> Iterator[Draft | Discarded | ParseError]:
    """What the adapter yields; a verdict on the whole response that names a post is one on this post."""
    try:
        for item in adapter.posts(exchange.channel, exchange.response):
            if isinstance(item, Exception) and not isinstance(item, Discarded | ParseError):
                raise item
            yield item
    except Discarded as verdict:
        if not verdict.uri:
            raise
        yield verdict
