"""Work at an import by one at a time (``lease``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex import lease
from socialindex.imports.job import Import

if TYPE_CHECKING:
    from socialindex.aws.imports import ImportsTable
    from socialindex.imports.job import Wake

Hold = lease.Hold[Import]

LEASE: Final = 90.0
"""Seconds until somebody else may go on. Work writes down how far it is more often than that."""
WORK: Final = 240.0
"""Seconds of one invocation's work, well below the function's timeout."""


def hold(table: ImportsTable, wake: Wake) -> Hold | None:
    """Take an import; None where somebody else has it, or there is nothing to do for it.

    Raises:
        NotFound: there is no such import any more.
    """
    return lease.take(table, table.get(wake.workspace, wake.id), LEASE, WORK)
