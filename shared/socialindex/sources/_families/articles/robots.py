"""What a page says about robots, in its header and its markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.crawl.headers import robots_tags
from socialindex.sources.base import header, withdrawn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.sources.base import Response

_NOBODY = ""
"""A page's markup addresses everybody. What a header says to us by name, the crawl stage has obeyed."""
_VERDICTS = {"noindex": "noindex", "none": "noindex", "noarchive": "noarchive"}


def directives(response: Response, metas: Iterable[str] = ()) -> frozenset[str]:
    """Directives for everybody, in lower case; ``unavailable_after`` with a date that is past counts as ``noindex``.

    Args:
        response: whose ``X-Robots-Tag`` counts.
        metas: contents of the page's ``<meta name="robots">``.
    """
    return robots_tags([header(response, "x-robots-tag"), *metas], _NOBODY, response.received_at)


def forbids_following(found: frozenset[str]) -> bool:
    """Whether a document's links must not be followed."""
    return not found.isdisjoint({"nofollow", "none"})


def obey(found: frozenset[str], uri: str) -> None:
    """Refuse to keep what must not be indexed or archived; where we hold it, it is taken down.

    Raises:
        Discarded: ``noindex`` or ``noarchive``.
    """
    verdicts = {_VERDICTS[name] for name in found if name in _VERDICTS}
    if verdicts:
        raise withdrawn(max(verdicts), uri)
