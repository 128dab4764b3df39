"""Administrators' entries of the terms register in DynamoDB, one item per entry, named by its first domain."""

from __future__ import annotations

import msgspec

from socialindex import releases
from socialindex.aws.tables import Table
from socialindex.terms import Terms


class TermsTable:
    """The table of entries."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def all(self) -> list[Terms]:
        """All entries, the first entered first: for a domain in two of them, the last one counts."""
        entries = [releases.decode(item["body"], Terms) for item in self._table.scan()]
        return sorted(entries, key=lambda terms: (terms.edited_at is not None, terms.edited_at))

    def put(self, terms: Terms) -> None:
        """Enter an entry, or change the one that is named alike."""
        self._table.put({"domain": terms.domains[0], "body": msgspec.json.encode(terms).decode()})

    def remove(self, domain: str) -> bool:
        """Take an entry back: what ships counts again. False where there was none."""
        return self._table.delete({"domain": domain})
