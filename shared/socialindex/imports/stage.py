"""The imports stage: ImportsQueue -> rows in the archive -> NormalizeQueue.

What is to be done for an import stands in its item; a message only says that it is worth a look. Large files take many
invocations: each reads for some minutes and lets go, and a schedule wakes those that somebody should go on with. (A
function that sent to its own queue would be stopped by Lambda's loop detection.)
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_lambda_powertools import Logger

from socialindex.batch import Batch, BatchAnswer, DeadLetters
from socialindex.errors import Conflict, InvalidInput, NotFound, ParseError, Unavailable
from socialindex.imports.charges import Charges
from socialindex.imports.hold import hold
from socialindex.imports.job import Failure, Wake
from socialindex.imports.removal import Removal, Stores
from socialindex.imports.run import Run, Ways
from socialindex.lease import wait
from socialindex.messages import decode, encode
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from socialindex.aws.queues import Queue
    from socialindex.imports.hold import Hold

logger = Logger(child=True)

STAGE: Final = "imports"
MAX_ATTEMPTS: Final = 5
"""Times that work at an import may end without getting on, outages aside."""
_LONG_PAUSE: Final = 3600.0
"""Seconds until it is tried again, for a deletion that does not get on: it is never given up."""
_OURS: Final = Failure(
    detail="the file could not be processed, by a mistake on our side",
    remedy="we have been told; try again later, or write to us with the import's id",
)


class Queues(NamedTuple):
    """The stage's own queue, and where its quarantined messages go."""

    own: Queue
    dead_letters: DeadLetters


class Imports:
    """Works at imports; being told of one twice changes nothing."""

    def __init__(self, stores: Stores, queues: Queues, outcomes: OutcomeStore) -> None:
        self._stores = stores
        self._queues = queues
        self._outcomes = outcomes

    def sweep(self) -> int:
        """Wake those that somebody should go on with; how many.

        Raises:
            Unavailable: table or queue do not answer.
        """
        due = self._stores.table.due(time.time())
        return self._queues.own.send_all(encode(Wake(workspace=workspace, id=one)) for workspace, one in due)

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Work at the imports that an SQS event names."""
        tally = Tally(STAGE)
        batch = Batch(event, self._queues.dead_letters, tally, swept=True)
        batch.each(lambda body: self._work(decode(body, Wake)))
        self._outcomes.add(tally.take())
        return batch.answer()

    def _work(self, wake: Wake) -> None:
        try:
            held = hold(self._stores.table, wake)
        except NotFound:
            return  # deleted and forgotten
        if held is None:
            return
        try:
            self._step(held)
        except Conflict:
            logger.info("an import went on without us", extra={"import": wake.id})
        except Unavailable as outage:
            wait(held, outage)

    def _step(self, held: Hold) -> None:
        if held.job.attempts > MAX_ATTEMPTS:
            self._give_up(held)
        elif held.job.state == "deleting":
            Removal(held, self._stores).begin()
        elif held.job.state == "deleted":
            Removal(held, self._stores).again()
        else:
            self._run(held)

    def _run(self, held: Hold) -> None:
        job = held.job
        if job.plan is None or job.layout is None:
            raise ParseError("an import at work without a plan")
        charges = Charges(self._stores.table)
        ways = Ways(self._stores.uploads, self._stores.rows, self._stores.normalize, charges)
        try:
            Run(held, ways, job.plan, job.layout).go()
        except InvalidInput as error:  # the file's fault, or more than the plan takes: its owner is told
            self._fail(held, Failure(detail=str(error), remedy=error.remedy))

    def _give_up(self, held: Hold) -> None:
        if held.job.state in {"deleting", "deleted"}:
            held.rest(_LONG_PAUSE, attempts=0)
        else:
            self._fail(held, _OURS)
        raise ParseError(f"work at {held.job.id} has ended {MAX_ATTEMPTS} times without getting on")

    def _fail(self, held: Hold, failure: Failure) -> None:
        held.rest(state="failed", failure=failure, finished_at=datetime.now(tz=UTC))
