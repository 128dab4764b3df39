"""A document taken apart into the readings that it was made of, as far as it still knows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from socialindex.model import Post

_OWN = frozenset(
    {
        "first_seen_at",
        "indexed_at",
        "updated_at",
        "refreshed_at",
        "latency_ms",
        "metrics_history",
        "history",
        "cluster_id",
    }
)
"""What the index stage and the cluster writer added to a document, and is each document's own."""
_FIELDS = frozenset(Post.__struct_fields__) - _OWN
_OF_WORDS = frozenset({"title", "text", "edited_at", "metrics", "signature"})
"""What does not hold for other words of the same post."""

Document = dict[str, Any]


def readings(doc: Document) -> list[Post]:
    """Readings that give this document, or add all that it knows to another of the same post."""
    bare = {name: value for name, value in doc.items() if name in _FIELDS}
    found = [
        *({**bare, "metrics": figures} for figures in [*doc.get("metrics_history", []), doc.get("metrics")]),
        *(_earlier(bare, version) for version in doc.get("history", [])),
        *(other["post"] for other in doc["versions"].get("others", [])),
        *_deletion(bare, doc["versions"]),
    ]
    return [msgspec.convert(reading, Post) for reading in found]


def _earlier(bare: Document, version: Document) -> Document:
    """A version's words in place of the present ones."""
    kept = {name: value for name, value in bare.items() if name not in _OF_WORDS}
    return {**kept, **version}


def _deletion(bare: Document, versions: Document) -> list[Document]:
    """That the post was gone for a while, of one that is there now."""
    if "gone" not in versions or "deleted_at" in bare:
        return []
    at = datetime.fromtimestamp(versions["gone"] / 1000, tz=UTC).isoformat()
    kept = ("id", "uri", "source", "platform", "kind", "visibility", "hearsay", "provenance")
    return [{**{name: bare[name] for name in kept if name in bare}, "collected_at": at, "deleted_at": at}]
