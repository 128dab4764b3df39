"""Networks that are made later, in DynamoDB, by organization (``aws.jobs``)."""

from __future__ import annotations

from socialindex.aws.jobs import ListedJobs
from socialindex.network.job import KEPT, REMEMBERED, UNDER_WAY, Job


class NetworksTable(ListedJobs[Job]):
    """The table of networks.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    _KIND, _OWNER, _THING = Job, "organization", "network"
    UNKNOWN = "there is no such network"
    _REMEMBERED = KEPT + REMEMBERED

    def under_way(self, organization: str) -> int:
        """How many of an organization's networks are being made, or wait for it."""
        return sum(job.state in UNDER_WAY for job in self.all(organization))

    def of_workspace(self, workspace: str) -> list[Job]:
        """All networks that may have posts of a workspace: the table is read through, which has some days of them."""
        jobs = (self._kept(item).job for item in self._table.scan())
        return [job for job in jobs if workspace in job.workspaces]
