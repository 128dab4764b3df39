"""Figures among the words of a page, also where a skin shortens them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.counts import count_of

if TYPE_CHECKING:
    import re

NUMBER: Final = r"[0-9][0-9.,]{0,24}[A-Za-z천만억]{0,2}"
"""All that runs on from a first digit, so that no part of ``1.2K``, a date or a version is taken for a count."""


def number_in(pattern: re.Pattern[str], text: str) -> int | None:
    """The count that a pattern's first group, a ``NUMBER``, finds in a text."""
    match = pattern.search(text)
    return None if match is None else count(match[1])


def count(number: str) -> int | None:
    """The count that a ``NUMBER`` is, ``None`` where it is none.

    Shortened ones are what they round to: Rhymix's ``number_shorten`` (common/functions.php) gives ``1.2K``, ``12K``
    and ``1.2M``; Korean skins write ``1.2만``. Without a unit a point parts thousands, or the numbers of a date.
    """
    shown = number.rstrip(".,")
    return None if "." in shown and shown[-1].isdigit() else count_of(shown)
