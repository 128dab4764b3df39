"""Names of brands, products, organizations and people that administrators teach the service.

An entry is one thing with all the ways in which people write it. The analysis of texts keeps such names whole, search
finds each way by any other, and normalize notes in ``entities`` which of them a post names.
"""

from __future__ import annotations

from typing import Literal

from socialindex.model import Struct

EntryKind = Literal["brand", "product", "organization", "person", "other"]


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that has a name."""

    name: str
    """As it is shown, and as ``entities`` has it."""
    variants: list[str] = []
    """Other ways to write it: another script (galaxy), a common misspelling, an abbreviation."""
    kind: EntryKind = "other"
