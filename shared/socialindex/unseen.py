"""Characters that nobody sees. Not in ``normalize``, which brings lxml: imports look at cells without it.

Zero-width and direction marks hide words from a search, Hangul fillers are what nameless people call themselves. The
joiner within emoji (U+200D) is none of them: it holds something together.
"""

from __future__ import annotations

import re
from typing import Final

_INVISIBLE: Final = (
    "\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u3164\ufeff\uffa0"
)
_CONTROL: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
UNSEEN: Final = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
"""What texts are cleaned of."""


def seen(text: str) -> str:
    """A text without what nobody sees, and without spaces around the rest; empty where nothing is left."""
    return (text if text.isascii() and text.isprintable() else UNSEEN.sub("", text)).strip()
