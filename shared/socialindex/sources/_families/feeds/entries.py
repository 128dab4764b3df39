"""What feeds of all formats hold, before anything is decided about it."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - a dataclass's annotations are looked at
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.text import Html, html_to_text, plain_text

if TYPE_CHECKING:
    from socialindex.errors import ParseError
    from socialindex.model import MediaKind


MAX_ENTRIES: Final = 10_000
"""Entries of a document that are read: more than any publisher keeps in one."""


class Markup(NamedTuple):
    """A text as the feed has it, and what kind of text it says that it is."""

    source: str
    is_html: bool = True
    base: str = ""

    def read(self) -> Html:
        if self.is_html:
            return html_to_text(self.source, base_url=self.base)
        return Html(plain_text(self.source), [], [])


class Person(NamedTuple):
    """An author as the feed names one, which may be by an e-mail address."""

    name: str = ""
    url: str = ""


class Attachment(NamedTuple):
    """An enclosure, a Media RSS object, an image."""

    url: str
    kind: MediaKind
    description: str = ""


@dataclass(kw_only=True, slots=True)
class Entry:
    """One entry. Addresses are absolute where the feed allowed it; dates are as they were written."""

    id: str = ""
    id_is_link: bool = False
    """Whether the feed says that the id is an address to open (RSS 2.0's ``isPermaLink``)."""
    link: str = ""
    title: Markup | None = None
    content: Markup | None = None
    """The whole text."""
    summary: Markup | None = None
    """A text that may be a part only."""
    language: str = ""
    author: Person | None = None
    published: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Addresses that the entry is about, beside those in its text."""
    attachments: list[Attachment] = field(default_factory=list)
    thumbnail: str = ""
    likes: str = ""
    replies: str = ""
    views: str = ""
    in_reply_to: str = ""
    blocked: bool = False
    """Whether the entry asks not to be indexed."""
    adult: bool = False
    """Whether the entry, or the feed for all of them, says that it is not for everybody."""


class Tombstone(NamedTuple):
    """What a feed says of an entry that is gone (RFC 6721)."""

    id: str
    link: str
    when: str


def _none() -> list[Entry | ParseError]:
    return []


@dataclass(kw_only=True)
class Document:
    """A feed. Its entries are read when they are asked for: what follows from a feed often needs none."""

    format: str
    """For people, such as ``RSS 2.0``."""
    title: str = ""
    language: str = ""
    home: str = ""
    """The page that the feed belongs to."""
    older: str = ""
    """Where the entries before these are (RFC 5005, JSON Feed's ``next_url``)."""
    is_wordpress: bool = False
    """Whether the feed is WordPress's, all of which have older pages, and none of which says so."""
    blocked: bool = False
    """Whether the feed asks not to be indexed."""
    tombstones: list[Tombstone] = field(default_factory=list)
    read_entries: Callable[[], list[Entry | ParseError]] = _none

    @cached_property
    def entries(self) -> list[Entry | ParseError]:
        """The entries in the document's order, with a ``ParseError`` in the place of one that is cut off."""
        return self.read_entries()
