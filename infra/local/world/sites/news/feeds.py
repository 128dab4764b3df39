"""Feeds as XML and JSON: RSS 2.0, Atom (RFC 4287, paged by RFC 5005) and JSON Feed 1.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

import msgspec

from infra.local.world.sites.html import element, paragraphs, render

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.records import Article


@dataclass(frozen=True)
class Entry:
    """An article as feeds carry it: its address, and its paragraphs with addresses filled in."""

    article: Article
    link: str
    paragraphs: list[str]


@dataclass(frozen=True)
class Channel:
    """A feed's own description."""

    title: str
    home: str
    address: str
    language: str


def rss(channel: Channel, entries: list[Entry], *, full: bool, encoding: str = "utf-8") -> str:
    """RSS 2.0: summaries, with ``full`` also the whole text as ``content:encoded``."""
    return render(
        "news/rss.xml",
        encoding=encoding,
        title=escape(channel.title),
        home=channel.home,
        language=channel.language,
        built=_rfc_822(entries[0].article.published_at) if entries else "",
        address=channel.address,
        items="".join(_rss_item(entry, full=full) for entry in entries),
    )


def _rss_item(entry: Entry, *, full: bool) -> str:
    article = entry.article
    content = f"<content:encoded><![CDATA[{paragraphs(entry.paragraphs)}]]></content:encoded>"
    return render(
        "news/rss_item.xml",
        title=escape(article.title),
        link=escape(entry.link),
        byline=escape(article.byline),
        published=_rfc_822(article.published_at),
        categories="".join(element("category", escape(tag)) for tag in (article.section, *article.tags)),
        summary=escape(entry.paragraphs[0]),
        content=content if full else "",
    )


def atom(channel: Channel, entries: list[Entry], pages: dict[str, str]) -> str:
    """Atom with the whole text; ``pages`` are further addresses by relation (``next``, ``first``...)."""
    return render(
        "news/atom.xml",
        language=channel.language,
        title=escape(channel.title),
        home=channel.home,
        address=channel.address,
        links="\n".join(f'<link rel="{rel}" href="{escape(href)}"/>' for rel, href in pages.items()),
        updated=_rfc_3339(entries[0].article.published_at) if entries else "1970-01-01T00:00:00+00:00",
        entries="".join(_atom_entry(entry) for entry in entries),
    )


def _atom_entry(entry: Entry) -> str:
    article = entry.article
    return render(
        "news/atom_entry.xml",
        title=escape(article.title),
        link=escape(entry.link),
        published=_rfc_3339(article.published_at),
        updated=_rfc_3339(article.updated_at or article.published_at),
        byline=escape(article.byline),
        categories="".join(f'<category term="{escape(tag)}"/>' for tag in (article.section, *article.tags)),
        content=escape(paragraphs(entry.paragraphs)),
    )


def _rfc_822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _rfc_3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def json_feed(channel: Channel, entries: list[Entry]) -> bytes:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.address,
        "language": channel.language,
        "items": [_json_item(entry) for entry in entries],
    }
    return msgspec.json.encode(feed)


def _json_item(entry: Entry) -> dict[str, object]:
    article = entry.article
    return {
        "id": entry.link,
        "url": entry.link,
        "title": article.title,
        "content_html": paragraphs(entry.paragraphs),
        "date_published": _rfc_3339(article.published_at),
        "authors": [{"name": article.byline}],
        "tags": [article.section, *article.tags],
        "language": article.language,
    }
