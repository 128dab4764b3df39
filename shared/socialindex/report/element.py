"""HTML and SVG that is safe by construction: names of elements and attributes are known ones, text is escaped.

There is no way to write markup as text. What runs, loads or embeds something is no known element; an attribute that
holds an address takes web addresses only, and an image's source only a PNG that stands in the page itself.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Child: TypeAlias = "Element | str | Iterable[Child] | None"
Value: TypeAlias = str | int | float | None

_VOID: Final = frozenset({"meta", "img", "br", "col"})
_HTML: Final = frozenset(
    {
        *("html", "head", "meta", "title", "body", "main", "header", "footer", "section", "figure", "figcaption"),
        *("div", "p", "span", "bdi", "strong", "small", "h1", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd", "time"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "a", "img", "br", "colgroup", "col"),
    }
)
_SVG: Final = frozenset({"svg", "desc", "g", "rect", "circle", "line", "path", "polyline", "text", "tspan"})
ELEMENTS: Final = _HTML | _SVG
ATTRIBUTES: Final = frozenset(
    {
        *("charset", "name", "content", "http-equiv", "lang", "class", "id", "href", "src", "alt", "rel", "datetime"),
        *("scope", "colspan", "width", "height", "role", "aria-label", "aria-hidden", "span"),
        *("viewBox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "d", "points", "fill", "stroke"),
        *("stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity", "font-size"),
        *("font-weight", "text-anchor"),
    }
)
_ADDRESSES: Final = {
    "href": re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE),
    "src": re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}"),
}
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""What no page may hold (HTML, section 13.2.3.5; lone surrogates), and what turns the text around it over."""


class Element(NamedTuple):
    """An element, made by ``element`` only."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Element | str, ...]


def element(name: str, /, *children: Child, **attributes: Value) -> Element:
    """An element of a page.

    Args:
        name: one of ``ELEMENTS``.
        children: elements, text, or several of either; None is left out.
        attributes: of ``ATTRIBUTES``, with ``_`` for ``-`` and behind Python's own words; None is left out.

    Raises:
        ValueError: an element or attribute is none of those, or an address is not one that a page may have.
    """
    if name not in ELEMENTS:
        raise ValueError(f"{name!r} is no element of a report")
    given = ((_attribute(key), value) for key, value in attributes.items() if value is not None)
    return Element(name, tuple((key, _value(key, value)) for key, value in given), tuple(_flat(children)))


def link(shown: Element, url: str | None) -> Element:
    """What leads to an address on the web; what is shown alone, where the address is none."""
    if url is None or not _ADDRESSES["href"].fullmatch(url):
        return shown
    return element("a", shown, href=url, rel="noopener noreferrer")


def foreign(text: str) -> Element:
    """What strangers wrote, in a place of its own: it cannot turn over the text around it."""
    return element("bdi", text)


def document(language: str, style: str, policy: str, head: Iterable[Element], body: Iterable[Element]) -> str:
    """A whole page.

    Args:
        language: its language.
        style: its style, which is ours: nothing else may come here.
        policy: its Content-Security-Policy.
        head: more for its head.
        body: what is seen.
    """
    metas = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        *head,
    ]
    if "<" in style:
        raise ValueError("the style could end before its end")
    inner = "".join(map(render, metas)) + f"<style>{style}</style>"
    shown = render(element("body", list(body)))
    return f'<!DOCTYPE html>\n<html lang="{_escaped(language)}"><head>{inner}</head>{shown}</html>\n'


def render(one: Element | str) -> str:
    """An element as text."""
    if isinstance(one, str):
        return _escaped(one)
    attributes = "".join(f' {key}="{value}"' for key, value in one.attributes)
    if one.name in _VOID:
        return f"<{one.name}{attributes}>"
    return f"<{one.name}{attributes}>{''.join(map(render, one.children))}</{one.name}>"


def _flat(children: Iterable[Child]) -> Iterator[Element | str]:
    for child in children:
        if isinstance(child, Element | str):
            yield child
        elif child is not None:
            yield from _flat(child)


def _attribute(key: str) -> str:
    name = key.rstrip("_").replace("_", "-")
    if name not in ATTRIBUTES:
        raise ValueError(f"{name!r} is no attribute of a report")
    return name


def _value(name: str, value: str | float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    if name in _ADDRESSES and not _ADDRESSES[name].fullmatch(text):
        raise ValueError(f"this is no address for {name}")
    return _escaped(text)


def _escaped(text: str) -> str:
    return escape(_UNSEEN.sub("", text))
