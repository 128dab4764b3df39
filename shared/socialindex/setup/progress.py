"""How far the index is on its way into a new generation."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads annotations when it runs
from typing import Literal

from socialindex.model import Struct

Phase = Literal["copying", "switching", "retiring", "done", "refused"]
"""
copying     documents are copied, month by month; searches and writes go on as before
switching   writes wait while the rest is copied; searches go on
retiring    the new generation is in use, the old one is still there
done        the old one is deleted; where there is ``trouble``, the new one was given up
refused     the engine does not take the new analysis, for the reason in ``trouble``; the next edit tries again
"""


class Rebuild(Struct, frozen=True, kw_only=True):
    """One way from a generation to the next; kept after its end."""

    generation: int
    """The one that is made."""
    before: int
    """The one that it takes the place of."""
    phase: Phase
    digest: str
    """Of the template that it is made by."""
    began_at: datetime
    switched_at: datetime | None = None
    finished_at: datetime | None = None
    copied: dict[str, int] = {}
    """Per family and month (``posts-2026.11``) the sequence number up to which all of the old index is in the new
    one."""
    documents: int = 0
    """How many are to be copied, posts and mentions, as counted last."""
    documents_copied: int = 0
    trouble: str | None = None
    """What went wrong the last time; it is tried again."""

    @property
    def is_open(self) -> bool:
        """Whether there is something left to do."""
        return self.phase in {"copying", "switching", "retiring"}
