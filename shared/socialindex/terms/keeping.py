"""How posts may be kept: what the terms of their hosts say, and what is left of those that may not be kept whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex import terms
from socialindex.crawl.urls import place_of
from socialindex.model import PUBLIC

if TYPE_CHECKING:
    from socialindex.model import Post

_WITHOUT: Final[dict[str, Any]] = {
    "text": None,
    "excerpt": False,
    "media": [],
    "links": [],
    "mentions": [],
    "hashtags": [],
}
_UNTOLD: Final[dict[str, Any]] = {"sentiment": None, "promotional": None, "entities": [], "signature": []}
LEFT_OUT: Final = tuple(_WITHOUT)
"""The text, and what is written in it. Who wrote it, when, and its figures are no part of the work."""
DERIVED: Final = tuple(_UNTOLD)
"""What enrichment found in it. Of the language, which the source may have declared, nothing can be read back."""


def is_title_only(post: Post) -> bool:
    """Whether the terms of the post's host let only its title and link be stored.

    What a client brought along is its own affair.

    Raises:
        Unavailable: the register cannot be read.
    """
    found = _terms_of(post) if post.visibility == PUBLIC else None
    return found is not None and found.keep == "title_and_link"


def must_refresh(post: Post) -> bool:
    """Whether the terms of the post's host let it be kept only while it is read again.

    Raises:
        Unavailable: the register cannot be read.
    """
    found = _terms_of(post)
    return found is not None and found.refresh_days is not None


def refreshes(url: str) -> bool:
    """Whether what an address gives may be kept only while it is read again.

    Raises:
        Refused: it is no address of the web.
        Unavailable: the register cannot be read.
    """
    host = place_of(url).host
    entries = [terms.of_host(host), *(one for one in terms.register() if host in one.through)]
    return any(one is not None and one.refresh_days is not None for one in entries)


def bare(post: Post) -> Post:
    """The post without its text and what follows from it.

    One that has none stays as it is: what enrichment found, it found in the title.
    """
    left = msgspec.structs.replace(post, **_WITHOUT)
    return post if left == post else msgspec.structs.replace(left, **_UNTOLD)


def _terms_of(post: Post) -> terms.Terms | None:
    return terms.of_host(post.platform.partition(":")[0]) if post.platform else None
