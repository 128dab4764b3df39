"""A log of requests, so that tests can say how politely the world was crawled."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.world.config import Site


@dataclass(frozen=True)
class Visit:
    """One request. Times are seconds of the monotonic clock; ``status`` is 0 where the connection was cut."""

    site: Site
    method: str
    path: str
    """With the query, as it was sent."""
    user_agent: str
    started: float
    ended: float
    status: int


class TrafficLog:
    """Requests in the order of their ends. Appending is atomic, so other threads may read while servers write."""

    def __init__(self) -> None:
        self._visits: list[Visit] = []

    def add(self, visit: Visit) -> None:
        """Remember a request."""
        self._visits.append(visit)

    def visits(self, site: Site | None = None, path: str | None = None) -> list[Visit]:
        """Requests so far, of one site or path where they are given."""
        return [
            visit
            for visit in list(self._visits)
            if (site is None or visit.site == site) and (path is None or visit.path == path)
        ]

    def concurrency(self, site: Site) -> int:
        """The most requests that a site served at the same time."""
        edges = [(visit.started, 1) for visit in self.visits(site)] + [(v.ended, -1) for v in self.visits(site)]
        most = now = 0
        for _, change in sorted(edges):
            now += change
            most = max(most, now)
        return most

    def rate(self, site: Site, window: float = 1.0) -> int:
        """The most requests that began within any ``window`` seconds at a site."""
        starts = sorted(visit.started for visit in self.visits(site))
        return max((sum(1 for start in starts if first <= start < first + window) for first in starts), default=0)

    def gaps(self, site: Site) -> list[float]:
        """Seconds from the end of each request to the start of the next, negative where they overlap."""
        visits = sorted(self.visits(site), key=lambda visit: visit.started)
        return [later.started - earlier.ended for earlier, later in itertools.pairwise(visits)]
