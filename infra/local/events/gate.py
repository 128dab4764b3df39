"""API Gateway's throttling: a bucket of requests that fills up evenly.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.template.model import Throttling


class Gate:
    """Lets requests through as ``throttling`` says, all of them where it says nothing.

    On AWS the bucket is kept by many machines, which let a little more through: it is a target, not a ceiling.
    """

    def __init__(self, throttling: Throttling | None) -> None:
        self._throttling = throttling
        self._left = 0.0 if throttling is None else float(throttling.burst)
        self._at: float | None = None

    def admits(self, now: float) -> bool:
        """Whether a request at ``now`` (seconds, of any clock that does not go back) comes through."""
        if self._throttling is None:
            return True
        since = 0.0 if self._at is None else now - self._at
        self._at = now
        self._left = min(self._throttling.burst, self._left + since * self._throttling.rate)
        if self._left < 1:
            return False
        self._left -= 1
        return True
