"""What is kept of an erased post beside the engine's documents: what people wrote about it, and alerts that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

Pair = tuple[str, str]
"""A topic and a post that was a mention of it."""


class Memory(Protocol):
    """A store that keeps something of mentions: ``aws.work.WorkTable``, ``aws.alerts.AlertsTable``."""

    def forget(self, pairs: Sequence[Pair]) -> object:
        """Forget what is kept of these mentions; doing it again does no harm."""


class Memories:
    """All stores that keep something of mentions.

    Raises (``forget``):
        Unavailable: one of them does not answer; the mentions are still there to tell the next try what to forget.
    """

    def __init__(self, *stores: Memory) -> None:
        self._stores = stores

    def forget(self, pairs: Sequence[Pair]) -> None:
        """Let each of them forget."""
        for store in self._stores:
            store.forget(pairs)


NONE = Memories()
"""For those who erase where nothing is kept."""
