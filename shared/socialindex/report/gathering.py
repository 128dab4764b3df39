"""Asking for several things at once, within one bound of time: a report must be there before the gateway gives up."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from types import TracebackType

T = TypeVar("T")
E = TypeVar("E")

AT_ONCE: Final = 7
"""Below the connections that the engine's client keeps."""
PATIENCE: Final = 24.0
"""Seconds for all parts together, within the gateway's thirty. Each request to the engine has its own timeout below."""


class Gathering(Generic[E]):
    """Parts of an answer, each asked for in a thread of its own. ``E``: names of parts that may be left out."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.left_out: list[E] = []
        self._end = time.monotonic() + patience
        self._pool = ThreadPoolExecutor(AT_ONCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for nobody: what is late ends by its own timeout, and nobody looks at it."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def start(self, part: Callable[[], T]) -> Future[T]:
        """Begin to ask for a part."""
        return self._pool.submit(part)

    def needed(self, part: Future[T]) -> T:
        """What was asked for.

        Raises:
            Unavailable: it is late. What the part raises is raised, too.
        """
        try:
            return part.result(max(0.0, self._end - time.monotonic()))
        except TimeoutError as error:
            raise Unavailable("the engine did not tell all figures in time") from error

    def optional(self, name: E, part: Future[T]) -> T | None:
        """What was asked for; None, and noted, where it is late or a part that it needs does not answer."""
        try:
            return self.needed(part)
        except Unavailable:
            self.left_out.append(name)
            return None
