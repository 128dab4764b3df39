"""How long it takes from publication to the archive, by the code's own plan of polls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.crawl.rhythm import Polling, Rhythm

if TYPE_CHECKING:
    from random import Random

MINUTE: Final = 60.0
"""Between two runs of the dispatch stage."""
DELAY: Final = 2.0
"""Seconds between two requests to a host (the template's ``CrawlDelaySeconds``)."""
_ANSWER: Final = 2.0
"""Seconds that an answer takes, and the archive's object waits for others."""
_HOUR: Final = 3_600.0


class Plan(NamedTuple):
    """A channel of a source."""

    name: str
    an_hour: float
    """New posts of its channel."""
    requests: int
    """From the poll to the one whose answer has the post, each at its host's pace."""

    def archived_after(self, chance: Random) -> float:
        """Seconds from a publication at some time to the archive.

        The poll comes at some time of the channel's interval, the dispatch stage hands it out within a minute, and the
        requests between it and the post come one after the other.
        """
        wait = chance.uniform(0, interval(self.an_hour)) + chance.uniform(0, MINUTE)
        return wait + _ANSWER + DELAY * (self.requests - 1)


def interval(an_hour: float) -> float:
    """Seconds between two polls of a channel with so many posts an hour, once its rhythm is known."""
    return Rhythm(posts=10.0, seconds=10 * _HOUR / an_hour).interval(Polling())


REQUESTS: Final = {
    "article": 2,
    "bluesky": 1,
    "discourse": 2,
    "feed": 1,
    "gnuboard": 2,
    "hackernews": 2,
    "kboard": 2,
    "lemmy": 1,
    "mastodon": 1,
    "reddit": 1,
    "rhymix": 2,
    "wordpress": 1,
    "youtube": 3,
}
"""Of each source, to where a new post is: a list leads to its page; a list of videos to them, and these to comments."""
SPEEDS: Final = {"busy": 60.0, "usual": 6.0, "quiet": 0.25}
"""New posts an hour: one at each poll that the floor allows, one in ten minutes, six a day."""


def plans(speed: str) -> list[Plan]:
    """A channel of each source."""
    return [Plan(source, SPEEDS[speed], requests) for source, requests in REQUESTS.items()]
