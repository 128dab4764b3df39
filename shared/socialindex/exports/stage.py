"""The exports stage: ExportsQueue -> pages of the index -> files in the bucket.

As with imports, what is to be done stands in an export's item, and a message only says that it is worth a look. Large
ones take many invocations: each works as long as it may and lets go, and a schedule wakes those that somebody should go
on with, and those whose files must go. (A function that sent to its own queue would be stopped by Lambda's loop
detection.)
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_lambda_powertools import Logger

from socialindex.batch import Batch, BatchAnswer, DeadLetters
from socialindex.errors import Conflict, NotFound, ParseError, Unavailable
from socialindex.exports.hold import hold
from socialindex.exports.job import Failure, Wake
from socialindex.exports.run import Run
from socialindex.lease import wait
from socialindex.messages import decode, encode
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.aws.exports import ExportsTable
    from socialindex.aws.queues import Queue
    from socialindex.exports.charges import Charges
    from socialindex.exports.hold import Hold
    from socialindex.exports.run import Ways

logger = Logger(child=True)

STAGE: Final = "exports"
MAX_ATTEMPTS: Final = 5
"""Times that work at an export may end without getting on, outages aside."""
RESERVE: Final = 45.0
"""Seconds that an invocation keeps for a page, a part and a write."""
_LONG_PAUSE: Final = 3600.0
"""Seconds until it is tried again, for a removal that does not get on: it is never given up."""
_OURS: Final = Failure(
    detail="the export could not be finished, by a mistake on our side",
    remedy="we have been told; ask for it again, or write to us with the export's id",
)


class Queues(NamedTuple):
    """The stage's own queue, and where its quarantined messages go."""

    own: Queue
    dead_letters: DeadLetters


class Exports:
    """Works at exports; being told of one twice changes nothing."""

    def __init__(
        self, table: ExportsTable, ways: Ways, charges: Charges, queues: Queues, outcomes: OutcomeStore
    ) -> None:
        self._table = table
        self._ways = ways
        self._charges = charges
        self._queues = queues
        self._outcomes = outcomes

    def sweep(self) -> int:
        """Wake those that somebody should go on with; how many.

        Raises:
            Unavailable: table or queue do not answer.
        """
        due = self._table.due(time.time())
        return self._queues.own.send_all(encode(Wake(workspace=workspace, id=one)) for workspace, one in due)

    def handle(self, event: dict[str, Any], left: Callable[[], float]) -> BatchAnswer:
        """Work at the exports that an SQS event names, with so many seconds left."""
        tally = Tally(STAGE)
        batch = Batch(event, self._queues.dead_letters, tally, swept=True)
        batch.each(lambda body: self._work(decode(body, Wake), left() - RESERVE))
        self._outcomes.add(tally.take())
        return batch.answer()

    def _work(self, wake: Wake, seconds: float) -> None:
        try:
            held = hold(self._table, wake, seconds)
        except NotFound:
            return  # removed
        if held is None:
            return
        try:
            self._step(held)
        except Conflict:
            logger.info("an export went on without us", extra={"export": wake.id})
        except Unavailable as outage:
            wait(held, outage)

    def _step(self, held: Hold) -> None:
        if held.job.attempts > MAX_ATTEMPTS:
            self._give_up(held)
        elif held.job.state == "deleting":
            self._remove(held)
        elif held.job.state == "done":
            self._keep(held)
        else:
            self._run(held)

    def _run(self, held: Hold) -> None:
        try:
            run = Run(held, self._ways)
        except NotFound as gone:  # a topic that was deleted since
            self._fail(held, Failure(detail=str(gone), remedy="ask for it again without that topic"))
            return
        run.go()
        if held.job.state == "done":
            self._charges.give_back(held.job)

    def _keep(self, held: Hold) -> None:
        """Remove a file whose time is over; before that, an export that is done has something left to give back."""
        expires = held.job.expires_at
        left = expires.timestamp() - time.time() if expires else 0
        if left > 0:
            self._charges.give_back(held.job)
            held.rest(left, attempts=0)
        else:
            self._ways.files.remove(held.job)
            held.rest(state="expired")

    def _remove(self, held: Hold) -> None:
        self._ways.files.remove(held.job)
        if held.job.finished_at is None:  # nobody had its file
            self._charges.give_back_all(held.job)
        elif held.job.failure is None:  # the counts may not have answered since
            self._charges.give_back(held.job)
        self._table.remove(held.job)

    def _fail(self, held: Hold, failure: Failure) -> None:
        self._ways.files.remove(held.job)
        self._charges.give_back_all(held.job)
        held.rest(state="failed", failure=failure, finished_at=datetime.now(tz=UTC))

    def _give_up(self, held: Hold) -> None:
        if held.job.state in {"done", "deleting"}:
            held.rest(_LONG_PAUSE, attempts=0)
        else:
            self._fail(held, _OURS)
        raise ParseError(f"work at {held.job.id} has ended {MAX_ATTEMPTS} times without getting on")
