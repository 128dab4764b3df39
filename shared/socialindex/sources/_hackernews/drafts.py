"""A post out of an item.

- A poll's options are items of their own, with votes of their own: they are comments below it, by its author.
- Dead items are gone for the public, and so they are for us: they are as good as deleted.
- The site shows no edits and no likes of comments; both are absent.
- A text is HTML; a title is plain, but for the entities that stand in it (``&lt;``), whose semicolon tells them from
  the ampersands of its words.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from socialindex.model import Author, Draft, Metrics
from socialindex.sources._families.times import from_unix
from socialindex.sources._hackernews.items import STORIES
from socialindex.sources._hackernews.places import item_url, user_url
from socialindex.text import html_to_text, plain_text

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.sources._hackernews.items import Item

_ENTITY: Final = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#[0-9]{1,6}|#x[0-9a-f]{1,6});", re.IGNORECASE)


def draft_of(item: Item, site: str, read_at: datetime, root: str | None) -> Draft:
    """The post that an item is.

    Args:
        item: as the API gave it.
        site: where its address is.
        read_at: when the answer was received.
        root: the address of the item that its conversation began with, where it is known.
    """
    uri = item_url(site, item.id)
    if item.deleted or item.dead:
        return Draft(uri=uri, deleted=True)
    begins, above = item.type in STORIES, item.parent or item.poll
    html = html_to_text(item.text or "", base_url=site)
    return Draft(
        uri=uri,
        kind="post" if begins else "comment",
        title=_title(item.title or "") or None,
        text=html.text or None,
        author=_author(item.by, site),
        published_at=from_unix(item.time),
        in_reply_to=item_url(site, above) if above else None,
        thread=uri if begins else root,
        links=[*([item.url] if item.url else []), *html.links],
        metrics=_metrics(item, read_at),
    )


def _title(title: str) -> str:
    return plain_text(_ENTITY.sub(lambda entity: unescape(entity[0]), title))


def _author(name: str | None, site: str) -> Author | None:
    if not name:
        return None
    address = user_url(site, name)
    return Author(id=address, handle=name, url=address)


def _metrics(item: Item, read_at: datetime) -> Metrics | None:
    if item.score is None and item.descendants is None:
        return None
    return Metrics(likes=item.score, replies=item.descendants, read_at=read_at)
