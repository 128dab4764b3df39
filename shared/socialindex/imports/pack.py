"""Rows on their way into the archive: chunks of rows as responses, as if a server had answered with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.errors import ParseError
from socialindex.imports.rows import Cells  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct
from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange, Span, WarcObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.imports.job import Import

SOURCE: Final = "imported"
CHUNK_ROWS: Final = 500
CHUNK_BYTES: Final = 1_000_000
OBJECT_CHUNKS: Final = 16
_JSON_LINES: Final = "application/x-ndjson"


class ArchivedRow(Struct, frozen=True, kw_only=True):
    """A line of an archived chunk. Columns that the plan does not name are not in it."""

    row: int
    cells: Cells


_ROWS = msgspec.json.Decoder(ArchivedRow)


class Packed(NamedTuple):
    """An archive object with the places of its chunks."""

    data: bytes
    spans: list[Span]


class Packer:
    """Packs rows of one import into an archive object."""

    def __init__(self, job: Import) -> None:
        self._job = job
        self._channel = channel_of(job)
        self._object = WarcObject()
        self._spans: list[Span] = []
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, number: int, cells: Cells) -> None:
        """Take a row."""
        line = msgspec.json.encode(ArchivedRow(row=number, cells=cells)) + b"\n"
        if self._lines and (len(self._lines) == CHUNK_ROWS or self._size + len(line) > CHUNK_BYTES):
            self._close()
        self._lines.append(line)
        self._size += len(line)

    @property
    def full(self) -> bool:
        """Whether the object has enough in it."""
        return len(self._spans) >= OBJECT_CHUNKS

    def take(self) -> Packed | None:
        """What was packed since the last call; None where there is nothing."""
        if self._lines:
            self._close()
        if not self._spans:
            return None
        packed = Packed(self._object.data(), self._spans)
        self._object, self._spans = WarcObject(), []
        return packed

    def _close(self) -> None:
        exchange = Exchange(self._channel, self._response(b"".join(self._lines)))
        self._spans.append(self._object.add(exchange))
        self._lines, self._size = [], 0
        self._job = msgspec.structs.replace(self._job, chunks=self._job.chunks + 1)

    def _response(self, body: bytes) -> Response:
        """A chunk as a response. Its time grows with its number: of versions of one post, the later row's is newer."""
        received = (self._job.confirmed_at or self._job.created_at) + timedelta(milliseconds=self._job.chunks)
        return Response(
            request=Request(url=self._channel.url, kind="rows"),
            url=self._channel.url,
            status=200,
            headers={"content-type": _JSON_LINES},
            body=body,
            received_at=received,
        )


def channel_of(job: Import) -> Channel:
    """An import as a channel. Its host names the collection, and can be nobody's (RFC 6761, section 6.4)."""
    if job.plan is None:
        raise ValueError("an import without a plan has no rows to keep")
    return Channel(
        id=job.id,
        source=SOURCE,
        url=f"https://{job.plan.collection}.imports.invalid/{job.workspace}/{job.id}",
        created_at=job.created_at,
        title=job.name,
        options=job.plan.options(),
        workspace=job.workspace,
    )


def archived_rows(body: bytes) -> Iterator[ArchivedRow]:
    """The rows of an archived chunk.

    Raises:
        ParseError: it is none.
    """
    try:
        yield from _ROWS.decode_lines(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ParseError(f"no rows of an import: {error}") from error
