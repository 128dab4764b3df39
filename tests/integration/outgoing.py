"""Faults in the midst of a function's work: at the Nth of its calls to other parts, whichever that is.

Every call of this process passes here on its way out: requests of boto3 to tables, queues and buckets, those to the
engine, and webhooks. The parts themselves are real.
"""

from __future__ import annotations

import io
import threading
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Literal
from unittest.mock import patch

import urllib3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from opensearchpy.exceptions import ConnectionTimeout

from socialindex.deliver.call import Hooks
from socialindex.opensearch import EngineConnectionError, Urllib3HttpConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

Fault = Literal["killed before", "killed after", "out", "unanswered"]
"""killed: the process ends instead of the call, or when it was done and nobody has the answer. out: the part that is
called refuses from here on, a table as it throttles, a bucket as it asks for less. unanswered: the call is done, and
its answer is lost."""
FAULTS: Final[tuple[Fault, ...]] = ("killed before", "killed after", "out", "unanswered")
_LOST: Final = frozenset({"killed after", "unanswered"})
"""Faults of which the answer is there, and nobody gets it."""
_HOOK: Final = "hook"
_REFUSALS: Final = {
    "dynamodb": (400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}'),
    "sqs": (503, b'{"__type":"com.amazonaws.sqs#ServiceUnavailable"}'),
    "s3": (503, b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
}


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


class Outgoing:
    """Calls in their order, of which one meets a fault; without ``at`` none does."""

    def __init__(self, fault: Fault, at: int | None) -> None:
        self.calls: list[str] = []
        self._fault, self._at = fault, at
        self._down = ""
        self._dead = False
        self._lock = threading.Lock()

    @property
    def is_met(self) -> bool:
        """Whether there were so many calls."""
        return self._at is not None and len(self.calls) > self._at

    def enter(self, part: str, name: str) -> Fault | None:
        """Note a call; the fault that it meets.

        Raises:
            Killed: the process is gone.
        """
        with self._lock:
            fault = self._fault if len(self.calls) == self._at else None
            self.calls.append(f"{part} {name}")
            if self._dead or fault == "killed before":
                self._dead = True
                raise Killed
            if fault == "out":
                self._down = part
            return "out" if part == self._down else fault

    def leave(self, fault: Fault | None) -> None:
        """A call was done.

        Raises:
            Killed: the process is gone.
        """
        if fault == "killed after":
            self._dead = True
            raise Killed


@contextmanager
def outgoing(fault: Fault, at: int | None) -> Iterator[Outgoing]:
    """Let the call number ``at``, from 0, of this process meet a fault."""
    calls = Outgoing(fault, at)
    quick = SimpleNamespace(sleep=lambda _: None)
    with (
        patch.object(URLLib3Session, "send", _aws(calls, URLLib3Session.send)),
        patch.object(Urllib3HttpConnection, "perform_request", _engine(calls, Urllib3HttpConnection.perform_request)),
        patch.object(Hooks, "call", _hook(calls, Hooks.call)),
        patch("botocore.endpoint.time", quick),  # pauses between a client's own tries
    ):
        yield calls


def _aws(calls: Outgoing, send: Callable[..., Any]) -> Callable[..., Any]:
    def sent(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        part, name = _named(request)
        fault = calls.enter(part, name)
        if fault == "out":
            return _refused(request, part)
        answer = send(session, request)
        if fault in _LOST:
            answer.raw.close()  # nobody is there to read on: its connection ends with the process, or with the failure
        calls.leave(fault)
        if fault == "unanswered":
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer

    return sent


def _engine(calls: Outgoing, perform: Callable[..., Any]) -> Callable[..., Any]:
    def performed(connection: Urllib3HttpConnection, method: str, url: str, *given: Any, **named: Any) -> Any:
        fault = calls.enter("engine", f"{method} {url}")
        if fault == "out":
            raise EngineConnectionError("N/A", "refused", OSError("refused"))
        answer = perform(connection, method, url, *given, **named)
        calls.leave(fault)
        if fault == "unanswered":
            raise ConnectionTimeout("TIMEOUT", "no answer", OSError("no answer"))
        return answer

    return performed


def _hook(calls: Outgoing, call: Callable[..., Any]) -> Callable[..., Any]:
    """A receiver that is down or silent is the deliver stage's daily bread: its own tests show that."""

    async def called(hooks: Hooks, *given: Any) -> Any:
        fault = calls.enter(_HOOK, "POST")
        outcome = await call(hooks, *given)
        calls.leave(fault)
        return outcome

    return called


def _named(request: AWSPreparedRequest) -> tuple[str, str]:
    target = request.headers.get("X-Amz-Target", b"")
    service, _, action = (target.decode() if isinstance(target, bytes) else str(target)).partition(".")
    if service:
        return service.partition("_")[0].lower().removeprefix("amazon"), action
    return "s3", request.method


def _refused(request: AWSPreparedRequest, part: str) -> AWSResponse:
    status, body = _REFUSALS[part]
    raw = urllib3.HTTPResponse(io.BytesIO(body), status=status, preload_content=False)
    return AWSResponse(request.url, status, HTTPHeaders(), raw)
