"""The rate limit that Mastodon announces in its headers (https://docs.joinmastodon.org/api/rate-limits/)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from infra.local.world.sites.mastodon.entities import instant

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = timedelta(minutes=5)


class RateLimit:
    """Counts requests per window of five minutes."""

    def __init__(self, limit: int, clock: Callable[[], datetime]) -> None:
        self._limit = limit
        self._clock = clock
        self._window = 0
        self._used = 0

    def count(self) -> tuple[bool, dict[str, str]]:
        """Count a request; whether it is allowed, and the headers that say so."""
        window = int(self._clock().timestamp() // WINDOW.total_seconds())
        self._used = self._used + 1 if window == self._window else 1
        self._window = window
        reset = datetime.fromtimestamp((window + 1) * WINDOW.total_seconds(), UTC)
        headers = {
            "X-RateLimit-Limit": str(self._limit),
            "X-RateLimit-Remaining": str(max(0, self._limit - self._used)),
            "X-RateLimit-Reset": instant(reset),
        }
        return self._used <= self._limit, headers
