"""What an export holds and how it is written, as it is asked for."""

from __future__ import annotations

from typing import Literal

import msgspec

from socialindex.query.guided import Guided  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search.ask import Shown, asked_query
from socialindex.search.selection import Selection

Format = Literal["ndjson", "csv"]
Order = Literal["newest", "oldest"]
Compression = Literal["none", "gzip"]


class Wanted(Selection, frozen=True, kw_only=True):
    """A selection of posts, and how they are to be written."""

    format: Format = "ndjson"
    """``ndjson``: a post a line, as searches show it; ``csv``: a row a post, for spreadsheets."""
    fields: list[Shown] = []
    """What to write of each post beside its id, in this order; everything where none is named."""
    sort: Order = "newest"
    deduplicate: bool = False
    """Write of near-duplicates only the first in this order."""
    compression: Compression = "none"

    @property
    def names(self) -> list[Shown | Literal["mention"]]:
        """What is written of each post; empty for everything."""
        return list(dict.fromkeys(["id", *self.beside, *self.fields])) if self.fields else []

    @property
    def beside(self) -> list[Literal["mention"]]:
        """What is written beside a post."""
        return ["mention"] if self.topic else []

    @property
    def suffix(self) -> str:
        """How the file's name ends."""
        return f".{self.format}{'.gz' if self.compression == 'gzip' else ''}"


class NewExport(Wanted, frozen=True, kw_only=True):
    """Body of ``POST .../exports``: the query may also be given by its parts."""

    guided: Guided | None = None
    """A query by its parts, instead of ``q``."""

    def in_the_language(self) -> Wanted:
        """The same with its query written out, checked.

        Raises:
            InvalidInput: the query is given twice, its parts make none, or the times are in the wrong order.
        """
        given = {**msgspec.structs.asdict(self), "q": asked_query(self.q, self.guided)}
        del given["guided"]
        wanted = Wanted(**given)
        wanted.check()
        return wanted
