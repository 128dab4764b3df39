r"""Combining marks: the vowels, tones and points that words of Hindi, Thai, Tamil or vocalized Arabic are written with.

Unicode's identifiers and hashtags have them (UTS #31, XID_Continue); Python's ``\w`` and ``isalnum`` do not, and its
``re`` has no ``\p{M}``.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_CATEGORIES: Final = frozenset({"Mn", "Mc"})
_LOOKS: Final = range(0xFE00, 0xFE10)
"""Variation selectors: what is behind an emoji is no part of a word."""
_BLOCKS: Final = (
    range(0x300, 0x1E00),
    range(0x20D0, 0x20F1),
    range(0x2CEF, 0x30A0),
    range(0xA66F, 0xABF0),
    range(0xFB1E, 0xFB1F),
    range(0xFE20, 0xFE30),
    range(0x101FD, 0x10380),
    range(0x10A00, 0x12000),
    range(0x16AF0, 0x17000),
    range(0x1E000, 0x1E960),
)
"""Where they are, but for those of music and sign languages: to look through all of Unicode takes too long."""


def is_mark(character: str) -> bool:
    """Whether a character is a combining mark that words are written with."""
    return unicodedata.category(character) in _CATEGORIES and ord(character) not in _LOOKS


def _ranges() -> Iterator[str]:
    """All marks, as ranges of a character class."""
    marks = [
        place
        for block in _BLOCKS
        for place, category in zip(block, map(unicodedata.category, map(chr, block)), strict=True)
        if category in _CATEGORIES
    ]
    gaps = [(before, after) for before, after in pairwise(marks) if after != before + 1]
    starts = [marks[0], *(after for _, after in gaps)]
    ends = [*(before for before, _ in gaps), marks[-1]]
    return (f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


MARKS: Final = "".join(_ranges())
"""All marks, to be put into a character class of a pattern beside ``\\w``."""
