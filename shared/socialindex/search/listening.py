"""The topics that a request names: the one place that looks whose they are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

from socialindex.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from socialindex.access import Caller
    from socialindex.topics.topic import Topic

_REMEMBERED: Final = 30.0
"""Seconds for which a process believes what it read: an answer asks for the same topic several times."""
_MOST: Final = 1_000


class Topics(Protocol):
    """Where topics are kept: ``aws.topics.TopicsTable``."""

    def of(self, caller: Caller, topic_id: str) -> Topic:
        """A topic of one of the caller's workspaces; raises ``NotFound``."""


class _Listening:
    """What this process knows of topics."""

    def __init__(self, topics: Topics | None) -> None:
        self.topics = topics
        self._known: dict[tuple[frozenset[str], str], tuple[float, Topic]] = {}

    def topic(self, caller: Caller, topic: str) -> Topic:
        if self.topics is None:
            raise InvalidSettings("no topics are in use", field="TOPICS_TABLE", remedy="set it in template.yaml")
        now, asked = time.monotonic(), (caller.workspaces, topic)
        known = self._known.pop(asked, None)
        if known is None or known[0] <= now:
            known = (now + _REMEMBERED, self.topics.of(caller, topic))
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[asked] = known
        return known[1]


_here = _Listening(None)


def use(topics: Topics | None) -> None:
    """Take topics from here, in this process."""
    global _here  # noqa: PLW0603 - one per process, as with the terms register
    _here = _Listening(topics)


def topics_of(caller: Caller, topics: Iterable[str]) -> list[Topic]:
    """Topics by their ids, which are all of the caller's workspaces; as they were half a minute ago at most.

    Raises:
        NotFound: one is not the caller's, or there is none: nobody learns which.
        Unavailable: the table does not answer.
    """
    return [_here.topic(caller, topic) for topic in topics]
