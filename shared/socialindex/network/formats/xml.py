"""Text that XML 1.0 can hold, whatever people wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

from socialindex.identity import post_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from socialindex.network.graph import Network

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Whatever is no Char (https://www.w3.org/TR/xml/#charsets): it may not even be escaped."""
_INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def attribute(value: str | float) -> str:
    """A value in quotes, as an attribute."""
    return quoteattr(_allowed(value)) if isinstance(value, str) else f'"{value!r}"'


def identifier(value: str) -> str:
    """An id in quotes, as an attribute: what must be replaced does not make two ids one."""
    return attribute(value if _allowed(value) == value else f"{value}~{post_id(value)[:12]}")


def content(value: str | float) -> str:
    """A value between tags; a bare carriage return would come back as a line feed."""
    return escape(_allowed(value), {"\r": "&#13;"}) if isinstance(value, str) else repr(value)


def note(network: Network, about: Mapping[str, Any]) -> str:
    """What is to be said of a whole network, as JSON between tags: the formats have no place of their own for it."""
    return content(msgspec.json.encode({"left_out": network.left_out, **about}).decode())


def _allowed(value: str) -> str:
    return value if value.isprintable() and value.isascii() else _FORBIDDEN.sub(_INSTEAD, value)
