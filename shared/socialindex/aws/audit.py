"""The audit log in DynamoDB: who did what when, the newest first, kept for a time that is set.

Partitions are organizations: whose key acted, and the one that was acted on where that is another. Entries name ids and
routes; what was sent is not in them, and so no secret and no personal data.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAST: Final = 10**14
"""Milliseconds of Unix time that no entry has: counted down from here, the newest come first."""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One administrative act. It is written before the act, so that none goes unseen."""

    id: str
    at: datetime
    organization: str
    """Whose key it was."""
    key: str
    """The key's id."""
    act: str
    """The route, such as ``POST /v1/channels``."""
    target: str | None
    """What was acted on, by its path: ``/v1/channels/ch_x``."""
    status: int | None
    """What came of it, as an HTTP status; ``None`` where the act was begun and its end is not known."""


class AuditLog:
    """The table of the log.

    Args:
        table: its name.
        days: for which entries are kept.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str, days: float) -> None:
        self._table = Table(table)
        self._kept = timedelta(days=days)

    def write(self, entry: Entry, organizations: set[str]) -> None:
        """Write an entry down, or what became of it."""
        for organization in sorted(organizations):
            body, expires = msgspec.json.encode(entry).decode(), int((entry.at + self._kept).timestamp())
            self._table.put({"pk": organization, "sk": _place(entry), "body": body, "expires": expires})

    def page(self, organization: str, after: str, limit: int) -> Iterator[tuple[str, Entry]]:
        """Entries behind a place, the newest first, each with its own place."""
        values = {"pk": organization, "after": after or "0"}
        for item in self._table.query("#pk = :pk AND #sk > :after", values, limit=limit, consistent=True):
            yield item["sk"], releases.decode(item["body"], Entry)


def _place(entry: Entry) -> str:
    return f"{_LAST - int(entry.at.astimezone(UTC).timestamp() * 1000):014d}-{entry.id}"
