"""The stream (https://github.com/bluesky-social/jetstream): what happened from a cursor on, then what happens.

A cursor is a time in microseconds since 1970. With none, or one in the future, only what happens from now on is told;
with one, everything from that very time on. Accounts' own messages are told whatever collections are wanted.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import WSMsgType, web

from infra.local.world.sites.bluesky.names import cid, tid
from infra.local.world.sites.bluesky.records import Json, instant, post_record, repost_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from infra.local.world.sites.bluesky.story import Story

_TICK_SECONDS = 0.1


class Event(NamedTuple):
    """A message and its time in microseconds."""

    time_us: int
    message: Json

    @property
    def collection(self) -> str | None:
        """Of a commit; ``None`` of what concerns an account."""
        commit = self.message.get("commit")
        return commit["collection"] if commit else None


class Wanted(NamedTuple):
    """What a subscriber asked for."""

    collections: list[str]
    dids: list[str]
    since: int | None

    def takes(self, event: Event) -> bool:
        """Whether an event is to be told."""
        if self.dids and event.message["did"] not in self.dids:
            return False
        name = event.collection
        return not self.collections or name is None or any(_matches(name, each) for each in self.collections)


class Jetstream:
    """The websocket; ``now`` is the world's clock."""

    def __init__(self, story: Story, now: Callable[[], datetime]) -> None:
        self._events = sorted(_events(story), key=lambda event: event.time_us)
        self._now = now

    def attach(self, app: web.Application) -> None:
        """Add the stream."""
        app.router.add_get("/subscribe", self._subscribe)

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        cursor = request.query.get("cursor", "")
        if cursor and not cursor.isdecimal():
            return web.Response(status=400, text=f"invalid cursor: {cursor}\n")
        stream = web.WebSocketResponse(compress=False)
        if not stream.can_prepare(request):
            return web.Response(status=426, text="Upgrade Required\n", headers={"Upgrade": "websocket"})
        await stream.prepare(request)
        wanted = Wanted(
            collections=request.query.getall("wantedCollections", []),
            dids=request.query.getall("wantedDids", []),
            since=int(cursor) if cursor else None,
        )
        await self._tell(stream, wanted)
        return stream

    async def _tell(self, stream: web.WebSocketResponse, wanted: Wanted) -> None:
        """Send what is wanted until the subscriber leaves."""
        present = micros(self._now())
        told = present if wanted.since is None else min(wanted.since - 1, present)
        while not stream.closed:
            present = micros(self._now())
            for event in self._events:
                if told < event.time_us <= present and wanted.takes(event):
                    await stream.send_json({**event.message})
            told = max(told, present)
            await _listen(stream)


async def _listen(stream: web.WebSocketResponse) -> None:
    """Wait a moment; a subscriber's good-bye is answered meanwhile."""
    try:
        message = await stream.receive(timeout=_TICK_SECONDS)
    except TimeoutError:
        return
    if message.type is WSMsgType.TEXT:
        await asyncio.sleep(_TICK_SECONDS)


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return int(time.timestamp() * 1_000_000)


def _events(story: Story) -> Iterator[Event]:
    for account in story.accounts.values():
        identity = {"did": account.did, "handle": account.handle, "seq": 1, "time": instant(account.created_at)}
        yield _event(account.did, account.created_at, "identity", {"identity": identity})
    for post in story.posts:
        yield _commit(post.uri, post.published_at, "create", post_record(post, story.accounts))
        if post.gone_at:
            yield _commit(post.uri, post.gone_at, "delete")
    for repost in story.reposts:
        yield _commit(repost.uri, repost.published_at, "create", repost_record(repost))


def _commit(uri: str, at: datetime, operation: str, record: Json | None = None) -> Event:
    did, collection, record_key = uri.removeprefix("at://").split("/")
    made = {"record": record, "cid": cid(uri)} if record else {}
    commit = {"rev": tid(at, uri), "operation": operation, "collection": collection, "rkey": record_key, **made}
    return _event(did, at, "commit", {"commit": commit})


def _event(did: str, at: datetime, kind: str, more: Json) -> Event:
    time_us = micros(at)
    return Event(time_us, {"did": did, "time_us": time_us, "kind": kind, **more})


def _matches(collection: str, wanted: str) -> bool:
    """Whether a collection is the wanted one, or begins as it does before its ``*``."""
    return collection.startswith(wanted[:-1]) if wanted.endswith(".*") else collection == wanted
