"""Linked data in pages: schema.org's articles as JSON-LD, in the forms that publishers write it in.

One object, a list of them, an ``@graph``, or all of these in several scripts; authors by reference; and broken JSON,
which search engines forgive: line breaks within strings, commas before brackets, comments around the whole.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Node = dict[str, Any]
"""A JSON object of which nothing is known: every value is asked for its type before it is used."""


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


ARTICLES: Final = _words(
    "Article NewsArticle BlogPosting LiveBlogPosting Report ReportageNewsArticle AnalysisNewsArticle "
    "OpinionNewsArticle BackgroundNewsArticle ReviewNewsArticle AskPublicNewsArticle AdvertiserContentArticle "
    "TechArticle APIReference ScholarlyArticle SocialMediaPosting DiscussionForumPosting SatiricalArticle"
)
"""schema.org/Article and its subtypes."""
MAX_NODES: Final = 1_000
"""Objects of a page that are looked at."""
_OPENING = re.compile(r"\s*(?:<!--|(?://\s*)?<!\[CDATA\[)")
_ENDINGS: Final = ("-->", "]]>")
"""Of what stands around the whole. They are looked for from the end: a search for what may stand between them and the
end takes time that grows with the square of the spaces in between."""
_STRAY_COMMA = re.compile(r",(?=\s*[}\]])")
_CONTAINERS: Final = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed", "subjectOf")


class Linked:
    """What a page's JSON-LD says."""

    def __init__(self, scripts: Iterable[str]) -> None:
        found = (node for script in scripts for node in _nodes(_decoded(script), depth=0))
        self._nodes = list(islice(found, MAX_NODES))
        self._by_id = {name: node for node in reversed(self._nodes) if (name := text(node, "@id")) and len(node) > 1}

    def articles(self) -> list[Node]:
        """The articles, in the order of the page: its own, and maybe others that it links to."""
        return [node for node in self._nodes if not ARTICLES.isdisjoint(types(node))]

    def pages(self, node: Node) -> list[str]:
        """Addresses of the pages that an object says it is the main thing of; empty texts among them."""
        return [text(page, "@id", "url", "name") for page in self.objects(node, "mainEntityOfPage")]

    def objects(self, node: Node, key: str) -> list[Node]:
        """The objects of a property, references resolved; a string is an object with that name."""
        values = node.get(key)
        return [self._object(value) for value in (values if isinstance(values, list) else [values]) if value]

    def _object(self, value: object) -> Node:
        if isinstance(value, dict):
            return {**self._by_id.get(text(value, "@id"), {}), **value}
        return {"name": value} if isinstance(value, str) else {}


def types(node: Node) -> list[str]:
    """The types of an object, without the vocabulary's address."""
    values = node.get("@type")
    names = values if isinstance(values, list) else [values]
    return [name.rpartition("/")[2] for name in names if isinstance(name, str)]


def text(node: Node, *keys: str) -> str:
    """The first of some properties that is a text."""
    values = (node.get(key) for key in keys)
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), "")


def is_false(node: Node, key: str) -> bool:
    """Whether a property says no, as a boolean or as the word that many write for it."""
    value = node.get(key)
    return value is False or (isinstance(value, str) and value.strip().lower().rpartition("/")[2] == "false")


def _decoded(script: str) -> object:
    """The value of a script; None where nothing can be made of it."""
    source = _unwrapped(script)
    for attempt in (source, _STRAY_COMMA.sub("", source)):
        try:
            return json.loads(attempt, strict=False)  # msgspec takes no line break within a string
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(script: str) -> str:
    """A script without the comment or section that is around the whole, whose marks may be comments of JavaScript."""
    opening = _OPENING.match(script)
    source = script[opening.end() :] if opening else script
    whole = source.rstrip().removesuffix(";").rstrip()
    return whole[:-3].rstrip().removesuffix("//") if whole.endswith(_ENDINGS) else source


def _nodes(value: object, *, depth: int) -> Iterator[Node]:
    """Objects in lists and in the properties that hold further things about the page."""
    if depth > len(_CONTAINERS):
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth=depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in _CONTAINERS:
            yield from _nodes(value.get(key), depth=depth + 1)
