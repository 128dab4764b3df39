"""The server's HTML pages: an application shell with the marks by which its pages are known."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from infra.local.world.sites.html import element, render
from infra.local.world.sites.mastodon.entities import VERSION, EntityWriter, instant

if TYPE_CHECKING:
    from infra.local.world.records import Account, Status


def shell(entities: EntityWriter, title: str, path: str, *, head: str = "", content: str = "") -> str:
    """A page; ``head`` has further links and marks, ``content`` what a person without scripts sees."""
    base = entities.base
    marks = [
        f"<meta content='{base}{path}' property='og:url'>",
        f"<meta content='{escape(title)}' property='og:title'>",
        "<meta content='한마루' property='og:site_name'>",
        head,
    ]
    return render(
        "mastodon/shell.html",
        title=escape(title),
        head="\n".join(filter(None, marks)),
        streaming=base.replace("http", "ws", 1),
        domain=base.partition("://")[2],
        version=VERSION,
        content=content,
    )


def profile(entities: EntityWriter, account: Account, statuses: list[Status]) -> str:
    """An account's page."""
    directory = entities.scene.directory
    address = f"{account.username}@{entities.base.partition('://')[2]}"
    head = "\n".join(
        [
            f"<link href='{directory.profile(account)}.rss' rel='alternate' type='application/rss+xml'>",
            f"<link href='{directory.actor(account)}' rel='alternate' type='application/activity+json'>",
            "<meta content='profile' property='og:type'>",
            f"<meta content='{address}' property='profile:username'>",
        ]
    )
    content = f"<h1>{escape(account.name)}</h1><p>@{address}</p>{entities.content.html(account.note)}"
    content += "".join(_preview(entities, status_) for status_ in statuses)
    title = f"{account.name} (@{address})"
    return shell(entities, title, f"/@{account.username}", head=head, content=content)


def status(entities: EntityWriter, shown: Status) -> str:
    """A status's page."""
    account = entities.accounts[shown.account]
    path = f"/@{account.username}/{shown.id}"
    head = "\n".join(
        [
            f"<link href='{entities.scene.directory.status(shown)}' rel='alternate' type='application/activity+json'>",
            "<meta content='article' property='og:type'>",
            f"<meta content='{instant(shown.published_at)}' property='og:published_time'>",
        ]
    )
    content = _preview(entities, shown)
    return shell(entities, account.name, path, head=head, content=content)


def tag(entities: EntityWriter, name: str) -> str:
    """A hashtag's page."""
    path = f"/tags/{quote(name)}"
    head = f"<link href='{entities.base}{path}.rss' rel='alternate' type='application/rss+xml'>"
    return shell(entities, f"#{name}", path, head=head, content=f"<h1>#{escape(name)}</h1>")


def feed(entities: EntityWriter, title: str, link: str, statuses: list[Status]) -> str:
    """RSS of an account or a hashtag: items without titles, as Mastodon gives it."""
    items = "".join(_feed_item(entities, shown) for shown in statuses)
    return render("mastodon/feed.xml", title=escape(title), link=escape(link), version=VERSION, items=items)


def _feed_item(entities: EntityWriter, shown: Status) -> str:
    entity = entities.status(shown)
    return render(
        "mastodon/feed_item.xml",
        link=entity["url"],
        published=format_datetime(shown.published_at),
        content=escape(entity["content"]),
        categories="".join(element("category", escape(tag["name"])) for tag in entity["tags"]),
    )


def not_found() -> str:
    """The page behind status 404."""
    head = "<head><meta charset='utf-8'><title>찾을 수 없음 - 한마루</title></head>"
    return f"<!DOCTYPE html><html lang='ko'>{head}<body><h1>404</h1></body></html>"


def _preview(entities: EntityWriter, shown: Status) -> str:
    entity = entities.status(shown)
    return f"<article><p><a href='{entity['url']}'>{entity['created_at']}</a></p>{entity['content']}</article>"
