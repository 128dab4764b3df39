"""Exports in DynamoDB, with what is counted of them (``aws.accounts``).

<workspace>  ex_...  an export (``aws.jobs``)
"""

from __future__ import annotations

from socialindex.aws.accounts import CountedJobs
from socialindex.aws.jobs import ListedJobs
from socialindex.exports.job import KEPT, REMEMBERED, UNDER_WAY, Export


class ExportsTable(ListedJobs[Export], CountedJobs[Export]):
    """The table of exports.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    _KIND, _OWNER, _THING = Export, "workspace", "export"
    UNKNOWN = "there is no such export in this workspace"
    _REMEMBERED = KEPT + REMEMBERED
    _UNDER_WAY = frozenset(UNDER_WAY)
