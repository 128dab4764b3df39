"""The branding of workspaces in DynamoDB, in the table of who may do what.

It is apart from the workspaces' own items: those are read all at once, and a logo is large.

    branding#<workspace>   branding   body
"""

from __future__ import annotations

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.report.branding import Branding


class Brandings:
    """Names, logos and colors.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def of(self, workspace: str) -> Branding:
        """A workspace's branding; one with nothing in it where none was given."""
        item = self._table.get(_place(workspace))
        return releases.decode(item["body"], Branding) if item else Branding()

    def put(self, workspace: str, branding: Branding) -> None:
        """Keep a workspace's branding, instead of what was kept."""
        self._table.put({**_place(workspace), "body": msgspec.json.encode(branding).decode()})

    def clear(self, workspace: str) -> int:
        """Forget a workspace's branding, when the workspace goes (``search.within.Rooms``).

        Returns:
            None of it counts as a thing of the workspace's own.
        """
        self._table.delete(_place(workspace))
        return 0


def _place(workspace: str) -> dict[str, str]:
    return {"pk": f"branding#{workspace}", "sk": "branding"}
