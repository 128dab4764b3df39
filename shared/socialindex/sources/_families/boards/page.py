"""A page: parsed once, indexed once, with what it says about robots."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded
from socialindex.sources._families.articles.robots import directives
from socialindex.sources._families.boards.markup import attribute, parse, text_of
from socialindex.sources.base import header
from socialindex.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from socialindex.sources.base import Response

STATUS_VERDICTS: Final = {400: "client_error", 401: "members_only", 403: "forbidden", 404: "gone", 410: "gone"}
"""What a status alone says, where the software itself says no with 200: a 403 is the server's or its firewall's, and
says nothing of the post."""
_END = re.compile(r"</(?:body|html)\s{0,9}>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=-|$)")


def told_to_scripts(response: Response, assigned: re.Pattern[bytes]) -> dict[str, str]:
    """What a page hands to its scripts: names with values, the two groups of a pattern of assignments."""
    return {name.decode(): value.decode("ascii", "replace") for name, value in assigned.findall(response.body)}


class Page:
    """One parsed page.

    Attributes:
        url: where it was found, after redirects.
        received_at: when it was received.
        tags: every element in the order of the page.
        ids: elements by their ``id``, the first where several share it.
        robots: directives for everybody, out of ``<meta name="robots">`` and ``X-Robots-Tag``; ``none`` is taken apart.
        is_whole: whether the page was not cut off: both softwares close every page.

    Raises:
        ParseError: the response is no markup, or absurdly nested.
    """

    def __init__(self, response: Response) -> None:
        html = decode(response.body, header(response, "content-type"))
        self.url = response.url
        self.received_at = response.received_at
        self.tags = list(parse(html).iter())
        self.ids = {name: tag for tag in reversed(self.tags) if (name := tag.get("id"))}
        self.robots = _taken_apart(directives(response, self._robots_metas()))
        self.is_whole = bool(_END.search(html))

    def named(self, name: str) -> Iterator[Element]:
        """Every element with this tag name."""
        return iter(self._by_name.get(name, ()))

    @cached_property
    def _by_name(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for tag in self.tags:
            found.setdefault(str(tag.tag), []).append(tag)
        return found

    def _robots_metas(self) -> Iterator[str]:
        metas = (tag for tag in self.named("meta") if attribute(tag, "name").lower() == "robots")
        return (attribute(tag, "content") for tag in metas)

    def first_id(self, *ids: str) -> Element | None:
        """The element of the first of these ids that the page has."""
        return next((self.ids[name] for name in ids if name in self.ids), None)

    @cached_property
    def by_class(self) -> dict[str, Element]:
        """The first element of each class."""
        found: dict[str, Element] = {}
        for tag in self.tags:
            if named := tag.get("class"):
                for name in named.split():
                    found.setdefault(name, tag)
        return found

    def first_class(self, *names: str) -> Element | None:
        """The element of the first of these classes that the page has."""
        return next((self.by_class[name] for name in names if name in self.by_class), None)

    @property
    def title(self) -> str:
        """What ``<title>`` says, on one line."""
        return next((text_of(tag) for tag in self.named("title")), "")

    @property
    def language(self) -> str | None:
        """The language that the page declares."""
        declared = next((attribute(tag, "lang").lower() for tag in self.named("html")), "")
        match = _LANGUAGE.match(declared)
        return match[0] if match else None

    def form(self, name: str) -> Element | None:
        """The form with this name."""
        return next((tag for tag in self.named("form") if tag.get("name") == name), None)

    def field(self, name: str) -> str:
        """The value of the first filled ``<input>`` with this name; empty where there is none."""
        inputs = (tag for tag in self.named("input") if tag.get("name") == name)
        return next(filter(None, (attribute(tag, "value") for tag in inputs)), "")

    def meta(self, name: str) -> str:
        """The content of the first ``<meta>`` with this name or property; empty where there is none."""
        found = (tag for tag in self.named("meta") if tag.get("name") == name or tag.get("property") == name)
        return next(filter(None, (attribute(tag, "content").strip() for tag in found)), "")

    @property
    def canonical(self) -> str:
        """The address that the page says is its own; empty where it does not."""
        links = (tag for tag in self.named("link") if "canonical" in attribute(tag, "rel").split())
        return next(filter(None, (attribute(tag, "href") for tag in links)), "")


def obey(page: Page, *forbidding: str) -> None:
    """Refuse what a page's robots directives forbid.

    ``noarchive`` is read as strictly as the crawl stage reads the header of the same name: whoever asks the search
    API reads a text from our copy of it, which is what the word forbids, though the copy is no public cache.

    Raises:
        Discarded: for the first of the directives that the page has; by default ``noindex`` and ``noarchive``.
    """
    for directive in forbidding or ("noindex", "noarchive"):
        if directive in page.robots:
            raise Discarded(directive)


def _taken_apart(found: frozenset[str]) -> frozenset[str]:
    return found - {"none"} | {"noindex", "nofollow"} if "none" in found else found
