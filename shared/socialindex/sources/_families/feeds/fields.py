"""The parts of a feed's element by name, as feeds of every kind have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from socialindex.sources._families.feeds.entries import Markup
from socialindex.sources._families.feeds.xml import inherited, markup_of, name_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_ATOM: Final = ("{http://www.w3.org/2005/Atom}", "{http://purl.org/atom/ns#}")
_MEDIA: Final = "{http://search.yahoo.com/mrss"
_WEB: Final = ("http://", "https://")
_GROUPS: Final = frozenset({"media:group", "media:community"})
_PLAIN: Final = frozenset({"", "text", "plain", "text/plain"})
_HTML: Final = frozenset({"", "text/html", "application/xhtml+xml"})


class Fields:
    """Children of a channel or an entry. What is not there reads as empty."""

    def __init__(self, element: _Element) -> None:
        self.element = element
        self._children: dict[str, list[_Element]] = {}
        self._add(element)

    def _add(self, children: Iterable[_Element]) -> None:
        for child in children:
            name = name_of(child)
            if name not in _GROUPS:
                self._children.setdefault(name, []).append(child)
            else:
                self._add(_one_of_each(child) if name == "media:group" else child)

    def all(self, *names: str) -> list[_Element]:
        """The children with these names, name by name."""
        return [element for name in names if name in self._children for element in self._children[name]]

    def texts(self, *names: str) -> list[str]:
        return [text for element in self.all(*names) if (text := text_of(element))]

    def text(self, *names: str) -> str:
        """The first text that is not empty."""
        for name in names:
            for element in self._children.get(name, ()):
                if text := text_of(element):
                    return text
        return ""

    def attribute(self, name: str, attribute: str) -> str:
        """The first value that is not empty."""
        for element in self._children.get(name, ()):
            if value := element.get(attribute, "").strip():
                return value
        return ""

    def links(self, rel: str) -> list[str]:
        """Addresses of Atom's links with a relation, pages before other documents, and of RSS's (``alternate``)."""
        found = [element for element in self._children.get("link", ()) if element.get("rel", "alternate") == rel]
        if len(found) > 1:
            found.sort(key=lambda element: element.get("type", "") not in _HTML)
        return [address for e in found if (address := address_in(e, e.get("href") or text_of(e)))]

    def link(self, rel: str) -> str:
        return next(iter(self.links(rel)), "")

    def markup(self, *names: str, page: str = "") -> Markup | None:
        """The first text or HTML that is not empty.

        Args:
            names: of the elements, the best first.
            page: what addresses in it are relative to where no ``xml:base`` says otherwise.
        """
        for name in names:
            for element in self._children.get(name, ()):
                if markup := _markup(element, page):
                    return markup
        return None

    def language(self) -> str:
        return self.text("language", "dc:language") or inherited(self.element, f"{_XML}lang")


def _one_of_each(group: _Element) -> Iterator[_Element]:
    """A group's children with one rendition of each medium: all of a group's show the same (Media RSS, section 5.1)."""
    contents: dict[str, _Element] = {}
    for child in group:
        if name_of(child) != "media:content":
            yield child
        elif child.get("isDefault") == "true":
            contents[_medium(child)] = child
        else:
            contents.setdefault(_medium(child), child)
    yield from contents.values()


def _medium(content: _Element) -> str:
    return content.get("medium") or content.get("type", "").partition("/")[0]


def address_in(element: _Element, address: str) -> str:
    """An address that an element names, resolved against its ``xml:base`` or the document's address."""
    address = address.strip()
    if address.startswith(_WEB) and "[" not in address:
        return address
    try:
        return urljoin(element.base or "", address) if address else ""
    except ValueError:  # such as an open bracket in the host
        return ""


def _markup(element: _Element, page: str) -> Markup | None:
    """What an Atom text construct (RFC 4287, section 3.1) or an RSS element says; ``None`` for what is no text."""
    declared = element.get("type", "").strip().lower()
    if "/" in declared and not declared.startswith("text/") and declared not in _HTML:
        return None
    base = (inherited(element, f"{_XML}base") and element.base) or page or element.base or ""
    if len(element):
        return Markup(markup_of(element), base=base)
    is_plain = declared in _PLAIN and str(element.tag).startswith((*_ATOM, _MEDIA))
    text = text_of(element)
    return Markup(text, is_html=not is_plain, base=base) if text else None
