"""The deletion of an import: its posts out of the index, its rows out of the archive, its file out of the bucket.

Mentions of its posts become tombstones before the posts go, so that whoever follows them as a stream is told. What
people did with mentions goes with these tombstones, or at once where a post has none any more.

Its rows say which posts they are: also those that a later import brought in other words, whose documents keep the
earlier ones. What of it was in a queue may still arrive for as long as queues keep messages: its posts are deleted
again later. Each time, a post that another import of the collection brought too comes back from that one's rows.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex import warc
from socialindex.engine import ALIAS, answering
from socialindex.erasure.documents import delete
from socialindex.erasure.rewrite import posts_of
from socialindex.errors import ParseError
from socialindex.imports.pack import SOURCE
from socialindex.mentions.forgetting import NONE, Known, Memories
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
_ALL: Final = "~"
"""Behind every import's id: all others' rows are read again."""
_PAGE: Final = 1_000
"""Posts that are deleted at once: with mentions of several topics in far less time than the lease."""


class Stores(NamedTuple):
    """What an import has filled, and what keeps something of its posts' mentions."""

    table: ImportsTable
    uploads: Uploads
    rows: ImportArchive
    archive: Archive
    engine: OpenSearch
    normalize: Queue
    memories: Memories = NONE


class Removal:
    """One invocation's share of a deletion."""

    def __init__(self, hold: Hold, stores: Stores) -> None:
        self._hold = hold
        self._stores = stores
        self._memories = Known(stores.memories)

    def begin(self) -> None:
        """Delete everything, and bring back what others have brought too; forget an import that never began.

        Raises:
            Conflict: the import is ours no longer.
            Unavailable: a part does not answer.
        """
        job = self._hold.job
        if job.confirmed_at is None:  # no row of it was ever sent: nothing of it can arrive
            self._stores.uploads.delete(job)
            self._stores.table.remove(job)
        elif self._delete() and self._bring_back():
            self._hold.rest(AGAIN[0], state="deleted", passes=1, after=_ALL)

    def again(self) -> None:
        """Delete what has arrived since, bring back as before, and forget the import once nothing can arrive.

        Raises:
            Conflict: the import is ours no longer.
            Unavailable: a part does not answer.
        """
        if not (self._delete() and self._bring_back()):
            return
        passes = self._hold.job.passes
        if passes < len(AGAIN):
            self._hold.rest(AGAIN[passes], passes=passes + 1, after=_ALL)
        else:
            self._stores.table.remove(self._hold.job)

    def _delete(self) -> bool:
        """Delete all that there is of it now; whether there was time for it, else another invocation goes on."""
        self._stores.uploads.delete(self._hold.job)
        return self._delete_rows() and self._delete_arrived()

    def _delete_rows(self) -> bool:
        """Delete the rows, each object behind its posts; whether there was time for it."""
        job = self._hold.job
        for number, key in enumerate(self._stores.rows.keys(job)):
            if (number and self._is_over()) or not self._delete_posts_of(key):
                return False
            self._stores.rows.drop(key)
        self._stores.rows.delete(job)  # also versions of what is there no longer
        return True

    def _delete_posts_of(self, key: str) -> bool:
        """Delete the posts of an object of rows; whether there was time for it."""
        # What was not written since the import was made has nothing of it: its row said nothing new.
        written = {"range": {"updated_at": {"gte": self._hold.job.created_at.isoformat()}}}
        posts = self._posts(key)
        for at in range(0, len(posts), _PAGE):
            if self._delete_posts(written, posts[at : at + _PAGE]) and self._is_over():
                return False
        return True

    def _posts(self, key: str) -> list[str]:
        """Ids of the posts in an object of rows, as far as it can be read: what never could be has become no post."""
        found: dict[str, None] = {}
        with suppress(ParseError):
            for span, held in warc.walk(self._stores.archive.open(key)):
                found |= dict.fromkeys(post.id for post in posts_of(held, (key, span)) or ())
        return list(found)

    def _delete_arrived(self) -> bool:
        """Delete posts that stand for a row of it, wherever that is by now; whether there was time for it."""
        brought = {"term": {"provenance.channel": self._hold.job.id}}
        with answering():
            self._stores.engine.indices.refresh(index=ALIAS, params={"ignore_unavailable": "true"})
        while ids := self._some(brought):
            # Of these, what another import has brought again meanwhile is no longer ours.
            if not self._delete_posts(brought, ids):
                break
            if self._is_over():
                return False
        return True

    def _some(self, query: dict[str, Any]) -> list[str]:
        """Ids of some of the workspace's posts that match."""
        body = {"query": {"bool": {"filter": [self._own, query]}}, "size": _PAGE, "_source": False}
        with answering():
            found = self._stores.engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
        return [hit["_id"] for hit in found["hits"]["hits"]]

    def _delete_posts(self, query: dict[str, Any], ids: list[str]) -> int:
        """Delete those of some posts that match, their mentions first; how many posts."""
        if self._hold.job.after:
            # Before they are gone: whoever goes on after a crash must know that others' are to be brought back.
            self._hold.keep(after="")
        doomed = {"bool": {"filter": [self._own, query, {"terms": {"id": ids}}]}}
        deleted = delete(self._stores.engine, doomed, self._memories)
        if deleted:
            self._hold.keep()
        else:
            self._hold.beat()
        return deleted

    @property
    def _own(self) -> dict[str, Any]:
        return {"term": {"visibility": self._hold.job.workspace}}

    def _bring_back(self) -> bool:
        """Read others' rows again, where posts were deleted since that was last done; whether there was time for it."""
        for other, key in self._others():
            if self._is_over():
                return False
            self._stores.normalize.send_all(self._messages(key))
            self._hold.keep(after=f"{other.id} {key}")
        return True

    def _is_over(self) -> bool:
        """Whether our time is over; then another invocation goes on."""
        over = self._hold.time_is_up
        if over:
            self._hold.rest()
        return over

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
