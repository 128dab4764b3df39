"""Small questions to a source of chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


def happens(rng: Random, share: float) -> bool:
    """True in ``share`` of all cases."""
    return rng.random() < share


def mostly_few(rng: Random, most: int, power: int = 3) -> int:
    """A number below ``most``, small ones far more often: how likes and views are spread."""
    return int(rng.random() ** power * most)
