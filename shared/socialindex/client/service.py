"""What the service is doing and covers; and what its administrators do, whose answers are plain JSON."""

from __future__ import annotations

from typing import Any

from socialindex.client.core import Core, Json, path
from socialindex.client.models import CoverageReport, HealthReport, SourceCard, Status
from socialindex.client.models.service import SourceCards


class Service(Core):
    """The routes that tell of the service."""

    def status(self) -> Status:
        """What every stage has done and what waits, and how fresh every source is."""
        return self._get(path("status"), Status)

    def health(self, *, days: int = 7) -> HealthReport:
        """What is wrong with sources and channels, and what was in the last days."""
        return self._get(path("health"), HealthReport, days=days)

    def coverage(self, *, days: int = 7) -> CoverageReport:
        """What the index holds, where it has gaps, and what it does not hold."""
        return self._get(path("coverage"), CoverageReport, days=days)

    def sources(self) -> list[SourceCard]:
        """What can be crawled."""
        return self._get(path("sources"), SourceCards).items


class Administration(Core):
    """The routes of administrators."""

    def channels(self) -> list[Json]:
        """All channels, by source and address; read page by page."""
        return self._pages("channels")

    def add_channel(self, url: str, options: dict[str, str] | None = None) -> Json:
        """Add a channel by any address that a person would paste: ``channel`` and ``why``."""
        return self.call("POST", path("channels"), {"url": url, "options": options or {}})

    def remove_channel(self, channel: str) -> None:
        """Stop crawling a channel."""
        self._delete(path("channels", channel), Json)

    def replay(self, *, day: str = "", source: str = "", after: str = "") -> Json:
        """Read a part of the archive again; ``next_after`` is the ``after`` of the next call, None at the end."""
        return self.call("POST", path("replays"), {"day": day, "source": source, "after": after})

    def start_backfill(self, channel: str) -> Json:
        """Begin to walk a channel's history; how far it is, where it is under way already."""
        return self.call("POST", path("channels", channel, "backfills"))

    def backfill(self, channel: str) -> Json:
        """How far the walk through a channel's history is: ``state``, ``pages``, ``posts``, ``oldest``."""
        return self._get(path("channels", channel, "backfills"), Json)

    def cancel_backfill(self, channel: str) -> Json:
        """Cancel the walk through a channel's history."""
        return self._delete(path("channels", channel, "backfills"), Json)

    def erase_post(self, post: str) -> Json:
        """Erase a post for good, by its id; the removal with its progress."""
        return self._delete(path("posts", post), Json)

    def erase_author(self, key: str) -> Json:
        """Erase an author with everything of theirs, by the key that their posts show; the removal."""
        return self._delete(path("authors", key), Json)

    def request_removal(self, url: str, reason: str = "subject_request") -> Json:
        """Erase what has this address, a post or an author; the removal."""
        return self.call("POST", path("removals"), {"url": url, "reason": reason})

    def removals(self) -> list[Json]:
        """All removals, the oldest first; read page by page."""
        return self._pages("removals")

    def removal(self, removal: str) -> Json:
        """A removal with its progress: ``state``, ``documents``, ``objects``, ``records``, ``unreadable``."""
        return self._get(path("removals", removal), Json)

    def register(self) -> Json:
        """The register of operators' terms: ``items``, and ``unreviewed`` hosts."""
        return self._get(path("terms"), Json)

    def register_of(self, host: str) -> Json:
        """What holds for a host: ``may_crawl`` and ``terms``, None where nobody has reviewed it."""
        return self._get(path("terms", host), Json)

    def enter_terms(self, host: str, fields: dict[str, Any]) -> Json:
        """Enter what an operator's terms say; the entry."""
        return self.call("PUT", path("terms", host), fields)

    def take_terms_back(self, host: str) -> None:
        """Take an entry back."""
        self._delete(path("terms", host), Json)

    def _pages(self, things: str) -> list[Json]:
        """All items of a list, page by page."""
        items: list[Json] = []
        cursor: str | None = None
        while True:
            page = self._get(path(things), Json, cursor=cursor)
            items += page["items"]
            if (cursor := page.get("next_cursor")) is None:
                return items
