"""An event loop whose clock jumps to the next thing that is due: an hour of waiting takes no time at all."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = 1_764_000_000.0
"""The Unix time at which a virtual clock begins."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop in which nothing but waiting takes time; for code that waits for nothing outside of it.

    What is given to a thread runs in the loop's own, and is done ``call_seconds`` later.
    """

    def __init__(self, call_seconds: float = 0.0) -> None:
        self._virtual = _Skipping()
        super().__init__(self._virtual)
        self._call_seconds = call_seconds

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._virtual.now

    def unix_time(self) -> float:
        """The same as a Unix time, for code that asks for one."""
        return EPOCH + self._virtual.now

    def run_in_executor(  # type: ignore[override]  # asyncio's own signature needs variadic generics
        self,
        executor: object,
        func: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - whatever the function takes
    ) -> asyncio.Future[Any]:
        """Call a function as if in a thread."""
        del executor
        future = self.create_future()
        self.call_later(self._call_seconds, _settle, future, func, args)
        return future


class _Skipping(selectors.SelectSelector):
    """Waits for files by not waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("everything waits for what never comes")
            self.now += max(timeout, 0.0)
        return ready


def _settle(future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if future.cancelled():
        return
    try:
        future.set_result(func(*args))
    except Exception as error:  # noqa: BLE001 - whoever waits for the future decides
        future.set_exception(error)
