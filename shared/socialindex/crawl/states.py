"""Channels as the attempts of one invocation see them: read now and then, not for every request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.channels import Channels, ChannelState
    from socialindex.aws.frontier import Pending

FRESH_SECONDS: Final = 5.0
"""How long pages go by what was read of their channel: one that is removed is asked nothing more after so long. Polls,
which decide by validators and rhythm, always read anew."""
_MAX_KEPT: Final = 1_000
"""Channels that are kept at once; beyond, all are read anew."""


class _Read(NamedTuple):
    state: ChannelState | None
    at: float


class States:
    """What is known of channels.

    Args:
        channels: the table.
        clock: gives the Unix time.
    """

    def __init__(self, channels: Channels, clock: Callable[[], float]) -> None:
        self._channels = channels
        self._clock = clock
        self._read: dict[str, _Read] = {}
        # Cursors that may not be written down yet: the next page of a walk must see them.
        self._cursors: dict[str, dict[str, str]] = {}

    async def of(self, pending: Pending) -> ChannelState | None:
        """The channel that a request is for, with the cursor as it is by now; None where it was removed.

        Raises:
            Unavailable: the table does not answer.
        """
        known = self._read.get(pending.channel)
        if known is None or pending.poll or self._clock() - known.at >= FRESH_SECONDS:
            known = await self._again(pending.channel)
        state, cursor = known.state, self._cursors.get(pending.channel)
        if state is None or cursor is None:
            return state
        return msgspec.structs.replace(state, channel=msgspec.structs.replace(state.channel, cursor=cursor))

    def move(self, channel: str, cursor: dict[str, str]) -> None:
        """Let the channel's further requests see its new cursor."""
        self._cursors[channel] = cursor

    async def _again(self, channel: str) -> _Read:
        at = self._clock()
        state = await asyncio.to_thread(self._channels.get, channel)
        if len(self._read) >= _MAX_KEPT:
            self._read.clear()
        known = self._read[channel] = _Read(state, at)
        return known
