"""The order "best": relevance, raised by up to ``FRESHNESS`` for what is new.

    score = relevance x (1 + FRESHNESS x 0.5 ** (age / HALF_LIFE))

A post of this minute counts 1 + FRESHNESS times, one as old as HALF_LIFE has half of that addition, an old one its
relevance alone: age never outweighs what matters more than 1 + FRESHNESS times as much. A post whose time of
publication is not known counts as old. Both numbers were chosen by the judged queries (docs/index.md).

Age is counted from a moment that the caller freezes with the first page, so that later pages continue the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.query.compile import Dsl

FRESHNESS: Final = 1.0
"""What newness adds at most, as a share of the relevance."""
HALF_LIFE: Final = "14d"
"""The age, a time of the engine, at which a post has lost half of that."""


def ranked(query: Dsl, now: datetime) -> Dsl:
    """A compiled query that finds the same posts, scored for the order "best".

    Args:
        query: what ``compile_query`` gives.
        now: from when age counts; the cursor's bound.
    """
    age: dict[str, Any] = {"published_at": {"origin": now.isoformat(), "scale": HALF_LIFE, "decay": 0.5}}
    newness = {"exp": age, "weight": FRESHNESS, "filter": {"exists": {"field": "published_at"}}}
    return {
        "function_score": {
            "query": query,
            "functions": [{"weight": 1.0}, newness],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }
