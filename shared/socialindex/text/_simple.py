"""A short way for simple HTML: paragraphs of text, line breaks, links and spans, as microblogs write nearly always.

One pattern decides whether markup is so simple; a few replacements then do what the parser's way does, in a tenth of
its time. Whatever the pattern does not know (other elements and attributes, unquoted values, tags that do not match,
most character references) is left to the parser. A test holds both ways to the same answers.
"""

from __future__ import annotations

import re
from typing import Final

_MAX_CHARACTERS: Final = 50_000

_TEXT = "(?:[^<&]++|&(?:amp|lt|gt|quot|nbsp|#39|#x27);)"
_VALUE = '"(?:[^"<>&]|&amp;)*+"'
_LEAF = rf'<span(?: (?:class|translate|lang)="[^"<>&]*+")*+>{_TEXT}*+'
_CUT = rf'<span class="(?:invisible|ellipsis)">{_TEXT}*+'
_LINK = rf"<a(?: (?:href|class|rel|target|translate|title|lang)={_VALUE})*+>(?:{_TEXT}|(?:{_CUT}|{_LEAF})</span>)*+</a>"
_SPAN = rf"(?:{_CUT}|{_LEAF}(?:{_LINK}{_TEXT}*+)*+)</span>"
_SIMPLE = re.compile(rf"(?:<p>(?:{_TEXT}|<br ?/?>|{_LINK}|{_SPAN})*+</p>\n*+)++")
"""Possessive throughout: the time is linear in the markup's length. No look-ahead inside: Python 3.11.2 gets them wrong
there."""

_HREF = re.compile(r'<a(?: [a-gi-z]\w*="[^"]*")* href="([^"]*)"')
_INVISIBLE = re.compile('<span class="invisible">[^<]*</span>')
_ELLIPSIS = re.compile('<span class="ellipsis">([^<]*)</span>')
_TAG = re.compile("<[^>]*>")
_REFERENCES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&"))
"""The ampersand is last: what it makes is no reference."""


def read_simple(markup: str) -> tuple[str, list[str]] | None:
    """Text and links' addresses as they are written, or ``None`` where the markup is not simple.

    Args:
        markup: without control characters but tab and newline.
    """
    if not markup.startswith("<p>") or len(markup) > _MAX_CHARACTERS:
        return None
    markup = markup.rstrip("\n")  # what renders Markdown ends each paragraph with a line
    if "&" not in markup and markup.find("<", 1) == len(markup) - 4 and markup.endswith("</p>"):
        return _tidy(_spaced(markup[3:-4])), []  # one paragraph of words alone
    if not (_cut_plainly(markup) and _SIMPLE.fullmatch(markup)):
        return None
    hrefs = [href.replace("&amp;", "&") for href in _HREF.findall(markup)] if "href" in markup else []
    return _unescaped(_tidy(_without_tags(markup))), hrefs


def _cut_plainly(markup: str) -> bool:
    """Whether what links hide is marked just as it is looked for below, and the words stand nowhere else."""
    return all(
        word not in markup or markup.count(word) == len(pattern.findall(markup))
        for word, pattern in (("invisible", _INVISIBLE), ("ellipsis", _ELLIPSIS))
    )


def _without_tags(markup: str) -> str:
    """Words with line breaks where paragraphs and lines end; white space of the source is spaces."""
    text = _spaced(markup).replace("&nbsp;", " ")
    if '"invisible"' in text:
        text = _INVISIBLE.sub("", text)
    if '"ellipsis"' in text:
        text = _ELLIPSIS.sub(r"\1…", text)
    text = text.replace("<p>", "").replace("</p>", "\n\n")
    if "<" in text:
        text = text.replace("<br />", "\n").replace("<br/>", "\n").replace("<br>", "\n")
        text = _TAG.sub("", text)
    return text


def _spaced(markup: str) -> str:
    return markup.replace("\n", " ").replace("\t", " ").replace("\u00a0", " ")


def _tidy(text: str) -> str:
    """White space as it is shown: no two spaces in a row, none around line breaks, at most one empty line."""
    text = _folded(text, "  ", " ").replace(" \n", "\n").replace("\n ", "\n")
    return _folded(text.strip(" \n"), "\n\n\n", "\n\n")


def _folded(text: str, run: str, short: str) -> str:
    while run in text:
        text = text.replace(run, short)
    return text


def _unescaped(text: str) -> str:
    if "&" in text:
        for reference, character in _REFERENCES:
            text = text.replace(reference, character)
    return text
