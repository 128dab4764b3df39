"""Pausing a host or a source, and resuming it: nothing is lost meanwhile but what is posted and gone before it is seen.

A host that is paused is leased by nobody, and the channels that are polled there are polled no more. A source that is
paused has all of its channels paused, and what waits for them in the frontier goes on waiting. A channel is crawled
again when nothing is left that it is paused by. What is paused is told as health events and blind intervals.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from socialindex import sources
from socialindex.aws.pauses import Pause
from socialindex.crawl.urls import host_of, over_http
from socialindex.errors import InvalidInput, NotFound, Refused, SocialIndexError
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.aws.channels import Channels, ChannelState
    from socialindex.aws.hosts import Hosts

Kind = Literal["host", "source"]
_LONGEST: Final = 200
"""Characters of a reason."""


class Subject(NamedTuple):
    """What is paused."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


class Paused(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A pause."""

    subject: str
    """``host:board.example`` or ``source:gnuboard``."""
    since: datetime
    reason: str
    channels: int
    """How many are paused by it."""


def subject(kind: Kind, name: str) -> Subject:
    """What is meant: a host by its name or any address there, a source by its name.

    Raises:
        InvalidInput: it is none.
    """
    if kind == "host":
        try:
            return Subject(kind, host_of(name if "://" in name else f"https://{name}/"))
        except Refused as error:
            remedy = "write board.example.com, or an address of the site"
            raise InvalidInput(f"{name[:100]!r} is no host", field="host", remedy=remedy) from error
    try:
        return Subject(kind, sources.find(name).name)
    except SocialIndexError as error:
        raise InvalidInput(f"{error}", field="source", remedy="`socialindex sources` lists them") from error


def reasoned(reason: str) -> str:
    """A reason as others are shown it.

    Raises:
        InvalidInput: it says nothing, or too much.
    """
    if not 0 < len(reason.strip()) <= _LONGEST:
        remedy = f"say in up to {_LONGEST} characters why: others will wonder"
        raise InvalidInput("this is no reason that can be shown", field="reason", remedy=remedy)
    return reason


class Pauses:
    """The pauses of a stack.

    Raises (every method):
        Unavailable: a table does not answer; doing it again does the rest.
    """

    def __init__(self, channels: Channels, hosts: Hosts) -> None:
        self._channels = channels
        self._hosts = hosts

    def meant(self, what: Subject) -> list[ChannelState]:
        """The channels that a pause would stop."""
        return [state for state in self._channels.all() if _is_of(state, what)]

    def begin(self, what: Subject, states: Iterable[ChannelState], reason: str) -> None:
        """Pause a host or a source, with these channels of its; doing it twice is doing it once.

        Raises:
            InvalidInput: the reason is none; see ``reasoned``.
        """
        reasoned(reason)
        if what.kind == "host":
            self._hosts.pause(what.name, reason)
        pause = Pause(by=str(what), since=datetime.now(tz=UTC), reason=reason)
        for state in states:
            self._channels.pause(state.channel.id, pause)

    def held(self, what: Subject) -> list[ChannelState]:
        """The channels that a host or a source has paused.

        Raises:
            NotFound: it is not paused.
        """
        states = [state for state in self._channels.all() if str(what) in {pause.by for pause in state.paused}]
        if not (states or (what.kind == "host" and self._hosts.pause_of(what.name))):
            raise NotFound(f"{what.kind} {what.name} is not paused: `socialindex ops pauses` lists what is")
        return states

    def end(self, what: Subject) -> int:
        """Resume a host or a source; how many channels were paused by it. Their polls are due at once.

        Raises:
            NotFound: it is not paused.
        """
        # The host last: a death before it leaves something that is seen to be paused.
        ended = sum(self._channels.resume(state.channel.id, str(what)) for state in self.held(what))
        if what.kind == "host":
            self._hosts.resume(what.name)
        return ended

    def all(self) -> list[Paused]:
        """All pauses, the oldest first; it reads the tables of channels and of hosts."""
        return sorted(self._found(), key=lambda pause: pause.since)

    def _found(self) -> Iterator[Paused]:
        pauses = [pause for state in self._channels.all() for pause in state.paused]
        count = Counter(pause.by for pause in pauses)
        first = {pause.by: pause for pause in sorted(pauses, key=lambda pause: pause.since, reverse=True)}
        for held in self._hosts.paused():
            name, since = f"host:{held.host}", datetime.fromtimestamp(held.since, tz=UTC)
            first.setdefault(name, Pause(by=name, since=since, reason=held.reason))
        for name, pause in first.items():
            yield Paused(subject=name, since=pause.since, reason=pause.reason, channels=count[name])


def _is_of(state: ChannelState, what: Subject) -> bool:
    if what.kind == "source":
        return state.channel.source == what.name
    return host_of(over_http(_polled(state))) == what.name


def _polled(state: ChannelState) -> str:
    """Where a channel is polled; where that cannot be told, its own address."""
    try:
        return sources.find(state.channel.source).start(state.channel).url
    except SocialIndexError:
        return state.channel.url
