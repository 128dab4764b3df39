"""When people write: by day more than by night, in Korean time, all relative to the world's anchor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

KST = timezone(timedelta(hours=9), "KST")
MONTHS = timedelta(days=182)
"""How far back the world reaches."""
INCIDENT = timedelta(hours=72)
"""How long before the anchor the incident's first post was written."""
_HOUR_WEIGHTS = (3, 2, 1, 1, 1, 1, 2, 4, 6, 7, 7, 7, 8, 8, 7, 6, 6, 7, 8, 8, 9, 10, 9, 6)


def incident_start(anchor: datetime) -> datetime:
    """When the first post of the incident was written."""
    return anchor - INCIDENT


def ordinary(rng: Random, anchor: datetime) -> datetime:
    """A moment in the months before the incident, more likely a recent one."""
    last_day = incident_start(anchor) - timedelta(days=1)
    age = (MONTHS - INCIDENT - timedelta(days=2)) * (rng.random() ** 1.3)
    day = (last_day - age).astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)
    return _within(rng, day)


def soon_after(rng: Random, moment: datetime, hours: float) -> datetime:
    """A moment within ``hours`` after another, most likely early."""
    return moment + timedelta(seconds=60 + int(rng.random() ** 2 * hours * 3600))


def _within(rng: Random, day: datetime) -> datetime:
    hour = rng.choices(range(24), _HOUR_WEIGHTS)[0]
    local = day + timedelta(hours=hour, seconds=rng.randrange(3600), milliseconds=rng.randrange(1000))
    return local.astimezone(UTC)
