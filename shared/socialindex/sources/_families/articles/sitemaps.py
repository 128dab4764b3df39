"""Sitemaps (https://www.sitemaps.org/protocol.html), news sitemaps, and the lines of robots.txt that name them.

They are read entry by entry and never held as a tree: the protocol allows 50,000 addresses and 50 MB a file.
"""

from __future__ import annotations

import codecs
import re
import zlib
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from lxml import etree

from socialindex.errors import ParseError
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.feeds.drafts import local_zone
from socialindex.text import canonical_url, decode

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_ENTRIES: Final = 50_000
"""The protocol's own limit."""
MAX_BYTES: Final = 24 * 1024 * 1024
"""Of a sitemap that is compressed itself; what comes behind is not read. Others are limited by the fetcher."""
MAX_NAMED: Final = 50
"""Sitemaps of a robots.txt."""
_PIECE: Final = 64 * 1024
_HEAD: Final = 300
"""Bytes among which an XML declaration stands."""
_GZIP: Final = b"\x1f\x8b"
_MARGIN: Final = b"\xef\xbb\xbf \t\r\n"
_XML: Final = (b"<?xml", b"<urlset", b"<sitemapindex")
_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_AMPERSAND = re.compile(rb"&(?!(?:#\d{1,4}|#x[0-9A-Fa-f]{1,3}|amp|lt|gt|quot|apos);)")
"""One that stands for itself, though XML wants it written out: addresses need no other characters by number, half
pairs break the parser's strings, and declared entities are nothing that we want."""
_CDATA = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"'](?!utf-?8[\"'])", re.IGNORECASE)
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ADDRESS = re.compile(rb"^[ \t]*(https?://\S{1,2048})[ \t\r]*$", re.MULTILINE)
_AHEAD: Final = timedelta(days=1)
"""How far a date may lie ahead and still be one: beyond, it is a mistake or an announcement."""


class Listed(NamedTuple):
    """What a sitemap says of one address. ``url`` is canonical."""

    url: str
    published: datetime | None = None
    """Of a news article; the one date here that is said on purpose."""
    modified: datetime | None = None
    """Many say the present time, or the day on which the file was made."""

    @property
    def date(self) -> datetime | None:
        return self.published or self.modified


class Sitemap(NamedTuple):
    """The addresses of a sitemap, or with ``is_index`` of further sitemaps, in the file's order, each once."""

    entries: list[Listed]
    is_index: bool = False


def named_in_robots(text: str, url: str) -> list[str]:
    """Addresses of the sitemaps that a robots.txt names: canonical, each once."""
    found = (canonical_url(match[1], url) for match in _LINE.finditer(text))
    return list(dict.fromkeys(filter(None, found)))[:MAX_NAMED]


def read(body: bytes, url: str, received_at: datetime, zone: tzinfo = UTC) -> Sitemap:
    """Read a sitemap in XML or text, compressed or not; what comes behind a fault is left out.

    Args:
        body: as it was received.
        url: where it was found.
        received_at: when; dates that lie ahead of it are none.
        zone: that of dates which name none.

    Raises:
        ParseError: it is no sitemap.
    """
    body = _in_utf8(_unzipped(body) if body.startswith(_GZIP) else body).lstrip(_MARGIN)
    if not body:
        raise ParseError("the sitemap is empty")
    if not body.startswith(b"<"):
        return _lines(body, url)
    return _Reader(url, received_at + _AHEAD, zone).read(_written_out(body))


def looks_like_one(body: bytes, url: str) -> bool:
    """Whether it is worth trying to read an answer as a sitemap: XML, compressed, or called one."""
    return body.startswith(_GZIP) or body[:100].lstrip(_MARGIN).startswith(_XML) or "sitemap" in url.rpartition("/")[2]


def _unzipped(body: bytes) -> bytes:
    """The first ``MAX_BYTES`` of a compressed body.

    Raises:
        ParseError: it is none.
    """
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise ParseError(f"a compressed sitemap that does not unpack: {error}") from error


def _in_utf8(body: bytes) -> bytes:
    """A body in UTF-8: of other charsets the parser knows fewer names than sites write (``ks_c_5601-1987``)."""
    return decode(body).encode() if body.startswith(_WIDE) or _DECLARED.match(body.lstrip(_MARGIN)[:_HEAD]) else body


def _written_out(body: bytes) -> bytes:
    """XML whose ampersands that stand for themselves are written out: all but those in CDATA, where they may stand."""
    parts = _CDATA.split(body)
    parts[::2] = [_AMPERSAND.sub(b"&amp;", part) for part in parts[::2]]
    return b"".join(parts)


def _lines(body: bytes, url: str) -> Sitemap:
    """A sitemap that is a text with an address a line."""
    found = [canonical_url(match[1].decode("utf-8", "replace"), url) for match in _ADDRESS.finditer(body)]
    if not found:
        raise ParseError("no sitemap: neither XML nor a list of addresses")
    return Sitemap([Listed(address) for address in dict.fromkeys(filter(None, found))][:MAX_ENTRIES])


class _Reader:
    """A sitemap in XML. No document type is read: no entity is declared, expanded or fetched."""

    def __init__(self, url: str, latest: datetime, zone: tzinfo) -> None:
        self._url = url
        self._latest = latest
        self._zone = zone
        self._entries: dict[str, Listed] = {}
        self._parser = etree.XMLPullParser(
            events=("end",),
            tag=("{*}url", "{*}sitemap"),
            encoding="utf-8",  # whatever the declaration says
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )

    def read(self, body: bytes) -> Sitemap:
        try:
            self._feed(body)
            # the stubs do not know that a document without any element has no root
            top = cast("Element | None", self._parser.close())
        except etree.XMLSyntaxError as error:
            raise ParseError(f"no XML: {error.msg}") from error
        root = "" if top is None else _name(top)
        if root not in {"urlset", "sitemapindex"}:
            raise ParseError(f"no sitemap: the document is <{root[:40]}>")
        return Sitemap(list(self._entries.values()), is_index=root == "sitemapindex")

    def _feed(self, data: bytes) -> None:
        for start in range(0, len(data), _PIECE):
            if len(self._entries) >= MAX_ENTRIES:
                return
            self._parser.feed(data[start : start + _PIECE])
            for _, element in self._parser.read_events():
                self._see(cast("Element", element))  # which it is with the events that we ask for

    def _see(self, element: Element) -> None:
        entry = self._entry(element)
        if entry:
            self._entries.setdefault(entry.url, entry)
        _forget(element)

    def _entry(self, element: Element) -> Listed | None:
        values = {_name(child): child for child in element}
        url = canonical_url(_text(values.get("loc")), self._url)
        if url is None:
            return None
        news = {_name(child): _text(child) for child in values.get("news", ())}
        title = news.get("title")
        zone = local_zone(None, "", title) if title and self._zone is UTC else self._zone
        published, modified = news.get("publication_date", ""), _text(values.get("lastmod"))
        return Listed(url, self._date(published, zone), self._date(modified, zone))

    def _date(self, text: str, zone: tzinfo) -> datetime | None:
        date = parse_date(text, zone) if text else None
        return date if date and date <= self._latest else None


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _forget(element: Element) -> None:
    """Let go of an element that was read, and of those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and len(parent) > 1:
        del parent[0]
