"""Posts of a page as clients get them."""

from __future__ import annotations

from typing import Any

import msgspec


def shown(items: list[Any]) -> list[dict[str, Any]]:
    """The posts, once JSON was made of them and read."""
    return msgspec.json.decode(msgspec.json.encode(items), type=list[dict[str, Any]])
