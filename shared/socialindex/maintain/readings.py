"""A document taken apart into the readings that it was made of, as far as it still knows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from socialindex import releases
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
_OF_WORDS = frozenset(
    {"title", "text", "edited_at", "metrics", "language", "sentiment", "entities", "promotional", "signature"}
)
"""What does not hold for other words of the same post."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Document = dict[str, Any]


def latest(doc: Document) -> Post:
    """The reading that a living document stands for, as it was made for the last time."""
    return releases.convert(_latest(_bare(doc), doc["versions"]), Post)


def readings(doc: Document) -> list[Post]:
    """Readings that give this document, or add all that it knows to another of the same post."""
    bare, versions = _bare(doc), doc["versions"]
    found = [
        *({**bare, "metrics": figures} for figures in _figures(doc)),
        _latest(bare, versions),
        # Before the words of `history`, which are less than these: of equal versions the first counts.
        *(
            reading
            for other in versions.get("others", [])
            for reading in (other["post"], _at(other["post"], other["seen"]))
        ),
        *(_earlier(bare, version) for version in doc.get("history", [])),
        *_deletion(bare, versions),
    ]
    return [releases.convert(reading, Post) for reading in found]


def _bare(doc: Document) -> Document:
    return {name: value for name, value in doc.items() if name in _FIELDS}


def _latest(bare: Document, versions: Document) -> Document:
    return _at(_without(bare, versions.get("facts", {})), versions["seen"])


def _figures(doc: Document) -> list[Document | None]:
    """Engagement at each of its changes, then the newest values that were read once more since."""
    again = doc["versions"].get("measured", {})
    once_more = [{name: doc["metrics"][name], "read_at": at} for name, at in again.items()]
    return [*doc.get("metrics_history", []), doc.get("metrics"), *once_more]


def _at(reading: Document, seen: int) -> Document:
    """A reading as it was made for the last time: it cites the first, and others may have been between."""
    return {**reading, "collected_at": _iso(seen)}


def _without(bare: Document, facts: Document) -> Document:
    """A post without facts that its last reading did not show."""
    shown = {name: value for name, value in bare.items() if name not in facts}
    if "followers" in facts and "author" in bare:
        shown["author"] = {name: value for name, value in bare["author"].items() if name != "followers"}
    return shown


def _earlier(bare: Document, version: Document) -> Document:
    """A version's words in place of the present ones."""
    kept = {name: value for name, value in bare.items() if name not in _OF_WORDS}
    return {**kept, **version}


def _deletion(bare: Document, versions: Document) -> list[Document]:
    """That the post was gone for a while, of one that is there now."""
    if "gone" not in versions or "deleted_at" in bare:
        return []
    at = _iso(versions["gone"])
    kept = ("id", "uri", "source", "platform", "kind", "visibility", "hearsay", "provenance")
    return [{**{name: bare[name] for name in kept if name in bare}, "collected_at": at, "deleted_at": at}]


def _iso(moment: int) -> str:
    """Unix milliseconds as the model has moments."""
    return (_EPOCH + timedelta(milliseconds=moment)).isoformat()
