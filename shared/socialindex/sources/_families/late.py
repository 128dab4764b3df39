"""Looking again at what a list has shown lately, for what arrives late stands below what was read.

Lists by the time of writing show what travels for hours between servers, or waits for a moderator, where it would have
been had it come at once; a poll goes down to what it knows and no further. So a few times a day one of a channel's
polls begins a look: a walk from its first page down, of the lowest priority, past what is known to what is a day old. A
page that went astray is made up for by the next look, whose pages are mostly the same: nobody need hear of one that
fails for good.

The cursor says when the last look began. A channel's first poll begins none: what is older than that is history.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from socialindex.sources.base import REREAD_CONTEXT, Follow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from socialindex.sources.base import Request

EVERY: Final = timedelta(hours=6)
REACH: Final = timedelta(days=1)
"""How late something may arrive and still be found."""
POSTS: Final = 1_000
"""Posts that a look reads at most: those of a busier list are found as late as these reach back."""
LATE: Final = "late"
"""Kind of a look's requests, which a poll may ask for as well, and the frontier keeps one of a kind and address; in
their contexts, how many more pages there may be."""
LOOKED: Final = "looked"
"""In the cursor: when the last look began."""


def is_due(cursor: Mapping[str, str], now: datetime, name: str = LOOKED, every: timedelta = EVERY) -> bool:
    """Whether a poll begins a look."""
    looked = cursor.get(name)
    return looked is not None and now - datetime.fromisoformat(looked) >= every


def noted(cursor: Mapping[str, str], now: datetime, name: str = LOOKED, every: timedelta = EVERY) -> dict[str, str]:
    """The cursor after a poll: with the time of the look that it began, or from which on the first is waited for."""
    begins = name not in cursor or is_due(cursor, now, name, every)
    return {**cursor, name: now.isoformat(timespec="seconds")} if begins else dict(cursor)


def beside(
    found: Follow,
    look: Callable[[], Iterable[Request]],
    cursor: Mapping[str, str],
    now: datetime,
    name: str = LOOKED,
    every: timedelta = EVERY,
) -> Follow:
    """What follows from a page with which a poll may begin a look.

    Args:
        found: what follows from it otherwise.
        look: makes the look's requests, if one is due.
        cursor: the channel's.
        now: when the page was received.
        name: the look's in the cursor.
        every: how often there is one.
    """
    begun = look() if is_due(cursor, now, name, every) else ()
    after = noted(cursor if found.cursor is None else found.cursor, now, name, every)
    return Follow(requests=[*found.requests, *begun], cursor=after if after != cursor else None)


def pages(size: int) -> dict[str, str]:
    """The context of a look's first request, at a list of so many posts a page."""
    return {LATE: str(POSTS // size), **REREAD_CONTEXT}


def further(context: Mapping[str, str], written: datetime | None, now: datetime) -> dict[str, str] | None:
    """The context of a look's next request; ``None`` where it ends.

    Args:
        context: of the page's own request.
        written: when what the page reaches down to was written; ``None`` of a page without any.
        now: when the page was received.
    """
    left = int(context[LATE]) - 1
    goes_on = left > 0 and written is not None and written > now - REACH
    return {LATE: str(left), **REREAD_CONTEXT} if goes_on else None
