"""An article's page as a post."""

from __future__ import annotations

from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Final

from socialindex.errors import Discarded, InvalidInput, ParseError
from socialindex.model import Draft, Media, Metrics
from socialindex.sources._families.articles import metadata, robots, sites, small_print
from socialindex.sources._families.articles.maintext import main_text
from socialindex.sources._families.boards.markup import parse
from socialindex.sources._families.feeds.dates import parse_date
from socialindex.sources._families.feeds.drafts import asks_for_password, author_named, local_zone, primary_language
from socialindex.sources.base import POST_KIND, Request, header, withdrawn
from socialindex.text import Html, canonical_url, decode, html_to_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from lxml.etree import _Element as Element

    from socialindex.sources._families.articles.metadata import Metadata
    from socialindex.sources.base import Channel, Priority, Response

GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_LEAST: Final = 100
"""Characters of a text that make a page an article which does not call itself one: with a date, and not in parts, for
those are lists of articles."""
_WHOLE: Final = 0.5
"""Share of the linked data's text below which what the page shows is not the article: a script writes it."""
_MAX_URI: Final = 700
"""Characters of an address that still fit a request's context."""


def request(url: str, priority: Priority, *, uri: str = "", published: datetime | None = None) -> Request:
    """The request for an article's page.

    Args:
        url: of the page.
        priority: of the request.
        uri: the name under which we know the article.
        published: when whoever led us here says that it was published, for pages that do not say it themselves.
    """
    said = {"uri": uri, "published": published.isoformat() if published else ""}
    context = {key: value for key, value in said.items() if value and len(value) <= _MAX_URI}
    return Request(url=url, kind=POST_KIND, priority=priority, context=context)


def address_of(url: str) -> str:
    """A channel's address, which is canonical.

    Raises:
        InvalidInput: it is none.
    """
    canonical = canonical_url(url)
    if canonical is None:
        raise InvalidInput(f"not an address: {url[:100]!a}", field="url", remedy="send an http or https address")
    return canonical


def deleted(response: Response) -> Draft | None:
    """The tombstone of a page that is gone; ``None`` where it is there.

    Raises:
        ParseError: the server answered neither with the page nor that it is gone.
    """
    if response.status in GONE:
        known = response.request.context.get("uri") or canonical_url(response.request.url)
        return Draft(uri=known or response.request.url, deleted=True)
    if response.status != HTTPStatus.OK:
        raise ParseError(f"the server answered {response.status}")
    return None


def article(channel: Channel, response: Response) -> Draft | Discarded:
    """The article of a page, its tombstone where the page is gone, or the verdict on it.

    A verdict is no exception here: it names the article, which is taken down where we hold it.

    Raises:
        ParseError: the server answered with no page, or with one that is no markup.
    """
    gone = deleted(response)
    if gone:
        return gone
    try:
        return Page(channel, response).draft()
    except Discarded as verdict:
        return verdict


class Page:
    """The page of an article, parsed once.

    Raises:
        ParseError: the response is no markup.
    """

    def __init__(self, channel: Channel, response: Response) -> None:
        html = decode(response.body, header(response, "content-type"))
        self.root: Element = parse(html)
        self._channel = channel
        self._response = response
        self._says: Metadata = metadata.read(self.root, response.url)
        self._wants_password = asks_for_password(html)
        self._parts = sum(1 for _ in self.root.iter("article"))
        self._language = primary_language(self._says.language)
        self._claim = sites.claimed(self._says.claims, response.url)

    @property
    def uri(self) -> str:
        """The article's identity.

        Raises:
            ParseError: it was found where no address is.
        """
        if self._claim is None:
            raise ParseError("a page without an address")
        return sites.identity(self._claim, self._response.request.context.get("uri"))

    def draft(self) -> Draft:
        """The post that the page is. Takes the tree apart: what else is to be read from it must be read before.

        Raises:
            Discarded: ``noindex``, ``noarchive``, ``secret``, or ``no_article``.
            ParseError: it has no address.
        """
        uri, says = self.uri, self._says
        self._obey(uri)
        published, edited = self._dates()
        text, cut = self._text()
        title = " ".join(html_to_text(says.title).text.split())
        if not self._is_article(title, text.text, is_dated=published is not None):
            raise Discarded("no_article", "a page that neither calls itself an article nor looks like one")
        name, url = says.author
        return Draft(
            uri=uri,
            kind="article",
            url=self._claim,
            title=title or None,
            text=text.text or None,
            excerpt=cut,
            language=self._language,
            author=author_named(name, self._address(url)),
            published_at=published,
            edited_at=edited,
            hashtags=hashtags(says.tags),
            links=text.links,
            media=self._media(text),
            metrics=Metrics(**says.counts, read_at=self._response.received_at) if says.counts else None,
            sensitive=says.is_adult or None,
        )

    def _obey(self, uri: str) -> None:
        robots.obey(robots.directives(self._response, self._says.robots), uri)
        if self._wants_password:
            raise withdrawn("secret", uri)

    def _is_article(self, title: str, text: str, *, is_dated: bool) -> bool:
        url = canonical_url(self._response.url)
        if url is None or sites.is_home(url) or not title or not text:
            return False
        return self._says.is_article or (len(text) >= _LEAST and self._parts <= 1 and is_dated)

    def _text(self) -> tuple[Html, bool]:
        """The article's text, and whether it is a part only."""
        shown = html_to_text(main_text(self.root), base_url=self._response.url)
        body = self._says.body
        written = html_to_text(body, base_url=self._response.url) if "<" in body else Html(plain_text(body), [], [])
        text = shown if len(shown.text) >= _WHOLE * len(written.text) else Html(written.text, shown.links, shown.images)
        return text._replace(text=small_print.without(text.text)), self._says.is_locked

    def _dates(self) -> tuple[datetime | None, datetime | None]:
        """When it was published, and when it was edited after that."""
        words = f"{self._says.title} {self._says.summary}"
        zone = local_zone(self._language or self._channel.language, self._response.url, words)
        told = self._response.request.context.get("published", "")
        published = first_date(chain(self._says.published, [told], self._says.printed), zone)
        modified = first_date(self._says.modified, zone)
        if published and modified and modified > published:
            return published, modified
        return published or modified, None

    def _media(self, text: Html) -> list[Media]:
        """The picture that stands for the article, then those in its text, each once."""
        found: dict[str, str | None] = {}
        if url := self._address(self._says.image):
            found[url] = plain_text(self._says.image_text) or None
        for image, description in text.images:
            found[image] = description or found.get(image)
        return [Media(kind="image", url=url, description=description) for url, description in found.items()]

    def _address(self, address: str) -> str:
        """The absolute form of an address on the page; empty where there is none."""
        return (canonical_url(address, self._response.url) or "") if address else ""


def first_date(dates: Iterable[str], zone: tzinfo) -> datetime | None:
    """The first text that is a date."""
    return next(filter(None, (parse_date(date, zone) for date in dates)), None)


def hashtags(tags: Iterable[str]) -> list[str]:
    """Tags that an author chose for one article as hashtags: in one word, as people write those."""
    return list(dict.fromkeys(filter(None, ("".join(tag.split()).strip("#") for tag in tags))))
