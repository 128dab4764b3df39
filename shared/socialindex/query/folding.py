"""A query as people paste it, made readable for the scanner, every character's first place kept.

Typographic quotes, full-width punctuation, odd spaces and dashes become the plain ones; marks that nobody sees go;
Hangul typed as separate jamo (macOS file names) is composed. Compatibility jamo (ㅋㅋ, ㅠㅠ) stay as they are: NFKC
would turn them into conjoining ones, which no post contains.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from socialindex.errors import InvalidQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUOTES = "“”„‟«»‹›〝〞〟「」『』＂"  # noqa: RUF001 - the look-alikes are the point
_DASHES = "‐‑‒–—―−﹣－"  # noqa: RUF001 - same
_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u3164\ufeff"
)
"""What texts are cleaned of (``normalize.finish``), the non-joiner of Persian among them: posts have none."""
_JOINER = "\u200d"
"""The zero-width joiner holds emoji and some scripts together; elsewhere it is noise."""

_PLAIN = {
    **{ord(quote): '"' for quote in _QUOTES},
    **{ord(dash): "-" for dash in _DASHES},
    **{ord(mark): "" for mark in _INVISIBLE},
    **dict.fromkeys(range(32), " "),
}
_WIDE = re.compile("[\uff01-\uff9f\uffe0-\uffee]")
"""The half- and full-width forms that have a plain one, but for half-width jamo."""
_ODD = re.compile(
    f"[{_QUOTES}{_DASHES}{_INVISIBLE}{_JOINER}\x00-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\uff01-\uffee]"
)
"""What is not plain already, beside what is not composed."""
_CLUSTER = re.compile(
    "(?s:.)[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u1160-\u11ff\u3099\u309a\uff9e\uff9f"
    "\u093c\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dca\u0dcf\u0ddf\u102e\u1b35"
    "\U000110ba\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930]*"
)
"""A character and the marks, vowels and finals that may compose with it."""


class Folded(msgspec.Struct, frozen=True):
    """The folded text; ``places[i]`` is where its character ``i`` began in the original, and one more for the end."""

    text: str
    places: Sequence[int]


def fold(text: str) -> Folded:
    """Fold ``text``.

    Raises:
        InvalidQuery: half of a surrogate pair, which is no character and cannot be sent on.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidQuery(
            "half of a character (a lone surrogate)", position=error.start, remedy="Send the query as valid UTF-8."
        ) from error
    if not _ODD.search(text) and unicodedata.is_normalized("NFC", text):
        return Folded(text, range(len(text) + 1))
    return _fold_clusters(text)


def _fold_clusters(text: str) -> Folded:
    out: list[str] = []
    places: list[int] = []
    for match in _CLUSTER.finditer(text):
        previous = out[-1] if out else ""
        plain = _fold_cluster(match[0], previous)
        out.extend(plain)
        places.extend([match.start()] * len(plain))
    return Folded("".join(out), [*places, len(text)])


def _fold_cluster(cluster: str, previous: str) -> str:
    if cluster == _JOINER:
        return cluster if _joins(previous) else ""
    if _WIDE.match(cluster):
        cluster = unicodedata.normalize("NFKC", cluster)
    plain = unicodedata.normalize("NFC", cluster).translate(_PLAIN)
    return " " if plain.isspace() else plain


def _joins(previous: str) -> bool:
    """Whether a joiner behind this character means something: after emoji and scripts beyond Latin, not in Hangul."""
    return bool(previous) and not previous.isspace() and not previous.isascii() and not "가" <= previous <= "힣"
