"""What is wrong with single channels, from what their crawls left in the table and, on suspicion, from the index."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from socialindex.crawl.refusals import TOLD_FOR
from socialindex.watch.events import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from socialindex.aws.channels import ChannelState
    from socialindex.crawl.rhythm import Polling

FAILURES: Final = 3
"""Failed polls in a row until a channel counts as down: one is an accident."""
OVERDUE: Final = timedelta(minutes=15)
"""A channel that is due for so long is not polled: dispatch or crawl does not keep up."""
SUSPICIOUS: Final = 3.0
"""Usual intervals without a post after which the index is asked about a channel's history."""
LEAST: Final = timedelta(hours=1)
"""No channel is called silent sooner."""
UNLIKELY: Final = 1e-5
"""Probability of such a silence, were all well, below which it is told. With 10,000 channels that are looked at in some
hundred independent moments of a month, ten would be called silent by chance, were the longest gap not asked too."""
POSTS: Final = 20
"""Posts of history below which nothing is said of a channel's rate."""
LONGEST: Final = 1.5
"""A silence must be so many times as long as the longest that the channel had: nights and weekends are no outage."""
_OWNERS: Final = "its owner does not want it to be indexed"
_NOT_PUBLIC: Final = "it is not open to everybody"
_NOES: Final = {
    **dict.fromkeys(("noindex", "not_indexable", "not_discoverable", "not_searchable", "nobot"), _OWNERS),
    **dict.fromkeys(("login_required", "members_only", "not_public", "restricted", "secret"), _NOT_PUBLIC),
    "no_unauthenticated": "its owner lets only people with an account read it",
    "robots": "its host's robots.txt does not let it be read",
}
"""Why polls fail where nothing is broken, in words."""


class History(NamedTuple):
    """What a channel posted in the two weeks before it fell silent."""

    posts: int
    seconds: float
    longest_gap: float
    """Seconds."""


class Histories(Protocol):
    """Where channels' histories are."""

    def of(self, channel: str, until: datetime) -> History | None:
        """A channel's history before a moment; ``None`` where it cannot be had now."""


def findings(
    states: Iterable[ChannelState],
    polling: Polling,
    histories: Histories,
    now: datetime,
    silent: Mapping[str, Finding] | None = None,
) -> Iterator[Finding]:
    """What is wrong with these channels: at most one finding each, the plainest first.

    Args:
        states: the channels.
        polling: how often they are polled.
        histories: asked of those that may be silent.
        now: the moment of the look.
        silent: silences that were found before, by channel. Where a history cannot be had, they last.
    """
    for state in states:
        found = (
            _paused(state)
            or _down(state)
            or _unpolled(state, now)
            or _waiting(state, polling, now)
            or _silent(state, polling, histories, now, (silent or {}).get(state.channel.id))
            or _refused(state, now)
        )
        if found:
            yield found


def _paused(state: ChannelState) -> Finding | None:
    """What an operator has paused is not asked: whatever else could be said of it follows from that."""
    if not state.paused:
        return None
    first = state.paused[0]
    return Finding(
        kind="paused",
        source=state.channel.source,
        channel=state.channel.id,
        url=state.channel.url,
        since=first.since,
        message=f"{state.channel.url}: an operator has paused it ({first.reason}).",
        evidence={"by": ", ".join(pause.by for pause in state.paused), "reason": first.reason},
    )


def _down(state: ChannelState) -> Finding | None:
    if state.failures < FAILURES:
        return None
    since = state.last_success_at or state.channel.created_at
    reason = state.failure or "unknown"
    return Finding(
        kind="down",
        source=state.channel.source,
        channel=state.channel.id,
        url=state.channel.url,
        since=since,
        message=f"{state.channel.url}: {_in_words(state.failures, reason)}",
        evidence={"failures": state.failures, "reason": reason, "last_success_at": since.isoformat()},
    )


def _in_words(failures: int, reason: str) -> str:
    if reason in _NOES:
        return f"nothing of it may be kept, since {_NOES[reason]} ({reason}): remove the channel, or ask its owner."
    return f"the last {failures} polls failed ({reason})."


def _unpolled(state: ChannelState, now: datetime) -> Finding | None:
    due = datetime.fromtimestamp(state.poll_at, tz=UTC)
    if now - due < OVERDUE:
        return None
    minutes = round((now - due).total_seconds() / 60)
    return Finding(
        kind="unpolled",
        source=state.channel.source,
        channel=state.channel.id,
        url=state.channel.url,
        since=state.last_success_at or state.channel.created_at,
        message=f"{state.channel.url}: its poll has been due for {minutes} minutes; see dispatch's and crawl's logs.",
        evidence={"due_at": due.isoformat(), "minutes": minutes},
    )


def _waiting(state: ChannelState, polling: Polling, now: datetime) -> Finding | None:
    """A channel whose polls were handed out, and wait at its host: nothing fails, and nothing is seen either."""
    since = state.last_success_at or state.channel.created_at
    if now - since <= _patience(state, polling):
        return None
    minutes = round((now - since).total_seconds() / 60)
    return Finding(
        kind="unpolled",
        source=state.channel.source,
        channel=state.channel.id,
        url=state.channel.url,
        since=since,
        message=(
            f"{state.channel.url}: no poll was answered for {minutes} minutes, and not enough failed to call it down; "
            "its poll waits at its host: for robots.txt, a pause that the host asks for, its pace or its budget."
        ),
        evidence={"answered_at": since.isoformat(), "minutes": minutes},
    )


def _patience(state: ChannelState, polling: Polling) -> timedelta:
    """How long a channel may be without an answer: two of its intervals, and what its few failures make it wait."""
    backoff = polling.first * (2 ** (state.failures + 1) - 2)
    return OVERDUE * (1 + state.failures) + timedelta(seconds=2 * state.rhythm.interval(polling) + backoff)


def _silent(
    state: ChannelState, polling: Polling, histories: Histories, now: datetime, known: Finding | None
) -> Finding | None:
    if state.rhythm.newest is None:
        return None
    newest = datetime.fromtimestamp(state.rhythm.newest, tz=UTC)
    silence = (now - newest).total_seconds()
    if silence < max(LEAST.total_seconds(), SUSPICIOUS * state.rhythm.interval(polling)):
        return None
    history = histories.of(state.channel.id, newest)
    if history is None:
        return known
    if not is_silent(history, silence):
        return None
    usual = history.seconds / history.posts
    return Finding(
        kind="silent",
        source=state.channel.source,
        channel=state.channel.id,
        url=state.channel.url,
        since=newest,
        message=(
            f"{state.channel.url}: no post for {_span(silence)}, though it answers and posts every {_span(usual)} "
            f"as a rule; its longest pause in the two weeks before was {_span(history.longest_gap)}."
        ),
        evidence={
            "silent_seconds": round(silence),
            "usual_seconds": round(usual),
            "longest_gap_seconds": round(history.longest_gap),
            "posts_before": history.posts,
            "probability": math.exp(-silence / usual),
        },
    )


def _refused(state: ChannelState, now: datetime) -> Finding | None:
    """A channel of which its host refuses a part: nobody would miss that by its polls, which are answered."""
    refused = {kind: refusal for kind, refusal in state.refused.items() if now - refusal.at < TOLD_FOR}
    if not refused:
        return None
    parts = ", ".join(f"{kind} ({refusal.reason})" for kind, refusal in sorted(refused.items()))
    return Finding(
        kind="refused",
        source=state.channel.source,
        channel=state.channel.id,
        url=state.channel.url,
        since=min(refusal.since for refusal in refused.values()),
        message=f"{state.channel.url}: its host refuses a part of it, {parts}; that is asked for again each day.",
        evidence={kind: refusal.reason for kind, refusal in sorted(refused.items())},
    )


def is_silent(history: History, silence: float) -> bool:
    """Whether a silence of so many seconds is no chance.

    New posts are taken for a Poisson process, in which a silence of ``t`` has the probability ``exp(-rate * t)``; since
    people sleep, it must also be longer than any that was there before.
    """
    if history.posts < POSTS or history.seconds <= 0:
        return False
    expected = silence * history.posts / history.seconds
    return math.exp(-expected) < UNLIKELY and silence > LONGEST * history.longest_gap


def _span(seconds: float) -> str:
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} seconds"
