"""The courier: takes deliveries that are due, tries each once, and notes what came of it.

A delivery is leased while it is tried. Whoever dies between the try and the note leaves a lease that runs out: then it
is tried again, with the same id, by which the receiver can tell. Nothing else is promised of the order or number of
calls.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex import metrics
from socialindex.correlation import current, following
from socialindex.deliver.delivery import Attempt, Delivery, finished, tried
from socialindex.deliver.destination import disabled, well, worse
from socialindex.deliver.outcome import Outcome
from socialindex.deliver.release import last_sent, revision_of
from socialindex.deliver.schedule import DAY, due_at, next_attempt
from socialindex.errors import Conflict, NotFound, Unavailable
from socialindex.messages import encode
from socialindex.metrics import Metric
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from socialindex.aws.deliveries import DeliveriesTable, Kept
    from socialindex.aws.destinations import DestinationsTable
    from socialindex.batch import DeadLetters
    from socialindex.deliver.destination import Destination, Way
    from socialindex.deliver.event import Event
    from socialindex.deliver.fanout import Errand
    from socialindex.deliver.sending import Sender
    from socialindex.outcomes import Tally

logger = Logger(child=True)

LEASE: Final = timedelta(seconds=90)
"""While a delivery is tried; several times as long as a try may take."""
AT_ONCE: Final = 32
PER_DESTINATION: Final = 4
"""Tries at the same time: a destination that hangs keeps no other waiting."""


class Words(Protocol):
    """Reads what posts say: ``wording.Wording``."""

    def worded(self, event: Event) -> Event:
        """The event with people's words; raises ``Unavailable``."""


class GivenUp(Struct, frozen=True, kw_only=True):
    """DeliverDeadLetters: a delivery that was given up. What was told, and each attempt, is in the delivery itself."""

    workspace: str
    delivery: str
    destination: str
    event: str


class Tables(NamedTuple):
    """Where deliveries and destinations are kept, and where goes what was given up."""

    deliveries: DeliveriesTable
    destinations: DestinationsTable
    dead_letters: DeadLetters


class Clock(NamedTuple):
    """Time and chance; tests have their own."""

    now: Callable[[], datetime] = lambda: datetime.now(tz=UTC)
    chance: Callable[[], float] = random.random
    timer: Callable[[], float] = time.perf_counter


class Courier:
    """Tries deliveries."""

    def __init__(self, tables: Tables, senders: Mapping[Way, Sender], words: Words, clock: Clock | None = None) -> None:
        self._tables = tables
        self._senders = senders
        self._words = words
        self._clock = clock or Clock()

    async def go(self, due: Iterable[Errand], tally: Tally, deadline: float) -> None:
        """Try deliveries, until the deadline (``time.monotonic``); what is left stays due."""
        everywhere = asyncio.Semaphore(AT_ONCE)
        at: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(PER_DESTINATION))

        async def one(errand: Errand) -> None:
            async with at[errand.destination], everywhere:
                if time.monotonic() < deadline:
                    await self._try(errand, tally)

        await asyncio.gather(*(one(errand) for errand in due))

    async def _try(self, errand: Errand, tally: Tally) -> None:
        with following(errand.correlation or current()):
            await self._tried(errand, tally)

    async def _tried(self, errand: Errand, tally: Tally) -> None:
        try:
            taken = await asyncio.to_thread(self._take, errand.workspace, errand.id)
            if taken is None:
                return
            kept, destination = taken
            event = errand.event or await asyncio.to_thread(self._words.worded, kept.delivery.event)
            began, at = self._clock.timer(), self._clock.now()
            outcome = await self._outcome(msgspec.structs.replace(kept.delivery, event=event), destination)
            attempt = _attempt(outcome, at, self._clock.timer() - began)
            await asyncio.to_thread(self._note, kept, destination, attempt, outcome, tally)
        except Conflict:
            logger.info("a delivery went on without us", extra={"delivery": errand.id})
        except Unavailable:
            tally.add("retry", reason="Unavailable")  # its lease runs out, and it is tried again
            logger.warning("a delivery waits for a part of ours", extra={"delivery": errand.id})

    async def _outcome(self, delivery: Delivery, destination: Destination) -> Outcome:
        try:
            return await self._senders[destination.way].send(delivery, destination)
        except Exception:  # one delivery never ends the others, and is tried no more often than any
            logger.exception("a delivery could not be tried", extra={"delivery": delivery.id})
            return Outcome("again", reason="internal", detail="a mistake on our side; we have been told")

    # Before the try

    def _take(self, workspace: str, delivery: str) -> tuple[Kept, Destination] | None:
        """Take a delivery for a while; None where there is nothing to try, or somebody else has it."""
        kept, now = self._tables.deliveries.find(workspace, delivery), self._clock.now()
        if kept is None or kept.delivery.state != "waiting" or kept.delivery.next_at > now:
            return None
        destination = self._destination(kept.delivery)
        if destination is None:
            self._tables.deliveries.save(kept, finished(kept.delivery, "cancelled", now))
            return None
        if held := destination.held_until(kept.delivery.event, now):
            self._tables.deliveries.save(kept, _held(kept.delivery, held, now))
            return None
        if later := self._later(kept.delivery, destination):
            self._tables.deliveries.save(kept, finished(kept.delivery, "merged", now, told_in=later.id))
            return None
        _measure(kept.delivery, now)
        leased = msgspec.structs.replace(kept.delivery, next_at=now + LEASE)
        return self._tables.deliveries.save(kept, leased), destination

    def _destination(self, delivery: Delivery) -> Destination | None:
        """The destination, where it is to be sent anything."""
        found = self._tables.destinations.find(delivery.workspace, delivery.destination)
        return found.destination if found and found.destination.takes(delivery.event.kind) else None

    def _later(self, delivery: Delivery, destination: Destination) -> Delivery | None:
        """What has told people later news of the alert that a delivery is about: that it began is no news to them then.

        A program is told both, and sees by the revision which is newer. Who asks by hand is told what was asked for.
        """
        if destination.way == "webhook" or delivery.is_asked_for:
            return None
        sent = last_sent(self._tables.deliveries, delivery)
        is_later = sent is not None and sent.state == "delivered" and revision_of(sent) > revision_of(delivery)
        return sent if is_later else None

    # After it

    def _note(self, kept: Kept, destination: Destination, attempt: Attempt, outcome: Outcome, tally: Tally) -> None:
        now = self._clock.now()
        logger.info("tried", extra={"delivery": kept.delivery.id, "verdict": outcome.verdict, "reason": outcome.reason})
        delivery = tried(kept.delivery, attempt)
        if outcome.verdict == "taken":
            self._tables.deliveries.save(kept, finished(delivery, "delivered", now))
            self._mark(destination, well)
            tally.add("ok", source=destination.way)
            return
        again = None
        if outcome.verdict == "again":
            again = next_attempt(delivery, now, outcome.retry_after, self._clock.chance)
        if again is not None:
            self._tables.deliveries.save(kept, msgspec.structs.replace(delivery, next_at=again))
            tally.add("retry", source=destination.way, reason=outcome.reason or "")
        else:
            self._give_up(kept, delivery, outcome, now)
            tally.add("quarantine", source=destination.way, reason=outcome.reason or "")
        self._fell_short(destination, outcome, now, lost=again is None)

    def _give_up(self, kept: Kept, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Quarantine first: a note that is lost is made again, a dead letter that is lost is not."""
        letter = GivenUp(
            workspace=delivery.workspace,
            delivery=delivery.id,
            destination=delivery.destination,
            event=delivery.event.id,
        )
        self._tables.dead_letters.put(encode(letter), reason=f"{outcome.reason}: {outcome.detail}"[:1_000])
        self._tables.deliveries.save(kept, finished(delivery, "failed", now))

    def _fell_short(self, destination: Destination, outcome: Outcome, now: datetime, *, lost: bool) -> None:
        if outcome.verdict == "gone":
            why = "the address answered 410: it wants nothing more. Give another one, and set the state to active"
            self._mark(destination, lambda one: disabled(one, why, now))
        else:
            self._mark(destination, lambda one: worse(one, now, lost=lost))

    def _mark(self, destination: Destination, to: Callable[[Destination], Destination]) -> None:
        """Note how a destination does; it may be gone, or be changed by many at once, and the next try notes it."""
        if to(destination) == destination:
            return
        try:
            self._tables.destinations.change(destination.workspace, destination.id, to)
        except (NotFound, Conflict) as error:
            logger.info("a destination's mark is left to the next", extra={"reason": type(error).__name__})


def _measure(delivery: Delivery, now: datetime) -> None:
    """Later tries are late by what their receiver did; the first one is ours."""
    if not delivery.tries:
        metrics.record(Metric.DELIVERY_DELAY, max(round((now - due_at(delivery)).total_seconds(), 1), 0.0))


def _attempt(outcome: Outcome, at: datetime, seconds: float) -> Attempt:
    return Attempt(
        at=at,
        status=outcome.status,
        ms=round(seconds * 1000),
        reason=outcome.reason,
        detail=outcome.detail,
        answer=outcome.answer,
    )


def _held(delivery: Delivery, end: datetime, now: datetime) -> Delivery:
    """Waiting for the end of quiet hours: with a day before it if it was never tried, else with what it has left now.

    A day anew for each night would never end.
    """
    until = delivery.until + (end - now) if delivery.tries else end + DAY
    return msgspec.structs.replace(delivery, state="held", next_at=end, until=until)
