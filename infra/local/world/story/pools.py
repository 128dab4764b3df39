"""Phrase pools from the data folder, dealt like cards: none comes twice before all have come once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def load(name: str) -> dict[str, Any]:
    """Contents of ``data/<name>.toml``."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


class Deck:
    """Deals the members of pools in random order, each once before any comes again."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._left: dict[tuple[str, ...], list[str]] = {}

    def deal(self, pool: Sequence[str]) -> str:
        """The next member of a pool that must not be empty."""
        key = tuple(pool)
        if not self._left.get(key):
            self._left[key] = self._rng.sample(key, len(key))
        return self._left[key].pop()
