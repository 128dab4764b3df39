"""Pages before a feed's own: of archived and paged feeds (RFC 5005), JSON Feed's ``next_url``, WordPress, Blogger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from socialindex.text import canonical_url

if TYPE_CHECKING:
    from socialindex.sources._families.feeds.entries import Document

MAX_WALKED: Final = 2_000
"""Documents of a history: what leads in circles ends there."""
_BLOGGER: Final = re.compile(r"(?:www\.)?blogger\.com")
_BLOGGERS_FEED: Final = "/feeds/"
_PAGED = re.compile(r"(?<=[?&])paged=\d+")


def older(document: Document, url: str, page: int) -> str | None:
    """Where the document before one is; ``None`` at the end, or where that is another host's.

    Args:
        document: with what it says of others.
        url: canonical, of the document.
        page: its number, the feed's own being 1.
    """
    address = canonical_url(document.older) or (_wordpress(url, page + 1) if document.is_wordpress else None)
    address = _bloggers_own(url, address) if address else None
    if address is None or address == url or urlsplit(address).netloc != urlsplit(url).netloc:
        return None
    return address


def _bloggers_own(url: str, address: str) -> str:
    """The page before as the blog itself has it, where it is Blogger's.

    All of Blogger's feeds name pages at ``www.blogger.com``, by parameters that the blog's own feed takes as well.
    """
    own, named = urlsplit(url), urlsplit(address)
    if not (_BLOGGER.fullmatch(named.netloc) and all(p.path.startswith(_BLOGGERS_FEED) for p in (own, named))):
        return address
    asked = named.query.split("&")
    names = {parameter.partition("=")[0] for parameter in asked}
    kept = [each for each in own.query.split("&") if each and each.partition("=")[0] not in names]
    return urlunsplit(own._replace(query="&".join([*kept, *asked])))


def _wordpress(url: str, page: int) -> str:
    """Behind the last page WordPress answers 404."""
    if _PAGED.search(url):
        return _PAGED.sub(f"paged={page}", url)
    return f"{url}{'&' if '?' in url else '?'}paged={page}"
