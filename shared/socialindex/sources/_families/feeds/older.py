"""Pages before a feed's own: archived and paged feeds (RFC 5005), JSON Feed's ``next_url``, and WordPress's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from socialindex.text import canonical_url

if TYPE_CHECKING:
    from socialindex.sources._families.feeds.entries import Document

MAX_WALKED: Final = 2_000
"""Documents of a history: what leads in circles ends there."""
_PAGED = re.compile(r"(?<=[?&])paged=\d+")


def older(document: Document, url: str, page: int) -> str | None:
    """Where the document before one is; ``None`` at the end, or where that is another host's.

    Args:
        document: with what it says of others.
        url: canonical, of the document.
        page: its number, the feed's own being 1.
    """
    address = canonical_url(document.older) or (_wordpress(url, page + 1) if document.is_wordpress else None)
    if address is None or address == url or urlsplit(address).netloc != urlsplit(url).netloc:
        return None
    return address


def _wordpress(url: str, page: int) -> str:
    """Behind the last page WordPress answers 404."""
    if _PAGED.search(url):
        return _PAGED.sub(f"paged={page}", url)
    return f"{url}{'&' if '?' in url else '?'}paged={page}"
