"""The main text of a page: the article without menus, advertisements, related links, comments and small print.

The only place that decides what an article's text is; see docs/decisions/0006-main-text.md for what it was measured
against. Three steps, each over the page once:

1. What is never text is left out by its element (``nav``, ``button``, the title) or its words (the imprint); forms, and
   what its class or id calls a side matter (``related``, ``share``, ``comments``), unless much of the page is in it.
2. Prose is weighed: characters that stand in an element and are no link count for it, and less for each element around
   it. The heaviest element is the article; where the page calls one ``articleBody`` (schema.org), that is.
3. Elements beside it of the same name and class belong to it: pages of an article, entries of a live report.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from lxml import etree

from socialindex.sources._families.articles import small_print
from socialindex.sources._families.boards.markup import attribute, elements, markup_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


_NEVER: Final = _words(
    "script style noscript template head title h1 nav aside footer button select textarea input iframe object "
    "embed svg canvas audio video figcaption dialog address menu amp-ad amp-sidebar amp-analytics"
)
_ROLES: Final = _words("navigation complementary contentinfo banner search dialog")
_SIDE: Final = re.compile(
    r"(?<![^\s_-])(?:"
    r"ads?|advert\w*|banner|sponsor\w*|promo\w*|outbrain|taboola|"
    r"relat\w*|recommend\w*|more|readmore|linked|rank(?:ing)?|popular|trending|most\w*|"
    r"share\w*|sharing|social|sns\w*|likes?|comment\w*|reply|replies|respond|disqus\w*|reaction\w*|"
    r"newsletter\w*|subscri\w*|signup|paywall-?(?:box|bar|banner|message|prompt|notice|overlay|cta)|"
    r"cookie\w*|consent|breadcrumb\w*|toolbar|print|pagination|pager|footer|sidebar|widget\w*|skip|hidden|toc|"
    r"byline\w*|writer\w*|reporter\w*|journalist\w*|author\w*|bio|copyright\w*|copy|"
    r"tags?|taglist|keywords?|caption|img_desc|categorize"
    r")(?:$|[\s_-])"
)
"""Words in classes and ids of what stands beside an article, on real sites in English and Korean, in lower case."""
_SIDE_SHARE: Final = 0.3
"""Share of the page's prose from which an element is no side matter, whatever it is called."""
_FORM_SHARE: Final = 0.6
"""The same for a form: ASP.NET's pages are one form each, and old ones in Korea have the article in a form, too."""
_INLINE: Final = _words(
    "a abbr amp-img b big br cite code data del em font i img kbd label mark q s small span strong sub sup time tt u "
    "var wbr"
)
_LINES: Final = _words("p li blockquote span font h2 h3 h4 h5 h6 dd dt")
"""What holds a line of an article and is never a whole one: its text counts for the element around it."""
_WORDS: Final = _INLINE - _LINES
_LEAST: Final = 15
"""Characters of a text that counts: shorter ones are labels."""
_MARKED: Final = 80
"""Characters of the least text that a page can call its article's body, whatever else stands there. A shorter one is
all of a news flash, or a part of an article: it counts where only side matters, such as the imprint, are longer."""
_OUTWARD: Final = 0.75
"""What is left of a text's weight one element further out."""
_ALIKE: Final = 1.3
"""How much more prose an element must have together with those like it."""
_MOSTLY_LINKS: Final = 0.6
_SOME_LINKS: Final = 0.3
_DROPPED: Final = "dropped"
"""The name that elements get which are to go: lxml takes out what has a name, all of it at once."""


class _Prose:
    """Text and linked text of each element of a tree, counted once in characters without white space at the ends."""

    def __init__(self, root: Element) -> None:
        self._text: defaultdict[Element | None, int] = defaultdict(int)
        self._linked: defaultdict[Element | None, int] = defaultdict(int)
        for element in reversed([root, *elements(root)]):  # what is in an element comes before it
            self._text[element] += _length(element.text)
            if element.tag == "a":
                self._linked[element] = self._text[element]
            around = element.getparent()
            self._text[around] += self._text[element] + _length(element.tail)
            if linked := self._linked[element]:
                self._linked[around] += linked

    def text(self, element: Element) -> int:
        return self._text[element]

    def unlinked(self, element: Element) -> int:
        return self._text[element] - self._linked[element]

    def link_share(self, element: Element) -> float:
        return self._linked[element] / max(1, self._text[element])

    def own(self, element: Element) -> int:
        """What stands in an element itself or in markup of words within it, links left out."""
        beside = (self._linked[child] if child.tag in _INLINE else self._text[child] for child in element)
        return self._text[element] - sum(beside)


def main_text(root: Element) -> str:
    """The markup of a page's article, for ``html_to_text``. Changes the tree; empty where there is no text at all."""
    body = next(root.iter("body"), root)
    etree.strip_elements(body, *_NEVER, with_tail=False)
    _drop(body, (e for e in elements(body) if e.get("aria-hidden") == "true" or e.get("role") in _ROLES))
    _drop(body, small_print.blocks(body, _INLINE))
    prose = _Prose(body)
    whole = prose.unlinked(body)
    _drop(body, (e for e in elements(body) if prose.unlinked(e) < whole * _most_beside(e)))
    prose = _Prose(body)
    article = _article(body, prose)
    for element in article:
        _drop_link_lists(element, prose)
    return "".join(map(markup_of, article))


def _article(body: Element, prose: _Prose) -> list[Element]:
    marks = (e for e in elements(body) if "articleBody" in attribute(e, "itemprop") and prose.text(e) >= _LEAST)
    marked = max(marks, key=prose.text, default=None)
    if marked is not None and prose.text(marked) >= _MARKED:
        return [marked]
    weights, holds = _weights(body, prose)
    if not weights:
        return [body]
    heaviest = max(weights, key=lambda element: weights[element] * (1 - prose.link_share(element)))
    if marked is not None and _is_in_side(heaviest, marked):
        return [marked]
    return _together(heaviest, holds, prose)


def _is_in_side(element: Element, article: Element) -> bool:
    """Whether an element is in what is called a side matter and does not hold the article, too."""
    around = set(article.iterancestors())
    return any(_is_side(e) for e in (element, *element.iterancestors()) if e not in around)


def _weights(body: Element, prose: _Prose) -> tuple[dict[Element, float], dict[Element, int]]:
    """The weight of each element that may be the article, and how many characters of prose it holds."""
    weights: dict[Element, float] = {}
    holds: dict[Element, int] = {}
    for element in elements(body):
        if element.tag in _WORDS or prose.text(element) < _LEAST or (own := prose.own(element)) < _LEAST:
            continue
        around = element.getparent() if element.tag in _LINES else element
        weight = float(own)
        while around is not None and around is not body and weight >= 1:
            weights[around] = weights.get(around, 0.0) + weight
            holds[around] = holds.get(around, 0) + own
            weight, around = weight * _OUTWARD, around.getparent()
    return weights, holds


def _together(article: Element, holds: dict[Element, int], prose: _Prose) -> list[Element]:
    """The article with the elements beside it, or beside one around it, that are named alike and are prose too."""
    inner: Element | None = article
    while inner is not None and (outer := inner.getparent()) is not None:
        alike = [e for e in outer if e is inner or (_is_alike(e, inner) and prose.link_share(e) < _SOME_LINKS)]
        if len(alike) > 1 and sum(holds.get(e, 0) for e in alike) >= _ALIKE * holds[article]:
            return alike
        inner = outer
    return [article]


def _is_alike(one: Element, other: Element) -> bool:
    named = bool(attribute(one, "class")) or one.tag == "article"
    return named and one.tag == other.tag and attribute(one, "class") == attribute(other, "class")


def _most_beside(element: Element) -> float:
    """The share of the page's prose below which an element is beside the article; zero for what may be of it."""
    if element.tag == "form":
        return _FORM_SHARE
    return _SIDE_SHARE if _is_side(element) else 0


def _is_side(element: Element) -> bool:
    named = f"{attribute(element, 'class')} {attribute(element, 'id')}"
    if named == " " or element.tag in {"main", "article"} or "articleBody" in attribute(element, "itemprop"):
        return False
    return bool(_SIDE.search(named.lower()))


def _drop_link_lists(article: Element, prose: _Prose) -> None:
    """Drop what within the article is mostly links: boxes of other articles."""
    most = prose.text(article) * _SIDE_SHARE
    boxes = article.iter("ul", "ol", "dl", "div", "section", "table", "p")
    _drop(article, (e for e in boxes if prose.link_share(e) > _MOSTLY_LINKS and prose.text(e) < most))


def _drop(root: Element, unwanted: Iterable[Element]) -> None:
    """Take elements out of a tree; the text behind each stays there."""
    found = [element for element in unwanted if element is not root]
    for element in found:
        element.tag = _DROPPED
    if found:
        etree.strip_elements(root, _DROPPED, with_tail=False)


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0
