"""What travels through the queues. Large payloads travel by reference: an archive key, an offset and a length."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from socialindex import releases
from socialindex.crawl.rhythm import Poll  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.errors import ParseError
from socialindex.model import Post, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")

MAX_BODY = 200_000
"""Bytes of one message. SQS takes more (1 MiB since 2025), other queues 256 KiB with attributes: this fits both."""


class Tagged(NamedTuple):
    """A message's text, with the ids of what it belongs to (``correlation``)."""

    body: str
    correlation: Sequence[str]


class CrawlGroup(Struct, frozen=True, kw_only=True):
    """CrawlQueue: hosts that have requests due."""

    hosts: list[str]


class Archived(Struct, frozen=True, kw_only=True):
    """NormalizeQueue: one archived response, by reference."""

    key: str
    offset: int
    length: int
    source: str
    replay: bool = False
    """True where the archive is read again; such a message never follows links or counts as a fetch."""
    poll: Poll | None = None
    """Of a channel's poll: what its posts are to be compared with, so that its rhythm is found."""


class PostBatch(Struct, frozen=True, kw_only=True):
    """IndexQueue: normalized posts, each with its provenance; at most ``MAX_BODY`` bytes when encoded."""

    posts: list[Post]
    live: bool = False
    """The posts were published after their channel was added, so that their latency says something about us."""
    replay: bool = False


def encode(message: Struct) -> str:
    """A message as the JSON text that a queue carries.

    Two code points that are no characters are escaped, since SQS refuses whoever sends them as they are, and with them
    all that is sent together (Amazon SQS API reference, SendMessage).
    """
    return msgspec.json.encode(message).decode().replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")


def decode(body: str, kind: type[T]) -> T:
    """A message from a queue's JSON text.

    Raises:
        ParseError: the text is no such message; says at which field.
    """
    try:
        return releases.decode(body, kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ParseError(f"no {kind.__name__} message: {error}") from error


def pack(posts: Iterable[Post], *, live: bool = False, replay: bool = False) -> list[str]:
    """Posts as bodies of ``PostBatch`` messages of at most ``MAX_BODY`` bytes, in order.

    Normalize bounds a post's text, so that one post always fits.
    """
    return [encode(batch) for batch in batches(posts, live=live, replay=replay)]


def batches(posts: Iterable[Post], *, live: bool = False, replay: bool = False) -> Iterator[PostBatch]:
    """As ``pack``, before they are encoded."""
    batch: list[Post] = []
    empty = size = len(encode(PostBatch(posts=[], live=live, replay=replay)))
    for post in posts:
        length = len(msgspec.json.encode(post)) + 1  # and a comma
        if batch and size + length > MAX_BODY:
            yield PostBatch(posts=batch, live=live, replay=replay)
            batch, size = [], empty
        batch.append(post)
        size += length
    if batch:
        yield PostBatch(posts=batch, live=live, replay=replay)
