"""The maintain stage, once an hour: whole months are deleted, and ids that live in two months become one."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger

from socialindex.engine import ALIAS, answering
from socialindex.errors import Unavailable
from socialindex.index.writer import Write, Writer
from socialindex.maintain.readings import readings
from socialindex.maintain.retention import expire, merge_quiet
from socialindex.maintain.tombstones import sweep
from socialindex.mentions.byposts import refresh
from socialindex.mentions.forgetting import NONE
from socialindex.mentions.homes import bring_home
from socialindex.reread.schedule import Mark

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.aws.marks import Marks
    from socialindex.mentions.forgetting import Memories

logger = Logger(child=True)

NAME: Final = "straddlers"
"""Of the watermark: the id up to which was looked for those that live twice, empty at the beginning."""
SECONDS: Final = 90.0
"""After which no further page of ids is looked at: after a replay all that there is became documents of late, and each
page takes the engine through all of it."""
_RECENT = "now-2d"
_PAGE = 10_000
"""Ids of one page of the search for straddlers."""


class Maintain:
    """Keeps the index in order; running twice changes nothing."""

    def __init__(self, engine: OpenSearch, memories: Memories = NONE, marks: Marks | None = None) -> None:
        """Args: the engine, what else keeps something of mentions, and where it is kept how far the mending has come.

        Without ``marks`` each mending begins at the beginning.
        """
        self._engine = engine
        self._memories = memories
        self._marks = marks
        self._writer = Writer(engine)

    def run(
        self, retention_months: int, now: datetime | None = None, *, seconds: float = SECONDS
    ) -> dict[str, list[str]]:
        """Do what is due; the indices that were deleted or are merged, and the ids that were mended.

        Args:
            retention_months: whole months to keep beside the current one; 0 keeps everything.
            now: the clock, for tests.
            seconds: see ``SECONDS``.

        Raises:
            Unavailable: the engine does not answer.
        """
        moment = now or datetime.now(tz=UTC)
        deleted = expire(self._engine, retention_months, moment, self._memories)
        mended = self._mend(time.monotonic() + seconds)
        merged = merge_quiet(self._engine, moment)
        swept = sweep(self._engine, moment, self._memories)
        logger.info("maintained", extra={"deleted": deleted, "mended": len(mended), "merged": merged, "swept": swept})
        return {"deleted": deleted, "mended": mended, "merged": merged}

    def _mend(self, until: float) -> list[str]:
        """Merge the later documents of each id that lives twice into the earliest, where new versions go too.

        Of all that became documents of late a page at a time, as far as there is time; the next run goes on.
        """
        mended: list[str] = []
        begun = self._mark()
        after: str | None = begun if len(self._busy()) > 1 else None
        while after is not None:
            twice, after = self._straddlers(after)
            new = [post for post in twice if post not in mended]
            mended += self._bring_together(new)
            self._put_mark(after or "")
            if time.monotonic() >= until:
                break
            if after is None and begun:  # what the run before has looked at may have been joined by more
                begun = after = ""
        return mended

    def _bring_together(self, posts: list[str]) -> list[str]:
        """Those of which one document is left; one that must stay as it is holds up no other, and no deletion."""
        if posts:
            refresh(self._engine)
        return [post for post in posts if self._is_one(*self._copies(post))]

    def _is_one(self, first: dict[str, Any], *copies: dict[str, Any]) -> bool:
        return all(self._merge(copy, first["_index"]) for copy in copies)

    def _mark(self) -> str:
        mark = self._marks.get(NAME) if self._marks else None
        return mark.id if mark else ""

    def _put_mark(self, after: str) -> None:
        if self._marks:
            self._marks.put(NAME, Mark(int(time.time() * 1000), after))

    def _merge(self, copy: dict[str, Any], home: str) -> bool:
        """Write a copy as its readings were once written, and let its mentions follow it home.

        False where the engine takes one of them no more: the copy stays, lest something be lost.

        Raises:
            Unavailable: another try may help.
        """
        posts = readings(copy["_source"])
        refusals = self._writer.write([Write(post, live=False, replay=True) for post in posts])
        for refusal in filter(None, refusals):
            if isinstance(refusal, Unavailable):
                raise refusal
            reason = type(refusal).__name__  # what the engine says of it may quote it
            logger.error("a post that lives twice stays so", extra={"post": copy["_id"], "reason": reason})
            return False
        bring_home(self._engine, copy["_id"], home)
        # Only now: between the two steps the post is there twice, never not at all.
        with answering():
            self._engine.delete(index=copy["_index"], id=copy["_id"])
        return True

    def _straddlers(self, after: str) -> tuple[list[str], str | None]:
        """Of a page of ids behind one those that became a document twice of late, and where the next page begins.

        Two writers saw such a post for the first time at once. A terms aggregation would look at each index's first ids
        only.
        """
        composite: dict[str, Any] = {"size": _PAGE, "sources": [{"id": {"terms": {"field": "id"}}}]}
        page = self._aggregated({"composite": {**composite, **({"after": {"id": after}} if after else {})}})
        twice = [bucket["key"]["id"] for bucket in page.get("buckets", []) if bucket["doc_count"] > 1]
        return twice, page.get("after_key", {}).get("id")

    def _busy(self) -> list[str]:
        """Indices in which posts became documents of late; mostly one, in which nothing can be twice."""
        aggregated = self._aggregated({"terms": {"field": "_index", "size": 1_000}})
        return [bucket["key"] for bucket in aggregated.get("buckets", [])]

    def _aggregated(self, aggregation: dict[str, Any]) -> dict[str, Any]:
        query = {"range": {"indexed_at": {"gte": _RECENT}}}
        body = {"size": 0, "query": query, "aggs": {"found": aggregation}}
        with answering():
            answer = self._engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
        found: dict[str, Any] = answer.get("aggregations", {}).get("found", {})
        return found

    def _copies(self, post: str) -> list[dict[str, Any]]:
        """An id's documents, the oldest index first."""
        body = {"query": {"ids": {"values": [post]}}}
        with answering():
            hits: list[dict[str, Any]] = self._engine.search(index=ALIAS, body=body)["hits"]["hits"]
        return sorted(hits, key=lambda hit: hit["_index"])
