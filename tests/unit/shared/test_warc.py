"""The archive's format: what was fetched can be read again, alone or in a row, by us or by anybody."""

from __future__ import annotations

import io
import multiprocessing
import string
from datetime import UTC, datetime
from uuid import RFC_4122, UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from socialindex.errors import ParseError
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, Span, WarcObject, read, walk

AT = datetime(2026, 11, 20, 9, 30, 1, 2345, tzinfo=UTC)
URL = "https://board.example/free/1?page=2"

# JSON, in which channel and request travel, has no lone surrogates; no server can send one either.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.text(string.ascii_lowercase + string.digits + "-_", min_size=1, max_size=20)
ODD_NAMES = st.sampled_from(["", "x y", "x:y", "배터리", "x\r\ny", "content-encoding", "transfer-encoding"])


def exchange(
    url: str = URL,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    body: bytes = b"<p>hello",
    at: datetime = AT,
    request: Request | None = None,
    channel: Channel | None = None,
) -> Exchange:
    return Exchange(
        channel or Channel(id="ch_1", source="gnuboard", url="https://board.example/free", created_at=AT),
        Response(
            request=request or Request(url=url),
            url=url,
            status=status,
            headers={"content-type": "text/html"} if headers is None else headers,
            body=body,
            received_at=at,
        ),
    )


def alone(*exchanges: Exchange) -> list[Exchange]:
    """Each exchange read by its place, as the normalize stage does."""
    archived = WarcObject()
    spans = [archived.add(one) for one in exchanges]
    data = archived.data()
    assert archived.records == len(exchanges)
    assert len(archived) == len(data)
    return [read(data[span.offset : span.offset + span.length]) for span in spans]


@settings(max_examples=150)
@given(
    st.builds(
        exchange,
        url=st.one_of(st.just(URL), TEXT.map(lambda path: f"https://board.example/{path}")),
        status=st.integers(100, 599),
        headers=st.dictionaries(st.one_of(NAMES, ODD_NAMES), TEXT, max_size=6),
        body=st.binary(max_size=300),
        at=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - its zone is UTC
        request=st.builds(
            Request, url=TEXT, kind=TEXT, context=st.dictionaries(TEXT, TEXT, max_size=3), headers=st.just({"A": "b"})
        ),
        channel=st.builds(
            Channel,
            id=TEXT,
            source=TEXT,
            url=TEXT,
            created_at=st.just(AT),
            cursor=st.dictionaries(TEXT, TEXT, max_size=3),
        ),
    )
)
@example(exchange("https://board.example/배터리?q=보조 배터리"))
@example(exchange("HTTPS://Board.example/"))
@example(exchange(headers={"link": "<https://a.example/배터리>; rel=next", "x": ""}))
@example(exchange(headers={"content-type": 'text/html; charset="utf-8"; title=é'}))
@example(exchange(headers={"content-encoding": "gzip", "content-length": "17", "transfer-encoding": "chunked"}))
@example(exchange(body=b""))
@example(exchange(body=b"\r\n\r\n" * 9))
@example(exchange(body=b"WARC/1.1\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx"))
def test_an_exchange_comes_out_as_it_went_in(given_exchange: Exchange) -> None:
    assert alone(given_exchange) == [given_exchange]


def test_a_large_body_comes_out_as_it_went_in() -> None:
    large = exchange(body=bytes(range(256)) * 32_768)
    assert alone(exchange(), large, exchange()) == [exchange(), large, exchange()]


MANY = [exchange(f"{URL}&n={number}", body=b"%d" % number * number) for number in range(50)]


def test_every_record_of_an_object_can_be_read_alone() -> None:
    assert alone(*MANY) == MANY


def test_a_walk_meets_all_records_with_their_places() -> None:
    archived = WarcObject()
    expected = [(archived.add(one), one) for one in MANY]
    assert list(walk(io.BytesIO(archived.data()))) == expected


class Unseekable(io.RawIOBase):
    """What S3 gives: bytes in pieces, once."""

    def __init__(self, data: bytes) -> None:
        self._inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(min(size, 1_000) if size >= 0 else -1)


def test_a_walk_reads_a_stream_that_cannot_go_back() -> None:
    archived = WarcObject()
    expected = [(archived.add(one), one) for one in MANY]
    assert list(walk(Unseekable(archived.data()))) == expected  # type: ignore[arg-type]


def test_an_empty_object_has_no_records() -> None:
    assert list(walk(io.BytesIO())) == []


def test_a_reader_of_the_standard_format_finds_what_was_fetched() -> None:
    archived = WarcObject()
    archived.add(exchange(status=404, headers={"content-type": "text/plain", "content-encoding": "br"}, body=b"gone"))
    record = next(iter(ArchiveIterator(io.BytesIO(archived.data()), check_digests="raise")))
    assert record.rec_type == "response"
    assert record.rec_headers.protocol == "WARC/1.1"  # 1.0 knows no fractions of a second
    assert record.rec_headers.get_header("WARC-Target-URI") == URL
    assert record.rec_headers.get_header("WARC-Date") == "2026-11-20T09:30:01.002345Z"
    assert record.rec_headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert record.http_headers.get_statuscode() == "404"
    assert record.http_headers.get_header("Content-Type") == "text/plain"
    assert record.content_stream().read() == b"gone"


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (URL, {"x": "a\r\nset-cookie: b=c"}),
        (URL, {"x": "a\nset-cookie: b=c"}),
        (URL, {"x": "a\r\n\r\n<script>"}),
        (URL, {"x\r\nset-cookie": "b=c"}),
        (f"{URL}\r\nWARC-Type: warcinfo", {"x": "a"}),
        (f"{URL}\r\n\r\nHTTP/1.1 200 OK", {"x": "a"}),
    ],
)
def test_nobody_can_write_lines_into_the_archive(url: str, headers: dict[str, str]) -> None:
    archived = WarcObject()
    archived.add(exchange(url, headers=headers))
    record = next(iter(ArchiveIterator(io.BytesIO(archived.data()), check_digests="raise")))
    assert record.rec_type == "response"
    assert record.http_headers.get_header("set-cookie") is None
    assert len(record.http_headers.headers) == 1
    assert record.content_stream().read() == b"<p>hello"
    assert alone(exchange(url, headers=headers)) == [exchange(url, headers=headers)]


# Damage


def one_record() -> bytes:
    archived = WarcObject()
    archived.add(exchange(body=bytes(range(256)) * 4))
    return archived.data()


RECORD = one_record()


@settings(max_examples=300)
@given(st.integers(0, len(RECORD) - 1))
def test_a_record_that_breaks_off_is_never_taken_for_a_whole_one(length: int) -> None:
    _whole_or_refused(RECORD[:length])


@settings(max_examples=300)
@given(st.integers(0, len(RECORD) - 1), st.integers(1, 255))
def test_a_changed_byte_is_never_overlooked(place: int, change: int) -> None:
    damaged = bytearray(RECORD)
    damaged[place] ^= change
    _whole_or_refused(bytes(damaged))


@settings(max_examples=200)
@given(st.integers(0, len(RECORD) - 1), st.integers(1, 40))
def test_a_gap_is_never_overlooked(place: int, missing: int) -> None:
    _whole_or_refused(RECORD[:place] + RECORD[place + missing :])


@given(st.binary(max_size=200))
@example(b"")
@example(b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
@example(b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: x\r\nContent-Length: 4\r\n\r\nHTTP\r\n\r\n")
@example(b"http://a.example/ 127.0.0.1 20261120093000 text/html 1\nx\n")
def test_what_is_no_record_is_refused(noise: bytes) -> None:
    with pytest.raises(ParseError, match="archive"):
        read(noise)


def _whole_or_refused(data: bytes) -> None:
    """Bytes of the gzip header that nobody reads may change; what is read must be right."""
    try:
        found = read(data)
    except ParseError:
        return
    assert found == read(RECORD)


def test_a_walk_over_a_damaged_object_says_so() -> None:
    archived = WarcObject()
    spans = [archived.add(one) for one in MANY[:3]]
    data = archived.data()
    with pytest.raises(ParseError, match="damaged archive"):
        list(walk(io.BytesIO(data[: spans[2].offset + 40])))


def test_a_place_is_an_offset_and_a_length() -> None:
    archived = WarcObject()
    first, second = archived.add(exchange()), archived.add(exchange())
    assert first.offset == 0
    assert second == Span(first.length, len(archived) - first.length)


def names(count: int) -> list[str]:
    """The records' names in an object of as many responses."""
    archived = WarcObject()
    for _ in range(count):
        archived.add(exchange())
    records = ArchiveIterator(io.BytesIO(archived.data()))
    return [record.rec_headers.get_header("WARC-Record-ID") for record in records]


def test_each_record_has_a_name_of_its_own() -> None:
    told = names(100)

    assert len(set(told)) == len(told)
    for name in told:
        uuid = UUID(name.removeprefix("<urn:uuid:").removesuffix(">"))
        assert (uuid.version, uuid.variant) == (4, RFC_4122)
        assert name == f"<{uuid.urn}>"


def test_a_process_that_forks_names_its_records_anew() -> None:
    context = multiprocessing.get_context("fork")
    with context.Pool(1) as pool:
        assert not set(pool.apply(names, (10,))) & set(names(10))
