"""XML as feeds have it: hostile, broken, and with namespaces that are nearly right."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.entities import html5
from typing import TYPE_CHECKING, Final

from lxml import etree

from socialindex.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIXES: Final = {
    "purl.org/rss/1.0": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss2": "",
    "www.w3.org/2005/atom": "",
    "purl.org/atom/ns": "",  # Atom 0.3
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
    "purl.org/dc/elements/1.1": "dc:",
    "purl.org/dc/terms": "dcterms:",
    "purl.org/rss/1.0/modules/content": "content:",
    "purl.org/rss/1.0/modules/slash": "slash:",
    "purl.org/syndication/thread/1.0": "thr:",  # RFC 4685
    "rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "search.yahoo.com/mrss": "media:",  # Media RSS
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "www.google.com/schemas/play-podcasts/1.0": "googleplay:",
    "podcastindex.org/namespace/1.0": "podcast:",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast:",  # its former name
    "www.bloglines.com/about/specs/fac-1.0": "access:",  # Feed Access Control
    "www.w3.org/1999/xhtml": "xhtml:",
    "purl.org/atompub/tombstones/1.0": "at:",  # RFC 6721
}
"""Prefix of the names that we use, by namespace without scheme and last separator. RSS and Atom have none."""

_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[>]{0,1000}(?:\[.*?\]\s*)?>", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_ENTITY = re.compile(r"&(?:(#(?:[0-9]{1,7}|x[0-9A-Fa-f]{1,6})|[A-Za-z][A-Za-z0-9]{1,31});)?")
_PREFIXED = re.compile(r"<(/?)[\w.-]+:")
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def parse(text: str, url: str) -> tuple[etree._Element, bool]:
    """The root of a document, and whether the document was well-formed.

    No document type is read: no entity is declared, expanded or fetched. Elements deeper than 256 are left out.

    Raises:
        ParseError: there is no element in it.
    """
    text = _without_doctype(text)
    try:
        return etree.fromstring(text.encode(), _parser(recover=False), base_url=url), True
    except etree.XMLSyntaxError:
        return _repaired(text, url), False


def _without_doctype(text: str) -> str:
    start = text.find("<!DOCTYPE")
    declaration = _DOCTYPE.match(text, start) if start >= 0 else None
    return text[:start] + text[declaration.end() :] if declaration else text


def _repaired(text: str, url: str) -> etree._Element:
    """The root of what can be read: HTML's entities become characters, lone ampersands themselves."""
    text = _NO_CHARACTERS.sub("", text[max(0, text.find("<")) :])
    parts = (part if part.startswith("<![CDATA[") else _ENTITY.sub(_entity, part) for part in _CDATA.split(text))
    try:
        root = etree.fromstring("".join(parts).encode(), _parser(recover=True), base_url=url)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"no XML: {error.msg}") from error
    if root is None:  # what lxml gives for a document without an element, whatever its stubs say
        raise ParseError("no XML: there is no element in it")
    return root


@lru_cache(maxsize=2)
def _parser(*, recover: bool) -> etree.XMLParser:
    """A parser, which is used again: lxml locks it while it works."""
    return etree.XMLParser(
        encoding="utf-8",  # whatever the declaration says: the text is decoded already
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _entity(match: re.Match[str]) -> str:
    name = match[1] or ""
    if name.startswith("#"):
        return match[0] if _is_character(name[1:]) else ""
    if name in _XML_ENTITIES:
        return match[0]
    return html.escape(html5.get(f"{name};", match[0]), quote=False)


def _is_character(number: str) -> bool:
    """Whether a number is a character's: half of a pair (a surrogate) breaks the parser's own strings."""
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF  # noqa: PLR2004 - Unicode's own bounds


def name_of(element: etree._Element) -> str:
    """A short name such as ``title`` or ``dc:creator``, whatever prefix the document uses."""
    return _name(str(element.tag))


@lru_cache(maxsize=4_096)
def _name(tag: str) -> str:
    """In lower case. An undeclared prefix, which recovery leaves in the name, is taken at its word."""
    namespace, _, local = tag.rpartition("}")
    key = namespace.lower().lstrip("{").removeprefix("https://").removeprefix("http://").rstrip("/#")
    known = _PREFIXES.get(key, f"{key}:") if key else ""
    return f"{known}{local.lower()}"


def text_of(element: etree._Element) -> str:
    """All text within an element, trimmed."""
    if not len(element):
        return (element.text or "").strip()
    return "".join(map(str, element.itertext(with_tail=False))).strip()


def markup_of(element: etree._Element) -> str:
    """The markup within an element, without prefixes: what XHTML content and unescaped HTML mean."""
    parts = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return html.escape(element.text or "", quote=False) + _PREFIXED.sub(r"<\1", "".join(parts))


def inherited(element: etree._Element, attribute: str) -> str:
    """An attribute that counts for all within, such as ``xml:lang``; empty where there is none."""
    lineage: Iterator[etree._Element] = element.iterancestors()
    own = element.get(attribute)
    return own if own is not None else next((v for e in lineage if (v := e.get(attribute)) is not None), "")
