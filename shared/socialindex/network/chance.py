"""Chance that is the same each time: who asks twice gets one answer."""

from __future__ import annotations

from random import Random
from typing import Final

SEED: Final = 20_261_128


def chance() -> Random:
    """A generator that begins at the same place."""
    return Random(SEED)  # noqa: S311 - a sample, not a secret


def drawn(of: int, count: int) -> list[int]:
    """So many of the numbers below ``of``, in order."""
    return sorted(chance().sample(range(of), count))
