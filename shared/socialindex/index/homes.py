"""Where posts live: the index of each, of the many that there are by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.engine import ALIAS, WHOLE, answering

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

_IDS: Final = 1_000
"""Ids of one look-up."""


def known_homes(engine: OpenSearch, posts: Sequence[str]) -> dict[str, str]:
    """The indices of posts by their ids; those that are in none are left out.

    Raises:
        Unavailable: the engine does not answer, or not whole.
    """
    homes: dict[str, str] = {}
    for start in range(0, len(posts), _IDS):
        chunk = posts[start : start + _IDS]
        query = {"query": {"ids": {"values": chunk}}, "size": 2 * len(chunk), "_source": False}
        with answering():
            answer = engine.search(index=ALIAS, body=query, params=WHOLE)
        # The oldest index wins for an id that lives in two; ``maintain`` mends those.
        for hit in sorted(answer["hits"]["hits"], key=lambda hit: hit["_index"], reverse=True):
            homes[hit["_id"]] = hit["_index"]
    return homes
