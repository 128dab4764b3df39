"""What a channel's adapter says of an answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from socialindex import sources
from socialindex.batch import reason_of
from socialindex.crawl.reasons import QUOTA, THROTTLED
from socialindex.crawl.transient import Transient
from socialindex.crawl.verdicts import EXPLAINED
from socialindex.errors import Discarded, InvalidInput, ParseError

if TYPE_CHECKING:
    from socialindex.aws.channels import ChannelState
    from socialindex.sources.base import Follow, Response

_WAITS: Final[dict[str, float | None]] = {QUOTA: 3_600.0, THROTTLED: None}
"""Verdicts that mean "later", with the seconds until the platform is asked again: one whose quota is used up does not
say when it begins anew; one that wants fewer requests gets them, as after a 429."""


def followed(state: ChannelState, response: Response) -> Follow:
    """What follows from an answer.

    Raises:
        ParseError: the adapter cannot read the page, or stumbles over it: one page must not stop its host.
        Discarded: the page is not ours to keep.
    """
    try:
        adapter = sources.find(state.channel.source)
        follow = adapter.unchanged if response.status == HTTPStatus.NOT_MODIFIED else adapter.follow
        return follow(state.channel, response)
    except (ParseError, Discarded):
        raise
    except Exception as error:
        raise ParseError(f"the adapter stumbles: {reason_of(error)}") from error


def retreat(state: ChannelState) -> dict[str, str] | None:
    """The cursor of a channel after a poll that failed for good; None where it stays as it is."""
    try:
        return sources.find(state.channel.source).retreat(state.channel)
    except InvalidInput:
        return None  # a source that is no more


def check_patience(state: ChannelState, response: Response) -> None:
    """Pass an answer that is about the request, and not about the moment.

    Raises:
        Transient: the platform refuses, and says in the body that it would answer later. A 429 says so by itself, and
            about the host's pace unless the body says otherwise.
    """
    if response.status not in EXPLAINED:
        return
    reason = refusal(state, response)
    if reason not in _WAITS and response.status == HTTPStatus.TOO_MANY_REQUESTS:
        reason = THROTTLED
    if reason in _WAITS:
        raise Transient(reason, f"status {response.status}", status=response.status, retry_after=_WAITS[reason])


def refusal(state: ChannelState, response: Response) -> str:
    """What a refusal is counted under: what it means is its adapter's to say."""
    try:
        followed(state, response)
    except ParseError as error:
        return type(error).__name__
    except Discarded as verdict:
        return verdict.reason
    return "client_error"
