"""Timelines as the Mastodon API gives them, and responses as the archive keeps them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from socialindex.sources.base import Channel, Request, Response
from socialindex.warc import Exchange

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
Status = dict[str, Any]


def status(number: int, author: str, content: str | None = None, **fields: Any) -> Status:
    """A status as the Mastodon API tells it."""
    account = {
        "id": f"1{len(author)}",
        "username": author,
        "acct": author,
        "display_name": author,
        "url": f"https://social.example/@{author}",
        "uri": f"https://social.example/users/{author}",
        "note": "",
    }
    return {
        "id": str(1_000 + number),
        "uri": uri(author, number),
        "url": f"https://social.example/@{author}/{number}",
        "created_at": "2026-11-20T08:00:00Z",
        "visibility": "public",
        "content": f"<p>{content or f'status {number} of {author}'}</p>",
        "account": account,
        **fields,
    }


def uri(author: str, number: int) -> str:
    return f"https://social.example/users/{author}/statuses/{number}"


def exchange(page: list[Status], number: int = 0) -> Exchange:
    """The response that is a page of a server's timeline."""
    url = f"https://social.example/api/v1/timelines/public?page={number}"
    channel = Channel(id="ch_1", source="mastodon", url="https://social.example/public/local", created_at=AT)
    response = Response(
        request=Request(url=url, kind="timeline"),
        url=url,
        status=200,
        headers={"content-type": "application/json"},
        body=json.dumps(page).encode(),
        received_at=AT,
    )
    return Exchange(channel, response)
