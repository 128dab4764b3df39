"""A post's HTML, which Discourse calls cooked: the author's own words, and what they refer to.

Left out of the text are the words of others: quotes and the boxes that stand for a link's page. Of a quote remains
whose post it quotes, of a box its link. Spoilers and what is folded away are words like all others. A poll's options
are lines of the text; its votes are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from socialindex.model import Media
from socialindex.text import canonical_url, html_to_text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cooked(NamedTuple):
    """What a post's HTML holds; ``quotes`` are the numbers of topics and posts."""

    text: str
    links: list[str]
    media: list[Media]
    mentions: list[str]
    hashtags: list[str]
    quotes: list[tuple[int, int]]


def read_cooked(cooked: str, base_url: str) -> Cooked:
    """Read a post's HTML; ``base_url`` is what its addresses are relative to."""
    seen = _Seen()
    text, links, images = html_to_text(cooked, base_url=base_url, skip=seen.skips)
    inner = {canonical_url(address, base_url) for address in seen.inner}
    outer = [link for link in [*links, *seen.boxes] if canonical_url(link, base_url) not in inner]
    shown = [Media(kind="image", url=url, description=alt) for url, alt in images]
    return Cooked(text, outer, [*shown, *seen.media], seen.mentions, seen.hashtags, seen.quotes)


class _Seen:
    """What the reading of one post came across."""

    def __init__(self) -> None:
        self.mentions: list[str] = []
        self.hashtags: list[str] = []
        self.quotes: list[tuple[int, int]] = []
        self.boxes: list[str] = []
        """Addresses of pages that boxes stand for."""
        self.media: list[Media] = []
        self.inner: list[str] = []
        """Addresses of people, tags and files, which are no links."""

    def skips(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Whether an element is left out. Notes what it refers to."""
        classes = attributes.get("class", "").split()
        if tag == "aside":
            return self._aside(classes, attributes)
        if tag == "a":
            return self._link(classes, attributes)
        if tag == "div" and "video-placeholder-container" in classes:
            self.media.append(Media(kind="video", url=attributes.get("data-video-src") or None))
        return (tag == "div" and not {"poll-info", "poll-buttons", "meta"}.isdisjoint(classes)) or (
            tag == "img" and not {"avatar", "site-icon"}.isdisjoint(classes)
        )

    def _aside(self, classes: list[str], attributes: Mapping[str, str]) -> bool:
        if "quote" in classes:
            topic, number = attributes.get("data-topic", ""), attributes.get("data-post", "")
            if _is_number(topic) and _is_number(number):
                self.quotes.append((int(topic), int(number)))
            return True
        if "onebox" in classes:
            self.boxes += filter(None, [attributes.get("data-onebox-src")])
            return True
        return False

    def _link(self, classes: list[str], attributes: Mapping[str, str]) -> bool:
        href = attributes.get("href", "")
        if "lightbox" in classes:
            self.media.append(Media(kind="image", url=href or None, description=attributes.get("title") or None))
            return True
        if "attachment" in classes:
            self.media.append(Media(kind="file", url=href or None))
        elif "mention" in classes or "mention-group" in classes:
            self.mentions += filter(None, [_last(href)])
        elif attributes.get("data-type") == "tag" or ("hashtag" in classes and "/tag/" in href):
            self.hashtags += filter(None, [attributes.get("data-slug") or _last(href)])
        elif not {"hashtag", "hashtag-cooked"} & set(classes):
            return "anchor" in classes
        self.inner.append(href)
        return False


def _last(path: str) -> str:
    return unquote(path.rstrip("/").rpartition("/")[2])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12  # noqa: PLR2004 - a topic's number is no longer
