"""Every attempt ends in exactly one counted outcome.

``ok``: done. ``discard``: not ours to keep, with a reason. ``retry``: will be tried again. ``quarantine``: in the
dead-letter queue, with a reason.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal, NamedTuple, Protocol

Outcome = Literal["ok", "discard", "retry", "quarantine"]
STAGES: Final = (
    "dispatch",
    "crawl",
    "normalize",
    "index",
    "mentions",
    "topics",
    "network",
    "deliver",
    "imports",
    "exports",
    "reread",
)
"""Those that count: a post's way first, then what is done for clients, then upkeep."""

EMPTY = "empty"
"""The one reason for ``ok``: an answer that should hold posts and holds nothing. Now and then it is no wonder."""


class Count(NamedTuple):
    """What is counted: a stage's outcome for a source, with its reason (for ``ok`` none, or ``EMPTY``)."""

    stage: str
    source: str
    outcome: Outcome
    reason: str = ""


class OutcomeStore(Protocol):
    """Where counts are added up."""

    def add(self, counts: Counter[Count]) -> None:
        """Add these counts to the stored ones."""


class Tally:
    """Counts of one invocation of a stage, written once at its end."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.counts: Counter[Count] = Counter()

    def add(self, outcome: Outcome, *, source: str = "", reason: str = "", times: int = 1) -> None:
        """Count an outcome."""
        self.counts[Count(self.stage, source, outcome, reason)] += times

    def total(self, outcome: Outcome) -> int:
        """How often an outcome was counted since the last ``take``."""
        return sum(times for count, times in self.counts.items() if count.outcome == outcome)

    def take(self) -> Counter[Count]:
        """What was counted since the last call; nothing is counted twice."""
        taken, self.counts = self.counts, Counter()
        return taken
