"""A host whose terms an administrator entered as forbidden leaves the index, not only the crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex.erasure.documents import delete
from socialindex.maintain.hosts import counting, under
from socialindex.mentions.forgetting import NONE
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch

    from socialindex.mentions.forgetting import Memories
    from socialindex.terms import Terms


def take_down(engine: OpenSearch, memories: Memories = NONE, *, go_on: Callable[[], bool] = lambda: True) -> int:
    """Delete public documents of hosts that must not be collected any more; their number.

    What ships as forbidden was never collected, so that only administrators' entries are looked at. Posts that a client
    brought along are its own affair. What there is no time for (``go_on``) is left.

    Raises:
        Unavailable: the engine or the terms register does not answer.
    """
    entries = counting()
    doomed = [domain for domain, entry in entries.items() if _is_newly_forbidden(entry)]
    return sum(delete(engine, _public(under(domain, entries)), memories, go_on=go_on) for domain in doomed if go_on())


def _is_newly_forbidden(entry: Terms) -> bool:
    return entry.edited_at is not None and entry.objects and not entry.through


def _public(host: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": [{"term": {"visibility": PUBLIC}}, host]}}
