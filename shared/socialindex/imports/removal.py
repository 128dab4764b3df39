"""The deletion of an import: its posts out of the index, its rows out of the archive, its file out of the bucket.

Mentions of its posts become tombstones before the posts go, so that whoever follows them as a stream is told.

What of it was in a queue may still arrive for as long as queues keep messages: its posts are deleted again later.
A post that another import of the collection brought too comes back from that one's part of the archive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex import warc
from socialindex.engine import ALIAS, answering
from socialindex.erasure.documents import delete
from socialindex.imports.pack import SOURCE
from socialindex.messages import Archived, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from socialindex.aws.archive import Archive
    from socialindex.aws.imports import ImportArchive, ImportsTable, Uploads
    from socialindex.aws.queues import Queue
    from socialindex.imports.hold import Hold
    from socialindex.imports.job import Import

_HOUR = 3600.0
AGAIN: Final = (900.0, _HOUR, 24 * _HOUR, 15 * 24 * _HOUR)
"""Seconds after which posts are deleted again: the last is beyond the 14 days that queues keep a message."""
_PAGE: Final = 1_000
"""Posts that are deleted at once: with mentions of several topics in far less time than the lease."""


class Stores(NamedTuple):
    """What an import has filled."""

    table: ImportsTable
    uploads: Uploads
    rows: ImportArchive
    archive: Archive
    engine: OpenSearch
    normalize: Queue


class Removal:
    """One invocation's share of a deletion."""

    def __init__(self, hold: Hold, stores: Stores) -> None:
        self._hold = hold
        self._stores = stores

    def begin(self) -> None:
        """Delete everything, and bring back what others have brought too.

        Raises:
            Conflict: the import is ours no longer.
            Unavailable: a part does not answer.
        """
        if not self._delete():
            return
        for other, key in self._others():
            if self._hold.time_is_up:
                self._hold.rest()
                return
            self._stores.normalize.send_all(self._messages(key))
            self._hold.keep(after=f"{other.id} {key}")
        self._hold.rest(AGAIN[0], state="deleted", passes=1)

    def again(self) -> None:
        """Delete what has arrived since, and forget the import once nothing can.

        Raises:
            Conflict: the import is ours no longer.
            Unavailable: a part does not answer.
        """
        if not self._delete():
            return
        passes = self._hold.job.passes
        if passes < len(AGAIN):
            self._hold.rest(AGAIN[passes], passes=passes + 1)
        else:
            self._stores.table.remove(self._hold.job)

    def _delete(self) -> bool:
        """Delete all that there is of it now; whether there was time for it, else another invocation goes on."""
        job = self._hold.job
        self._stores.uploads.delete(job)
        self._stores.rows.delete(job)
        with answering():
            self._stores.engine.indices.refresh(index=ALIAS, params={"ignore_unavailable": "true"})
        while self._delete_page(job):
            self._hold.keep()
            if self._hold.time_is_up:
                self._hold.rest()
                return False
        return True

    def _delete_page(self, job: Import) -> int:
        """Delete some of the import's posts, their mentions first; how many posts."""
        own = [{"term": {"visibility": job.workspace}}, {"term": {"provenance.channel": job.id}}]
        body = {"query": {"bool": {"filter": own}}, "size": _PAGE, "_source": False}
        with answering():
            found = self._stores.engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
        ids = [hit["_id"] for hit in found["hits"]["hits"]]
        # Of these, what another import has brought again meanwhile is no longer ours.
        return delete(self._stores.engine, {"bool": {"filter": [*own, {"terms": {"id": ids}}]}}) if ids else 0

    def _others(self) -> Iterator[tuple[Import, str]]:
        """Archive objects of the collection's other imports that are not yet read again."""
        job = self._hold.job
        at, _, after = job.after.partition(" ")
        for other in sorted(self._stores.table.all(job.workspace), key=lambda one: one.id):
            if other.id < at or not _shares(job, other):
                continue
            for key in self._stores.rows.keys(other, after if other.id == at else ""):
                yield other, key

    def _messages(self, key: str) -> Iterator[str]:
        for span, _ in warc.walk(self._stores.archive.open(key)):
            yield encode(Archived(key=key, offset=span.offset, length=span.length, source=SOURCE, replay=True))


def _shares(job: Import, other: Import) -> bool:
    """Whether another import may have brought the same posts."""
    living = other.id != job.id and other.state in {"importing", "imported", "failed"} and other.chunks > 0
    return living and (job.plan is None or (other.plan is not None and other.plan.collection == job.plan.collection))
