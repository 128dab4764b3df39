"""What an organization may use: the plans that ship, and what an administrator has agreed otherwise with one."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec

from socialindex.model import Struct

PlanName = Literal["trial", "standard", "agency", "sandbox", "internal"]

_Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
_Some = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Limits(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How much of everything."""

    queries_a_day: _Count
    """Days are those of UTC. A call counts for as many queries as its route says."""
    queries_a_minute: _Some
    """A bucket of so many calls that fills up again within a minute, so that nobody starves the others."""
    posts_a_month: _Count
    """Posts that searches and exports return."""
    topics: _Count
    exports_a_month: _Count
    import_rows_a_month: _Count
    """Rows of imports that become posts."""
    history_days: _Some | None
    """Days back that public posts are shown for, by the time of their publication; ``None``: all that there are."""


class Adjustment(Struct, frozen=True, kw_only=True):
    """What an organization has instead of its plan's; what is left out is the plan's."""

    queries_a_day: _Count | msgspec.UnsetType = msgspec.UNSET
    queries_a_minute: _Some | msgspec.UnsetType = msgspec.UNSET
    posts_a_month: _Count | msgspec.UnsetType = msgspec.UNSET
    topics: _Count | msgspec.UnsetType = msgspec.UNSET
    exports_a_month: _Count | msgspec.UnsetType = msgspec.UNSET
    import_rows_a_month: _Count | msgspec.UnsetType = msgspec.UNSET
    history_days: _Some | msgspec.UnsetType | None = msgspec.UNSET


PLANS: Final[dict[PlanName, Limits]] = {
    "trial": Limits(
        queries_a_day=500,
        queries_a_minute=30,
        posts_a_month=10_000,
        topics=3,
        exports_a_month=1,
        import_rows_a_month=10_000,
        history_days=30,
    ),
    "standard": Limits(
        queries_a_day=10_000,
        queries_a_minute=120,
        posts_a_month=1_000_000,
        topics=50,
        exports_a_month=100,
        import_rows_a_month=1_000_000,
        history_days=400,
    ),
    "agency": Limits(
        queries_a_day=100_000,
        queries_a_minute=600,
        posts_a_month=10_000_000,
        topics=1_000,
        exports_a_month=2_000,
        import_rows_a_month=10_000_000,
        history_days=None,
    ),
    "sandbox": Limits(
        queries_a_day=1_000,
        queries_a_minute=60,
        posts_a_month=50_000,
        topics=3,
        exports_a_month=10,
        import_rows_a_month=10_000,
        history_days=None,
    ),
    "internal": Limits(
        queries_a_day=10_000_000,
        queries_a_minute=60_000,
        posts_a_month=1_000_000_000,
        topics=10_000,
        exports_a_month=10_000,
        import_rows_a_month=1_000_000_000,
        history_days=None,
    ),
}
"""``sandbox`` is for keys to try the API with, whatever their organization's plan; ``internal`` is the operator's."""


def limits_of(plan: PlanName, adjustment: Adjustment) -> Limits:
    """What holds for an organization."""
    given = {name: getattr(adjustment, name) for name in Adjustment.__struct_fields__}
    changed = {name: value for name, value in given.items() if value is not msgspec.UNSET}
    return msgspec.structs.replace(PLANS[plan], **changed)


def month_of(at: datetime) -> str:
    """The month (UTC) to which is counted what is done at a time: ``2026-11``."""
    return f"{at:%Y-%m}"


def until_tomorrow(now: datetime) -> int:
    """Whole seconds until what is counted by the day (UTC) is counted anew."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return math.ceil((midnight - now).total_seconds())


def until_next_month(now: datetime) -> int:
    """Whole seconds until what is counted by the month (UTC) is counted anew."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    return math.ceil((following - now).total_seconds())
