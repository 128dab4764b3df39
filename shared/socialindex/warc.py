"""The raw archive's format: WARC 1.1 (ISO 28500:2017), one gzip member per record, many records per object.

A record can be read alone by its offset and length. Besides the response it holds, in extension headers, the channel
and the request, so that a replay needs nothing but the archive. A body is stored without its content encoding; the
header that named it is kept as ``X-Archive-Orig-*``, as web archives do.
"""

from __future__ import annotations

import io
import json
from datetime import datetime
from http.client import responses
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from socialindex.errors import ParseError
from socialindex.sources.base import Channel, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from warcio.recordloader import ArcWarcRecord

_CHANNEL = "SocialIndex-Channel"
_REQUEST = "SocialIndex-Request"
_HOP_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


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
    iterator = ArchiveIterator(stream)
    try:
        for record in iterator:
            exchange = _exchange(record)
            yield Span(iterator.get_record_offset(), iterator.get_record_length()), exchange
    except (ArchiveLoadFailed, msgspec.DecodeError, KeyError, ValueError) as error:
        raise ParseError(f"damaged archive record: {error}") from error


def _record(writer: WARCWriter, exchange: Exchange) -> ArcWarcRecord:
    channel, response = exchange
    headers = [_kept(name, value) for name, value in response.headers.items()]
    phrase = responses.get(response.status, "")
    return writer.create_warc_record(
        response.url,
        "response",
        payload=io.BytesIO(response.body),
        length=len(response.body),
        http_headers=StatusAndHeaders(f"{response.status} {phrase}", headers, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Date": response.received_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            _CHANNEL: _ascii(channel),
            _REQUEST: _ascii(response.request),
        },
    )


def _exchange(record: ArcWarcRecord) -> Exchange:
    stored = {name.lower(): value for name, value in record.http_headers.headers}
    head = record.rec_headers
    response = Response(
        request=msgspec.json.decode(head.get_header(_REQUEST), type=Request),
        url=head.get_header("WARC-Target-URI"),
        status=int(record.http_headers.get_statuscode()),
        headers=stored,
        body=record.content_stream().read(),
        received_at=msgspec.convert(head.get_header("WARC-Date"), type=datetime),
    )
    return Exchange(msgspec.json.decode(head.get_header(_CHANNEL), type=Channel), response)


def _kept(name: str, value: str) -> tuple[str, str]:
    return (f"X-Archive-Orig-{name}" if name in _HOP_HEADERS else name, value)


def _ascii(struct: msgspec.Struct) -> str:
    """JSON in ASCII: a WARC header's value is one line, and readers differ about its charset."""
    return json.dumps(msgspec.to_builtins(struct))
