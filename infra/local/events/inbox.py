"""One SQS queue, called in threads: boto3 waits for its answers."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, TypeVar

from infra.local.events.batch import Received, received

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from mypy_boto3_sqs import SQSClient

    from infra.local.template.model import Queue

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_MOST: Final = 10
"""Messages per ReceiveMessage, and entries per batch request."""


class Inbox:
    """Receives, deletes and hides messages of ``queue``.

    All methods raise ``BotoCoreError`` or ``ClientError`` where the queue server does not answer or refuses.
    """

    def __init__(self, queue: Queue, sqs: SQSClient, threads: Executor, region: str) -> None:
        self.name = queue.name
        self._queue = queue
        self._sqs = sqs
        self._threads = threads
        self._region = region

    async def receive(self, most: int, wait: int) -> list[Received]:
        """Up to ``most`` messages (never more than 10), after waiting ``wait`` seconds for the first."""
        answer = await self._call(
            lambda: self._sqs.receive_message(
                QueueUrl=self._queue.url,
                MaxNumberOfMessages=min(most, _MOST),
                WaitTimeSeconds=wait,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
        )
        return [received(message, self._queue.arn, self._region) for message in answer.get("Messages", [])]

    async def delete(self, messages: Sequence[Received]) -> None:
        """These are done. One that the server does not delete comes again, and is logged."""
        for entries in _entries(messages):
            answer = await self._call(self._deletion(entries))
            for refused in answer.get("Failed", []):
                log.warning("A message of %s was not deleted: %s", self.name, refused.get("Message"))

    async def hide(self, messages: Sequence[Received], seconds: int) -> None:
        """These become visible again in ``seconds``."""
        for entries in _entries(messages, VisibilityTimeout=seconds):
            await self._call(self._change(entries))

    def _deletion(self, entries: list[Any]) -> Callable[[], dict[str, Any]]:
        return lambda: dict(self._sqs.delete_message_batch(QueueUrl=self._queue.url, Entries=entries))

    def _change(self, entries: list[Any]) -> Callable[[], dict[str, Any]]:
        return lambda: dict(self._sqs.change_message_visibility_batch(QueueUrl=self._queue.url, Entries=entries))

    async def _call(self, request: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, request)


def _entries(messages: Sequence[Received], **more: int) -> Iterator[list[dict[str, Any]]]:
    entries = [{"Id": str(n), "ReceiptHandle": one.receipt_handle, **more} for n, one in enumerate(messages)]
    return (entries[start : start + _MOST] for start in range(0, len(entries), _MOST))
