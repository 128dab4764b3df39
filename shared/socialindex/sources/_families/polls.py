"""Polls in texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def with_options(text: str, options: Iterable[str]) -> str:
    """A text with a poll's options behind it, a line each, behind a circle, so that they are found like any other word.

    Votes are not text: a poll would be another text at every reading.
    """
    return "\n".join(filter(None, [text, *(f"○ {option}" for option in options if option)]))
