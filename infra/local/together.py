"""Things that are done at the same time and succeed or fail as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def together(tasks: Sequence[Callable[[], object]], cancel: Callable[[], object], *, at_once: int = 0) -> None:
    """Run tasks in threads and return when all are done.

    Args:
        tasks: what to do.
        cancel: called once, when one fails or Ctrl-C arrives; must make the running tasks end soon.
        at_once: how many run at the same time; 0: all.

    Raises:
        BaseException: what the first failing task raised, once none runs any more.
    """
    with ThreadPoolExecutor(at_once or max(len(tasks), 1)) as pool:
        try:
            for done in as_completed([pool.submit(task) for task in tasks]):
                done.result()
        except BaseException:
            cancel()
            pool.shutdown(cancel_futures=True)
            raise
