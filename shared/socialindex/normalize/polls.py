"""What the posts of a poll tell of their channel: how often it is worth polling, and whether its host can be believed.

Here, since only here the posts are known; the crawl stage tells what was known before (``Archived.poll``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.crawl.rhythm import Poll, Polling, Rhythm
    from socialindex.model import Post


class Rhythms(Protocol):
    """Where channels' rhythms are kept."""

    def heard(self, channel_id: str, rhythm: Rhythm, poll_at: float, *, lied: bool = False) -> None:
        """Keep a rhythm and the time of the next poll, unless a later poll told more."""


class Polls:
    """Reports what polls found; reporting twice changes nothing."""

    def __init__(self, channels: Rhythms, polling: Polling) -> None:
        self._channels = channels
        self._polling = polling

    def report(self, poll: Poll, posts: Sequence[Post]) -> bool:
        """Keep what a poll told; whether it belies the host's "not modified".

        Raises:
            Unavailable: the channels' table does not answer.
        """
        times = _published(posts)
        rhythm, lied = poll.heard(self._polling, times), poll.belies(times)
        self._channels.heard(poll.channel, rhythm, poll.at + self._polling.pause(rhythm), lied=lied)
        return lied


def _published(posts: Sequence[Post]) -> list[float] | None:
    """When the posts were published; None where there are posts and nothing says when."""
    living = [post for post in posts if post.deleted_at is None]
    times = [post.published_at.timestamp() for post in living if post.published_at is not None]
    return times if times or not living else None
