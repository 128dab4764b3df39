"""What an archived record holds: canonical posts, and verdicts on what is no post or must not be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from socialindex import sources
from socialindex.errors import Discarded, ParseError
from socialindex.model import Draft
from socialindex.normalize.finish import finish, is_live
from socialindex.normalize.terms import allowed
from socialindex.sources.base import POST_KIND
from socialindex.warc import Exchange, Kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.model import Post
    from socialindex.sources.base import Adapter
    from socialindex.warc import Span


class Items(NamedTuple):
    """Posts of a record, each with whether it is live, and the verdicts on its other items."""

    posts: list[tuple[Post, bool]]
    aside: list[Discarded | ParseError]


def items(held: Exchange | Kept, place: tuple[str, Span]) -> Items:
    """The posts of an archived record, and what is wrong with its other items.

    A post that must not be kept is among both where its identity is known: as a withdrawn one, which takes down the
    document that we may have of it.

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
        found.posts.extend((allowed(post), False) for post in held.posts)
        return found
    adapter = sources.find(held.source)
    for draft in _drafts(adapter, held):
        try:
            post = _post(draft, held, adapter, place)
            found.posts.append((post, is_live(post, held)))
        except (Discarded, ParseError) as verdict:
            found.aside.append(verdict)
            if isinstance(verdict, Discarded) and verdict.uri:
                gone = finish(Draft(uri=verdict.uri, deleted=True), held, adapter, place)
                found.posts.append((msgspec.structs.replace(gone, withdrawn=True), False))
    return found


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
        return allowed(finish(draft, exchange, adapter, place))
    raise draft


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
