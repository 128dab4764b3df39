"""Which characters are marks of words, said twice: one by one, and as a class for patterns."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from socialindex.marks import MARKS, is_mark

_CLASS = re.compile(f"[{MARKS}]")
_ALONE = ("MUSICAL", "SIGNWRITING", "ZNAMENNY", "DUPLOYAN", "VARIATION SELECTOR", "SHORTHAND FORMAT")
"""Words in names of marks that stand on no letter."""


@pytest.mark.parametrize(
    "character", ["\u093f", "\u094d", "\u0e48", "\u0bcd", "\u064e", "\u0301", "\u3099", "\U00011134"]
)
def test_vowels_tones_and_points_are_marks(character: str) -> None:
    assert is_mark(character)
    assert _CLASS.fullmatch(character)


@pytest.mark.parametrize("character", ["a", "가", "क", "1", " ", "#", "-", "]", "\ufe0f", "\u20e3", "\u200d", "😀"])
def test_other_characters_are_none(character: str) -> None:
    assert not is_mark(character)
    assert not _CLASS.fullmatch(character)


def test_the_class_has_all_of_them() -> None:
    """Of each Python's Unicode: a new script's marks are missing here until its block is looked through."""
    missing = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if is_mark(character) and not _CLASS.fullmatch(character)
    ]
    names = [unicodedata.name(character) for character in missing]
    assert [name for name in names if not any(word in name for word in _ALONE)] == []
