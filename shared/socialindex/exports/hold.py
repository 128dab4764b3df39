"""Work at an export by one at a time (``lease``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex import lease
from socialindex.exports.job import Export

if TYPE_CHECKING:
    from socialindex.aws.exports import ExportsTable
    from socialindex.exports.job import Wake

Hold = lease.Hold[Export]

LEASE: Final = 90.0
"""Seconds until somebody else may go on."""


def hold(table: ExportsTable, wake: Wake, seconds: float) -> Hold | None:
    """Take an export for some seconds; None where somebody else has it, or there is nothing to do for it.

    Raises:
        NotFound: there is no such export any more.
    """
    return lease.take(table, table.get(wake.workspace, wake.id), LEASE, seconds)
