"""Pages of the newspaper, in the manner of the systems that Korean newspapers run on."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.html import element
from infra.local.world.sites.press.documents import NAMES
from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.sites.press.story import Article

_STYLE = (
    "body{font:16px/1.7 sans-serif;max-width:900px;margin:0 auto;color:#222}a{color:#234}.rank{float:right;width:240px}"
)
_SECTIONS = {"ko": ("산업", "사회", "생활", "오피니언"), "en": ("Tech", "Opinion")}
_WALL = '<div class="paywall-box"><strong>회원 전용 기사입니다</strong><p>로그인하면 이어서 읽을 수 있습니다.</p></div>'


class Pages:
    """Pages at an address.

    Args:
        base: the site's address.
        now: the time at which a page is shown.
    """

    def __init__(self, base: str, now: datetime) -> None:
        self._base = base
        self._now = now

    def front(self, articles: list[Article]) -> str:
        """The newest headlines."""
        lines = (element("li", self._link(article)) for article in articles)
        head = '<meta property="og:type" content="website">'
        return _page("ko", NAMES["ko"], head, element("main", element("ul", *lines)))

    def article(self, article: Article, others: list[Article]) -> str:
        """An article among what stands around it: menus, a ranking, related articles, comments, the small print."""
        name, language = NAMES[article.language], article.language
        menu = "".join(element("li", element("a", s, href=f"/section/{s}")) for s in _SECTIONS[language])
        related = element("ul", *(element("li", self._link(other)) for other in others[:3]))
        ranking = element("ol", *(element("li", self._link(other)) for other in others[3:8]))
        content = (
            f'<header class="gnb"><a href="/">{name}</a><nav><ul>{menu}</ul></nav></header>'
            f'<aside class="rank"><h3>{"많이 본 기사" if language == "ko" else "Most read"}</h3>{ranking}</aside>'
            f'<section class="view"><h1 class="view_title">{escape(article.title)}</h1>{self._byline(article)}'
            f'<div class="util"><button>공유</button><button>글자크기</button></div>'
            f'<div id="articleBody" class="article_txt">{self._body(article)}</div>'
            f'<div class="related_news"><strong>관련기사</strong>{related}</div>'
            f'<p class="copyright">ⓒ {name}, 무단 전재 및 재배포 금지</p>'
            '<div id="comment_area"><h3>댓글</h3><p>로그인하면 댓글을 쓸 수 있습니다.</p></div></section>'
            f"<footer><p>{name} · 소담시 예시로 7 · 지어낸 이야기입니다.</p></footer>"
        )
        return _page(language, f"{article.title} | {name}", self._head(article), content)

    def amp(self, article: Article) -> str:
        """The AMP page of an article, which names the article as the original."""
        text = "".join(element("p", escape(paragraph)) for paragraph in article.paragraphs)
        return (
            f'<!doctype html>\n<html amp lang="{article.language}"><head><meta charset="utf-8">'
            f'<title>{escape(article.title)}</title><link rel="canonical" href="{self._base}{article.path}">'
            f'<script type="application/ld+json">{self._linked(article)}</script>'
            "<style amp-custom>body{font-family:sans-serif}</style></head>"
            f'<body><header><a href="/">{NAMES[article.language]}</a></header>'
            f'<article><h1>{escape(article.title)}</h1><div class="amp-body">{text}</div></article></body></html>\n'
        )

    def _head(self, article: Article) -> str:
        address = self._base + article.path
        marks = [
            '<meta property="og:type" content="article">',
            f'<meta property="og:title" content="{escape(article.title)}">',
            f'<meta property="og:site_name" content="{NAMES[article.language]}">',
            f'<link rel="canonical" href="{address}">',
            *(f'<meta property="article:tag" content="{escape(tag)}">' for tag in article.tags),
        ]
        if article.picture:
            marks.append(f'<meta property="og:image" content="{self._base}/photo/{article.number}.jpg">')
            marks.append(f'<meta property="og:image:alt" content="{escape(article.picture)}">')
        if article.amp:
            marks.append(f'<link rel="amphtml" href="{self._base}/amp{article.path}">')
        if not article.printed_date:
            marks.append(f'<script type="application/ld+json">{self._linked(article)}</script>')
        return "\n".join([*marks, *self._robots(article)])

    def _robots(self, article: Article) -> list[str]:
        if article.expired:
            return [f'<meta name="robots" content="unavailable_after: {article.published_at.isoformat()}">']
        return ['<meta name="robots" content="noindex, follow">'] if article.noindex else []

    def _linked(self, article: Article) -> str:
        """Linked data; ``<`` is escaped, so that no text can end the script element."""
        data: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting" if article.live else "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": self._base + article.path},
            "headline": article.title,
            "articleSection": article.section,
            "datePublished": article.published_at.astimezone(KST).isoformat(timespec="seconds"),
            "author": [{"@type": "Person", "name": article.byline}],
            "publisher": {"@type": "NewsMediaOrganization", "name": NAMES[article.language]},
            "isAccessibleForFree": not article.locked,
        }
        if article.edited_at and article.edited_at <= self._now:
            data["dateModified"] = article.edited_at.astimezone(KST).isoformat(timespec="seconds")
        if article.live:
            data["liveBlogUpdate"] = [{"@type": "BlogPosting", "articleBody": text} for text in article.paragraphs]
        return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")

    def _byline(self, article: Article) -> str:
        moment = article.published_at.astimezone(KST)
        if article.language == "en":
            printed = f"{moment:%B} {moment.day}, {moment:%Y %H:%M} KST"
            return element("div", f"By {escape(article.byline)} · {printed}", class_="byline")
        return f'<div class="byline">{escape(article.byline)} 기자 · 입력 {moment:%Y.%m.%d. %H:%M}</div>'

    def _body(self, article: Article) -> str:
        if article.live:
            entries = (
                element("article", element("p", escape(text)), class_="live-item") for text in article.paragraphs
            )
            return "".join(entries)
        picture = ""
        if article.picture:
            image = f'<img src="/photo/{article.number}.jpg" alt="{escape(article.picture)}">'
            picture = element("figure", image, element("figcaption", escape(article.picture)))
        # Many systems write one text with line breaks instead of paragraphs.
        text = "<br><br>\n".join(map(escape, article.paragraphs))
        return picture + text + (_WALL if article.locked else "")

    def _link(self, article: Article) -> str:
        return element("a", escape(article.title), href=article.path)


def _page(language: str, title: str, head: str, content: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"{head}\n<style>{_STYLE}</style>\n</head>\n<body>\n{content}\n</body>\n</html>\n"
    )
