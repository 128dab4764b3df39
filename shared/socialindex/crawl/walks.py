"""Walks through channels' histories, as they are seen where their pages are settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex import sources
from socialindex.aws.frontier import Pending
from socialindex.crawl.urls import host_of, over_http
from socialindex.model import Draft

if TYPE_CHECKING:
    from socialindex.aws.backfills import Backfills
    from socialindex.aws.frontier import Frontier
    from socialindex.crawl.recorder import Done
    from socialindex.sources.base import Request
    from socialindex.warc import Exchange

_GOES_ON = frozenset({"moved"})
"""Reasons of a settled request whose successor waits in the frontier."""


def is_page(pending: Pending) -> bool:
    """Whether a request is a page of a channel's history (``Adapter.backfill``)."""
    return pending.request.context.get("walk") == "history"


def settled(done: Done, backfills: Backfills, frontier: Frontier) -> None:
    """Count a page of a walk that is settled. The walk ends with the page from which no other follows.

    Of one that was cancelled meanwhile, the next page is taken out of the frontier.

    Raises:
        Unavailable: a table does not answer.
    """
    channel = done.pending.channel
    if done.exchange is None or done.outcome != "ok":
        if done.reason not in _GOES_ON:
            backfills.end(channel, "stopped", done.reason)
        return
    posts, following = _read(done.exchange)
    oldest = min((post.published_at for post in posts if post.published_at), default=None)
    state = backfills.page(channel, len(posts), oldest)
    if state == "cancelled":
        frontier.remove(_pending(channel, request) for request in following)
    elif not following:
        backfills.end(channel, "done")


def _read(exchange: Exchange) -> tuple[list[Draft], list[Request]]:
    """A page's posts, and the next pages of the walk: what its adapter has told the others already, told again."""
    channel, response = exchange
    try:
        adapter = sources.find(channel.source)
        posts = [item for item in adapter.posts(channel, response) if isinstance(item, Draft)]
        requests = adapter.follow(channel, response).requests
    except Exception:  # noqa: BLE001 - whatever is wrong with the page is told and counted by the stages that take it
        return [], []
    return posts, [request for request in requests if request.context.get("walk") == "history"]


def _pending(channel: str, request: Request) -> Pending:
    return Pending(host=host_of(over_http(request.url)), channel=channel, request=request)
