"""Pages as a classic theme shows them, with the marks of WordPress and of Yoast SEO."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.html import element, paragraphs
from infra.local.world.story.calendar import KST

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.world.sites.wordpress.blog import Comment, Post

NAME = "한빛전자 뉴스룸"
_STYLE = (
    "body{font:17px/1.7 sans-serif;max-width:760px;margin:24px auto;color:#222}.widget-area{border-top:1px solid #ccc}"
)


class Theme:
    """Pages at a moment.

    Args:
        base: the site's address.
        posts: those that are public now.
        now: the moment.
    """

    def __init__(self, base: str, posts: list[Post], now: datetime) -> None:
        self._base = base
        self._posts = posts
        self._now = now

    def front(self) -> str:
        """The newest posts."""
        items = (element("li", self._link(post)) for post in reversed(self._posts))
        return self._page(NAME, '<meta property="og:type" content="website" />', "home blog", element("ul", *items))

    def missing(self) -> str:
        """What is shown with status 404."""
        return self._page(
            "페이지를 찾을 수 없습니다", '<meta name="robots" content="noindex" />', "error404", "<h1>404</h1>"
        )

    def post(self, post: Post) -> str:
        """A post with its comments; one with a password asks for it."""
        title = f"보호된 글: {post.title}" if post.has_password else post.title
        content = self._form(post) if post.has_password else self._content(post)
        tags = "".join(element("a", escape(tag), href=f"{self._base}/tag/{tag}/", rel="tag") for tag in post.tags)
        folder = f"{self._base}/category/{post.category}/"
        category = element("a", post.category, href=folder, rel="category tag")
        page = f"{self._base}/author/{post.by.slug}/"
        author = element("a", escape(post.by.name), class_="url fn n", href=page, rel="author")
        article = (
            f'<article id="post-{post.id}" class="post-{post.id} post type-post status-publish hentry">'
            f'<header class="entry-header"><h1 class="entry-title">{escape(title)}</h1></header>'
            f'<div class="entry-content">{content}</div>'
            f'<footer class="entry-footer"><span class="byline">{author}</span>'
            f'<span class="cat-links">{category}</span><span class="tags-links">{tags}</span></footer></article>'
        )
        thread = "" if post.has_password else self._thread(post)
        return self._page(title, self._head(post, title), f"single single-post postid-{post.id}", article + thread)

    def _content(self, post: Post) -> str:
        picture = ""
        if post.picture:
            address = f"{self._base}/wp-content/uploads/{post.slug}.jpg"
            image = f'<img src="{address}" alt="{escape(post.picture)}" class="wp-image" />'
            picture = element("figure", image, class_="wp-block-image size-large")
        return picture + paragraphs(list(post.words(self._now)))

    def _form(self, post: Post) -> str:
        ask = "이 콘텐츠는 비밀번호로 보호되어 있습니다. 보려면 아래에 비밀번호를 입력하세요:"
        field = (
            f'<input name="post_password" id="pwbox-{post.id}" type="password" /><input type="submit" value="확인" />'
        )
        action = f"{self._base}/wp-login.php?action=postpass"
        return f'<form action="{action}" class="post-password-form" method="post"><p>{ask}</p>{field}</form>'

    def _thread(self, post: Post) -> str:
        comments = post.thread(self._now)
        top = "".join(self._comment(comment, comments, 1) for comment in comments if not comment.parent)
        return f'<div id="comments" class="comments-area"><ol class="comment-list">{top}</ol>{_RESPOND}</div>'

    def _comment(self, comment: Comment, comments: list[Comment], depth: int) -> str:
        if comment.is_pingback:
            body = f'<div class="comment-body">핑백: {escape(comment.name)}</div>'
            return f'<li id="comment-{comment.id}" class="pingback even thread-even depth-1">{body}</li>'
        moment = comment.published_at.astimezone(KST)
        member = f" byuser comment-author-{comment.by.slug}" if comment.by else ""
        answers = "".join(self._comment(c, comments, depth + 1) for c in comments if c.parent == comment.id)
        return (
            f'<li id="comment-{comment.id}" class="comment{member} even depth-{depth}">'
            f'<article id="div-comment-{comment.id}" class="comment-body"><footer class="comment-meta">'
            f'<div class="comment-author vcard"><b class="fn">{escape(comment.name)}</b>'
            '<span class="says">댓글:</span></div><div class="comment-metadata">'
            f'<time datetime="{moment.isoformat()}">{moment:%Y년 %m월 %d일, %H:%M}</time></div>'
            f'</footer><div class="comment-content"><p>{escape(comment.text)}</p></div></article>'
            + (f'<ol class="children">{answers}</ol>' if answers else "")
            + "</li>"
        )

    def _head(self, post: Post, title: str) -> str:
        index = "noindex" if post.noindex else "index"
        modified = post.modified_at(self._now)
        marks = [
            f"<meta name='robots' content='{index}, follow, max-image-preview:large, max-snippet:-1' />",
            f'<link rel="canonical" href="{self._base}{post.path}" />',
            '<meta property="og:locale" content="ko_KR" />',
            '<meta property="og:type" content="article" />',
            f'<meta property="og:title" content="{escape(title)} - {NAME}" />',
            f'<meta property="og:site_name" content="{NAME}" />',
            f'<meta property="article:published_time" content="{post.published_at.isoformat()}" />',
            *(
                [f'<meta property="article:modified_time" content="{modified.isoformat()}" />']
                if post.edited_at
                else []
            ),
            f'<script type="application/ld+json" class="yoast-schema-graph">{self._graph(post)}</script>',
        ]
        return "\n".join(marks)

    def _graph(self, post: Post) -> str:
        """Yoast's linked data; ``<`` is escaped, so that no text can end the script element."""
        address, person = self._base + post.path, f"{self._base}/#/schema/person/{post.by.id}"
        article = {
            "@type": "Article",
            "@id": f"{address}#article",
            "headline": post.title,
            "author": {"name": post.by.name, "@id": person},
            "datePublished": post.published_at.isoformat(),
            "dateModified": post.modified_at(self._now).isoformat(),
            "mainEntityOfPage": {"@id": address},
            "commentCount": len([comment for comment in post.thread(self._now) if not comment.is_pingback]),
            "keywords": list(post.tags),
            "articleSection": [post.category],
            "inLanguage": "ko-KR",
        }
        known = {"@type": "Person", "@id": person, "name": post.by.name, "url": f"{self._base}/author/{post.by.slug}/"}
        graph = {"@context": "https://schema.org", "@graph": [article, {"@type": "WebPage", "@id": address}, known]}
        return json.dumps(graph, ensure_ascii=False).replace("<", "\\u003c")

    def _link(self, post: Post) -> str:
        return element("a", escape(post.title), href=post.path)

    def _page(self, title: str, head: str, classes: str, content: str) -> str:
        recent = "".join(element("li", self._link(post)) for post in self._posts[-3:])
        return (
            '<!DOCTYPE html>\n<html lang="ko-KR">\n<head>\n<meta charset="UTF-8" />\n'
            f"<title>{escape(title)} &#8211; {NAME}</title>\n{head}\n"
            f'<link rel="alternate" type="application/rss+xml" title="{NAME}" href="{self._base}/feed/" />\n'
            f'<link rel="https://api.w.org/" href="{self._base}/wp-json/" />\n'
            f'<meta name="generator" content="WordPress 6.8.3" />\n<style>{_STYLE}</style>\n</head>\n'
            f'<body class="wp-singular {classes}">\n<header id="masthead" class="site-header">'
            f'<p class="site-title"><a href="{self._base}/" rel="home">{NAME}</a></p></header>\n'
            f'<main id="main" class="site-main">{content}</main>\n'
            f'<aside class="widget-area"><h2>최신 글</h2><ul>{recent}</ul></aside>\n'
            "<footer class='site-footer'><p>한빛전자 · 지어낸 이야기입니다.</p></footer>\n</body>\n</html>\n"
        )


_RESPOND = (
    '<div id="respond" class="comment-respond"><h3 id="reply-title" class="comment-reply-title">답글 남기기</h3>'
    '<form action="/wp-comments-post.php" method="post"><p>이메일 주소는 공개되지 않습니다.</p></form></div>'
)
