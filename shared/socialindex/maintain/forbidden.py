"""A host whose terms an administrator entered as forbidden leaves the index, not only the crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex import terms
from socialindex.erasure.documents import delete
from socialindex.maintain.hosts import of_host
from socialindex.mentions.forgetting import NONE
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories
    from socialindex.terms import Terms


def take_down(engine: OpenSearch, memories: Memories = NONE) -> int:
    """Delete public documents of hosts that must not be collected any more; their number.

    What ships as forbidden was never collected, so that only administrators' entries are looked at. Posts that a client
    brought along are its own affair.

    Raises:
        Unavailable: the engine or the terms register does not answer.
    """
    entries = terms.register()
    doomed = [entry for entry in entries if entry.edited_at is not None and entry.objects and not entry.through]
    return sum(delete(engine, _of(domain, entries), memories) for entry in doomed for domain in entry.domains)


def _of(domain: str, entries: Iterable[Terms]) -> dict[str, Any]:
    """Documents of a host and its subdomains, but for those subdomains that another entry allows."""
    spared = [name for entry in entries if not entry.objects for name in entry.domains if name.endswith(f".{domain}")]
    return {
        "bool": {
            "filter": [{"term": {"visibility": PUBLIC}}, {"bool": {"should": of_host(domain)}}],
            "must_not": [clause for name in spared for clause in of_host(name)],
        }
    }
