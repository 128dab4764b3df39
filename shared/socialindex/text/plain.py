"""Text that is text already, tidied."""

from __future__ import annotations

import re
from typing import Final

CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters (C0, DEL, C1) except tab and newline, and halves of surrogate pairs, which UTF-8 cannot write."""

_AROUND_BREAKS = re.compile(r"[ \t\u00a0]*\n[ \t\u00a0]*")
_SPACES = re.compile(r"[ \t\u00a0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def plain_text(text: str) -> str:
    """Tidy plain text as ``html_to_text`` does HTML's: lines stay, runs of spaces and of empty lines become one.

    For what an API gives as text, such as a title or a content warning; its ``<`` and ``&`` mean themselves. Control
    characters are dropped. Empty where there is nothing to read.
    """
    if "  " not in text and text.isprintable():
        return text.strip()  # a line without anything to tidy
    text = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = _AROUND_BREAKS.sub("\n", _SPACES.sub(" ", text))
    return _EMPTY_LINES.sub("\n\n", lines).strip()
