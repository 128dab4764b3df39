"""Signatures of texts: near-duplicates have several entries of theirs in common, other texts hardly ever one.

MinHash (Broder 1997) over parts of the text, in the form that needs one hash per part ("one permutation hashing", Li,
Owen and Zhang 2012; empty bins borrow from the next, Shrivastava and Li 2014). Written out here since it is twenty
lines, and the libraries for it bring numpy along; docs/clusters.md has the measurements.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from zlib import crc32

BANDS: Final = 16
"""Entries of a signature."""
ALIKE: Final = 6
"""Entries that the signatures of near-duplicates share, at least: so many where about 60 % of all parts are common."""
MOST: Final = 2_000
"""Characters of a text that count. What is the same for so long is the same story, and its end may have been cut."""
LEAST: Final = 12
"""Different parts that a text must have, about 40 letters; so few words are the same by chance, or are laughter."""

_ROWS: Final = 2
"""Hashes of a band: both must be equal."""
_BINS: Final = BANDS * _ROWS

# All of it works on the bytes of UTF-8: a Hangul syllable, a kana or a Chinese character is three, so that a part of so
# many bytes says about as much in any script.
_URL = re.compile(r"https?://\S+")
_ASCII_MARKS = bytes(byte for byte in range(128) if not chr(byte).isalnum())
_MARKS = re.compile(rb"\xc2.|\xe2..|\xe3\x80.|\xf0\x9f..", re.DOTALL)
"""Punctuation and symbols beyond ASCII: U+0080 to 00BF, U+2000 to 2FFF, U+3000 to 303F, U+1F000 to 1FFFF."""
# A part begins behind certain bytes, every third letter or so: wherever a text is cut or added to, the parts elsewhere
# stay the same. One in three ASCII letters and digits; one in six continuation bytes, of which most letters have two.
_BEGINS = bytes(byte for byte in range(0x80) if byte % 3 == 0 and chr(byte).isalnum())
_BEGINS += bytes(byte for byte in range(0x80, 0xC0) if byte % 6 == 1)
_PART = re.compile(b"[" + _BEGINS + rb"](?=(.{17}))", re.DOTALL)
"""The 17 bytes behind such a byte: six Hangul syllables or three English words."""


def signature(text: str | None, title: str | None = None) -> list[str]:
    """The signature of a post's words: ``BANDS`` entries, or none where the words are too few to be told apart.

    Case, width, spaces, punctuation, emoji and addresses do not count, since those who copy a text change them. A title
    counts only where the text alone is too short: outlets print one story under headlines of their own.
    """
    parts = _parts(text) if text else set()
    if len(parts) < LEAST and title:
        parts = _parts(f"{title} {text or ''}")
    return _bands(_bins(parts)) if len(parts) >= LEAST else []


def _parts(text: str) -> set[bytes]:
    return set(_PART.findall(_letters(text[:MOST])))


def _letters(text: str) -> bytes:
    if "://" in text:
        text = _URL.sub("", text)
    folded = unicodedata.normalize("NFKC", text.casefold())
    return _MARKS.sub(b"", folded.encode().translate(None, _ASCII_MARKS))


def _bins(parts: set[bytes]) -> list[int]:
    """Per bin the least hash of the parts that fall into it; of an empty bin that of the next one that is not."""
    least = {value % _BINS: value for value in sorted(map(crc32, parts), reverse=True)}
    filled = sorted(least)
    bins: list[int] = []
    for number in filled:
        bins += [least[number]] * (number + 1 - len(bins))
    return bins + [least[filled[0]]] * (_BINS - len(bins))


def _bands(bins: list[int]) -> list[str]:
    """An entry is the band's number, a hexadecimal digit, and seven digits of its hashes."""
    pairs = zip(bins[::_ROWS], bins[1::_ROWS], strict=True)
    return [f"{band:x}{(31 * first + second) % 2**28:07x}" for band, (first, second) in enumerate(pairs)]
