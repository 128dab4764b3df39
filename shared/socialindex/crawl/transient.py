"""What may pass, for those who only tell of it: without the HTTP client that ``faults`` needs."""

from __future__ import annotations

from socialindex.errors import Unavailable


class Transient(Unavailable):
    """A host that does not give its answer now and may do so later.

    Attributes:
        reason: a short snake_case word for the counts: ``timeout``, ``dns``, ``connect``, ``tls``, ``reset``,
            ``truncated``, ``throttled``, ``server_error``, ``protocol``, ``unauthorized``, or one of ``reasons.OURS``.
        status: of the answer; None where there was none.
        retry_after: seconds that the host asks us to stay away; None where it did not say.
        brief: whether it is likely to be over in a moment, so that trying again at once makes sense.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        brief: bool = False,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        self.brief = brief
