"""Walking a channel's history, through the API: begin, see how far it is, cancel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from socialindex import sources, terms
from socialindex.access import Scope
from socialindex.aws.backfills import Backfill
from socialindex.aws.frontier import Pending
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Conflict, NotFound
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.aws.channels import Channels
    from socialindex.aws.frontier import Frontier
    from socialindex.aws.hosts import Hosts
    from socialindex.search.http import HttpRequest
    from socialindex.sources.base import Channel, Request

_TAG = "Channels"


class BackfillPart:
    """The routes of backfills; a channel has one at a time."""

    def __init__(self, channels: Channels, frontier: Frontier, hosts: Hosts) -> None:
        self._channels = channels
        self._frontier = frontier
        self._hosts = hosts

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        path = "/v1/channels/{id}/backfills"
        begin = Doc(
            "Walk through a channel's history",
            _TAG,
            answer=Backfill,
            status=202,
            description="Where a walk is under way already, the answer is 200 and says how far it is.",
            errors=(404, 409, 422),
            further=(200,),
        )
        progress = Doc("Show how far the walk through a channel's history is", _TAG, answer=Backfill, errors=(404,))
        cancel = Doc(
            "End the walk through a channel's history",
            _TAG,
            answer=Backfill,
            description="The page that waits already is still read.",
            errors=(404, 409),
        )
        return {
            f"POST {path}": Route(Scope.ADMIN, self._begin, begin),
            f"GET {path}": Route(Scope.ADMIN, self._progress, progress),
            f"DELETE {path}": Route(Scope.ADMIN, self._cancel, cancel),
        }

    def _begin(self, request: HttpRequest, _caller: Caller) -> Answer:
        """Begin to walk; where a walk is under way already, say how far it is."""
        channel = self._channel(request.path["id"])
        known = self._channels.backfills.get(channel.id)
        if known and known.state == "running":
            if not known.pages:  # whoever began it may have failed before its first page waited
                self._put(channel, _first(channel), known)
            return Answer(200, known)
        first = _first(channel)
        begun = self._channels.backfills.start(channel.id)
        self._put(channel, first, begun)
        return Answer(202, begun, {"Location": f"/v1/channels/{channel.id}/backfills"})

    def _progress(self, request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, self._known(request.path["id"]))

    def _cancel(self, request: HttpRequest, _caller: Caller) -> Answer:
        """Cancel: the page that waits already is still read, none follows it."""
        channel = self._known(request.path["id"]).channel
        if not self._channels.backfills.end(channel, "cancelled"):
            raise Conflict("the walk has ended already")
        return Answer(200, self._channels.backfills.get(channel))

    def _put(self, channel: Channel, request: Request, walk: Backfill) -> None:
        """Let a walk's first page wait, once."""
        now, host = time.time(), host_of(over_http(request.url))
        began = walk.started_at
        self._frontier.put(Pending(host=host, channel=channel.id, request=request, not_before=now, walk=began))
        self._hosts.wake(host, now)

    def _channel(self, identifier: str) -> Channel:
        state = self._channels.get(identifier)
        if state is None:
            raise NotFound(f"there is no channel {identifier[:64]!r}")
        return state.channel

    def _known(self, identifier: str) -> Backfill:
        found = self._channels.backfills.get(identifier)
        if found is None:
            raise NotFound(f"the history of channel {identifier[:64]!r} was never walked")
        return found


def _first(channel: Channel) -> Request:
    """The first page of a channel's history.

    Raises:
        Conflict: the source shows no history.
        Refused: the host's terms forbid reading it.
    """
    first = sources.find(channel.source).backfill(channel)
    if first is None:
        raise Conflict(f"{sources.find(channel.source).title} show no more of this channel than its polls read")
    terms.check(over_http(first.url))
    return msgspec.structs.replace(first, priority=2, context={**first.context, "walk": "history"})
