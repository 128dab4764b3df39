"""Which mail addresses may be asked for their consent, in the table of deliveries: nobody is asked again and again.

asks#<whose>#<day>                       asked    how often that day; whose: an address's, a workspace's, or of both
stop#<digest of address>#<workspace>     stopped  until: the address's reader has stopped the workspace's mails

All of it goes when its time is over.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from socialindex.aws.counting import count
from socialindex.aws.tables import Table
from socialindex.errors import Conflict, TooManyRequests
from socialindex.plans import until_tomorrow

STOPPED: Final = timedelta(days=30)
"""How long a reader who has stopped a workspace's mails is not asked by it."""
OF_BOTH: Final = 3
"""How often a workspace asks an address in a day (UTC): it may be in several destinations, or miss a mail."""
OF_ADDRESS: Final = 20
"""How often an address is asked in a day, whoever asks: one analyst may be in many workspaces of an agency."""
OF_WORKSPACE: Final = 50
"""How often a workspace asks in a day: it has so many destinations."""
_KEPT: Final = timedelta(days=2)
"""For which the count of a day is kept."""


class ConsentsTable:
    """Who was asked when.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def take(self, workspace: str, address: str, now: datetime) -> None:
        """Note that a workspace is about to ask an address. A crash after it costs one of the day's.

        Raises:
            Conflict: its reader has stopped mails of this workspace.
            TooManyRequests: it was asked often today, or the workspace has asked often.
        """
        self._check_stopped(workspace, address, now)
        digest = _digest(address)
        limits = ((f"{digest}#{workspace}", OF_BOTH), (digest, OF_ADDRESS), (workspace, OF_WORKSPACE))
        if not all(self._has_room(whose, most, now) for whose, most in limits):
            words = "this mail address was asked often today (UTC) whether it wants mail, or this workspace asked many"
            raise TooManyRequests(words, policy="confirmations", retry_after=until_tomorrow(now))

    def stop(self, workspace: str, address: str, now: datetime) -> None:
        """Note that a reader wants no more mail of a workspace."""
        until = (now + STOPPED).timestamp()
        self._table.put({**_stopped(workspace, address), "until": until, "expires": int(until)})

    def _check_stopped(self, workspace: str, address: str, now: datetime) -> None:
        item = self._table.get(_stopped(workspace, address))
        if item and item["until"] > now.timestamp():
            until = datetime.fromtimestamp(item["until"], tz=UTC)
            raise Conflict(f"the reader of this address has stopped these mails, and is not asked before {until:%F}")

    def _has_room(self, whose: str, most: int, now: datetime) -> bool:
        key = {"workspace": f"asks#{whose}#{now:%F}", "id": "asked"}
        return count(self._table, key, "asked", limit=most, until=now + _KEPT)


def _stopped(workspace: str, address: str) -> dict[str, str]:
    return {"workspace": f"stop#{_digest(address)}#{workspace}", "id": "stopped"}


def _digest(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()
