"""What the terms of a host let us keep only while it is read again: after so many days without, it is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex.erasure.documents import delete
from socialindex.maintain.hosts import counting, under
from socialindex.mentions.forgetting import NONE
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories


def expire_unread(engine: OpenSearch, memories: Memories = NONE, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Delete public documents that were not read again in the time that their host's terms give; their number.

    For each host the entry counts that ``terms.of_host`` gives. A tombstone goes with them: it still has the post's
    address. Posts that a client brought along are its own affair. What there is no time for (``go_on``) is left.

    Raises:
        Unavailable: the engine or the terms register does not answer.
    """
    entries = counting()
    return sum(
        delete(engine, _unread(domain, entry.refresh_days, entries), memories, go_on=go_on)
        for domain, entry in entries.items()
        if entry.refresh_days is not None and go_on()
    )


def _unread(domain: str, days: int, others: Iterable[str]) -> dict[str, Any]:
    """Documents of a host and its subdomains, but for those subdomains that have an entry of their own."""
    before = {"lt": f"now-{days}d"}
    never = [{"range": {"collected_at": before}}, {"bool": {"must_not": {"exists": {"field": "refreshed_at"}}}}]
    unread = [{"range": {"refreshed_at": before}}, {"bool": {"filter": never}}]
    public = {"term": {"visibility": PUBLIC}}
    return {"bool": {"filter": [public, under(domain, others), {"bool": {"should": unread}}]}}
