"""What a page says about its article: linked data before Open Graph, before other ``<meta>``, before what is seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from socialindex.sources._families.articles import sites
from socialindex.sources._families.articles.linked import ARTICLES, Linked, Node, is_false, text, types
from socialindex.sources._families.boards.markup import attribute, text_of
from socialindex.text import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element as Element

_PUBLISHED: Final = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "article.published",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "pubdate",
    "publish_date",
    "date",
)
_MODIFIED: Final = ("article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "lastmod")
_AUTHORS: Final = ("author", "article:author", "og:article:author", "dc.creator", "byl", "by", "parsely-author")
_ADULT: Final = frozenset({"adult", "mature", "restricted", "rta-5042-1996-1400-1577-rta"})
_METRICS: Final = {
    "LikeAction": "likes",
    "CommentAction": "replies",
    "ReplyAction": "replies",
    "ShareAction": "reposts",
    "ReadAction": "views",
    "ViewAction": "views",
    "WatchAction": "views",
}
_COUNT = re.compile(r"[0-9]{1,12}")
_ITEM_ARTICLE = re.compile(rf"schema\.org/(?:{'|'.join(sorted(ARTICLES))})$")
_DASHES: Final = "-|\u2013\u2014\u00b7:"
"""What stands between a title and the name of its site."""
_SITE_NAME = re.compile(rf"\s+[{_DASHES}]{{1,2}}\s+[^{_DASHES}]{{1,60}}$")
_PRINTED: Final = re.compile(
    r"(?:기사\s?입력|최초\s?입력|입력|승인|등록일?|작성일?|게시일|발행일?|Published|Posted on)\s*:?\s*"
    r"((?:\d{4}|\d{2})\s?[-./년][^\n]{4,40}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}[^\n]{0,20})"
)
"""A date of publication that is only printed: Korean sites name it so."""
_CLOCK: Final = re.compile(r"\d{4}\s?[-./년]\s?\d{1,2}\s?[-./월]\s?\d{1,2}[^\n\d]{1,12}\d{1,2}:\d{2}(?::\d{2})?")
"""Any date with a time."""
_MAX_PRINTED: Final = 5_000
"""Characters of a page among which a printed date stands."""
_HEADING = re.compile(
    r"(?:^|[\s_-])(?:article|news|view|post|entry|board|read|bo_v)?[_-]?(?:title|tit|subject|headline|heading)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Classes and ids of what stands above an article on pages without an ``h1`` of their own."""
_MAX_TITLE: Final = 150


@dataclass(kw_only=True, slots=True)
class Metadata:
    """As the page has it: dates are as they were written, addresses may be relative, absent texts are empty."""

    is_article: bool
    """Whether the page calls itself one."""
    claims: list[str] = field(default_factory=list)
    """Addresses that it gives itself, the most deliberate first."""
    robots: list[str] = field(default_factory=list)
    title: str = ""
    summary: str = ""
    author: tuple[str, str] = ("", "")
    """Name and address."""
    published: list[str] = field(default_factory=list)
    """Candidates, the most reliable first."""
    printed: Iterable[str] = ()
    """Dates in the text, which may be others than the article's: read when they are asked for, and only once."""
    modified: list[str] = field(default_factory=list)
    language: str = ""
    tags: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """Engagement, by the name of its metric."""
    image: str = ""
    image_text: str = ""
    body: str = ""
    """The article's text in the linked data."""
    is_locked: bool = False
    """Whether only a part of the text is free to read."""
    is_adult: bool = False


def read(root: Element, url: str) -> Metadata:
    """What the page at an address says about itself. Does not change the tree."""
    return _Reader(root, url).read()


class _Reader:
    def __init__(self, root: Element, url: str) -> None:
        self._root = root
        self._url = url
        self._metas: dict[str, list[str]] = {}
        for tag in root.iter("meta"):
            self._add(tag)
        self._linked = Linked(tag.text or "" for tag in root.iter("script") if _is_linked_data(tag))
        self._article = self._own_article()

    def _add(self, tag: Element) -> None:
        content = attribute(tag, "content").strip()
        names = {attribute(tag, name).strip().lower() for name in ("property", "name", "itemprop")}
        for name in names - {""} if content else ():
            self._metas.setdefault(name, []).append(content)

    def read(self) -> Metadata:
        node = self._article or {}
        return Metadata(
            is_article=self._is_article(),
            claims=self._claims(node),
            robots=self._metas.get("robots", []),
            title=self._title(node),
            summary=self._meta("og:description", "description") or text(node, "description"),
            author=self._author(node),
            published=[*self._dates(node, "datePublished", _PUBLISHED), *self._times()],
            printed=self._printed(),
            modified=self._dates(node, "dateModified", _MODIFIED),
            language=attribute(self._root, "lang") or text(node, "inLanguage") or self._meta("og:locale"),
            tags=self._tags(),
            counts=self._counts(node),
            image=self._image(node),
            image_text=self._meta("og:image:alt", "twitter:image:alt"),
            body=_body(node, self._linked),
            is_locked=is_false(node, "isAccessibleForFree") or self._meta("article:content_tier").lower() == "locked",
            is_adult=self._meta("rating").lower() in _ADULT or is_false(node, "isFamilyFriendly"),
        )

    def _is_article(self) -> bool:
        if self._article is not None or self._meta("og:type").lower().partition(".")[0] == "article":
            return True
        if self._meta("article:published_time"):
            return True
        return any(_ITEM_ARTICLE.search(attribute(tag, "itemtype")) for tag in self._root.iter() if tag.get("itemtype"))

    def _own_article(self) -> Node | None:
        """The article of the linked data that the page is.

        Pages describe others that they link to, and lists only those. Of several, the page's own is one that gives an
        address of the page, else one that gives none.
        """
        found = self._linked.articles()
        if len(found) <= 1:
            return next(iter(found), None)
        own = self._absolute([self._url, *self._links()])
        told = [(node, self._absolute([text(node, "url"), *self._linked.pages(node)])) for node in found]
        named = (node for node, at in told if any(sites.same_page(one, other) for one in at for other in own))
        unnamed = (node for node, at in told if not at)
        return next(named, None) or next(unnamed, None)

    def _absolute(self, addresses: Iterable[str]) -> list[str]:
        """Those of some texts that are addresses, canonical."""
        found = (canonical_url(address, self._url if address.startswith("/") else "") for address in addresses)
        return [url for url in found if url]

    def _claims(self, node: Node) -> list[str]:
        return [*self._links(), *self._linked.pages(node), text(node, "url")]

    def _links(self) -> list[str]:
        """Addresses that the page gives itself in its head."""
        links = (tag for tag in self._root.iter("link") if "canonical" in attribute(tag, "rel").lower().split())
        return [*(attribute(tag, "href") for tag in links), self._meta("og:url")]

    def _title(self, node: Node) -> str:
        site = self._meta("og:site_name")
        own = _without_name(self._meta("og:title", "twitter:title"), site)
        title = text(node, "headline", "name") or self._heading(site) or own or self._marked_title()
        return title or next((_without_site(text_of(tag), site) for tag in self._root.iter("title")), "")

    def _heading(self, site: str) -> str:
        """The only ``h1``, unless it is the site's name, which leads home or is the name that the page gives it."""
        headings = list(self._root.iter("h1"))
        if len(headings) != 1 or next(headings[0].iter("a"), None) is not None:
            return ""
        found = text_of(headings[0])
        return "" if found.casefold() == site.casefold() else found

    def _marked_title(self) -> str:
        """What is set off within the first element that calls itself a title."""
        marks = (tag for tag in self._root.iter("div", "td", "strong", "p", "h2", "h3", "h4") if _is_heading(tag))
        texts = (text_of(next(tag.iter("h2", "h3", "h4", "strong", "b"), tag)) for tag in marks)
        return next((found for found in texts if 0 < len(found) <= _MAX_TITLE), "")

    def _author(self, node: Node) -> tuple[str, str]:
        for person in self._linked.objects(node, "author"):
            if name := text(person, "name"):
                return name, text(person, "url")
        for link, relations in self._related():
            if "author" in relations and (name := text_of(link)):
                return name, attribute(link, "href")
        names = (value for name in _AUTHORS for value in self._metas.get(name, ()))
        return next((name for name in names if not name.startswith(("http://", "https://"))), ""), ""

    def _related(self) -> Iterator[tuple[Element, list[str]]]:
        """Links that tell what they lead to, with the words for it."""
        return ((link, rel.lower().split()) for link in self._root.iter("a") if (rel := link.get("rel")))

    def _dates(self, node: Node, key: str, names: tuple[str, ...]) -> list[str]:
        return [date for date in (text(node, key), *map(self._meta, names)) if date]

    def _times(self) -> Iterator[str]:
        return (value for tag in self._root.iter("time") if (value := attribute(tag, "datetime").strip()))

    def _printed(self) -> Iterator[str]:
        """Dates that readers see: behind a word for publication, else the first one with a time."""
        shown = "".join(text_of(body)[:_MAX_PRINTED] for body in self._root.iter("body"))
        yield from (match[1] for match in [_PRINTED.search(shown)] if match)
        yield from (match[0] for match in [_CLOCK.search(shown)] if match)

    def _tags(self) -> list[str]:
        """Tags of the article: one a ``<meta>``, or several with commas between them; and links with ``rel="tag"``."""
        linked = (link for link, relations in self._related() if relations == ["tag"])
        named = (tag for value in self._metas.get("article:tag", ()) for tag in value.split(","))
        return [*named, *map(text_of, linked)]

    def _counts(self, node: Node) -> dict[str, int]:
        """Engagement by the name of a metric: schema.org's ``interactionStatistic`` and ``commentCount``."""
        found = {"replies": node.get("commentCount")}
        for counter in self._linked.objects(node, "interactionStatistic"):
            kinds = counter.get("interactionType")
            names = types(kinds) if isinstance(kinds, dict) else types({"@type": kinds})
            found |= {_METRICS[name]: counter.get("userInteractionCount") for name in names if name in _METRICS}
        return {name: int(str(count)) for name, count in found.items() if _COUNT.fullmatch(str(count))}

    def _image(self, node: Node) -> str:
        images = (text(image, "url", "contentUrl", "name") for image in self._linked.objects(node, "image"))
        return self._meta("og:image:secure_url", "og:image", "og:image:url") or next(filter(None, images), "")

    def _meta(self, *names: str) -> str:
        for name in names:
            if name in self._metas:
                return self._metas[name][0]
        return ""


def _is_heading(tag: Element) -> bool:
    return bool(_HEADING.search(f"{attribute(tag, 'class')} {attribute(tag, 'id')}"))


def _is_linked_data(tag: Element) -> bool:
    return attribute(tag, "type").partition(";")[0].strip().lower() == "application/ld+json"


def _body(node: Node, linked: Linked) -> str:
    """The article's text; of a live report that of its entries, as the page has them, the newest first."""
    if "LiveBlogPosting" not in types(node):
        return text(node, "articleBody")
    entries = linked.objects(node, "liveBlogUpdate")
    return "\n\n".join(filter(None, map(_entry, entries)))


def _entry(entry: Node) -> str:
    return "\n".join(filter(None, (text(entry, "headline"), text(entry, "articleBody"))))


def _without_name(title: str, site: str) -> str:
    """A title without the name of its site, where that stands behind it and a dash, or is all that it says.

    ``og:title`` should have no name of the site, so that nothing else is cut off (https://ogp.me, "title of your
    object"): "볼트브랜드, 12만 대 리콜 - 화재 37건" is one headline.
    """
    before = title.removesuffix(site).rstrip() if site else title
    is_parted = before != title and (not before or before[-1] in _DASHES)
    return before.rstrip(f" {_DASHES}") if is_parted else title


def _without_site(title: str, site: str) -> str:
    """What ``<title>`` says without its site's name; where the page does not tell that, without what looks like one."""
    return _without_name(title, site) if site else _SITE_NAME.sub("", title)
