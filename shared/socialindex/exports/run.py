"""A run: posts are read on from where we stopped, written, and sent to the bucket part by part."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from socialindex.exports.copies import Copies
from socialindex.exports.job import KEPT
from socialindex.exports.leaving import Leaving
from socialindex.exports.pages import Pages
from socialindex.exports.part import Part
from socialindex.exports.rows import rows_of

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.exports.hold import Hold
    from socialindex.exports.job import Export
    from socialindex.exports.leaving import Objections
    from socialindex.exports.pages import Page


class Files(Protocol):
    """Where files are put: ``aws.exports.Files``."""

    def put(self, job: Export, data: bytes) -> None:
        """Put a whole file."""

    def begin(self, job: Export) -> str:
        """Begin an upload in parts; its name."""

    def put_part(self, job: Export, number: int, data: bytes) -> str:
        """Put a part; what the bucket says of it."""

    def complete(self, job: Export) -> None:
        """Make one file of the finished parts; doing it again changes nothing."""

    def remove(self, job: Export) -> None:
        """Remove the file, and the upload."""


class Ways(NamedTuple):
    """Where posts come from and go to."""

    engine: OpenSearch
    suppressions: Objections
    files: Files


class Run:
    """One invocation's share of a run.

    What is not in a finished part when the work ends, however it ends, is read again by the next one: a part, its place
    and its counts are written down together.
    """

    def __init__(self, hold: Hold, ways: Ways) -> None:
        job = hold.job
        self._hold = hold
        self._files = ways.files
        self._pages = Pages(ways.engine, job)
        self._leaving = Leaving(ways.suppressions, job.left_out, job.shortened)
        self._copies = Copies(self._pages, self._leaving) if job.wanted.deduplicate else None
        self._rows = rows_of(job.wanted)
        self._part = Part(job.wanted.compression)
        self._after, self._seen, self._posts = job.after, job.seen, job.posts

    def go(self) -> None:
        """Read on, to the end or until the time is up.

        Raises:
            Conflict: the export is ours no longer.
            Unavailable: a part does not answer.
        """
        if not self._hold.job.ended:
            self._begin()
            if not self._reached_end():
                self._hold.rest()
                return
            self._end()
        self._finish()

    def _begin(self) -> None:
        if self._hold.job.started_at is None:
            self._hold.keep(state="running", started_at=datetime.now(tz=UTC))
        if not self._hold.job.parts:
            self._part.add(self._rows.head)

    def _reached_end(self) -> bool:
        while not self._hold.time_is_up:
            page = self._pages.next(self._after)
            self._take(page)
            if page.is_last:
                return True
            if self._part.is_full:
                self._keep_part()
            else:
                self._hold.beat()
        return False

    def _take(self, page: Page) -> None:
        found, allowed = page.found, self._leaving.allowed(page.items)
        copies = self._copies.among(found, allowed) if self._copies else ()
        data, posts = self._rows.written(self._leaving.out(found, allowed, copies))
        self._part.add(data)
        self._posts += posts
        self._seen += len(found)
        self._after = page.after

    def _keep_part(self, **changes: Any) -> None:  # noqa: ANN401 - the export's fields
        """Send the part, and write down that it is there and how far that is."""
        if self._hold.job.upload is None:
            self._hold.keep(upload=self._files.begin(self._hold.job))
        job, data = self._hold.job, self._part.take()
        tag = self._files.put_part(job, job.parts + 1, data)
        self._hold.keep(
            parts=job.parts + 1, seal=sealed(job.seal, tag), bytes=job.bytes + len(data), **self._far(), **changes
        )

    def _far(self) -> dict[str, Any]:
        return {
            "after": self._after,
            "seen": self._seen,
            "posts": self._posts,
            "left_out": dict(self._leaving.left_out),
            "shortened": dict(self._leaving.shortened),
        }

    def _end(self) -> None:
        if self._hold.job.upload is None:
            data = self._part.take()
            self._files.put(self._hold.job, data)
            self._hold.keep(bytes=len(data), ended=True, **self._far())
        elif self._part.is_empty:
            self._hold.keep(ended=True, **self._far())
        else:
            self._keep_part(ended=True)

    def _finish(self) -> None:
        if self._hold.job.upload:
            self._files.complete(self._hold.job)
        now = datetime.now(tz=UTC)
        self._hold.rest(KEPT.total_seconds(), state="done", finished_at=now, expires_at=now + KEPT)


def sealed(seal: str, tag: str) -> str:
    """The digest of all parts so far, and one more."""
    return hashlib.sha256(f"{seal} {tag}".encode()).hexdigest()
