"""Hours of a destination: when it wants to be left alone, and when its digests are made."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final

import msgspec

from socialindex.errors import InvalidInput
from socialindex.model import Struct
from socialindex.zones import zone_of

MORNING: Final = time(8)
"""When digests are made."""
_MONDAY: Final = 0

Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:30"])]
"""A time of day such as 22:30."""


class Quiet(Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """Hours of every day in which a destination is told nothing; over midnight where ``from`` is later than ``to``."""

    since: Clock
    """When they begin (``from``)."""
    until: Clock
    """When they end (``to``)."""
    crisis_passes: bool = False
    """Whether a crisis of high severity is told all the same, while it lasts; that it is over can wait."""

    def check(self) -> None:
        """Pass hours that begin and end.

        Raises:
            InvalidInput: they are the same, or one is no time of day.
        """
        for name, clock in (("from", self.since), ("to", self.until)):
            if clock.endswith("\n"):  # which "$" lets pass, and nothing that reads a time
                raise InvalidInput(f"{clock!r} is no time of day", field=f"quiet.{name}", remedy="write it as 22:30")
        if self.since == self.until:
            remedy = "use different times, or pause the destination"
            raise InvalidInput("quiet hours begin when they end", field="quiet", remedy=remedy)

    def end(self, now: datetime, time_zone: str) -> datetime | None:
        """When the quiet hours end that it is now in the zone, in UTC; ``None`` where it is none of them."""
        here = now.astimezone(zone_of(time_zone))
        since, until = time.fromisoformat(self.since), time.fromisoformat(self.until)
        clock = here.time().replace(tzinfo=None)
        if since < until:
            is_quiet, ends_tomorrow = since <= clock < until, False
        else:
            is_quiet, ends_tomorrow = clock >= since or clock < until, clock >= since
        if not is_quiet:
            return None
        end = _at(here, until, days=int(ends_tomorrow))
        return end if end > now else _at(here, until, days=int(ends_tomorrow), again=True)


def at_eight(now: datetime, time_zone: str, *, weekly: bool) -> datetime:
    """The next time after ``now`` that it is eight in the zone, with ``weekly`` on a Monday; in UTC."""
    here = now.astimezone(zone_of(time_zone))
    days = (_MONDAY - here.weekday()) % 7 if weekly else 0
    found = _at(here, MORNING, days=days)
    return found if found > now else _at(here, MORNING, days=days + (7 if weekly else 1))


def last_eight(now: datetime, time_zone: str, *, weekly: bool) -> datetime:
    """The last time up to ``now`` that it was eight in the zone, with ``weekly`` on a Monday; in UTC."""
    here = now.astimezone(zone_of(time_zone))
    days = (here.weekday() - _MONDAY) % 7 if weekly else 0
    found = _at(here, MORNING, days=-days)
    return found if found <= now else _at(here, MORNING, days=-days - (7 if weekly else 1))


def eight_before(eight: datetime, time_zone: str, *, weekly: bool) -> datetime:
    """The eight o'clock before one: a day or a week earlier by the clocks of the zone, be they changed between."""
    return last_eight(eight - timedelta(seconds=1), time_zone, weekly=weekly)


def _at(here: datetime, clock: time, *, days: int, again: bool = False) -> datetime:
    """A time of day, so many days from a moment's; where clocks are put forward over it, an hour later.

    Where they are put back over it, there are two: the earlier one, or with ``again`` the later.
    """
    there = datetime.combine(here.date() + timedelta(days=days), clock.replace(fold=int(again)), tzinfo=here.tzinfo)
    return there.astimezone(UTC)
