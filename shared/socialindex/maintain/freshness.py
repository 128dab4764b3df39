"""What the terms of a host let us keep only while it is read again: after so many days without, it is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import terms
from socialindex.erasure.documents import delete
from socialindex.maintain.hosts import of_host

if TYPE_CHECKING:
    from opensearchpy import OpenSearch


def expire_unread(engine: OpenSearch) -> int:
    """Delete documents that were not read again in the time that their host's terms give; their number.

    A tombstone goes with them: it still has the post's address.

    Raises:
        Unavailable: the engine or the terms register does not answer.
    """
    return sum(
        delete(engine, _unread(domain, entry.refresh_days))
        for entry in terms.register()
        if entry.refresh_days is not None
        for domain in entry.domains
    )


def _unread(domain: str, days: int) -> dict[str, Any]:
    before = {"lt": f"now-{days}d"}
    never = [{"range": {"collected_at": before}}, {"bool": {"must_not": {"exists": {"field": "refreshed_at"}}}}]
    unread = [{"range": {"refreshed_at": before}}, {"bool": {"filter": never}}]
    return {"bool": {"filter": [{"bool": {"should": of_host(domain)}}, {"bool": {"should": unread}}]}}
