"""The network stage: NetworkQueue -> posts of the index -> files of networks.

What is to be done stands in a network's item, and a message only says that it is worth a look; a schedule wakes those
that were left. A network is made in one go, and from the beginning where that was killed: reading all of its posts
again takes less than keeping half a network somewhere would.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from aws_lambda_powertools import Logger

from socialindex.batch import Batch, BatchAnswer, DeadLetters
from socialindex.errors import Conflict, InvalidInput, NotFound, ParseError, Unavailable
from socialindex.exports.job import Failure
from socialindex.exports.leaving import Leaving
from socialindex.lease import wait
from socialindex.messages import decode, encode
from socialindex.network.hold import hold
from socialindex.network.job import KEPT, Wake
from socialindex.network.making import built, measured, written
from socialindex.network.reading import Reader
from socialindex.outcomes import OutcomeStore, Tally

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.aws.networks import NetworksTable
    from socialindex.aws.queues import Queue
    from socialindex.exports.leaving import Objections
    from socialindex.network.hold import Hold
    from socialindex.network.job import Job

logger = Logger(child=True)

STAGE: Final = "network"
MAX_ATTEMPTS: Final = 3
"""Times that work at a network may end without an end, outages aside."""
OWNERS: Final = 100_000
"""Posts that are looked up because others refer to them, at most."""
_LONG_PAUSE: Final = 3600.0
"""Seconds until it is tried again, for a removal that does not get on: it is never given up."""
_OURS: Final = Failure(
    detail="the network could not be finished, by a mistake on our side",
    remedy="we have been told; ask for it again, or write to us with its id",
)


class Files(Protocol):
    """Where files are put: ``aws.network_files.NetworkFiles``."""

    def put(self, job: Job, name: str, data: bytes) -> None:
        """Put a file."""

    def remove(self, job: Job) -> None:
        """Remove all files of a network."""


class Ways(NamedTuple):
    """Where posts come from and files go to."""

    engine: OpenSearch
    suppressions: Objections
    files: Files


class Queues(NamedTuple):
    """The stage's own queue, and where its quarantined messages go."""

    own: Queue
    dead_letters: DeadLetters


class Networks:
    """Works at networks; being told of one twice changes nothing."""

    def __init__(self, table: NetworksTable, ways: Ways, queues: Queues, outcomes: OutcomeStore) -> None:
        self._table = table
        self._ways = ways
        self._queues = queues
        self._outcomes = outcomes

    def sweep(self) -> int:
        """Wake those that somebody should work at; how many.

        Raises:
            Unavailable: table or queue do not answer.
        """
        due = self._table.due(time.time())
        return self._queues.own.send_all(encode(Wake(organization=whose, id=one)) for whose, one in due)

    def handle(self, event: dict[str, Any]) -> BatchAnswer:
        """Work at the networks that an SQS event names."""
        tally = Tally(STAGE)
        batch = Batch(event, self._queues.dead_letters, tally, swept=True)
        batch.each(lambda body: self._work(decode(body, Wake)))
        self._outcomes.add(tally.take())
        return batch.answer()

    def _work(self, wake: Wake) -> None:
        try:
            held = hold(self._table, wake)
        except NotFound:
            return  # removed
        if held is None:
            return
        try:
            self._step(held)
        except Conflict:
            logger.info("a network went on without us", extra={"network": wake.id})
        except Unavailable as outage:
            wait(held, outage)

    def _step(self, held: Hold) -> None:
        if held.job.attempts > MAX_ATTEMPTS:
            self._give_up(held)
        elif held.job.state == "deleting":
            self._ways.files.remove(held.job)
            self._table.remove(held.job)
        elif held.job.state == "done":  # its time is over
            self._ways.files.remove(held.job)
            held.rest(state="expired")
        else:
            self._try(held)

    def _try(self, held: Hold) -> None:
        """Make it; what cannot be made for a reason of the asker's own is no mistake of ours."""
        try:
            self._make(held)
        except (NotFound, InvalidInput) as error:
            why = Failure(detail=str(error), remedy="ask for a network of what is there now")
            held.rest(state="failed", failure=why, finished_at=datetime.now(tz=UTC))

    def _make(self, held: Hold) -> None:
        started = datetime.now(tz=UTC)
        job, leaving = held.job, Leaving(self._ways.suppressions)
        wanted = job.wanted
        reader = Reader(self._ways.engine, job.caller, wanted, job.bound, sift=leaving.whole)

        def go_on() -> bool:
            held.beat(seen=reader.seen)
            return True

        network = built(wanted, reader, OWNERS, go_on)
        read = reader.read(job.total)
        data = written(measured(network), wanted.format, {"read": read, "coverage": job.coverage})
        name = f"{job.attempts}.{wanted.format}"
        self._ways.files.put(job, name, data)
        now = datetime.now(tz=UTC)
        held.rest(
            KEPT.total_seconds(),
            state="done",
            attempts=0,
            started_at=started,
            finished_at=now,
            expires_at=now + KEPT,
            seen=reader.seen,
            oldest=read.oldest,
            posts_left_out=dict(leaving.left_out),
            nodes=len(network.nodes),
            edges=len(network.edges),
            left_out=network.left_out,
            bytes=len(data),
            file=name,
        )

    def _give_up(self, held: Hold) -> None:
        if held.job.state in {"done", "deleting"}:
            held.rest(_LONG_PAUSE, attempts=0)
        else:
            self._ways.files.remove(held.job)
            held.rest(state="failed", failure=_OURS, finished_at=datetime.now(tz=UTC))
        raise ParseError(f"work at {held.job.id} has ended {MAX_ATTEMPTS} times without an end")
