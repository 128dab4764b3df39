"""How near two words are in writing, in keystrokes: of a Hangul syllable each letter (자모) is one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_PER_SLIP: Final = 4
"""Letters of a word for each slip that it may hold, so that short words that are only alike are not taken for it."""
_MOST: Final = 2


def slips(word: str, other: str) -> int:
    """Letters to insert, delete or exchange until one word is the other (Levenshtein's distance)."""
    first, second = (unicodedata.normalize("NFD", each.casefold()) for each in (word, other))
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, 1):
        before, row[0] = row[0], number
        for place, against in enumerate(second, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != against))
    return row[-1]


def misspellings(name: str, words: Iterable[str]) -> list[str]:
    """Words that may be the name with a slip or two, the nearest first; none that has it in it, or is in it."""
    own = name.casefold()
    most = min(_MOST, len(unicodedata.normalize("NFD", own)) // _PER_SLIP)
    others = [word for word in dict.fromkeys(words) if own not in word.casefold() and word.casefold() not in own]
    judged = [(slips(name, word), word) for word in others]
    return [word for distance, word in sorted(judged) if 0 < distance <= most]
