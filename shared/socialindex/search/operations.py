"""What administrators do through the API: channels, status and replays."""

from __future__ import annotations

import asyncio
import itertools
from bisect import bisect_right
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

from socialindex import sources, warc
from socialindex.aws.channels import ChannelState  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.crawl.reasons import PAUSED
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import Discarded, InvalidCursor, InvalidInput, NotFound
from socialindex.identity import channel_id
from socialindex.messages import Archived, encode
from socialindex.model import Struct
from socialindex.search import fields
from socialindex.search.http import fitting
from socialindex.search.outages import counted, newest
from socialindex.search.status import Status, status
from socialindex.sources.base import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.aws.archive import Archive
    from socialindex.aws.channels import Channels
    from socialindex.aws.health import Health
    from socialindex.aws.hosts import Hosts
    from socialindex.aws.outcomes import Outcomes
    from socialindex.aws.queues import Queue
    from socialindex.crawl.credentials import Credentials
    from socialindex.crawl.settings import FetchSettings

_DAY = "%Y-%m-%d"
_REPLAY_OBJECTS = 20
"""Archive objects of one call: some thousand responses, well within an HTTP API's 30 seconds."""


class AddChannel(Struct, frozen=True, kw_only=True):
    """Body of ``POST /v1/channels``: any address that a person would paste."""

    url: str
    options: dict[str, str] = {}
    """For the source, such as ``{"pages": "20"}``."""


class AddedChannel(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A channel that was added, with the reason why it was taken for what it is."""

    channel: Channel
    why: str
    """What told which source it is."""


class ListChannels(Struct, frozen=True, kw_only=True):
    """Parameters of the list of channels."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1000
    cursor: str = ""
    """``next_cursor`` of the page before."""


class ChannelList(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Some of the channels, by source and address."""

    items: list[ChannelState]
    next_cursor: str | None


class AskReplay(Struct, frozen=True, kw_only=True):
    """Body of ``POST /v1/replays``: which part of the archive to read again; all of it without a choice."""

    day: str = ""
    """``YYYY-MM-DD``, UTC."""
    source: str = ""
    """Only what this source's adapter reads."""
    after: str = ""
    """``next_after`` of the last answer."""


class Replayed(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What a call sent on its way; ask again with ``next_after`` until it is ``None``."""

    objects: int
    """Archive objects that were read."""
    responses: int
    """Archived responses that are normalized again."""
    next_after: str | None
    """Where the next call goes on."""


class Stores(Struct, frozen=True, kw_only=True):
    """The tables, queues and bucket that operations touch."""

    channels: Channels
    hosts: Hosts
    outcomes: Outcomes
    archive: Archive
    queues: Mapping[str, tuple[Queue, Queue]]
    """Per stage its queue and its dead letters."""
    health: Health | None = None


class Operations:
    """Administrators' acts; each checks its own input."""

    def __init__(
        self, stores: Stores, engine: OpenSearch, fetch: FetchSettings, credentials: Credentials | None = None
    ) -> None:
        self._stores = stores
        self._engine = engine
        self._fetch = fetch
        self._credentials = credentials

    def channels(self, query: dict[str, str]) -> ChannelList:
        """A page of the channels, by source and address.

        Raises:
            InvalidInput, InvalidCursor: a parameter is none, or none of ours.
        """
        asked = fields.from_query(ListChannels, query)
        if asked.cursor and not all(asked.cursor.partition(" ")):
            raise InvalidCursor
        found = sorted(self._stores.channels.all(), key=_place_in_list)
        left = found[bisect_right(found, asked.cursor, key=_place_in_list) :] if asked.cursor else found
        items = fitting(left[: asked.limit])
        return ChannelList(items=items, next_cursor=_place_in_list(items[-1]) if len(items) < len(left) else None)

    def add_channel(self, body: str) -> AddedChannel:
        """Find out what an address is, and add it as a channel that is polled from now on.

        Raises:
            InvalidInput: no source knows the address; says which addresses were tried.
            Refused: the address must not be fetched, or its host's terms forbid it.
            Discarded: it says itself that it must not be crawled, or an operator has paused its host: see ``_admit``.
            Conflict: the channel exists.
        """
        from socialindex.channels.recognize import recognize  # noqa: PLC0415 - an HTTP client, for this route only

        wanted = fields.from_body(AddChannel, body)
        found = asyncio.run(recognize(wanted.url, self._fetch, admits=self._admit))
        channel = Channel(
            id=channel_id(found.source, found.recognized.url),
            source=found.source,
            url=found.recognized.url,
            created_at=datetime.now(tz=UTC),
            title=found.recognized.title,
            language=found.recognized.language,
            options={**found.recognized.options, **wanted.options},
        )
        self._check_pollable(channel)
        self._stores.channels.add(channel)
        return AddedChannel(channel=channel, why=found.recognized.why)

    def _check_pollable(self, channel: Channel) -> None:
        """Pass a channel that can be polled now.

        Raises:
            Discarded: an operator has paused the host where it is polled, or credentials that it needs are missing.
        """
        from socialindex.crawl.credentials import Credentials, needed  # noqa: PLC0415 - for this route only

        adapter, credentials = sources.find(channel.source), self._credentials or Credentials()
        polled = adapter.start(channel).url
        self._admit(host_of(over_http(polled)))
        credentials.refresh()
        needed(adapter, polled, credentials)

    def _admit(self, host: str) -> None:
        """Pass a host that no operator has paused: a pause promises that it is asked nothing more.

        Raises:
            Discarded: it is paused; says since when, why, and what ends it.
        """
        pause = self._stores.hosts.pause_of(host)
        if pause:
            since = datetime.fromtimestamp(pause.since, tz=UTC)
            raise Discarded(
                PAUSED,
                f"an operator has paused {host} since {since:%Y-%m-%d %H:%M} UTC ({pause.reason}): it is asked nothing "
                f"until `socialindex ops resume host {host}`. Add the channel then",
            )

    def remove_channel(self, channel: str) -> None:
        """Stop crawling a channel; its posts stay. The watch stage takes the words from its health events.

        Raises:
            NotFound: there is no such channel.
        """
        # First, and of a channel that is gone already: a call that died in between can be made again.
        if self._stores.health:
            self._stores.health.note_removal(channel, datetime.now(tz=UTC))
        if not self._stores.channels.remove(channel):
            raise NotFound(f"there is no channel {channel[:64]!r}")

    def status(self, caller: Caller) -> Status:
        """The service's state, as the caller may see it."""
        found = status(self._stores.outcomes, self._stores.queues, self._engine, caller)
        events = self._stores.health.open_events() if self._stores.health else []
        return msgspec.structs.replace(found, events=newest(events)[0], event_counts=counted(events))

    def replay(self, body: str) -> Replayed:
        """Normalize and index archived responses again, without a fetch; a part of the archive per call.

        Raises:
            InvalidInput: the day is no day, or no source has this name.
        """
        wanted = fields.from_body(AskReplay, body)
        _check_day(wanted.day)
        if wanted.source:
            sources.check(wanted.source)
        queue = self._stores.queues["normalize"][0]
        keys = list(itertools.islice(self._stores.archive.keys(wanted.day, wanted.after), _REPLAY_OBJECTS))
        responses = queue.send_all(message for key in keys for message in self._messages(key, wanted.source))
        following = keys[-1] if len(keys) == _REPLAY_OBJECTS else None
        return Replayed(objects=len(keys), responses=responses, next_after=following)

    def _messages(self, key: str, source: str) -> Iterator[str]:
        for span, held in warc.walk(self._stores.archive.open(key)):
            if source in {"", held.source}:
                yield encode(Archived(key=key, offset=span.offset, length=span.length, source=held.source, replay=True))


def _place_in_list(state: ChannelState) -> str:
    return f"{state.channel.source} {state.channel.url}"


def _check_day(day: str) -> None:
    """Pass a day as the archive's keys have it: with 2026-11-2 begin those of ten days, none of which is the second."""
    if not day:
        return
    try:
        written = datetime.strptime(day, _DAY).replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        written = ""
    if day != written:
        raise InvalidInput(f"{day[:64]!r} is no day", field="day", remedy="write it as 2026-11-28")
