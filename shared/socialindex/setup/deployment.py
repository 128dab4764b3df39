"""Setup as a part of a deployment: a custom resource of the template that answers when the engine is ready.

CloudFormation asks once and waits for an hour. What must be waited for (a plugin that is being associated, an engine
that does not answer yet) outlasts a function, so that the request is kept, and each minute goes on with it.

- Create and Update do the same, as often as it takes.
- A try that is killed, or ends in what nobody expects, ends nothing: the next one may do better. Where none does, the
  stack is told before it has waited in vain: a rollback without an answer fails, too.
- A request is for the code that it came with: while aliases move, what is called each minute may still be the version
  before, which would put its own templates and say that all is there.
- Delete takes nothing back: the index is not the stack's.
- A rollback is never failed: what cannot be put then is logged, since the code that returns has run with it before.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex.errors import SocialIndexError, Unavailable
from socialindex.opensearch import TransportError
from socialindex.setup.packages import NORI, Packages, require

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PHYSICAL_ID = "engine"
"""The same for ever: another would make CloudFormation delete the one before."""
_PATIENCE = 55 * 60.0
"""Seconds until a deployment that is not done has failed: less than the hour that CloudFormation waits."""
_LAST_TRIES = 3 * 60.0
"""Seconds after these in which tries still may say why; then the stack is told that none has come to an end."""
_FORGOTTEN = 3600.0
"""Seconds after these until an answer that nobody takes is sent no more: nobody waits for it by then, and all else that
setup does each minute waits for its end."""
_NO_END = "no try to set the engine up has come to an end: the setup function's log says why"
_REASON = 1000
"""Characters; an answer has 4,096 bytes at most."""

logger = Logger(child=True)


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """What CloudFormation asks."""

    request_type: Literal["Create", "Update", "Delete"]
    response_url: str = msgspec.field(name="ResponseURL")
    stack_id: str
    request_id: str
    logical_resource_id: str
    resource_properties: dict[str, Any] = {}


class Pending(Protocol):
    """Where the request is kept: ``aws.deployments.Deployments``."""

    def put(self, request: str, until: float) -> None:
        """Keep it until then."""

    def get(self) -> tuple[str, float] | None:
        """It, and until when."""

    def clear(self, request: str) -> None:
        """Forget this one, and none that has come since."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a deployment works with."""

    pending: Pending
    packages: Callable[[str], Packages]
    """Of the domain with that name."""
    put: Callable[[Mapping[str, Any]], object]
    """Puts everything that the engine must hold; takes the resource's properties."""
    being_taken_back: Callable[[str], bool]
    """Whether that stack is being rolled back or deleted."""
    answer: Callable[[str, bytes], None]
    """Sends an answer to an address."""


class Deployment:
    """The deployment under way, if there is one."""

    def __init__(self, parts: Parts, clock: Callable[[], float] = time.time) -> None:
        self._parts = parts
        self._clock = clock

    def ask(self, event: Mapping[str, Any]) -> str:
        """Take a request and begin with it; what came of it: ``done``, ``waiting`` or ``failed``."""
        request = msgspec.json.encode(msgspec.convert(event, Request)).decode()
        self._parts.pending.put(request, self._clock() + _PATIENCE)
        return self.go_on()

    def go_on(self, version: str = "") -> str:
        """Go on with the request that waits, if one does. As ``ask``.

        Twice at the same time does no harm: both answer, and CloudFormation heeds the first.

        Args:
            version: of the function that runs, as Lambda numbers it. Of another one than the request names in its
                property ``Version``, it leaves the request to that; without a number it does not.

        Raises:
            Unavailable: nobody takes the answer; it is sent again.
        """
        kept = self._parts.pending.get()
        if kept is None:
            return "done"
        try:
            outcome = self._answered(msgspec.json.decode(kept[0], type=Request), kept[1], version)
        except Unavailable as error:
            if self._clock() < kept[1] + _FORGOTTEN:
                raise
            logger.warning("nobody takes the answer to a deployment", extra={"reason": str(error)})
            outcome = "failed"
        if outcome != "waiting":
            self._parts.pending.clear(kept[0])
        return outcome

    def _answered(self, request: Request, until: float, version: str) -> str:
        if request.request_type != "Delete" and self._clock() >= until + _LAST_TRIES:
            return self._end(request, "failed", Unavailable(_NO_END))
        try:
            _check_version(request, version)
            self._put(request)
        except Unavailable as error:
            return self._end(request, "failed", error) if self._clock() >= until else self._waiting(error)
        except (SocialIndexError, TransportError) as error:
            return self._end(request, "failed", error)
        return self._end(request, "done")

    def _put(self, request: Request) -> None:
        if request.request_type == "Delete":
            return
        properties = request.resource_properties
        if domain := properties.get("Domain"):
            require(self._parts.packages(str(domain)), NORI)
        self._parts.put(properties)

    def _waiting(self, error: Unavailable) -> str:
        logger.info("the engine is not ready", extra={"reason": str(error)})
        return "waiting"

    def _end(self, request: Request, outcome: str, error: Exception | None = None) -> str:
        reason = "" if error is None else str(error)[:_REASON]
        if error is not None:
            logger.error("the engine could not be set up", extra={"reason": reason})
        succeeded = error is None or self._parts.being_taken_back(request.stack_id)
        self._parts.answer(request.response_url, _answer(request, reason, succeeded=succeeded))
        return outcome


def _check_version(request: Request, version: str) -> None:
    """Pass the code that a request came with.

    Raises:
        Unavailable: this is another; the alias moves to that, by and by.
    """
    wanted = str(request.resource_properties.get("Version", "")).rpartition(":")[2]
    if version.isdecimal() and wanted.isdecimal() and version != wanted:
        raise Unavailable(f"the setup function's alias leads to version {version} still, not to {wanted}")


def _answer(request: Request, reason: str, *, succeeded: bool) -> bytes:
    return msgspec.json.encode(
        {
            "Status": "SUCCESS" if succeeded else "FAILED",
            "Reason": reason or "The engine holds what it must.",
            "PhysicalResourceId": PHYSICAL_ID,
            "StackId": request.stack_id,
            "RequestId": request.request_id,
            "LogicalResourceId": request.logical_resource_id,
        }
    )
