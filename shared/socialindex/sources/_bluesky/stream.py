"""Discovery by Jetstream, which tells every new record of the network as JSON over a websocket.

A poll reads a slice of the stream, from where the last one ended, and further ones where the stream is far ahead
(https://github.com/bluesky-social/jetstream). Out of it come only the identities of posts that fit the channel's
options: the AppView is asked for the posts themselves, since author, labels and figures are its to tell. The cursor,
of the stream's own clock in microseconds since 1970:

    time_us  of the last message that was dealt with; before there is one, the channel's creation
    seen     posts of that very time: a stream goes on with the message that its cursor names

Messages of the last moments are left to the next slice: an AppView sees a post a little later than a stream does.

A post that is deleted, or whose account goes, within the slice is not asked for. Deletions of older posts are passed
over: the stream tells all of the network's, nearly none of which we hold, and a tombstone for each would be a record of
what people took back. Re-reads find the ones that we hold.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import msgspec

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.sources._bluesky.places import BLUESKY, POST, AtUri, Service
from socialindex.sources._bluesky.views import ABSENT
from socialindex.sources._bluesky.wishes import StreamRecord, Wish
from socialindex.sources._bluesky.xrpc import ask_for, check
from socialindex.sources._families.one_service import number, origin_of
from socialindex.sources._families.typed_json import Entity, read, read_each
from socialindex.sources.base import Follow, Recognized, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.sources.base import Channel, Response

PUBLIC_STREAM: Final = "wss://jetstream2.us-east.bsky.network/subscribe"
SETTLING: Final = timedelta(seconds=5)
BEHIND: Final = timedelta(minutes=1)
FULL: Final = 1_000
"""Messages from which on a slice that ends in the past was cut by its size: the stream has more to tell at once."""
DEFAULT_SLICES: Final = 10
"""Slices that one poll reads at most where it is behind."""
DEFAULT_LIMIT: Final = 250
"""Posts of one slice that the AppView is asked for: ten requests."""
_PATH: Final = "/subscribe"
_SCHEMES: Final = frozenset(("ws", "wss"))
_MAX_SEEN: Final = 20


class Commit(Entity, frozen=True, kw_only=True):
    """What happened to a record; ``record`` is there when it was made."""

    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: msgspec.Raw = ABSENT


class AccountState(Entity, frozen=True, kw_only=True):
    """Whether an account's posts are to be shown."""

    active: bool = True


class Message(Entity, frozen=True, kw_only=True):
    """One message: of a commit, an account's state, or an identity, which all subscribers are sent."""

    did: str
    time_us: int
    commit: Commit | None = None
    account: AccountState | None = None

    @property
    def uri(self) -> str | None:
        """The post that a commit is about; ``None`` of everything else."""
        if self.commit is None or self.commit.collection != POST:
            return None
        uri = str(AtUri(self.did, POST, self.commit.rkey))
        return uri if AtUri.parse(uri) else None


class Slice(NamedTuple):
    """What a slice comes to.

    Attributes:
        posts: URIs of those that fit the channel's options.
        unread: messages that are none.
        cursor: where the next slice begins; ``None`` where nothing new was said.
        is_behind: whether the stream has more that is waiting.
    """

    posts: list[str]
    unread: list[ParseError]
    cursor: dict[str, str] | None
    is_behind: bool


def recognized(url: str) -> Recognized | None:
    """The channel of a Jetstream's address; ``None`` of any other.

    Its posts are read from Bluesky's AppView; those of a stream without TLS, which is somebody's own for tests, from
    the AppView at the same origin. The option ``appview`` names another.
    """
    scheme, _, rest = url.partition("://")
    _, slash, path = rest.partition("/")
    if scheme not in _SCHEMES or slash + path.partition("?")[0].rstrip("/") != _PATH:
        return None
    origin = origin_of(url.replace("ws", "http", 1))
    if not origin:
        return None
    appview = BLUESKY.api if scheme == "wss" else origin
    return Recognized(
        url=f"{origin.replace('http', 'ws', 1)}{_PATH}",
        title=f"Bluesky's stream at {origin.partition('://')[2]}",
        options={"appview": appview},
        why=f"new posts on Bluesky that fit languages= and words=, found by a Jetstream and read from {appview}",
    )


def is_stream(channel: Channel) -> bool:
    """Whether a channel is about a Jetstream."""
    return urlsplit(channel.url).scheme in _SCHEMES


def service_of(channel: Channel) -> Service:
    """The AppView that a stream's posts are read from.

    Raises:
        InvalidInput: the option names none.
    """
    appview = channel.options.get("appview", BLUESKY.api)
    if origin_of(appview) != appview:
        remedy = f"send an origin, such as {BLUESKY.api}"
        raise InvalidInput(f"not an AppView's origin: {appview!r}", field="appview", remedy=remedy)
    return Service.at(appview)


def start(channel: Channel) -> Request:
    """The request for the next slice.

    Raises:
        InvalidInput: an option cannot be read.
    """
    Wish.of(channel)
    service_of(channel)
    hours = timedelta(hours=min(number(channel, "hours", 0), 24 * 7))
    began = micros(channel.created_at - hours)
    return _slice(channel, channel.cursor.get("time_us") or str(began), number(channel, "slices", DEFAULT_SLICES) - 1)


def follow(channel: Channel, response: Response) -> Follow:
    """The queries for the posts of a slice, and where the next one begins; at once where the stream is ahead of us.

    Raises:
        Discarded: there is no stream.
    """
    found = read_slice(channel, response)
    left = int(response.request.context.get("left", "0"))
    more = [_slice(channel, found.cursor["time_us"], left - 1)] if found.cursor and found.is_behind and left > 0 else []
    posts = ask_for(service_of(channel).api, found.posts[: _limit(channel)], 1, {"found": "stream"})
    return Follow(requests=[*more, *posts], cursor=found.cursor)


def left_out(channel: Channel, response: Response) -> Iterator[Exception]:
    """What a slice tells of and is not asked for: ``Discarded`` for each post beyond the limit, and bad messages."""
    found = read_slice(channel, response)
    yield from found.unread
    for _ in found.posts[_limit(channel) :]:
        yield Discarded("over_limit")


def read_slice(channel: Channel, response: Response) -> Slice:
    """What is new in a slice.

    Raises:
        Discarded: there is no stream.
    """
    check(response)
    messages, unread = _messages(response.body)
    settled = [message for message in messages if message.time_us <= micros(response.received_at - SETTLING)]
    fresh = [message for message in settled if _is_fresh(message, channel.cursor)]
    wish, gone = Wish.of(channel), _gone(messages)
    posts = (uri for message in fresh if (uri := _new_post(message, wish)) and gone.isdisjoint((uri, message.did)))
    is_behind = len(fresh) >= FULL and fresh[-1].time_us < micros(response.received_at - BEHIND)
    return Slice(list(dict.fromkeys(posts)), unread, _cursor(fresh, settled), is_behind)


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _slice(channel: Channel, cursor: str, left: int) -> Request:
    """The request for a slice; ``left`` says how many more may follow it in the same poll."""
    asked = urlencode({"wantedCollections": POST, "cursor": cursor})
    return Request(url=f"{channel.url}?{asked}", kind="slice", context={"left": str(left)}, leads=True)


def _messages(body: bytes) -> tuple[list[Message], list[ParseError]]:
    read_ones = [*read_each((msgspec.Raw(line) for line in body.splitlines() if line.strip()), Message)]
    messages = [each for each in read_ones if not isinstance(each, ParseError)]
    return messages, [each for each in read_ones if isinstance(each, ParseError)]


def _is_fresh(message: Message, cursor: dict[str, str]) -> bool:
    since = int(cursor.get("time_us", "-1"))
    return message.time_us > since or (
        message.time_us == since and message.uri not in {None, *cursor.get("seen", "").split()}
    )


def _cursor(fresh: list[Message], settled: list[Message]) -> dict[str, str] | None:
    if not fresh:
        return None
    last = max(message.time_us for message in fresh)
    seen = dict.fromkeys(uri for message in settled if message.time_us == last and (uri := message.uri))
    return {"time_us": str(last)} | ({"seen": " ".join([*seen][:_MAX_SEEN])} if seen else {})


def _gone(messages: list[Message]) -> frozenset[str]:
    """Posts that are deleted and accounts that are closed within a slice."""
    deleted = (message.uri for message in messages if message.commit and message.commit.operation == "delete")
    closed = (message.did for message in messages if message.account and not message.account.active)
    return frozenset(name for name in (*deleted, *closed) if name)


def _new_post(message: Message, wish: Wish) -> str | None:
    """The post that a message tells of, where it is wanted. What is no post by its lexicon, no AppView shows."""
    commit, uri = message.commit, message.uri
    if commit is None or uri is None or commit.operation != "create" or not commit.record:
        return None
    try:
        return uri if wish.fits(read(commit.record, StreamRecord)) else None
    except ParseError:
        return None


def _limit(channel: Channel) -> int:
    return number(channel, "limit", DEFAULT_LIMIT)
