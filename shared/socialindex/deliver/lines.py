"""Strangers' words in a line of ours: without line ends, controls, and marks that turn the direction of writing."""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WEB: Final = re.compile("https?://[^/?#]")
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def one_line(text: str, most: int = 300) -> str:
    """The text in one line of at most so many characters; what is cut off ends in ``…``."""
    line = _SPACE.sub(" ", _HIDDEN.sub("", text)).strip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def link(url: str | None) -> str | None:
    """An address that a letter may link to, ``None`` where it is anything but the web's."""
    if url is None or not _WEB.match(url) or _SPACE.search(url) or len(url) > 2_048:  # noqa: PLR2004 - what mail programs and chats still open
        return None
    return url
