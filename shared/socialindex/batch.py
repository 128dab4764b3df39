"""A queue's batch: one bad item never fails the others, and none is lost.

Each record ends as ``ok`` (deleted), ``retry`` (reported as a batch item failure, so that it comes again) or
``quarantine`` (copied to the dead-letter queue with its reason, then deleted). An item that keeps failing without a
verdict is quarantined by us after some receives, because a queue's own redrive policy cannot tell why. A part that is
down is no fault of the item: then we are patient for as many receives as the queue is.

What failed stays hidden for its queue's visibility timeout, six times as long as a function may run. Of messages that
somebody waits for, those that met an outage come again sooner: about as long after it as it lasted, and five minutes at
the most. Messages that only say what is worth a look are done with an outage: a schedule asks for the same again sooner
than their queue would, and what stays there though its work is done looks late to an alarm.

An invocation that answers has worked, as far as CloudWatch can tell. Where our code stumbles over all that it is given,
it does not answer: alarms hear of it, and a deployment that brought such code is taken back.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from aws_lambda_powertools import Logger

from socialindex import correlation, metrics
from socialindex.errors import Discarded, InvalidInput, Lasting, ParseError, SocialIndexError, Unavailable
from socialindex.metrics import Metric

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from socialindex.outcomes import Tally

logger = Logger(child=True)

MAX_RECEIVES = 5
"""Receives after which an item that fails without a verdict is quarantined."""
PATIENCE = 29
"""The same for an item that waits for a part which is down; one below the queues' ``maxReceiveCount``. With timeouts of
half an hour and more these are fourteen hours and more."""
A_DAY = 290
"""The same for one that comes again soon (``soon``)."""
WITHOUT_OUTAGES: Final = 1_200.0
"""Seconds that ``MAX_RECEIVES`` take at least where none of them was an outage's: what fails otherwise is hidden for
its queue's timeout each time. Where an outage sent a message back soon, they may be over within minutes."""
_FIRST: Final = 15.0
_LONGEST: Final = 300.0
"""Seconds until a message that met an outage comes again: the first time, and at most. Below every queue's timeout."""
_JITTER: Final = 0.1
"""A wait is up to a tenth shorter or longer, so that what failed together does not come back together."""

BatchAnswer = dict[str, list[dict[str, str]]]
"""``{"batchItemFailures": [{"itemIdentifier": messageId}, ...]}``, as an event source mapping expects it."""


class Record:
    """One message of an SQS event (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.id: str = raw["messageId"]
        self.body: str = raw["body"]
        self.receipt: str = raw.get("receiptHandle", "")
        self.receives = int(raw["attributes"]["ApproximateReceiveCount"])
        self.sent = int(raw["attributes"].get("SentTimestamp", 0)) / 1000
        self.correlation = correlation.of_record(raw)


class DeadLetters(Protocol):
    """Where quarantined messages go."""

    def put(self, body: str, *, reason: str) -> None:
        """Store a message with the reason why it is here."""


class Hiding(Protocol):
    """The queue that messages came from."""

    def hide(self, seconds: Mapping[str, int]) -> None:
        """Have messages, by their receipts, come again after so many seconds from now."""


class Batch:
    """Verdicts over the records of one event.

    A stage has ``each`` record worked at by itself; or looks at ``records``, and calls ``failed`` for each that did not
    work: what is not named has worked.

    Args:
        event: of SQS.
        dead_letters: where quarantined messages go.
        tally: counts outcomes.
        queue: where the records came from, if they are to come again soon after an outage, for a day; without, they do
            when the queue's visibility timeout is over, ``PATIENCE`` times.
        swept: whether a schedule asks again for what a record names, so that it need not come again after an outage,
            unless that is ``Lasting``.
    """

    def __init__(
        self,
        event: dict[str, Any],
        dead_letters: DeadLetters,
        tally: Tally,
        queue: Hiding | None = None,
        *,
        swept: bool = False,
    ) -> None:
        self.records: Sequence[Record] = [Record(raw) for raw in event["Records"]]
        self._dead_letters = dead_letters
        self._tally = tally
        self._queue = queue
        self._swept = swept
        self._retries: set[str] = set()
        self._soon: dict[str, int] = {}
        """By receipt, seconds until it comes again."""
        self._stumbles: dict[str, Exception] = {}
        """By message, errors that are nobody's verdict: our own code's."""
        if queue is not None:
            self._measure()

    def _measure(self) -> None:
        """Tell how long ago what comes again was sent: SQS leaves what came three times out of the age of its queue.

        At once, for what kills its function would never be told of at the end.
        """
        for record in self.records:
            if record.receives > 1:
                metrics.record(Metric.WAITED, max(round(time.time() - record.sent, 1), 0.0))
        metrics.flush()

    def each(self, work: Callable[[str], None]) -> None:
        """Hand every record's text to ``work``, and count it: it has worked, or gets the verdict of its error."""
        for record in self.records:
            try:
                with correlation.following(record.correlation):
                    work(record.body)
            except Exception as error:  # noqa: BLE001 - a batch never fails for one item; the verdict is the batch's
                self.failed(record, error)
            else:
                self._tally.add("ok")

    def failed(self, record: Record, error: Exception, *, source: str = "") -> None:
        """Decide what becomes of a record whose handling raised ``error``, and count it.

        While the dead-letter queue is down, what belongs there comes again.
        """
        with correlation.following(record.correlation):
            self._decide(record, error, source)

    def _decide(self, record: Record, error: Exception, source: str) -> None:
        if isinstance(error, Discarded):
            self._tally.add("discard", source=source, reason=error.reason)
        elif isinstance(error, (ParseError, InvalidInput)) or self._is_given_up(record, error):
            self._quarantine(record, error, source)
        elif self._swept and isinstance(error, Unavailable) and not isinstance(error, Lasting):
            self._tally.add("retry", source=source, reason=type(error).__name__)
            logger.warning("left to a schedule", extra={"message_id": record.id, "reason": str(error)[:500]})
        else:
            self._retry(record, error, source)

    def _is_given_up(self, record: Record, error: Exception) -> bool:
        if isinstance(error, Unavailable):
            return record.receives >= (PATIENCE if self._queue is None else A_DAY)
        is_young = self._queue is not None and time.time() - record.sent < WITHOUT_OUTAGES
        return record.receives >= MAX_RECEIVES and not is_young

    def answer(self) -> BatchAnswer:
        """The partial batch response.

        Raises:
            Exception: what our code has stumbled over with each of the records. All of them come again, as they would.
        """
        if self._stumbles and len(self._stumbles) == len(self.records):
            raise next(iter(self._stumbles.values()))
        if self._queue is not None and self._soon:
            try:
                self._queue.hide(self._soon)
            except Unavailable as error:  # they come again when the queue's own timeout is over
                logger.warning("what failed comes again late", extra={"reason": str(error)})
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in sorted(self._retries)]}

    def _quarantine(self, record: Record, error: Exception, source: str) -> None:
        try:
            self._dead_letters.put(record.body, reason=reason_of(error))
        except Unavailable as outage:
            self._retry(record, outage, source)
            return
        self._tally.add("quarantine", source=source, reason=type(error).__name__)
        logger.warning("quarantined", extra={"message_id": record.id, "reason": type(error).__name__})

    def _retry(self, record: Record, error: Exception, source: str) -> None:
        self._retries.add(record.id)
        if self._queue is not None and isinstance(error, Unavailable):
            self._soon[record.receipt] = soon(record.receives)
        if not isinstance(error, SocialIndexError):
            self._stumbles[record.id] = error
        self._tally.add("retry", source=source, reason=type(error).__name__)
        logger.warning("will be retried", extra={"message_id": record.id, "reason": type(error).__name__})


def soon(receives: int) -> int:
    """Seconds until a message that met an outage comes again: as long as it has waited, and five minutes at the most.

    Args:
        receives: how often it came.
    """
    wait = min(_FIRST * 2.0 ** (receives - 1), _LONGEST)
    return round(wait * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311 - the wait is no secret


def reason_of(error: Exception) -> str:
    """An error as the reason of a quarantined message: its class and its words, at most 1,000 characters."""
    return f"{type(error).__name__}: {error}"[:1000]
