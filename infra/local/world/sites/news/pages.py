"""HTML of the newspaper and of the blogs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.html import element, paragraphs, render

if TYPE_CHECKING:
    from infra.local.world.sites.news.feeds import Entry


@dataclass(frozen=True)
class Site:
    """A site's name, address and feeds: title, type and address of each."""

    name: str
    home: str
    language: str
    feeds: tuple[tuple[str, str, str], ...]


def front(site: Site, entries: list[Entry]) -> str:
    """The front page: headlines, and links to the feeds in the head."""
    items = "\n".join(_headline(entry) for entry in entries)
    return _page(site, site.name, site.language, _alternates(site), f"<ul>\n{items}\n</ul>")


def _headline(entry: Entry) -> str:
    published = entry.article.published_at.astimezone(UTC)
    link = element("a", escape(entry.article.title), href=entry.link)
    return element("li", link, " ", element("time", f"{published:%m-%d}", datetime=published.isoformat()))


def article(site: Site, entry: Entry) -> str:
    """An article, with the marks that search engines read."""
    shown = entry.article
    published = shown.published_at.astimezone(UTC).isoformat()
    head = "\n".join(
        [
            f'<link rel="canonical" href="{escape(entry.link)}">',
            '<meta property="og:type" content="article">',
            f'<meta property="og:title" content="{escape(shown.title)}">',
            f'<meta property="article:published_time" content="{published}">',
            f'<meta name="author" content="{escape(shown.byline)}">',
            f'<script type="application/ld+json">{_json_ld(entry, published)}</script>',
            _alternates(site),
        ]
    )
    content = (
        f'<article>\n<h1>{escape(shown.title)}</h1>\n<p class="byline">{escape(shown.byline)} '
        f'<time datetime="{published}">{published}</time></p>\n{paragraphs(entry.paragraphs)}\n</article>'
    )
    return _page(site, f"{shown.title} - {site.name}", shown.language, head, content)


def missing(site: Site) -> str:
    """The page behind status 404."""
    return _page(site, "404", site.language, "", "<h1>404</h1>")


def _alternates(site: Site) -> str:
    return "\n".join(
        f'<link rel="alternate" type="{kind}" title="{escape(title)}" href="{escape(address)}">'
        for title, kind, address in site.feeds
    )


def _json_ld(entry: Entry, published: str) -> str:
    """Linked data; ``<`` is escaped, so that no text can end the script element."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": entry.article.title,
        "datePublished": published,
        "author": [{"@type": "Person", "name": entry.article.byline}],
        "mainEntityOfPage": entry.link,
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _page(site: Site, title: str, language: str, head: str, content: str) -> str:
    return render(
        "news/page.html",
        language=language,
        title=escape(title),
        head=head,
        home=site.home,
        site=escape(site.name),
        content=content,
    )
