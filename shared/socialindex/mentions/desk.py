"""Where people work with mentions: what they do is kept in the table, then shown by the engine, then told.

Each of the three may fail after the one before. The same done again does what is left: what is kept already changes
nothing, what is shown has its version, and what is told has an id that follows from what it is about.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from socialindex.engine import MENTIONS
from socialindex.errors import Conflict, InvalidInput, SocialIndexError
from socialindex.mentions import byposts
from socialindex.mentions.byposts import Update
from socialindex.mentions.changing import Moment
from socialindex.mentions.merge import working
from socialindex.mentions.telling import SHOWN, Telling, event, in_order
from socialindex.messages import encode
from socialindex.search.lookup import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from opensearchpy import OpenSearch

    from socialindex.aws.work import WorkTable
    from socialindex.mentions.work import Who, Work
    from socialindex.topics.topic import Topic

_TRIES: Final = 4
_AT_ONCE: Final = 8
"""Mentions that are changed at a time: each change is two calls of some milliseconds."""
_AGAIN: Final = timedelta(hours=1)
"""Within which the same change again tells what was left untold."""


class Messages(Protocol):
    """Takes messages: ``aws.queues.Queue``."""

    def send_all(self, bodies: Iterable[str]) -> int:
        """Send messages."""


class Held(NamedTuple):
    """A mention's document: where it is, and what is in it."""

    where: str
    item: dict[str, Any]

    @property
    def id(self) -> str:
        """The mention's id."""
        found: str = self.item["mention"]["id"]
        return found


class Done(NamedTuple):
    """What became of one mention."""

    held: Held
    result: Literal["changed", "unchanged", "conflict", "refused"]
    work: Work | None = None
    error: SocialIndexError | None = None
    """Why it was not changed."""


class Desk:
    """Changes what people did with mentions.

    Args:
        engine: what shows it.
        table: what keeps it.
        queue: DeliverQueue, which tells it.

    Raises (every method):
        Unavailable: one of them does not answer; the same again does what is left.
    """

    def __init__(self, engine: OpenSearch, table: WorkTable, queue: Messages) -> None:
        self._engine = engine
        self._table = table
        self._queue = queue

    def work(self, held: Held) -> Work:
        """What was done with a mention so far."""
        return self._table.get(held.item["mention"]["topic"], held.item["id"])

    def do(self, topic: Topic, found: Sequence[Held], who: Who, act: Callable[[Work, Moment], Work]) -> list[Done]:
        """Do the same with mentions of a topic, and show it; in their order what became of each.

        An error of one mention (``Conflict``, ``InvalidInput``) hinders no other.
        """
        at = datetime.now(tz=UTC)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            done = list(pool.map(lambda held: self._one(held, act, _moment(topic, held, who, at)), found))
        self._show(done)
        return done

    def tell(self, topic: Topic, done: Iterable[Done]) -> None:
        """Tell that mentions became somebody's, and still are to be answered: those of one change in one event.

        What was unchanged became somebody's by a change before, which may have ended before it was told. It is told as
        that change's own event: whoever has heard of it hears nothing twice.
        """
        now = datetime.now(tz=UTC)
        events = [
            event("mention.assigned", topic, self._worded(told), f"{told[0].work.assignee} {at.isoformat()}", now)
            for at, told in ((at, in_order(some)) for at, some in _by_change(done).items())
            if now - at < _AGAIN
        ]
        if events:
            self._queue.send_all(map(encode, events))

    def _worded(self, told: Sequence[Telling]) -> list[Telling]:
        """Mentions with their texts, of which a bulk change has none in memory, as far as an event shows them."""
        lacking = [one.item["mention"]["id"] for one in told[:SHOWN] if "text" not in one.item]
        if not lacking:
            return list(told)
        body = {"query": {"ids": {"values": lacking}}, "size": len(lacking), "_source": ["text"]}
        texts = {hit["_id"]: hit["_source"] for hit in look_up(self._engine, body, MENTIONS)["hits"]["hits"]}
        return [one._replace(item={**one.item, **texts.get(one.item["mention"]["id"], {})}) for one in told]

    def _one(self, held: Held, act: Callable[[Work, Moment], Work], moment: Moment) -> Done:
        for _ in range(_TRIES):
            work = self.work(held)
            try:
                following = act(work, moment)
                if following is work:
                    return Done(held, "unchanged", work)
                return Done(held, "changed", self._table.save(following))
            except InvalidInput as error:
                return Done(held, "refused", error=error)
            except Conflict:
                continue
        return Done(held, "conflict", error=Conflict("the mention is being changed by others: ask again in a moment"))

    def _show(self, done: Iterable[Done]) -> None:
        """Show what is kept; also where nothing changed, since the time before may have ended half-way."""
        kept = ((one.held, one.work) for one in done if one.work and one.work.version)
        byposts.write_all(self._engine, (Update(held.where, held.id, working(work)) for held, work in kept))


def _by_change(done: Iterable[Done]) -> dict[datetime, list[Telling]]:
    """Mentions that are to be answered, by when they became somebody's: all of one change did at the same moment."""
    found: defaultdict[datetime, list[Telling]] = defaultdict(list)
    for held, _, work, _ in done:
        if work and work.assigned_at and work.status == "assigned" and not work.noise:
            found[work.assigned_at].append(Telling(held.item, work))
    return found


def _moment(topic: Topic, held: Held, who: Who, at: datetime) -> Moment:
    """From when on it waits: since it was found, or since now where it was there before the topic."""
    mention = held.item["mention"]
    since = at if mention.get("backfilled") else datetime.fromisoformat(mention["matched_at"])
    target = timedelta(minutes=topic.answer_minutes) if topic.answer_minutes else None
    return Moment(who, at, since, target)
