"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 (RFC 4287): one reader, since the wild mixes them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from socialindex.errors import ParseError
from socialindex.sources._families.feeds.entries import MAX_ENTRIES, Attachment, Document, Entry, Person, Tombstone
from socialindex.sources._families.feeds.fields import Fields, address_in
from socialindex.sources._families.feeds.media import kind_of
from socialindex.sources._families.feeds.xml import name_of, parse, text_of
from socialindex.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_PUBLISHED: Final = ("pubdate", "published", "dc:date", "dcterms:issued", "issued", "dcterms:created", "created")
_UPDATED: Final = ("updated", "dcterms:modified", "modified")
_CONTENT: Final = ("content:encoded", "content", "xhtml:body")
_SUMMARY: Final = ("description", "summary", "media:description", "itunes:summary")
_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_COUNT: Final = "{http://purl.org/syndication/thread/1.0}count"
_ROOTS: Final = frozenset({"rss", "rdf:rdf", "feed"})
_YES: Final = frozenset({"yes", "true"})
_ADULT: Final = frozenset({"yes", "true", "explicit", "adult"})
_BLOCKS: Final = ("itunes:block", "googleplay:block", "podcast:block")
_NO_INDEX: Final = re.compile(r"\b(?:noindex|none)\b", re.IGNORECASE)


def read(text: str, url: str) -> Document:
    """Read a feed in XML; see the package's ``read``."""
    root, well_formed = parse(text, url)
    if name_of(root) not in _ROOTS:
        raise ParseError(f"no feed: the document is <{name_of(root)[:40]}>")
    channel = Fields(next((child for child in root if name_of(child) == "channel"), root))
    if name_of(root) == "rdf:rdf" and channel.element is root:
        raise ParseError("no feed: RDF without a channel")
    return Document(
        format=_format(root, channel.element),
        title=html_to_text(channel.text("title")).text,
        language=channel.language(),
        home=channel.link("alternate"),
        older=channel.link("next") or channel.link("prev-archive"),  # RFC 5005, sections 3 and 4
        is_wordpress="wordpress.org" in channel.text("generator").lower(),
        blocked=_is_blocked(channel, _BLOCKS if _has_episodes(root) else _BLOCKS[1:]),
        tombstones=_tombstones(channel),
        read_entries=lambda: _entries(root, channel, cut=not well_formed and _is_cut(text)),
    )


def _format(root: _Element, channel: _Element) -> str:
    if name_of(root) == "feed":
        return "Atom 0.3" if "purl.org/atom" in str(root.tag) else "Atom 1.0"
    if name_of(root) == "rss":
        version = re.match(r"[\d.]{1,5}", root.get("version", ""))
        return f"RSS {version[0]}" if version else "RSS"
    return "RSS 1.0" if "purl.org/rss/1.0" in str(channel.tag) else "RSS 0.90"


def _entries(root: _Element, channel: Fields, *, cut: bool) -> list[Entry | ParseError]:
    author, adult = _author(channel), _is_adult(channel)
    items = (element for element in root.iter("{*}item", "{*}entry") if name_of(element) in {"item", "entry"})
    entries: list[Entry | ParseError] = [_entry(Fields(i), author, adult=adult) for i in islice(items, MAX_ENTRIES)]
    if cut and entries:
        entries[-1] = ParseError("the document ends inside this entry")
    return entries


def _is_cut(text: str) -> bool:
    """Whether a document ends inside an entry: the last one that begins is not followed by its end."""
    begin = max(text.rfind("<item"), text.rfind("<entry"))
    return begin > max(text.rfind("</item"), text.rfind("</entry"))


def _tombstones(channel: Fields) -> list[Tombstone]:
    """Entries that are gone, by their id and, where the feed still knows it, their page (RFC 6721, section 3)."""
    gone = islice(channel.all("at:deleted-entry"), MAX_ENTRIES)
    return [Tombstone(e.get("ref", ""), Fields(e).link("alternate"), e.get("when", "")) for e in gone]


def _entry(fields: Fields, author: Person | None, *, adult: bool) -> Entry:
    link = fields.text("feedburner:origlink") or fields.link("alternate")
    about = fields.element.get(_ABOUT, "")
    return Entry(
        id=fields.text("guid", "id") or about,
        id_is_link=bool(about) or any(guid.get("isPermaLink", "true") != "false" for guid in fields.all("guid")),
        link=link,
        title=fields.markup("title", "dc:title", page=link),
        content=fields.markup(*_CONTENT, page=link),
        summary=fields.markup(*_SUMMARY, page=link),
        language=fields.language(),
        author=_author(fields) or author,
        published=fields.texts(*_PUBLISHED),
        updated=fields.texts(*_UPDATED),
        categories=[*fields.texts("category", "dc:subject"), *(e.get("term", "") for e in fields.all("category"))],
        links=[*fields.links("related"), *fields.links("via")],
        attachments=list(_attachments(fields)),
        thumbnail=_thumbnail(fields),
        likes=fields.attribute("media:starrating", "count") or fields.attribute("media:statistics", "favorites"),
        replies=fields.text("slash:comments", "thr:total") or _counted_replies(fields),
        views=fields.attribute("media:statistics", "views"),
        in_reply_to=fields.attribute("thr:in-reply-to", "href") or fields.attribute("thr:in-reply-to", "ref"),
        blocked=_is_blocked(fields),
        adult=_is_adult(fields, adult=adult),
    )


def _thumbnail(fields: Fields) -> str:
    pictures = [(e, e.get("url", "")) for e in fields.all("media:thumbnail")]
    pictures += [(e, e.get("href", "")) for e in fields.all("itunes:image")]
    return next(filter(None, (address_in(element, address) for element, address in pictures)), "")


def _is_adult(fields: Fields, *, adult: bool = False) -> bool:
    """Whether an element says that it is not for everybody; what it does not say, its feed has said."""
    said = fields.texts("itunes:explicit", "media:adult", "media:rating")
    return any(word.lower() in _ADULT for word in said) if said else adult


def _counted_replies(fields: Fields) -> str:
    """RFC 4685, section 4: a link to the replies may count them."""
    return next((link.get(_COUNT, "") for link in fields.all("link") if link.get("rel") == "replies"), "")


def _author(fields: Fields) -> Person | None:
    """The first author: Atom's has parts, RSS's is a text."""
    for element in fields.all("author", "dc:creator", "itunes:author"):
        parts = Fields(element)
        name = parts.text("name") if len(element) else (element.text or "").strip()
        url = parts.text("uri", "url")
        if name or url:
            return Person(name, url)
    return None


def _attachments(fields: Fields) -> Iterator[Attachment]:
    """Enclosures of RSS and Atom, and Media RSS objects (https://www.rssboard.org/media-rss)."""
    for element in fields.all("enclosure", "media:content"):
        parts = Fields(element)
        url = address_in(element, element.get("url", ""))
        kind = kind_of(element.get("medium", "") or element.get("type", ""), url)
        yield Attachment(url, kind, parts.text("media:description", "media:title"))
    for element in fields.all("link"):
        if element.get("rel") == "enclosure":
            url = address_in(element, element.get("href", ""))
            yield Attachment(url, kind_of(element.get("type", ""), url), element.get("title", ""))


def _has_episodes(root: _Element) -> bool:
    """Whether a feed is a podcast, or has some of its episodes: books as well, and sound that nothing declares such.

    Newsletters enclose pictures.
    """
    enclosures = root.iter("{*}enclosure")
    return any(kind_of(each.get("type", ""), each.get("url", "")) != "image" for each in enclosures)


def _is_blocked(fields: Fields, blocks: tuple[str, ...] = _BLOCKS) -> bool:
    """Whether an element asks not to be indexed, in one of the ways that feeds have for it.

    Podcasting 2.0's block may name a platform, and is then for that one alone.
    """
    if any(text_of(block).lower() in _YES and not block.get("id") for block in fields.all(*blocks)):
        return True
    robots = (e.get("content", "") for e in fields.all("xhtml:meta", "meta") if e.get("name", "").lower() == "robots")
    return (
        any(map(_NO_INDEX.search, robots)) or fields.attribute("access:restriction", "relationship").lower() == "deny"
    )
