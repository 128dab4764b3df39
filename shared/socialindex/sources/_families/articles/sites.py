"""Which addresses are one site's, and which of them names an article.

A page names itself: its canonical address is its identity, so that the copies at ``www.``, ``m.`` and ``amp.`` are one
post. But any page can claim any address. A claim counts only within the same site, by which we mean the same host with
and without the labels that say how a page is shown and not whose it is. Any other subdomain is another site: on hosts
that give each user one, they are different people's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_AS: Final = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.)")
_NO_PAGE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|avif|pdf|zip|gz|mp[34]|m4[av]|webm|xml|rss|atom|json|txt|css|js|docx?|xlsx?|pptx?|hwpx?)$",
    re.IGNORECASE,
)


def site_of(url: str) -> str:
    """Host and port of a canonical address without how it is shown: of ``m.press.example`` it is ``press.example``."""
    return _SHOWN_AS.sub("", urlsplit(url).netloc, count=1)


def same_site(one: str, other: str) -> bool:
    """Whether two canonical addresses are one site's."""
    return site_of(one) == site_of(other)


def same_page(one: str, other: str) -> bool:
    """Whether two canonical addresses may be one page's: one site's, of one path, with one query or a query less."""
    first, second = urlsplit(one), urlsplit(other)
    queries = {first.query, second.query} - {""}
    return same_site(one, other) and first.path.rstrip("/") == second.path.rstrip("/") and len(queries) <= 1


def is_home(url: str) -> bool:
    """Whether a canonical address is that of a whole site."""
    parts = urlsplit(url)
    return parts.path == "/" and not parts.query


def may_be_page(url: str) -> bool:
    """Whether a canonical address can be an article's: not the home page, not a file of another kind."""
    return not is_home(url) and not _NO_PAGE.search(urlsplit(url).path)


def claimed(claims: Iterable[str], url: str) -> str | None:
    """The address that a page gives itself: the first claim within its own site, else where it was found.

    A claim of the home page is none: it is what templates say that were never finished.

    Args:
        claims: as the page has them, the most deliberate first; may be relative or no addresses at all.
        url: where the page was found.
    """
    found = canonical_url(url)
    if found is None:
        return None
    addresses = (canonical_url(claim, url) for claim in claims if claim.strip())
    return next((claim for claim in addresses if claim and same_site(claim, found) and not is_home(claim)), found)


def identity(claim: str, asked: str | None) -> str:
    """The name of an article that was asked for under a name: that name, where the page's own differs in spelling only.

    A feed's link and a page's canonical address often differ by ``www.``, ``https:`` or the last slash; both are then
    one article, and whoever told us of it first has named it.
    """
    return asked if asked and _spelled(asked) == _spelled(claim) else claim


def _spelled(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.netloc.removeprefix("www."), parts.path.rstrip("/"), parts.query
