"""What an import costs: each row that becomes a post is one of the month's, and a run takes a place while it lasts.

Rows are counted before they are archived and sent. A crash between the two may cost the client some rows of the plan,
never gives any away. Nothing is given back where an import fails or is deleted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from socialindex.errors import InvalidInput, TooManyRequests
from socialindex.plans import month_of, until_next_month

if TYPE_CHECKING:
    from socialindex.imports.job import Import, Payer

AT_ONCE: Final = 2
"""Imports of an organization that are under way at a time."""
_SOON: Final = 60
"""Seconds after which one of those may have ended."""


class Counts(Protocol):
    """Where imports are counted: ``aws.imports.ImportsTable``."""

    def take_place(self, account: str, job: Import, places: int) -> bool:
        """Take one of an account's places; False where all are taken."""

    def count_month(self, account: str, month: str, limit: int, number: int = 1) -> bool:
        """Count some rows of a month; False, and nothing counted, where it has not so many left."""

    def counted(self, account: str, month: str) -> int:
        """Rows that are counted of a month."""


class Charges:
    """Charges accounts for imports.

    Raises (every method):
        Unavailable: the counts cannot be kept.
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def check(self, payer: Payer) -> None:
        """Pass whoever has a row of this month left.

        Raises:
            TooManyRequests: they are used up.
        """
        now = datetime.now(tz=UTC)
        if self._left(payer, now) < 1:
            words = f"{payer.rows_a_month} rows of imports of this month (UTC) are used"
            raise TooManyRequests(words, policy="import-rows", retry_after=until_next_month(now))

    def take_place(self, payer: Payer, job: Import) -> None:
        """Take a place for a run that is kept, and not begun.

        Raises:
            TooManyRequests: all are taken.
        """
        if not self._counts.take_place(payer.account, job, AT_ONCE):
            words = f"{AT_ONCE} imports of this organization are under way"
            raise TooManyRequests(words, policy="imports-at-once", retry_after=_SOON)

    def count(self, payer: Payer, job: Import, rows: int) -> None:
        """Count an import's next rows.

        Raises:
            InvalidInput: the month has not so many left: none is counted.
        """
        now, limit = datetime.now(tz=UTC), payer.rows_a_month
        if self._counts.count_month(payer.account, month_of(now), limit, rows):
            return
        raise InvalidInput(
            f"the plan's {limit} rows of imports a month (UTC) have room for {self._left(payer, now)} more, not for the"
            f" next {rows} of this file; {job.report.accepted} of its rows were imported",
            field="file",
            remedy=f"import the rest, from row {job.row + 1} on, as another file next month, or with another plan",
        )

    def _left(self, payer: Payer, now: datetime) -> int:
        return max(0, payer.rows_a_month - self._counts.counted(payer.account, month_of(now)))
