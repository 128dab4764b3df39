"""Records as their authors' repositories have them (lexicon app.bsky.feed.post)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infra.local.world.sites.bluesky.names import cid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from infra.local.world.sites.bluesky.story import Account, Post, Repost

Json = dict[str, Any]
_MARKS = re.compile(r"(?P<link>https?://\S+)|(?P<tag>#\w+)|(?P<mention>@[a-z0-9-]+(?:\.[a-z0-9-]+)+)")
_SHOWN = 24
"""Characters that the web application shows of an address's path before it shortens it."""


def instant(time: datetime) -> str:
    """A time as the network's software writes it."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


def strong_ref(post: Post) -> Json:
    """``com.atproto.repo.strongRef``."""
    return {"cid": cid(post.uri), "uri": post.uri}


def post_record(post: Post, accounts: Mapping[str, Account]) -> Json:
    """The record of a post."""
    text, facets = rich_text(post.text, accounts)
    record: Json = {"$type": "app.bsky.feed.post", "createdAt": instant(post.published_at)}
    if embed := _embed(post):
        record["embed"] = embed
    if facets:
        record["facets"] = facets
    record["langs"] = [post.author.language]
    if post.answers and post.root:
        record["reply"] = {"parent": strong_ref(post.answers), "root": strong_ref(post.root)}
    if post.self_labels:
        values = [{"val": value} for value in post.self_labels]
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
    if post.tags:
        record["tags"] = post.tags
    return {**record, "text": text}


def repost_record(repost: Repost) -> Json:
    """The record of a repost."""
    created = instant(repost.published_at)
    return {"$type": "app.bsky.feed.repost", "createdAt": created, "subject": strong_ref(repost.post)}


def rich_text(text: str, accounts: Mapping[str, Account]) -> tuple[str, list[Json]]:
    """Text with shortened addresses, and the facets that say what its stretches are."""
    made, facets, end = "", [], 0
    for match in _MARKS.finditer(text):
        made += text[end : match.start()]
        shown = _shortened(match[0]) if match.lastgroup == "link" else match[0]
        feature = _feature(match, accounts)
        if feature:
            start = len(made.encode())
            index = {"byteStart": start, "byteEnd": start + len(shown.encode())}
            facets.append({"$type": "app.bsky.richtext.facet", "features": [feature], "index": index})
        made, end = made + shown, match.end()
    return made + text[end:], facets


def _feature(match: re.Match[str], accounts: Mapping[str, Account]) -> Json | None:
    kind = f"app.bsky.richtext.facet#{match.lastgroup}"
    if match.lastgroup == "link":
        return {"$type": kind, "uri": match[0]}
    if match.lastgroup == "tag":
        return {"$type": kind, "tag": match[0][1:]}
    account = accounts.get(match[0][1:])
    return {"$type": kind, "did": account.did} if account else None


def _shortened(url: str) -> str:
    """An address as the web application shows it: without its scheme, a long path cut off."""
    host, slash, path = url.partition("://")[2].partition("/")
    return f"{host}{slash}{path if len(path) <= _SHOWN else path[: _SHOWN - 3] + '...'}"


def _embed(post: Post) -> Json | None:
    media = _media(post)
    if post.quotes is None:
        return media
    record = {"$type": "app.bsky.embed.record", "record": strong_ref(post.quotes)}
    return {"$type": "app.bsky.embed.recordWithMedia", "media": media, "record": record} if media else record


def _media(post: Post) -> Json | None:
    if post.pictures:
        images = [{"alt": alt, "image": _blob(post, str(n), "image/jpeg")} for n, alt in enumerate(post.pictures)]
        return {"$type": "app.bsky.embed.images", "images": images}
    if post.video is not None:
        return {"$type": "app.bsky.embed.video", "alt": post.video, "video": _blob(post, "video", "video/mp4")}
    if post.card:
        card = {"uri": post.card.url, "title": post.card.title, "description": post.card.description}
        return {"$type": "app.bsky.embed.external", "external": card}
    return None


def _blob(post: Post, name: str, media_type: str) -> Json:
    link = cid(f"{post.uri} {name}")
    return {"$type": "blob", "ref": {"$link": link}, "mimeType": media_type, "size": 20_000 + len(post.uri)}
