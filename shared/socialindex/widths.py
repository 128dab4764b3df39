"""Letters of East Asian width: the full-width ones that Korean and Japanese keyboards type are the narrow ones."""

from __future__ import annotations

import re
from typing import Final

_WIDE: Final = re.compile("[\uff01-\uff5e\u3000\u2018\u2019]")
_NARROW: Final = str.maketrans(
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x2018: "'", 0x2019: "'"}
)


def narrow(text: str) -> str:
    """A text with full-width letters narrow. Unlike NFKC this leaves the jamo of ㅋㅋ as they are."""
    return text if text.isascii() or not _WIDE.search(text) else text.translate(_NARROW)
