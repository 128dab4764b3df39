"""Work at a network by one at a time (``lease``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex import lease
from socialindex.network.job import Job

if TYPE_CHECKING:
    from socialindex.aws.networks import NetworksTable
    from socialindex.network.job import Wake

Hold = lease.Hold[Job]

LEASE: Final = 120.0
"""Seconds until somebody else may begin: more than measuring and writing the largest network takes."""


def hold(table: NetworksTable, wake: Wake) -> Hold | None:
    """Take a network; None where somebody else has it, or there is nothing to do for it.

    Raises:
        NotFound: there is no such network any more.
    """
    return lease.take(table, table.get(wake.organization, wake.id), LEASE)
