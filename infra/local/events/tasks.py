"""Tasks that run as long as the stack does."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = logging.getLogger(__name__)


def begin(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Run it in the background; should it fail, that is logged at once and not when somebody waits for it."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_tell)
    return task


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait so many seconds, or until ``stopping``."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("%s has ended: %r", task.get_name(), error, exc_info=error)
