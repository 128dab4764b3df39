"""Feeds in their several formats, read into one neutral form.

lxml reads XML and msgspec reads JSON. feedparser judges in the tests instead, where both must find the same in a
well-formed feed: at run time it takes two to three times as long to read entries as this takes to make posts of them.
"""

from __future__ import annotations

from socialindex.errors import ParseError
from socialindex.sources._families.feeds import jsonfeed, rss
from socialindex.sources._families.feeds.entries import Attachment, Document, Entry, Markup, Person, Tombstone

__all__ = ["Attachment", "Document", "Entry", "Markup", "Person", "Tombstone", "read"]


def read(text: str, url: str) -> Document:
    """Read a feed of any format.

    Args:
        text: the decoded body.
        url: where it was found: what its relative addresses are relative to.

    Raises:
        ParseError: it is no feed, or too broken to find an entry in.
    """
    text = text.strip()
    if not text:
        raise ParseError("the answer is empty")
    return jsonfeed.read(text, url) if text.startswith("{") else rss.read(text, url)
