"""Parts of a channel that its host refuses while it answers the channel's polls, such as a site's list of comments.

Each poll would ask for them anew, for good. So such a request goes on waiting in the frontier, which keeps one of a
kind and address: what further polls ask for is there already. It is sent again after an hour, since a firewall may have
had a bad moment, and then ever more seldom; what came meanwhile is read once it is answered. What has waited for a
whole day is let go: the next poll asks for it again, unless it was a page of a list that has moved on since, which
would be asked for without end.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from socialindex.model import Struct

if TYPE_CHECKING:
    from socialindex.aws.channels import Channels, ChannelState
    from socialindex.aws.frontier import Pending
    from socialindex.crawl.attempt import Workshop

SOONEST: Final = timedelta(hours=1)
LATEST: Final = timedelta(days=1)
"""Until a refused part is asked for again."""
TOLD_FOR: Final = 2 * LATEST
"""How long a refusal counts that is not met again: adapters may do without the part."""


class Refusal(Struct, frozen=True, kw_only=True):
    """That a host refuses a part of a channel: why, since when, and when it was met last."""

    url: str
    """Of the request that waits: one for each kind, however often adapters ask by another address."""
    reason: str
    since: datetime
    at: datetime


def is_part(pending: Pending) -> bool:
    """Whether a request is for something that each poll asks for beside its first document."""
    return pending.request.priority == 0 and not pending.poll


def met(before: Refusal | None, url: str, reason: str, at: datetime) -> Refusal:
    """A refusal that was met now, after what was known of it; as it was where that is of another address.

    Once that one is not asked for any more, another takes its place.
    """
    if before is None or at - before.at > TOLD_FOR:
        return Refusal(url=url, reason=reason, since=at, at=at)
    return Refusal(url=url, reason=reason, since=before.since, at=at) if before.url == url else before


def pause(before: Refusal | None, refusal: Refusal) -> timedelta | None:
    """Until it is asked for again: as long as it has been refused, within bounds; None where it has waited a day."""
    if before and before.since == refusal.since and refusal.at - before.at > LATEST - SOONEST:
        return None
    return min(max(refusal.at - refusal.since, SOONEST), LATEST)


async def wait(shop: Workshop, pending: Pending, reason: str) -> bool:
    """Let a refused request wait in the frontier; False where it is let go, or another of its kind waits already."""
    now = shop.clock()
    at = datetime.fromtimestamp(now, tz=UTC)
    left_alone = await asyncio.to_thread(_noted, shop.channels, pending, reason, at)
    if left_alone is None:
        return False
    await asyncio.to_thread(shop.frontier.postpone, pending, now + left_alone.total_seconds(), failed=False)
    return True


def _noted(channels: Channels, pending: Pending, reason: str, at: datetime) -> timedelta | None:
    """How long to leave a request alone whose refusal is noted now; None where it is not to wait."""
    request, state = pending.request, channels.get(pending.channel)
    if state is None:
        return None
    before = state.refused.get(request.kind)
    refusal = met(before, request.url, reason, at)
    if refusal is before:
        return None
    channels.refuse(state.channel.id, {**state.refused, request.kind: refusal})
    return pause(before, refusal)


async def answered(channels: Channels, state: ChannelState, pending: Pending) -> None:
    """Tell that a part of a channel is not refused any more, where a request was answered that was.

    Another address of its kind says nothing of it: a list's first page may be open, and its second not.
    """
    refusal = state.refused.get(pending.request.kind)
    if refusal and refusal.url == pending.request.url and is_part(pending):
        await asyncio.to_thread(_forget, channels, state.channel.id, pending.request.kind)


def _forget(channels: Channels, channel_id: str, kind: str) -> None:
    if state := channels.get(channel_id):
        channels.refuse(channel_id, {name: refusal for name, refusal in state.refused.items() if name != kind})
