"""Names of brands, products, organizations and people that administrators teach the service.

An entry is one thing with all the ways in which people write it. The analysis of texts keeps such names whole, search
finds each way by any other, and normalize notes in ``entities`` which of them a post names.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Literal, Protocol

from aws_lambda_powertools import Logger

from socialindex.errors import Unavailable
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

FRESH_SECONDS: Final = 60.0
"""How long a process may go on with the entries that it has read."""

logger = Logger(child=True)

EntryKind = Literal["brand", "product", "organization", "person", "other"]


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that has a name."""

    name: str
    """As it is shown, and as ``entities`` has it."""
    variants: list[str] = []
    """Other ways to write it: another script (galaxy), a common misspelling, an abbreviation."""
    kind: EntryKind = "other"


class Entries(Protocol):
    """Where the dictionary is kept (``aws.dictionary``)."""

    def all(self) -> Sequence[Entry]:
        """All entries; raises ``Unavailable`` where they cannot be read."""


class Cached:
    """The entries as a process knows them, read again once a minute."""

    def __init__(self, kept: Entries) -> None:
        self._kept = kept
        self._known: Sequence[Entry] | None = None
        self._until = 0.0

    def entries(self) -> Sequence[Entry]:
        """All entries: the same object until one is edited, so that what is made of them can be kept.

        Raises:
            Unavailable: they were never read and cannot be read now.
        """
        if self._known is None or time.monotonic() >= self._until:
            self._known = self._read(self._known)
            self._until = time.monotonic() + FRESH_SECONDS
        return self._known

    def _read(self, before: Sequence[Entry] | None) -> Sequence[Entry]:
        try:
            found = self._kept.all()
        except Unavailable:
            if before is None:
                raise
            logger.warning("the dictionary is older than it should be")
            return before
        return before if found == before and before is not None else found
