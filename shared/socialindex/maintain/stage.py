"""The maintain stage, once an hour: whole months are deleted, and ids that live in two months become one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools import Logger

from socialindex.engine import ALIAS, GENERATION, answering
from socialindex.index.writer import Write, Writer
from socialindex.model import Post

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

logger = Logger(child=True)

_NAME = re.compile(rf"{ALIAS}-{GENERATION}-(\d{{4}})\.(\d{{2}})")
_FIELDS = frozenset(Post.__struct_fields__)
_MOST = 1_000
"""Straddlers mended in one run; they arise only when two writers see a post for the first time across midnight of a
month's last day, so that one run is plenty."""


class Maintain:
    """Keeps the index in order; running twice changes nothing."""

    def __init__(self, engine: OpenSearch) -> None:
        self._engine = engine
        self._writer = Writer(engine)

    def run(self, retention_months: int, now: datetime | None = None) -> dict[str, list[str]]:
        """Do what is due; the indices that were deleted and the ids that were mended.

        Args:
            retention_months: whole months to keep beside the current one; 0 keeps everything.
            now: the clock, for tests.

        Raises:
            Unavailable: the engine does not answer.
        """
        deleted = self._expire(retention_months, now or datetime.now(tz=UTC))
        mended = self._mend()
        logger.info("maintained", extra={"deleted": deleted, "mended": len(mended)})
        return {"deleted": deleted, "mended": mended}

    def _expire(self, retention_months: int, now: datetime) -> list[str]:
        if not retention_months:
            return []
        with answering():
            names = sorted(self._engine.indices.get_alias(name=ALIAS, params={"ignore_unavailable": "true"}))
        doomed = list(expired(names, retention_months, now))
        for name in doomed:
            with answering():
                self._engine.indices.delete(index=name)
        return doomed

    def _mend(self) -> list[str]:
        """Merge the later documents of each id that lives twice into the earliest, where new versions go too."""
        mended = self._straddlers()
        for post in mended:
            for copy in self._copies(post)[1:]:
                self._merge(copy)
        return mended

    def _merge(self, copy: dict[str, Any]) -> None:
        post = msgspec.convert({name: value for name, value in copy["_source"].items() if name in _FIELDS}, Post)
        (refusal,) = self._writer.write([Write(post, live=False, replay=True)])
        if refusal is not None:
            raise refusal
        # Only now: between the two steps the post is there twice, never not at all.
        with answering():
            self._engine.delete(index=copy["_index"], id=copy["_id"])

    def _straddlers(self) -> list[str]:
        terms = {"field": "id", "min_doc_count": 2, "size": _MOST}
        body = {"size": 0, "query": {"range": {"first_seen_at": {"gte": "now-2d"}}}, "aggs": {"ids": {"terms": terms}}}
        with answering():
            answer = self._engine.search(index=ALIAS, body=body, params={"ignore_unavailable": "true"})
        buckets = answer.get("aggregations", {}).get("ids", {}).get("buckets", [])
        return [bucket["key"] for bucket in buckets]

    def _copies(self, post: str) -> list[dict[str, Any]]:
        """An id's documents, the oldest index first."""
        body = {"query": {"ids": {"values": [post]}}}
        with answering():
            hits: list[dict[str, Any]] = self._engine.search(index=ALIAS, body=body)["hits"]["hits"]
        return sorted(hits, key=lambda hit: hit["_index"])


def expired(names: Iterable[str], retention_months: int, now: datetime) -> Iterable[str]:
    """Of the indices' names those whose month is beyond the retention."""
    current = now.year * 12 + now.month
    for name in names:
        match = _NAME.fullmatch(name)
        if match and current - (int(match[1]) * 12 + int(match[2])) > retention_months:
            yield name
