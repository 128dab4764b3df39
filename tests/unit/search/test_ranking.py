"""The order "best" as the engine is asked for it; what it does with posts is shown in tests/integration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from socialindex.search.ranking import ranked

NOW = datetime(2026, 11, 28, tzinfo=UTC)
QUERY: dict[str, Any] = {"match_all": {}}


def test_it_finds_what_the_query_finds() -> None:
    assert ranked(QUERY, NOW)["function_score"]["query"] == QUERY


def test_the_same_moment_gives_the_same_order() -> None:
    assert ranked(QUERY, NOW) == ranked(QUERY, NOW)
    assert ranked(QUERY, NOW) != ranked(QUERY, datetime(2026, 11, 29, tzinfo=UTC))


def test_no_clock_of_the_engine_is_asked() -> None:
    assert "now" not in str(ranked(QUERY, NOW))
