"""Paging by id and the ``Link`` header (https://docs.joinmastodon.org/api/guidelines/#pagination)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.world.records import Status

_DEFAULT = 20
_MOST = 40
_PAGE_KEYS = ("max_id", "since_id", "min_id", "limit")


@dataclass(frozen=True)
class Page:
    """Which part of a timeline is asked for."""

    max_id: int | None
    since_id: int | None
    min_id: int | None
    limit: int
    kept: dict[str, str]
    """Parameters that the links of the answer repeat."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Page:
        """The page that a query asks for; malformed numbers count as absent, as on the real server."""
        return cls(
            max_id=_number(query.get("max_id")),
            since_id=_number(query.get("since_id")),
            min_id=_number(query.get("min_id")),
            limit=max(1, min(_number(query.get("limit")) or _DEFAULT, _MOST)),
            kept={name: value for name, value in query.items() if name not in _PAGE_KEYS},
        )

    def of_timeline(self, statuses: list[Status]) -> list[Status]:
        """This page of a timeline, newest first. ``min_id`` gives the oldest ones above it, ``since_id`` the newest."""
        lowest = self.min_id if self.min_id is not None else self.since_id
        within = [s for s in statuses if self._within(int(s.id), lowest)]
        within.sort(key=lambda status: int(status.id), reverse=True)
        return within[-self.limit :] if self.min_id is not None else within[: self.limit]

    def links(self, address: str, page: list[Status]) -> str:
        """Value of the ``Link`` header; empty for an empty page."""
        if not page:
            return ""
        older = urlencode(self.kept | {"limit": str(self.limit), "max_id": page[-1].id})
        newer = urlencode(self.kept | {"limit": str(self.limit), "min_id": page[0].id})
        parts = [f'<{address}?{newer}>; rel="prev"']
        if len(page) == self.limit:
            parts.insert(0, f'<{address}?{older}>; rel="next"')
        return ", ".join(parts)

    def _within(self, number: int, lowest: int | None) -> bool:
        return (self.max_id is None or number < self.max_id) and (lowest is None or number > lowest)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None
