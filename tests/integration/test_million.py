"""The generated posts in the engine: filled as the benchmark does, and as the index stage would have written them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infra.bench.million import Note, fill, months
from infra.bench.million_posts import CHUNK, Posts, document
from socialindex.engine import ALIAS, index_of
from socialindex.index.writer import Write, Writer

if TYPE_CHECKING:
    from pathlib import Path

    from opensearchpy import OpenSearch

pytestmark = pytest.mark.integration

WRITTEN_AT = ("indexed_at", "updated_at", "latency_ms")
"""What depends on when a post is written."""


def test_a_fill_goes_on_where_it_was_stopped(index: OpenSearch, tmp_path: Path) -> None:
    posts, note = Posts(2 * CHUNK), Note(tmp_path / "chunks")
    note.put("1")
    fill(index, posts, note)
    assert Note(tmp_path / "chunks").is_final
    assert set(index.indices.get(index=f"{ALIAS}-g1-*")) == {index_of(month) for month in months()}
    ids = [post.id for post in posts.chunk(0)]
    assert index.count(index=ALIAS)["count"] == CHUNK
    assert index.count(index=ALIAS, body={"query": {"ids": {"values": ids}}})["count"] == 0


def test_documents_are_those_that_the_index_stage_writes(index: OpenSearch) -> None:
    posts = Posts(CHUNK).chunk(0)
    alone = [post for post in posts if post.deleted_at is None and post.cluster_id == post.id][:100]
    assert Writer(index).write([Write(post, live=True, replay=False) for post in alone]) == [None] * len(alone)
    index.indices.refresh(index=ALIAS)
    hits = index.search(index=ALIAS, body={"size": len(alone)})["hits"]["hits"]
    written = {hit["_id"]: _lasting(hit["_source"]) for hit in hits}
    assert written == {post.id: _lasting(document(post)) for post in alone}


def _lasting(source: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in source.items() if name not in WRITTEN_AT}
