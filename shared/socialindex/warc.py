"""The raw archive's format: WARC 1.1 (ISO 28500:2017), one gzip member per record, many records per object.

A record can be read alone by its offset and length. Besides the response, as any reader of web archives understands
it, two extension headers hold the channel, and the request with the response's address and headers just as adapters saw
them: replays need nothing but the archive. A body is stored without its content encoding; the header that named it is
kept as ``X-Archive-Orig-*``, as web archives do.

A record that must be erased is overwritten in place, so that all others stay where messages and provenance say: by a
``metadata`` record that fills exactly the same bytes and says where to read on. There, at the object's end, a
``conversion`` record has the canonical posts of the erased response that may stay.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from datetime import UTC, datetime
from http.client import responses
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar
from urllib.parse import quote

import msgspec
from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from socialindex import releases
from socialindex.crawl.urls import over_http
from socialindex.errors import ParseError
from socialindex.model import Post
from socialindex.sources.base import Channel, Response
from socialindex.warc_record import HTTP, NDJSON, form_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from warcio.recordloader import ArcWarcRecord

T = TypeVar("T")

_CHANNEL = "SocialIndex-Channel"
_RESPONSE = "SocialIndex-Response"
"""The response without its body."""
_SOURCE = "SocialIndex-Source"
ERASED = "SocialIndex-Erased"
"""When a response was erased."""
REST = "SocialIndex-Rest"
"""Where in the object the rest of it is: offset and length."""
NOWHERE = "urn:socialindex:erased"
"""The target of records that stand for an erased response."""
_HOP_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_NO_TOKEN = re.compile(r"[^!-9;-~]")  # RFC 9110, section 5.6.2, and nothing that ends a name
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_GZIP = zlib.MAX_WBITS | 16
_LEVEL = isal_zlib.ISAL_DEFAULT_COMPRESSION
"""In a fifth to a tenth of the time of zlib's best, for pages up to 17 % larger (docs/decisions/0018-packing.md)."""


class Span(NamedTuple):
    """Where a record lies in its object, in bytes."""

    offset: int
    length: int


class Exchange(NamedTuple):
    """A response with the channel that it was fetched for."""

    channel: Channel
    response: Response

    @property
    def source(self) -> str:
        """The name of the adapter that reads it."""
        return self.channel.source


class Kept(NamedTuple):
    """What was kept of an erased response: its posts but for the erased ones."""

    source: str
    posts: list[Post]


class Moved(NamedTuple):
    """In place of an erased response: where the rest of it is; ``None`` where there is none."""

    span: Span | None


Held = Exchange | Kept | Moved
"""What a record holds."""


class Reader(Protocol):
    """Where archived responses are read."""

    def read(self, key: str, span: Span) -> bytes:
        """The bytes of one record."""


class WarcObject:
    """An object that grows in memory until it is stored."""

    def __init__(self) -> None:
        self.records = 0
        self._members: list[bytes] = []
        self._length = 0

    def add(self, held: Exchange | Kept) -> Span:
        """Append a response, or what was kept of one; where it lies."""
        plain = _record(held) if isinstance(held, Exchange) else _conversion(held)
        member: bytes = isal_zlib.compress(plain, _LEVEL, _GZIP)
        span = Span(self._length, len(member))
        self._members.append(member)
        self.records += 1
        self._length += span.length
        return span

    def __len__(self) -> int:
        return self._length

    def data(self) -> bytes:
        """The whole object."""
        return b"".join(self._members)


def read(member: bytes) -> Exchange:
    """The exchange in one record's bytes.

    Raises:
        ParseError: the bytes are no record of a response of ours.
    """
    held = read_any(member)
    if not isinstance(held, Exchange):
        raise ParseError("the response that was at this place of the archive was erased")
    return held


def read_any(member: bytes) -> Held:
    """What one record's bytes hold.

    Raises:
        ParseError: the bytes are no record of ours.
    """
    for _, held in walk_all(io.BytesIO(member)):
        return held
    raise ParseError("no response record at this place of the archive")


def read_at(archive: Reader, key: str, span: Span) -> Exchange | Kept:
    """What the archive has at a place, or in its stead.

    Raises:
        ParseError: no record of ours is there.
    """
    held = read_any(archive.read(key, span))
    while isinstance(held, Moved):
        if held.span is None:
            return Kept("", [])
        if held.span.offset <= span.offset:
            raise ParseError("damaged archive record: what it kept would lie before it")
        span = held.span
        held = read_any(archive.read(key, span))
    return held


def walk(stream: BinaryIO) -> Iterator[tuple[Span, Exchange | Kept]]:
    """All responses of an object, and what was kept of erased ones, with the place of each.

    Raises:
        ParseError: the object is damaged.
    """
    for span, held in walk_all(stream):
        if not isinstance(held, Moved):
            yield span, held


def walk_all(stream: BinaryIO) -> Iterator[tuple[Span, Held]]:
    """All records of an object, with the place of each.

    Raises:
        ParseError: the object is damaged.
    """
    iterator, end = ArchiveIterator(stream, check_digests="raise"), 0
    try:
        for record in iterator:
            held = _held_by(record)
            span = Span(iterator.get_record_offset(), iterator.get_record_length())
            end = span.offset + span.length
            yield span, held
        if iterator.fh.tell() != end:
            raise ParseError("damaged archive record: the object breaks off")
    except (ArchiveLoadFailed, msgspec.DecodeError, AttributeError, ValueError) as error:
        # AttributeError: warcio's own, where a header that it takes for granted is missing.
        raise ParseError(f"damaged archive record: {error}") from error


def _record(exchange: Exchange) -> bytes:
    channel, response = exchange
    lines = [f"HTTP/1.1 {response.status} {responses.get(response.status, '')}"]
    lines += [_line(name, value) for name, value in response.headers.items()]
    return form_record(
        "response",
        target=_target(response.url),
        at=response.received_at,
        content_type=HTTP,
        payload=response.body,
        fields={_CHANNEL: _ascii(channel), _RESPONSE: _ascii(msgspec.structs.replace(response, body=b""))},
        head="\r\n".join([*lines, "\r\n"]),
    )


def _conversion(kept: Kept) -> bytes:
    lines = b"".join(msgspec.json.encode(post) + b"\n" for post in kept.posts)
    # The address of the erased response is not named: it may tell whom it was about.
    return form_record(
        "conversion",
        target=NOWHERE,
        at=datetime.now(UTC),
        content_type=NDJSON,
        payload=lines,
        fields={_SOURCE: kept.source},
    )


def _held_by(record: ArcWarcRecord) -> Held:
    body = record.raw_stream.read()
    length = record.length if record.payload_length < 0 else record.payload_length  # -1: no HTTP headers precede it
    if len(body) != length:
        raise ParseError(f"damaged archive record: {len(body)} bytes of {length}")
    if record.rec_headers.get_header(ERASED):
        rest = record.rec_headers.get_header(REST)
        return Moved(releases.decode(rest, Span) if rest else None)
    if record.rec_type == "conversion":
        posts = [releases.decode(line, Post) for line in body.splitlines()]
        return Kept(record.rec_headers.get_header(_SOURCE, ""), posts)
    return _exchange(record, body)


def _exchange(record: ArcWarcRecord, body: bytes) -> Exchange:
    channel, response = _held(record, _CHANNEL, Channel), _held(record, _RESPONSE, Response)
    return Exchange(channel, msgspec.structs.replace(response, body=body))


def _held(record: ArcWarcRecord, name: str, kind: type[T]) -> T:
    return releases.decode(record.rec_headers.get_header(name, ""), kind)


def _target(url: str) -> str:
    """An address as readers take it: warcio looks for HTTP headers only behind a lower-case http or https."""
    scheme, colon, rest = url.partition(":")
    return over_http(scheme.lower() + colon + quote(rest, safe="%/:?#[]@!$&'()*+,;=~"))


def _line(name: str, value: str) -> str:
    """A header as one line of ASCII, whatever the server put into it."""
    kept = f"X-Archive-Orig-{name}" if name in _HOP_HEADERS else _NO_TOKEN.sub("_", name)
    if value.isascii() and value.isprintable():
        return f"{kept}: {value}"  # nearly always
    return f"{kept}: {quote(_CONTROL.sub(' ', value), safe=_PRINTABLE)}"


def _ascii(value: msgspec.Struct | Span) -> str:
    """JSON in ASCII: a WARC header's value is one line, and readers differ about its charset."""
    text = msgspec.json.encode(value).decode()
    return text if text.isascii() else json.dumps(msgspec.to_builtins(value))
