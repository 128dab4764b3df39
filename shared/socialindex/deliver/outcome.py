"""What came of one try to tell somebody something."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["taken", "again", "never", "gone"]
"""again: later it may be taken. never: it cannot be. gone: nothing may be sent there any more."""


class Outcome(NamedTuple):
    """What came of it."""

    verdict: Verdict
    status: int | None = None
    """Of the answer, where one came."""
    reason: str | None = None
    detail: str | None = None
    answer: str | None = None
    """The beginning of what was answered instead of taking it."""
    retry_after: float | None = None
    """Seconds that the other side asks for."""


TAKEN = Outcome("taken")
