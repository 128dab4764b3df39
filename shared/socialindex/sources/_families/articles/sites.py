"""Which addresses are one site's, and which of them names an article.

A page names itself: its canonical address is its identity, so that the copies at ``www.``, ``m.`` and ``amp.`` are one
post. But any page can claim any address. A claim counts only within the same site, by which we mean the same host with
and without the labels that say how a page is shown and not whose it is. Any other subdomain is another site: on hosts
that give each user one, they are different people's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_AS: Final = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.)")
_NO_PAGE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|avif|pdf|zip|gz|mp[34]|m4[av]|webm|xml|rss|atom|json|txt|css|js|docx?|xlsx?|pptx?|hwpx?)$",
    re.IGNORECASE,
)
_FRONT_PAGE: Final = re.compile(r"/(?:(?:index|main|default)\.\w{2,5})?")
_WORDS: Final = re.compile(r"(?:/[A-Za-z_.]+\d?)+/?")
"""A path that names no article by itself, having neither a number nor a title in it: ``/v2/news/view.php``."""
_NUMBER: Final = re.compile(r"\d.*\d")
"""What can tell one article from another; a single digit is a switch (``amp=1``)."""
_ASIDE: Final = re.compile(
    r"c?page(?:_?(?:no|num|number|index|size))?|offset|start|limit|ref(?:errer)?|from|source|share|replytocom",
    re.IGNORECASE,
)
"""Parameters that name no article: they lead back to a page of a list, or say where a reader comes from."""


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

    A claim of the home page is none, nor is one without the number that tells the site's articles apart
    (``/view.php``, found at ``/view.php?no=40110``): both are what templates say that were never finished.

    Args:
        claims: as the page has them, the most deliberate first; may be relative or no addresses at all.
        url: where the page was found.
    """
    found = canonical_url(url)
    if found is None:
        return None
    addresses = (canonical_url(claim, url) for claim in claims if claim.strip())
    return next((claim for claim in addresses if claim and _names_a_page(claim, found)), found)


def _names_a_page(claim: str, found: str) -> bool:
    """Whether an address is of the site, and of the one page that was found there rather than of many."""
    one, other = urlsplit(claim), urlsplit(found)
    if not same_site(claim, found) or (_FRONT_PAGE.fullmatch(one.path) and not one.query):
        return False
    is_same_script = one.path.rstrip("/") == other.path.rstrip("/") and _WORDS.fullmatch(one.path)
    return not is_same_script or _is_numbered(one.query) or not _is_numbered(other.query)


def _is_numbered(query: str) -> bool:
    return any(_NUMBER.search(value) and not _ASIDE.fullmatch(name) for name, value in parse_qsl(query))


def identity(claim: str, asked: str | None) -> str:
    """The name of an article that was asked for under a name: that name, where the page's own differs in spelling only.

    A feed's link and a page's canonical address often differ by ``www.``, ``https:`` or the last slash; both are then
    one article, and whoever told us of it first has named it.
    """
    return asked if asked and _spelled(asked) == _spelled(claim) else claim


def _spelled(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.netloc.removeprefix("www."), parts.path.rstrip("/"), parts.query
