"""The maintain stage, once an hour: whole months are deleted, and ids that live in two months become one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from socialindex.engine import ALIAS, answering
from socialindex.index.writer import Write, Writer
from socialindex.maintain.readings import readings
from socialindex.maintain.retention import expire, merge_quiet
from socialindex.maintain.tombstones import sweep
from socialindex.mentions.byposts import refresh
from socialindex.mentions.forgetting import NONE
from socialindex.mentions.homes import bring_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories

logger = Logger(child=True)

_RECENT = "now-2d"
_PAGE = 10_000
"""Ids of one page of the search for straddlers."""


class Maintain:
    """Keeps the index in order; running twice changes nothing."""

    def __init__(self, engine: OpenSearch, memories: Memories = NONE) -> None:
        self._engine = engine
        self._memories = memories
        self._writer = Writer(engine)

    def run(self, retention_months: int, now: datetime | None = None) -> dict[str, list[str]]:
        """Do what is due; the indices that were deleted or are merged, and the ids that were mended.

        Args:
            retention_months: whole months to keep beside the current one; 0 keeps everything.
            now: the clock, for tests.

        Raises:
            Unavailable: the engine does not answer.
        """
        moment = now or datetime.now(tz=UTC)
        deleted = expire(self._engine, retention_months, moment, self._memories)
        mended = self._mend()
        merged = merge_quiet(self._engine, moment)
        swept = sweep(self._engine, moment, self._memories)
        logger.info("maintained", extra={"deleted": deleted, "mended": len(mended), "merged": merged, "swept": swept})
        return {"deleted": deleted, "mended": mended, "merged": merged}

    def _mend(self) -> list[str]:
        """Merge the later documents of each id that lives twice into the earliest, where new versions go too."""
        mended = self._straddlers()
        if mended:
            refresh(self._engine)
        for post in mended:
            first, *copies = self._copies(post)
            for copy in copies:
                self._merge(copy, first["_index"])
        return mended

    def _merge(self, copy: dict[str, Any], home: str) -> None:
        """Write a copy as its readings were once written, and let its mentions follow it home."""
        posts = readings(copy["_source"])
        refusals = self._writer.write([Write(post, live=False, replay=True) for post in posts])
        for refusal in filter(None, refusals):
            raise refusal
        bring_home(self._engine, copy["_id"], home)
        # Only now: between the two steps the post is there twice, never not at all.
        with answering():
            self._engine.delete(index=copy["_index"], id=copy["_id"])

    def _straddlers(self) -> list[str]:
        """Ids that became a document twice of late: two writers saw a post for the first time at once."""
        buckets = self._buckets() if len(self._busy()) > 1 else ()
        return [bucket["key"]["id"] for bucket in buckets if bucket["doc_count"] > 1]

    def _busy(self) -> list[str]:
        """Indices in which posts became documents of late; mostly one, in which nothing can be twice."""
        aggregated = self._aggregated({"terms": {"field": "_index", "size": 1_000}})
        return [bucket["key"] for bucket in aggregated.get("buckets", [])]

    def _buckets(self) -> Iterator[dict[str, Any]]:
        """Every id of late with its number of documents; a terms aggregation would look at each index's first only."""
        composite: dict[str, Any] = {"size": _PAGE, "sources": [{"id": {"terms": {"field": "id"}}}]}
        while True:
            page = self._aggregated({"composite": composite})
            yield from page["buckets"]
            if "after_key" not in page:
                return
            composite["after"] = page["after_key"]

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
