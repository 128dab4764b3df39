"""A text as enrichment looks at it: its own words, in one case and one width."""

from __future__ import annotations

import re

_NOT_ITS_OWN = re.compile(r"https?://\S+|www\.\S+|(?<![\w.])@[\w.\-]+(?:@[\w.\-]+)?")
"""Addresses and mentions."""
_WIDE = re.compile("[\uff01-\uff5e\u3000\u2018\u2019]")
_NARROW = str.maketrans(
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2018: "'", 0x2019: "'"}
)


def folded(text: str) -> str:
    """A text without addresses and mentions, case folded, full-width letters narrow, single quotes straight."""
    if "@" in text or "://" in text or "www." in text:
        text = _NOT_ITS_OWN.sub(" ", text)
    return narrow(text).casefold()


def narrow(text: str) -> str:
    """A text with full-width letters narrow. Unlike NFKC this leaves the jamo of ㅋㅋ as they are."""
    return text if text.isascii() or not _WIDE.search(text) else text.translate(_NARROW)
