"""The raw archive's format: WARC 1.1 (ISO 28500:2017), one gzip member per record, many records per object.

A record can be read alone by its offset and length. Besides the response, as any reader of web archives understands
it, two extension headers hold the channel, and the request with the response's address and headers just as adapters saw
them: replays need nothing but the archive. A body is stored without its content encoding; the header that named it is
kept as ``X-Archive-Orig-*``, as web archives do.
"""

from __future__ import annotations

import io
import json
import re
from http.client import responses
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from socialindex.errors import ParseError
from socialindex.sources.base import Channel, Response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from warcio.recordloader import ArcWarcRecord

T = TypeVar("T")

_CHANNEL = "SocialIndex-Channel"
_RESPONSE = "SocialIndex-Response"
"""The response without its body."""
_HOP_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_NO_TOKEN = re.compile(r"[^!-9;-~]")  # RFC 9110, section 5.6.2, and nothing that ends a name
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


class Span(NamedTuple):
    """Where a record lies in its object, in bytes."""

    offset: int
    length: int


class Exchange(NamedTuple):
    """A response with the channel that it was fetched for."""

    channel: Channel
    response: Response


class WarcObject:
    """An object that grows in memory until it is stored."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._writer = WARCWriter(self._buffer, gzip=True)
        self.records = 0

    def add(self, exchange: Exchange) -> Span:
        """Append a response; where it lies."""
        offset = self._buffer.tell()
        self._writer.write_record(_record(self._writer, exchange))
        self.records += 1
        return Span(offset, self._buffer.tell() - offset)

    def __len__(self) -> int:
        return self._buffer.tell()

    def data(self) -> bytes:
        """The whole object."""
        return self._buffer.getvalue()


def read(member: bytes) -> Exchange:
    """The exchange in one record's bytes.

    Raises:
        ParseError: the bytes are no record of ours.
    """
    for _, exchange in walk(io.BytesIO(member)):
        return exchange
    raise ParseError("no response record at this place of the archive")


def walk(stream: BinaryIO) -> Iterator[tuple[Span, Exchange]]:
    """All exchanges of an object, with the place of each.

    Raises:
        ParseError: the object is damaged.
    """
    iterator, end = ArchiveIterator(stream, check_digests="raise"), 0
    try:
        for record in iterator:
            exchange = _exchange(record)
            span = Span(iterator.get_record_offset(), iterator.get_record_length())
            end = span.offset + span.length
            yield span, exchange
        if iterator.fh.tell() != end:
            raise ParseError("damaged archive record: the object breaks off")
    except (ArchiveLoadFailed, msgspec.DecodeError, AttributeError, ValueError) as error:
        # AttributeError: warcio's own, where a header that it takes for granted is missing.
        raise ParseError(f"damaged archive record: {error}") from error


def _record(writer: WARCWriter, exchange: Exchange) -> ArcWarcRecord:
    channel, response = exchange
    headers = [_line(name, value) for name, value in response.headers.items()]
    phrase = responses.get(response.status, "")
    return writer.create_warc_record(
        _target(response.url),
        "response",
        payload=io.BytesIO(response.body),
        length=len(response.body),
        http_headers=StatusAndHeaders(f"{response.status} {phrase}", headers, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Date": response.received_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            _CHANNEL: _ascii(channel),
            _RESPONSE: _ascii(msgspec.structs.replace(response, body=b"")),
        },
    )


def _exchange(record: ArcWarcRecord) -> Exchange:
    body = record.raw_stream.read()
    if len(body) != record.payload_length:
        raise ParseError(f"damaged archive record: {len(body)} bytes of {record.payload_length}")
    channel, response = _held(record, _CHANNEL, Channel), _held(record, _RESPONSE, Response)
    return Exchange(channel, msgspec.structs.replace(response, body=body))


def _held(record: ArcWarcRecord, name: str, kind: type[T]) -> T:
    return msgspec.json.decode(record.rec_headers.get_header(name, ""), type=kind)


def _target(url: str) -> str:
    """An address as readers take it: warcio looks for HTTP headers only behind a lower-case scheme."""
    scheme, colon, rest = url.partition(":")
    return scheme.lower() + colon + quote(rest, safe="%/:?#[]@!$&'()*+,;=~")


def _line(name: str, value: str) -> tuple[str, str]:
    """A header as one line of ASCII, whatever the server put into it."""
    kept = f"X-Archive-Orig-{name}" if name in _HOP_HEADERS else _NO_TOKEN.sub("_", name)
    return kept, quote(_CONTROL.sub(" ", value), safe=_PRINTABLE)


def _ascii(struct: msgspec.Struct) -> str:
    """JSON in ASCII: a WARC header's value is one line, and readers differ about its charset."""
    return json.dumps(msgspec.to_builtins(struct))
