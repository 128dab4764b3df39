"""Small HTML helpers: templates from files, escaping, links in plain text."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from string import Template

_TEMPLATES = Path(__file__).parent / "templates"
_URL = re.compile(r"https?://[^\s<>\"]+")


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8"))


def render(name: str, /, **values: str | int) -> str:
    """The template file ``name`` with its ``$places`` filled.

    Values are HTML already: escape text with ``html.escape`` before. A missing value raises KeyError.
    """
    return _template(name).substitute({key: str(value) for key, value in values.items()})


def element(name: str, *content: str, **attributes: str) -> str:
    """An element around HTML. Attribute values are text; a name loses its trailing ``_``, other ``_`` become ``-``."""
    written = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(content)}</{name}>"


def icon(name: str) -> str:
    """A Font Awesome icon, as Gnuboard's skins write them."""
    return element("i", class_=f"fa fa-{name}", aria_hidden="true")


def unseen(text: str) -> str:
    """Text for screen readers only, as Gnuboard's skins write it."""
    return element("span", text, class_="sound_only")


def linked(text: str, attributes: str = "") -> str:
    """Plain text as HTML, with its addresses made clickable and its line breaks kept."""
    parts, end = [], 0
    for match in _URL.finditer(text):
        address = escape(match[0])
        parts += [escape(text[end : match.start()]), f'<a href="{address}"{attributes}>{address}</a>']
        end = match.end()
    return "".join([*parts, escape(text[end:])]).replace("\n", "<br>\n")


def paragraphs(texts: list[str]) -> str:
    """Plain texts as paragraphs."""
    return "\n".join(f"<p>{linked(text)}</p>" for text in texts)
