"""Markup as a tree, and looking around in it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from lxml import etree

from socialindex.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from lxml.etree import _Element as Element

MAX_DEPTH: Final = 1_000
"""Elements in each other. Unclosed ``<font>`` make hundreds of them; beyond that, looking around one costs too much."""

MAX_ATTRIBUTES: Final = 1_000
"""Of an element. To hang one more on an element, libxml2 walks past all that it has: 100,000 take minutes."""
_CROWDED: Final = 64 * 1024
"""Characters of a page that could hold so many attributes that it matters. Smaller ones need no second look."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no place for (section 2.2, ``Char``)."""
# One step alone: of two, libxml2 joins what each element gives, in time that grows with the square of their number.
_SHOWN = etree.XPath("descendant::text()[not(parent::script or parent::style)]", smart_strings=False)
# It takes a fifth of the time of parsing, so that only pages with tags enough are asked.
_TOO_DEEP = etree.XPath("boolean(/" + "/".join("*" * (MAX_DEPTH + 1)) + ")")


def parse(html: str) -> Element:
    """The root element of a page.

    Comments and processing instructions are left out: every node below is an element or text.

    Args:
        html: of the page, without control characters, as ``decode`` gives it.

    Raises:
        ParseError: the string is no markup, or has absurdly many attributes or levels.
    """
    if "<" not in html:
        raise ParseError("the response has no markup")
    body = html.encode("utf-8", "replace")
    if len(body) > _CROWDED:
        # the stubs want all of a target's methods, of which lxml needs none
        counter = cast("Any", _Counter())
        etree.fromstring(body, etree.HTMLParser(target=counter, encoding="utf-8", huge_tree=True))
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # the stubs do not know that markup without any element has no root
    root = cast("Element | None", etree.fromstring(body, parser))
    if root is None:
        raise ParseError("the response has no element")
    if html.count("<") - html.count("</") > MAX_DEPTH // 2 and _TOO_DEEP(root):
        raise ParseError(f"the page nests more than {MAX_DEPTH} elements in each other")
    return root


class _Counter:
    """A target that looks at the attributes of each element before a tree is made of them."""

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        if len(attributes) > MAX_ATTRIBUTES:
            raise ParseError(f"an element of the page has more than {MAX_ATTRIBUTES} attributes")

    def close(self) -> None:
        """What lxml calls at the end of the document."""


def elements(element: Element) -> Iterator[Element]:
    """Every element below this one, in the order of the page."""
    return element.iterdescendants()


def attribute(element: Element, name: str) -> str:
    """The value of an attribute; empty where there is none."""
    return element.get(name) or ""


def classes(element: Element) -> list[str]:
    """The classes of an element."""
    named = element.get("class")
    return named.split() if named else []


def with_class(element: Element, *names: str) -> Element | None:
    """The first element below this one that has any of these classes."""
    wanted = frozenset(names)
    for found in elements(element):
        if (named := found.get("class")) and not wanted.isdisjoint(named.split()):
            return found
    return None


def text_of(element: Element, most: int | None = None) -> str:
    """Text of an element on one line, without scripts: all of it, or of the first pieces between tags, ``most``."""
    pieces = cast("list[str]", _SHOWN(element))
    return " ".join(" ".join(islice(pieces, most)).split())


def own_text(element: Element) -> str:
    """Text of an element itself on one line, without that of the elements in it."""
    return " ".join("".join([element.text or "", *(child.tail or "" for child in element)]).split())


def nodes(element: Element, *, without: Collection[Element] = ()) -> Iterator[Element | str]:
    """An element, what is in it and its text, in the order of the page; without some of it and without scripts."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, tag in walk:
        if event == "end":
            if tag is not element and (text := tag.tail):
                yield text
        elif tag in without or tag.tag in {"script", "style"}:
            walk.skip_subtree()
        else:
            yield tag
            if text := tag.text:
                yield text


def markup_of(element: Element) -> str:
    """The markup of an element."""
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def detach(element: Element) -> Element:
    """Take an element out of the page; the text behind it stays there."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return element
    # what references such as &#1; stand for, lxml reads and does not write
    behind = _NOT_XML.sub("", element.tail or "")
    if before is None:
        parent.text = _NOT_XML.sub("", parent.text or "") + behind
    else:
        before.tail = _NOT_XML.sub("", before.tail or "") + behind
    element.tail = None
    parent.remove(element)
    return element
