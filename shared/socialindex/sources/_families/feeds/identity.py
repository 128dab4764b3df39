"""Which entry is which: the publisher's own name for an article."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from socialindex.sources._families.feeds.entries import Entry
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.sources._families.feeds.entries import Document, Tombstone

MAX_URI: Final = 2_048
"""Characters of an identity, which is all that the index keeps; a longer one identifies nothing."""
_GLOBAL = re.compile(r"(?:tag|urn):\S+", re.IGNORECASE)
_PART = re.compile(r"(?!(?:rss|feed|atom|xml)$)[^=~]{1,100}", re.IGNORECASE)
"""A fragment that names a part of a page, such as a comment; others say where a reader came from (``#xtor=RSS-1``)."""


def page_name(url: str) -> str | None:
    """An address as an identity: canonical, with its fragment where that names a part of the page."""
    canonical, fragment = canonical_url(url), url.partition("#")[2].strip()
    if canonical and _PART.fullmatch(fragment):
        return f"{canonical}#{quote(unquote(fragment), safe='/', errors='replace')}"
    return canonical


class Identities:
    """The uris of one document's entries.

    An entry is named by its link. A link that several ids of the document share, or that is the site's home page,
    names none of them: there the id does.
    """

    def __init__(self, document: Document, feed_url: str) -> None:
        self._feed_url = feed_url
        self._shared = _shared_links(entry for entry in document.entries if isinstance(entry, Entry))
        if home := canonical_url(document.home):
            self._shared.add(home)

    def uri(self, entry: Entry) -> str | None:
        """The identity of an entry, or ``None`` where it has none."""
        link = page_name(entry.link)
        named = link if link and link not in self._shared else self._by_id(entry.id[: MAX_URI + 1])
        return named if named and len(named) <= MAX_URI else None

    def of_tombstone(self, tombstone: Tombstone) -> str | None:
        """The identity that an entry had which is gone: by its link where the feed still tells it, else by its id."""
        return self.uri(Entry(id=tombstone.id, link=tombstone.link))

    def _by_id(self, name: str) -> str | None:
        address = page_name(name)
        if address and address not in self._shared:
            return address
        if _GLOBAL.fullmatch(name):
            return name
        return f"{self._feed_url}#{quote(name, safe='', errors='replace')}" if name else None


def _shared_links(entries: Iterable[Entry]) -> set[str]:
    """Links that entries with different ids have in common, such as all of a live report's."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if link := page_name(entry.link):
            ids[link].add(entry.id)
    return {link for link, names in ids.items() if len(names) > 1}
