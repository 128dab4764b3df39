"""Walks through channels' histories, as they are seen where their pages are settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex import sources
from socialindex.aws.frontier import Pending
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Refused
from socialindex.model import Draft

if TYPE_CHECKING:
    from datetime import datetime

    from socialindex.aws.backfills import Backfills
    from socialindex.aws.frontier import Frontier
    from socialindex.crawl.recorder import Done
    from socialindex.sources.base import Request
    from socialindex.warc import Exchange

_GOES_ON = frozenset({"moved"})
"""Reasons of a settled request whose successor waits in the frontier."""


def goes_on(request: Request) -> bool:
    """Whether a request that follows from a page of a channel's history is the next one (``Adapter.backfill``)."""
    return request.context.get("walk") == "history"


def settled(done: Done, backfills: Backfills, frontier: Frontier) -> None:
    """Count a page of a walk that is settled; other requests count for none. It ends where no page follows.

    So it does where the next one's address is none that can be asked: it would never come. Of a walk that was
    cancelled, or gave way to a later one, the next page is taken out of the frontier.

    Raises:
        Unavailable: a table does not answer.
    """
    channel, walk = done.pending.channel, done.pending.walk
    if walk is None:
        return
    if done.exchange is None or done.outcome != "ok":
        if done.reason not in _GOES_ON:
            backfills.end(channel, "stopped", done.reason, walk=walk)
        return
    posts, requests = _read(done.exchange)
    following, refused = _waiting(channel, requests, walk)
    oldest = min((post.published_at for post in posts if post.published_at), default=None)
    state = backfills.page(channel, walk, len(posts), oldest)
    if state is None or state == "cancelled":
        frontier.remove(following)
    elif not following:
        backfills.end(channel, "stopped" if refused else "done", refused, walk=walk)


def _read(exchange: Exchange) -> tuple[list[Draft], list[Request]]:
    """A page's posts, and the next pages of the walk: what its adapter has told the others already, told again."""
    channel, response = exchange
    try:
        adapter = sources.find(channel.source)
        posts = [item for item in adapter.posts(channel, response) if isinstance(item, Draft)]
        requests = adapter.follow(channel, response).requests
    except Exception:  # noqa: BLE001 - whatever is wrong with the page is told and counted by the stages that take it
        return [], []
    return posts, [request for request in requests if goes_on(request)]


def _waiting(channel: str, requests: list[Request], walk: datetime) -> tuple[list[Pending], str]:
    """The next pages as they wait in the frontier, and why the last one that does not wait there was refused."""
    waiting: list[Pending] = []
    refused = ""
    for request in requests:
        try:
            host = host_of(over_http(request.url))
        except Refused as verdict:
            refused = verdict.reason
        else:
            waiting.append(Pending(host=host, channel=channel, request=request, walk=walk))
    return waiting, refused
