"""The language of a post: what its source declares, unless the script says otherwise; absent where unknown."""

from __future__ import annotations

import re

_HANGUL = re.compile("[\uac00-\ud7a3\u3131-\u318e]+")
_KANA = re.compile("[\u3040-\u30ff]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_PRIMARY = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_NONE = frozenset({"und", "mul", "mis", "zxx"})
"""ISO 639-2 codes that name no language: undetermined, multiple, uncoded, not linguistic."""
_SHARE = 0.2
"""Share of letters in a script that one language alone writes, from which a text is taken to be in that language: names
and tags in another script are common, so a majority would be too much to ask."""


def language_of(declared: str | None, *texts: str | None) -> str | None:
    """The primary language subtag (BCP 47) of a text, in lower case.

    Hangul and kana are each written by one language only and overrule what is declared: software's default language
    is declared more often than the author's own.
    """
    return _by_script(" ".join(text for text in texts if text)) or _primary(declared)


def _by_script(text: str) -> str | None:
    if text.isascii():
        return None
    hangul = _count(_HANGUL, text)
    if hangul / len(text) >= _SHARE:
        return "ko"  # more so among the letters, which take longer to count
    letters = _count(_LETTERS, text)
    if letters and hangul / letters >= _SHARE:
        return "ko"
    return "ja" if letters and _count(_KANA, text) / letters >= _SHARE else None


def _count(kind: re.Pattern[str], text: str) -> int:
    """How many characters are of a kind, of which a pattern finds the runs."""
    return sum(map(len, kind.findall(text)))


def _primary(declared: str | None) -> str | None:
    match = _PRIMARY.match(declared.strip()) if declared else None
    primary = match[0].lower() if match else None
    return None if primary in _NONE else primary
