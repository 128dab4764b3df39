"""What the newspaper lists for crawlers: robots.txt, the index of sitemaps, a sitemap a month, the news of two days."""

from __future__ import annotations

import gzip
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from infra.local.world.sites.press.story import Article

NAMES = {"ko": "나루신문", "en": "Naru Times"}
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FRESH = timedelta(days=2)
"""How old news may be that a news sitemap names."""


class Documents:
    """The lists at a moment."""

    def __init__(self, base: str, articles: list[Article], now: datetime) -> None:
        self._base = base
        self._shown = [article for article in articles if article.published_at <= now]
        self._now = now

    def robots(self) -> str:
        """Everything is open but the search and the part for professionals."""
        lines = ["User-agent: *", "Disallow: /search", "Disallow: /pro/", ""]
        return "\n".join([*lines, *(f"Sitemap: {self._base}/{name}.xml" for name in ("sitemap", "news-sitemap")), ""])

    def index(self) -> str:
        """The sitemaps, each with the time of its newest entry."""
        months = [(f"sitemap-{month}.xml.gz", self.of_month(month)) for month in self.months()]
        entries = [*months, ("news-sitemap.xml", self.news()), ("section-sitemap.xml", self._shown)]
        rows = (
            f"<sitemap><loc>{self._base}/{name}</loc><lastmod>{_latest(found)}</lastmod></sitemap>"
            for name, found in entries
            if found
        )
        return f"{_HEAD}<sitemapindex {_SITEMAP}>\n" + "\n".join(rows) + "\n</sitemapindex>\n"

    def months(self) -> list[str]:
        """The months in which articles appeared, in Korean time."""
        return sorted({_month(article) for article in self._shown})

    def of_month(self, month: str) -> list[Article]:
        """A month's articles: of those that are gone the list says nothing yet."""
        return [article for article in self._shown if _month(article) == month]

    def news(self) -> list[Article]:
        """The articles of the last two days."""
        return [article for article in self._shown if article.published_at > self._now - _FRESH]

    def sections(self) -> str:
        """Addresses that are no articles."""
        sections = sorted({article.section for article in self._shown})
        return self._urlset(f"<url><loc>{self._base}/section/{escape(section)}</loc></url>" for section in sections)

    def monthly(self, month: str) -> bytes:
        """A month's sitemap, compressed; the same articles give the same bytes."""
        rows = (
            f"<url>{self._loc(a)}<lastmod>{_stamp(_changed(a, self._now))}</lastmod></url>"
            for a in self.of_month(month)
        )
        return gzip.compress(self._urlset(rows).encode(), mtime=0)

    def news_sitemap(self) -> str:
        """The newest articles with their titles, the newest first."""
        rows = (
            f"<url>{self._loc(article)}<news:news><news:publication><news:name>{NAMES[article.language]}</news:name>"
            f"<news:language>{article.language}</news:language></news:publication>"
            f"<news:publication_date>{_stamp(article.published_at)}</news:publication_date>"
            f"<news:title>{escape(article.title)}</news:title></news:news></url>"
            for article in reversed(self.news())
        )
        return self._urlset(rows, _NEWS)

    def _loc(self, article: Article) -> str:
        return f"<loc>{self._base}{article.listed_path}</loc>"

    def _urlset(self, rows: Iterable[str], names: str = "") -> str:
        return f"{_HEAD}<urlset {_SITEMAP} {names}>\n" + "\n".join(rows) + "\n</urlset>\n"


def _month(article: Article) -> str:
    return f"{article.published_at.astimezone(KST):%Y-%m}"


def _changed(article: Article, now: datetime) -> datetime:
    return article.edited_at if article.edited_at and article.edited_at <= now else article.published_at


def _latest(articles: list[Article]) -> str:
    return _stamp(max(article.published_at for article in articles))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(KST).isoformat(timespec="seconds")
