"""Feeds that a page names (https://www.rssboard.org/rss-autodiscovery, RFC 4287's media type, JSON Feed's)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bs4.filter import SoupStrainer

from socialindex.sources.base import header
from socialindex.text import canonical_url, decode
from socialindex.text.soup import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag

    from socialindex.sources.base import Response

MAX_CHARACTERS: Final = 200_000
"""How much of a page is read: its links stand in its head."""
MAX_FEEDS: Final = 10

_TYPES: Final = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
_JSON: Final = "application/json"
"""JSON Feed 1.0's type, and the type of everything else that is JSON: WordPress names its API by it."""
_COMMENTS = re.compile(r"comment|댓글|コメント", re.IGNORECASE)


def feed_links(page: Response) -> list[str]:
    """Addresses of the feeds that a page names: canonical, each once, feeds of comments last. Never raises.

    The page's own order counts otherwise: the first feed is the one that the publisher means (RSS Advisory Board).
    """
    html = decode(page.body, header(page, "content-type"))[:MAX_CHARACTERS]
    tags = tree_of(html, SoupStrainer(["base", "link"])).find_all(["base", "link"])
    found = dict(_feeds(tags, _base(tags, page.url)))
    return sorted(found, key=lambda url: found[url])[:MAX_FEEDS]


def _base(tags: list[Tag], url: str) -> str:
    """What the page's addresses are relative to: the first ``<base>`` with an address, which may itself be relative."""
    hrefs = (str(tag["href"]) for tag in tags if tag.name == "base" and tag.has_attr("href"))
    return canonical_url(next(hrefs, ""), url) or url


def _feeds(tags: list[Tag], base: str) -> Iterator[tuple[str, bool]]:
    """Each feed's address, with whether it is one of comments."""
    for tag in tags:
        href = str(tag.get("href") or "").strip()
        if href and _is_feed(tag, href) and (url := canonical_url(href, base)):
            yield url, bool(_COMMENTS.search(f"{tag.get('title', '')} {url}"))


def _is_feed(tag: Tag, href: str) -> bool:
    relations = {str(rel).lower() for rel in tag.get_attribute_list("rel")}
    media_type = str(tag.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" not in relations:
        return False
    return media_type in _TYPES or (media_type == _JSON and "feed" in href.lower())
