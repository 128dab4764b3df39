"""How long an answer is waited for, all attempts and pauses together, and what is said meanwhile."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import tenacity
from tenacity.stop import stop_base

from socialindex.client.errors import NoAnswer, RateLimited, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BACKOFF: Final = tenacity.wait_random_exponential(multiplier=0.5, max=8)
"""Seconds before another try where the API does not say: up to 0.5, 1, 2 and so on, drawn by lot."""
_SILENCE: Final = 5.0
"""Seconds after which somebody who waits is told why."""


def again(attempts: int, patience: float, notice: Callable[[str], None]) -> tenacity.Retrying:
    """Sends what may be repeated again while that makes sense.

    Args:
        attempts: how often at most.
        patience: seconds for all of it. An attempt is taken to last as long as those before: where it would outlast
            the patience it is not begun, and the error is raised that is there, which says more than a broken wait.
        notice: is told, in words, of pauses that leave somebody in silence.
    """

    def told(state: tenacity.RetryCallState) -> None:
        if _passed(state) + state.upcoming_sleep >= _SILENCE:
            notice(f"{_error(state)}: asking again in {state.upcoming_sleep:.0f} s")

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type((NoAnswer, RateLimited, ServiceUnavailable)),
        wait=_pause,
        stop=tenacity.stop_after_attempt(attempts) | _Outlasting(patience),
        before_sleep=told,
        reraise=True,
    )


@contextmanager
def told_of(notice: Callable[[str], None] | None, url: str, most: float) -> Iterator[None]:
    """Where the block lasts longer than a person likes to wait in silence, say once that it waits, and for what.

    Args:
        notice: is told so, by another thread; ``None``: nobody is.
        url: who is to answer.
        most: seconds until the waiting ends at the latest.
    """
    if notice is None:
        yield
        return
    words = f"{url} has not answered for {_SILENCE:.0f} s: waiting on, for {most:.0f} s in all at most"
    timer = threading.Timer(_SILENCE, notice, [words])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Outlasting(stop_base):
    """Whether another attempt, as long as those before on the average, would outlast the patience."""

    def __init__(self, patience: float) -> None:
        self._patience = patience

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        attempt = (_passed(retry_state) - retry_state.idle_for) / retry_state.attempt_number
        return _passed(retry_state) + retry_state.upcoming_sleep + attempt >= self._patience


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds before the next try: what the API asks for, else a little more each time."""
    told: float | None = getattr(_error(state), "retry_after", None)
    return _BACKOFF(state) if told is None else told


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _passed(state: tenacity.RetryCallState) -> float:
    """Seconds since the first attempt began."""
    return state.seconds_since_start or 0.0
