"""Plain text as the HTML that Discourse makes of it: paragraphs, mentions, links, quotes, pictures, polls."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from infra.local.world.sites.html import element

if TYPE_CHECKING:
    from infra.local.world.sites.discourse.forum import Post, Topic, User

_TOKEN = re.compile(r"(?P<url>https?://[^\s<]+)|@(?P<user>[a-z_]+)")


class Cook:
    """Cooks posts of one forum."""

    def __init__(self, users: dict[str, User]) -> None:
        self._users = users

    def post(self, topic: Topic, post: Post, text: str) -> str:
        """A post's HTML; ``text`` is what it says now, its links filled in."""
        quoted = next((other for other in topic.posts if other.number == post.quotes), None)
        parts = [_quote(topic, quoted)] if quoted else []
        parts += [f"<p>{self._inline(paragraph)}</p>" for paragraph in text.split("\n\n") if paragraph]
        parts += [_picture(post.picture)] if post.picture else []
        parts += [_attachment(post.attachment)] if post.attachment else []
        parts += [_details(*post.details)] if post.details else []
        parts += [_poll(post.poll)] if post.poll else []
        return "\n".join(parts)

    def _inline(self, text: str) -> str:
        parts, end = [], 0
        for match in _TOKEN.finditer(text):
            parts += [escape(text[end : match.start()]), self._token(match)]
            end = match.end()
        return "".join([*parts, escape(text[end:])]).replace("\n", "<br>\n")

    def _token(self, match: re.Match[str]) -> str:
        if match["url"]:
            return element("a", escape(match["url"]), href=match["url"], rel="noopener nofollow ugc")
        if match["user"] in self._users:
            return element("a", match[0], class_="mention", href=f"/u/{match['user']}")
        return element("span", match[0], class_="mention")


def _quote(topic: Topic, quoted: Post) -> str:
    name = quoted.by.username
    avatar = f'<img alt="" width="24" height="24" src="/user_avatar/forum/{name}/48/1_2.png" class="avatar">'
    head = element("div", '\n<div class="quote-controls"></div>\n', avatar, f" {name}:", class_="title")
    body = element("blockquote", f"\n<p>{escape(quoted.text.partition(chr(10))[0])}</p>\n")
    numbers = {"data_username": name, "data_post": str(quoted.number), "data_topic": str(topic.id)}
    return element("aside", "\n", head, "\n", body, "\n", class_="quote no-group", **numbers)


def _picture(alt: str) -> str:
    image = f'<img src="/uploads/default/optimized/1X/a1_2_690x388.jpeg" alt="{alt}" width="690" height="388">'
    meta = element("div", element("span", alt, class_="filename"), "<span>88 KB</span>", class_="meta")
    link = element("a", image, meta, class_="lightbox", href="/uploads/default/original/1X/a1.jpeg", title=alt)
    return f"<p>{element('div', link, class_='lightbox-wrapper')}</p>"


def _attachment(name: str) -> str:
    return f"<p>{element('a', name, class_='attachment', href='/uploads/default/original/1X/b2.csv')} (1.4 KB)</p>"


def _details(summary: str, text: str) -> str:
    return element("details", "\n", element("summary", summary), f"\n<p>{text}</p>\n")


def _poll(options: tuple[str, ...]) -> str:
    lines = "\n".join(
        element("li", option, data_poll_option_id=f"{number:032x}") for number, option in enumerate(options)
    )
    info = element(
        "div", '<span class="info-number">214</span> <span class="info-label">투표자</span>', class_="poll-info"
    )
    container = element("div", element("ul", "\n", lines, "\n"), class_="poll-container")
    return element("div", container, info, class_="poll", data_poll_name="poll", data_poll_status="open")
