"""Which months at rest are merged: those in several segments, and those that still hold what was deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.maintain.retention import merge_quiet

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

NOVEMBER = datetime(2026, 11, 28, 12, tzinfo=UTC)
MONTH = "posts-g1-2026.03"


class Engine:
    """Has one month at rest, whose shards' copies are segments with so many deleted documents each."""

    def __init__(self, *copies: list[int]) -> None:
        self.indices = self.transport = self
        self._shards = {
            str(number): [{"segments": {f"_{at}": {"deleted_docs": deleted} for at, deleted in enumerate(copy)}}]
            for number, copy in enumerate(copies)
        }
        self.merged: list[str] = []

    def get_alias(self, **_: Any) -> dict[str, Any]:
        return {MONTH: {"aliases": {"posts": {}}}}

    def segments(self, index: str) -> dict[str, Any]:
        return {"indices": {index: {"shards": self._shards}}}

    def count(self, **_: Any) -> dict[str, int]:
        return {"count": 0}

    def perform_request(self, method: str, path: str, **_: Any) -> None:
        self.merged.append(f"{method} {path}")


@pytest.mark.parametrize(
    ("copies", "is_merged"),
    [
        ([[0]], False),
        ([[]], False),
        ([[0], [0]], False),
        ([[0, 0]], True),
        ([[0], [0, 0]], True),
        ([[1]], True),  # deleted just before it was merged: the engine kept it for copies that lag behind
        ([[0], [2]], True),
    ],
)
def test_a_month_is_merged_until_nothing_deleted_is_left_in_it(copies: list[list[int]], *, is_merged: bool) -> None:
    engine = Engine(*copies)
    assert merge_quiet(cast("OpenSearch", engine), NOVEMBER) == ([MONTH] if is_merged else [])
    assert engine.merged == ([f"POST /{MONTH}/_forcemerge"] if is_merged else [])
