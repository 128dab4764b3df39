"""Posts of invented people, with as little in them as a test needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from socialindex.identity import author_key, post_id
from socialindex.model import Author, Post

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
REFERENCES = ("in_reply_to", "repost_of", "quote_of", "cluster_id")


def written(name: str, by: str | None = None, at: float | None = 0, **fields: Any) -> Post:
    """A post called ``name``, written ``at`` seconds after nine; ``by`` is a handle, or nobody's."""
    author = Author(id=by, key=author_key(by), handle=by) if by else Author(name="ㅇㅇ")
    published = None if at is None else NINE + timedelta(seconds=at)
    ids = {key: post_id(fields[key]) for key in REFERENCES if key in fields}
    known: dict[str, Any] = {"source": "mastodon", "platform": "social.example", "collected_at": NINE, "author": author}
    all_fields = known | fields | ids
    return Post(id=post_id(name), uri=f"https://x.example/{name}", published_at=published, **all_fields)
