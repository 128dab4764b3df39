"""Posts as they are some seconds after they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opensearchpy import OpenSearch


def settle(index: OpenSearch) -> None:
    """Let all posts be found, also by what leaves out those of the last seconds: pages without near-duplicates."""
    at = (datetime.now(tz=UTC) - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    script = {"source": "ctx._source.indexed_at = params.at", "params": {"at": at}}
    index.indices.refresh(index="posts-*")
    index.update_by_query(index="posts-*", body={"script": script}, params={"refresh": "true"})
