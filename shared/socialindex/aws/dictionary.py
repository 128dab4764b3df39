"""The user dictionary in DynamoDB: its entries, when it was last edited, and how far the index has taken it over."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from socialindex import releases
from socialindex.aws.lease import alone
from socialindex.aws.tables import Table
from socialindex.dictionary import Entry
from socialindex.setup.progress import Rebuild

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_ENTRIES = "entry"
_STATE = "state"
_EDITED = {"part": _STATE, "key": "edited"}
_REBUILD = {"part": _STATE, "key": "rebuild"}
_LEASE = {"part": _STATE, "key": "lease"}
_ASKED = {"part": _STATE, "key": "asked"}


class Dictionary:
    """The table: entries by name, and the state beside them.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def all(self) -> list[Entry]:
        """All entries, by name."""
        items = self._table.query("#part = :part", {"part": _ENTRIES}, consistent=True)
        return [releases.decode(item["body"], Entry) for item in items]

    def put(self, entry: Entry) -> None:
        """Enter an entry, or change the one with its name."""
        self._table.put({"part": _ENTRIES, "key": entry.name, "body": msgspec.json.encode(entry).decode()})
        self._note_edit()

    def remove(self, name: str) -> bool:
        """Remove an entry; False where there was none."""
        removed = self._table.delete({"part": _ENTRIES, "key": name})
        if removed:
            self._note_edit()
        return removed

    def edited_at(self) -> datetime | None:
        """When an entry was last changed; ``None``: never."""
        return self._time(_EDITED)

    def asked_at(self) -> datetime | None:
        """When an operator last asked for a rebuilding; ``None``: never."""
        return self._time(_ASKED)

    def ask(self) -> None:
        """Have the index rebuilt, though nothing has changed."""
        self._table.put({**_ASKED, "at": time.time()})

    def rebuild(self) -> Rebuild | None:
        """The last rebuilding of the index, finished or not."""
        item = self._table.get(_REBUILD)
        return releases.decode(item["body"], Rebuild) if item else None

    def save(self, rebuild: Rebuild) -> None:
        """Note how far a rebuilding is; for who is ``alone``."""
        self._table.put({**_REBUILD, "body": msgspec.json.encode(rebuild).decode()})

    def alone(self, seconds: float) -> AbstractContextManager[bool]:
        """Be the only one that rebuilds: as ``lease.alone``."""
        return alone(self._table, _LEASE, seconds)

    def _time(self, key: dict[str, str]) -> datetime | None:
        item = self._table.get(key)
        return datetime.fromtimestamp(item["at"], tz=UTC) if item else None

    def _note_edit(self) -> None:
        self._table.put({**_EDITED, "at": time.time()})
