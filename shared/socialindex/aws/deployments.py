"""Deployments: the one that setup still owes an answer, and what CloudFormation says of its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from socialindex.aws import clients
from socialindex.aws.tables import Table

if TYPE_CHECKING:
    from socialindex.aws.values import Item

_KEY = {"name": "deployment"}
_TAKEN_BACK = ("ROLLBACK", "DELETE")
"""Parts of a StackStatus: AWS CloudFormation API reference, Stack."""


class Deployments:
    """The deployment that is under way, in the table of marks.

    Raises (``put``, ``get``, ``clear``):
        Unavailable: the table does not answer.
    """

    def __init__(self, marks: str) -> None:
        self._table = Table(marks)

    def put(self, request: str, until: float) -> None:
        """Keep a request (JSON) that wants an answer until then (POSIX seconds); an older one is forgotten."""
        self._table.put({**_KEY, "request": request, "until": until})

    def get(self) -> tuple[str, float] | None:
        """The request and until when it wants an answer."""
        item: Item | None = self._table.get(_KEY)
        return (str(item["request"]), float(item["until"])) if item else None

    def clear(self, request: str) -> None:
        """Forget this request; one that has come since stays."""
        self._table.delete(_KEY, "#request = :request", {"request": request})


def being_taken_back(stack: str) -> bool:
    """Whether the stack is being rolled back or deleted; True too where that cannot be learned.

    Whoever asks is about to fail a deployment: to fail a rollback would be worse, since a person must mend that.
    """
    try:
        answer = clients.cloudformation().describe_stacks(StackName=stack)
    except (ClientError, BotoCoreError):
        return True
    return any(word in str(answer["Stacks"][0]["StackStatus"]) for word in _TAKEN_BACK)
