"""Mentions: a topic's stream, kept up with; what people do with them; how fast they are answered."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any, Final

from socialindex.client.asking import MentionFields, Time, body, several
from socialindex.client.core import Core, path
from socialindex.client.errors import InvalidInput
from socialindex.client.models import AnswersReport, MentionChanges, StreamPart, WorkedMention
from socialindex.client.transport import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Unpack

    from socialindex.client.models import Post
    from socialindex.client.transport import Transport

_PAUSE: Final = 5.0
_MOST: Final = 100
"""Mentions of one part."""


class MentionStream:
    """A topic's mentions in the order of their changes: iterate over it. Each is a post with ``mention``.

    One whose ``mention.gone`` says why is none any more: delete what you have of it. ``offset`` says where to go on,
    now or within seven days; keep it together with what you keep, and at most a part of a hundred comes again.

    Args:
        transport: sends the requests.
        topic: whose.
        after: ``offset`` of an earlier stream.
        start: ``start`` or ``now``, where there is no offset.
        follow: whether to go on and wait for more; else it ends with what is there.
        pause: seconds between two looks where nothing is there.
    """

    def __init__(
        self,
        transport: Transport,
        topic: str,
        *,
        after: str | None = None,
        start: str | None = None,
        follow: bool = False,
        pause: float = _PAUSE,
    ) -> None:
        self.offset = after
        """Behind all whole parts that were taken; ``None`` before the first."""
        self._transport = transport
        self._where = path("topics", topic, "mentions")
        self._start = start
        self._follow = follow
        self._pause = pause

    def __iter__(self) -> Iterator[Post]:
        return itertools.chain.from_iterable(part.items for part in self.parts())

    def parts(self) -> Iterator[StreamPart]:
        """Part by part. ``offset`` moves when the next one is asked for."""
        while True:
            part = self.part()
            yield part
            self.offset = part.offset
            if part.more:
                continue
            if not self._follow:
                return
            time.sleep(self._pause)

    def part(self) -> StreamPart:
        """What is behind ``offset``; the same until that moves.

        Raises:
            OffsetExpired: the offset is too old: delete your copy and begin anew.
            ApiError: the API said no otherwise.
            Unavailable: it does not answer.
        """
        begin = {"after": self.offset} if self.offset else {"from": self._start or "start"}
        query = {**begin, "limit": str(_MOST)}
        return self._transport.ask(Request("GET", self._where, query=query), StreamPart)


class Mentions(Core):
    """The routes of mentions. ``Client.search`` with ``topic`` searches them."""

    def mentions(
        self, topic: str, *, after: str | None = None, start: str | None = None, follow: bool = False
    ) -> MentionStream:
        """All that is new, changed or deleted in a topic since an offset; see ``MentionStream``.

        Raises:
            InvalidInput: both an offset and another beginning are given.
        """
        if after and start:
            raise InvalidInput("after and start are two beginnings", field="start", remedy="leave one of them out")
        return MentionStream(self._transport, topic, after=after, start=start, follow=follow)

    def mention(self, topic: str, mention: str) -> WorkedMention:
        """One mention, with all that people did with it."""
        return self._get(path("topics", topic, "mentions", mention), WorkedMention)

    def change_mention(self, topic: str, mention: str, **fields: Unpack[MentionFields]) -> WorkedMention:
        """Assign, answer, close, tag or correct a mention; ``None`` takes back assignee, sentiment or answer."""
        return self._change(path("topics", topic, "mentions", mention), {**fields}, WorkedMention)

    def note_mention(
        self, topic: str, mention: str, text: str, *, by: str | None = None, idempotency_key: str | None = None
    ) -> WorkedMention:
        """Note something at a mention; ``by`` names the person who does."""
        home = path("topics", topic, "mentions", mention, "notes")
        return self._make(home, body({}, text=text, by=by), WorkedMention, idempotency_key)

    def change_mentions(  # noqa: PLR0913 - what there is to say
        self,
        topic: str,
        mentions: Sequence[str] | None = None,
        *,
        where: Mapping[str, Any] | None = None,
        change: MentionFields | None = None,
        note: str | None = None,
        by: str | None = None,
        idempotency_key: str | None = None,
    ) -> MentionChanges:
        """Change up to a thousand mentions at once.

        Args:
            topic: whose.
            mentions: their ids.
            where: or a query and filters as the API has them, such as ``{"q": "광고", "status": ["new"]}``.
            change: as for ``change_mention``.
            note: something to note at each.
            by: the person who does it.
            idempotency_key: sent again with the same, nothing is noted twice.
        """
        ids = several(mentions) if mentions is not None else None
        asked = body({}, mentions=ids, where=where, change=change, note=note, by=by)
        return self._make(path("topics", topic, "mentions", "changes"), asked, MentionChanges, idempotency_key)

    def answers(
        self, topic: str, *, since: Time | None = None, until: Time | None = None, time_zone: str | None = None
    ) -> AnswersReport:
        """How fast a topic's mentions are answered; those of thirty days without ``since``."""
        window = {"from": written(since), "to": written(until)}
        return self._get(path("topics", topic, "answers"), AnswersReport, time_zone=time_zone, **window)


def written(time: Time | None) -> str | None:
    """A time as a URL has it."""
    return time if time is None or isinstance(time, str) else time.isoformat()
