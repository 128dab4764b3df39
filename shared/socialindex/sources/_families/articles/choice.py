"""Which of a site's sitemaps promise new articles, by their names and dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from socialindex.sources._families.articles import memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.sources._families.articles.sitemaps import Listed

_NEWS: Final = re.compile(
    r"(?:^|[/_.-])(?:google)?-?news(?:[/_.-]|sitemap)|sitemap[_-]?news|(?:^|[/_-])latest", re.IGNORECASE
)
_OTHERS: Final = re.compile(
    r"categor|tags?[_.-]|[_/-]tags?\b|author|reporter|user|image|video|photo|product|page[_-]sitemap|static|menu|topic",
    re.IGNORECASE,
)
"""Sitemaps of what are no articles."""


def promising(entries: Sequence[Listed]) -> list[Listed]:
    """Sitemaps in the order in which they promise new articles; those of other things only where that is all."""
    ordered = sorted(memory.newest_first(entries), key=lambda entry: _rank(urlsplit(entry.url).path))
    return [entry for entry in ordered if not _OTHERS.search(urlsplit(entry.url).path)] or ordered


def _rank(path: str) -> int:
    if _OTHERS.search(path):
        return 2
    return 0 if _NEWS.search(path) else 1
