"""The deliver stage: DeliverQueue -> deliveries -> webhooks, mail, chat; and every minute, what is due.

What is to be told stands in deliveries. An event's message makes them, and is done when they are kept; they are tried
at once, and what does not get through waits in the table for its time. (A function that sent to its own queue would be
stopped by Lambda's loop detection.)
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex.batch import Batch, BatchAnswer, Hiding
from socialindex.deliver.courier import Courier
from socialindex.deliver.event import Event
from socialindex.deliver.fanout import Errand, FanOut, delivery_of, errand
from socialindex.deliver.hours import at_eight, last_eight
from socialindex.deliver.release import release
from socialindex.deliver.sending import senders
from socialindex.errors import Conflict, SocialIndexError
from socialindex.messages import decode
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from socialindex.aws.deliveries import Due
    from socialindex.aws.destinations import Kept as KeptDestination
    from socialindex.deliver.acts import Permits
    from socialindex.deliver.call import Hooks
    from socialindex.deliver.courier import Clock, Tables, Words
    from socialindex.deliver.destination import Destination
    from socialindex.deliver.event import Kind
    from socialindex.deliver.sending import Mail, MailSettings

logger = Logger(child=True)

STAGE: Final = "deliver"
RESERVE: Final = 30.0
"""Seconds that an invocation keeps for the tries that it has begun."""
A_SWEEP: Final = 2_000
"""Deliveries of one sweep, ..."""
OF_ONE: Final = 50
"""... and of one destination: the backlog of one that is down keeps no other waiting."""
MAKING: Final = 120.0
"""Seconds for which a sweep makes digests before it tells them: the first ones do not wait for the last."""
MADE_UP: Final = timedelta(days=7)
"""Digests of a time that ended before are not made any more."""
_MOMENT: Final = timedelta(microseconds=1)
_HALF_A_DAY: Final = timedelta(hours=12)
_LOOKED_AT: Final = 20_000
"""Due deliveries that a sweep looks through for that."""


class Digests(Protocol):
    """Makes digests: ``digest.Digests``."""

    def event(self, destination: Destination, kind: Kind, now: datetime) -> Event:
        """A destination's digest of the day or week that ended last; raises ``Unavailable``."""


class Ways(NamedTuple):
    """How destinations are told."""

    hooks: Callable[[], Hooks]
    """Made anew by each invocation: connections belong to its event loop."""
    mail: Mail
    permits: Permits
    words: Words
    settings: MailSettings


class Deliver:
    """Tells people; being told of an event twice tells them once."""

    def __init__(
        self,
        tables: Tables,
        ways: Ways,
        digests: Digests,
        outcomes: OutcomeStore,
        clock: Clock,
        queue: Hiding | None = None,
    ) -> None:
        self._tables = tables
        self._ways = ways
        self._digests = digests
        self._outcomes = outcomes
        self._clock = clock
        self._queue = queue
        self._fan_out = FanOut(tables.destinations, tables.deliveries)

    def handle(self, event: dict[str, Any], left: Callable[[], float]) -> BatchAnswer:
        """Make the deliveries of an SQS event's events, and try them, with so many seconds left."""
        tally = Tally(STAGE)
        batch = Batch(event, self._tables.dead_letters, tally, self._queue)
        due: list[Errand] = []
        batch.each(lambda body: due.extend(self._fan_out.spread(decode(body, Event), self._clock.now())))
        self._send(due, tally, left())
        self._outcomes.add(tally.take())
        return batch.answer()

    def sweep(self, left: Callable[[], float]) -> dict[str, int]:
        """Tell what is due: what waits, what quiet hours have held, and digests; how many of each.

        Raises:
            Unavailable: a table does not answer.
        """
        tally, now = Tally(STAGE), self._clock.now()
        due = list(_fair(self._tables.deliveries.due(now)))
        waiting = [Errand(one.workspace, one.id, one.destination) for one in due if not one.is_held]
        released = self._release([one for one in due if one.is_held], now)
        self._send([*waiting, *released], tally, left())
        digests = self._make_digests(now, left)
        self._send(digests, tally, left())
        self._outcomes.add(tally.take())
        return {"waiting": len(waiting), "released": len(released), "digests": len(digests)}

    def _send(self, due: list[Errand], tally: Tally, seconds: float) -> None:
        if due:
            asyncio.run(self._sent(due, tally, time.monotonic() + seconds - RESERVE))

    async def _sent(self, due: list[Errand], tally: Tally, deadline: float) -> None:
        hooks = self._ways.hooks()
        await hooks.open()
        try:
            found = senders(hooks, self._ways.mail, self._ways.permits, self._ways.settings)
            await Courier(self._tables, found, self._ways.words, self._clock).go(due, tally, deadline)
        finally:
            await hooks.close()

    # Quiet hours

    def _release(self, held: Iterable[Due], now: datetime) -> list[Errand]:
        """What quiet hours have held, each destination's together."""
        by_destination: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for one in held:
            by_destination[one.workspace, one.destination].append(one.id)
        ready: list[Errand] = []
        for (workspace, _), ids in by_destination.items():
            found = [self._tables.deliveries.find(workspace, one) for one in ids]
            still = [kept for kept in found if kept is not None and kept.delivery.state == "held"]
            told = release(self._tables.deliveries, still, now) if still else []
            ready += [errand(one) for one in told]
        return ready

    # Digests

    def _make_digests(self, now: datetime, left: Callable[[], float]) -> list[Errand]:
        """Deliveries of the digests that are due; one that cannot be made now is due again in a minute.

        All of a time zone are due in one moment. The next sweeps begin while this one makes them, and make others: each
        in an order of its own.
        """
        made: list[Errand] = []
        due, until = list(self._tables.destinations.due(now)), max(left() - MAKING, 2 * RESERVE)
        random.shuffle(due)
        for workspace, destination in due:
            if left() < until:
                break
            kept = self._tables.destinations.find(workspace, destination)
            if kept is None:
                continue
            try:
                made += self._digested(kept, now)
            except SocialIndexError as error:
                logger.warning("a digest is late", extra={"destination": destination, "reason": type(error).__name__})
        return made

    def _digested(self, kept: KeptDestination, now: datetime) -> list[Errand]:
        """The digests of the time that a destination waits for; where an outage took more, the next sweep goes on."""
        destination, at = kept.destination, _digest_time(kept.destination, now)
        made = []
        for kind in destination.digests if destination.state == "active" and at <= now else []:
            if at == last_eight(at, destination.time_zone, weekly=kind == "digest.weekly"):
                delivery = delivery_of(self._digests.event(destination, kind, at), destination, now)
                self._tables.deliveries.add(delivery)
                made += [errand(delivery)] if delivery.state == "waiting" else []
        later = msgspec.structs.replace(destination, digest_at=destination.next_digest(at) if at <= now else at)
        try:
            self._tables.destinations.save(kept, later)
        except Conflict:
            logger.info("a destination was changed meanwhile", extra={"destination": destination.id})
        return made


def _digest_time(destination: Destination, now: datetime) -> datetime:
    """The eight o'clock of the next digest: by the zone's present rules the one next to when it was set for.

    What ended more than a week ago is no news.
    """
    first = at_eight(now - MADE_UP - _MOMENT, destination.time_zone, weekly=False)
    at = max(destination.digest_at or now, first)
    return last_eight(at + _HALF_A_DAY, destination.time_zone, weekly=False)


def _fair(due: Iterable[Due]) -> Iterator[Due]:
    """Due deliveries, of each destination only so many; all of those that are held, which are told together."""
    found: defaultdict[str, int] = defaultdict(int)
    taken = 0
    for number, one in enumerate(due):
        if number == _LOOKED_AT or taken == A_SWEEP:
            return
        found[one.destination] += not one.is_held
        if one.is_held or found[one.destination] <= OF_ONE:
            taken += 1
            yield one
