"""When a delivery that was not taken is sent again, for a day.

As in Standard Webhooks' recommendation: soon at first, then more and more seldom, each pause with some chance in it so
that what failed together does not come back together. A destination that says ``Retry-After`` is left alone for as
long, if that is longer; where it sends us away beyond the day, the delivery is given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.deliver.delivery import Delivery

DAY: Final = timedelta(hours=24)
"""How long a delivery is tried."""
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 480))
"""After the first attempt, the second and so on. The last attempt comes when the day is over."""
JITTER: Final = 0.1
"""A pause is up to a tenth shorter or longer."""


def due_at(delivery: Delivery) -> datetime:
    """Since when a delivery's first try is due: its event's moment, the end of quiet hours, or when asked for."""
    due = delivery.until - DAY
    return delivery.event.at if due == delivery.created_at else due


def next_attempt(
    delivery: Delivery, now: datetime, retry_after: float | None, chance: Callable[[], float]
) -> datetime | None:
    """When a delivery is sent again that has just failed for the ``tries``th time; ``None``: never.

    Args:
        delivery: with this attempt counted.
        now: when it failed.
        retry_after: seconds that the destination asked for; ``None`` where it did not.
        chance: a number from 0 to 1.
    """
    left = delivery.until - now
    asked = timedelta(seconds=retry_after or 0)
    if left <= timedelta(0) or asked > left:
        return None
    planned = PAUSES[min(delivery.tries, len(PAUSES)) - 1] * (1 + JITTER * (2 * chance() - 1))
    return now + min(max(planned, asked), left)
