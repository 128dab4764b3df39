"""What an organization may use and has used; its workspaces, members and keys."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - msgspec reads the annotations at run time

from socialindex.client.models.base import Model


class Limits(Model, frozen=True, kw_only=True):
    """How much of everything."""

    queries_a_day: int
    """Days are those of UTC. A call counts for as many queries as its route says."""
    queries_a_minute: int
    """A bucket of so many calls that fills up again within a minute, so that nobody starves the others."""
    posts_a_month: int
    """Posts that searches and exports return."""
    topics: int
    exports_a_month: int
    import_rows_a_month: int
    """Rows of imports that become posts."""
    history_days: int | None
    """Days back that public posts are shown for, by the time of their publication; ``None``: all that there are."""


class Quota(Model, frozen=True, kw_only=True):
    """How much of something is used."""

    used: int
    left: int
    renewed_at: datetime
    """When counting begins anew."""


class DayUsage(Model, frozen=True, kw_only=True):
    """What was used on a day."""

    day: date
    queries: int
    posts: int


class KeyUsage(Model, frozen=True, kw_only=True):
    """What one key has used. The queries of a workspace are those of the keys that are for it alone."""

    id: str
    label: str
    workspaces: list[str]
    queries_today: int
    queries_month: int
    posts_month: int


class Usage(Model, frozen=True, kw_only=True):
    """What an organization has used of its plan. Days and months are those of UTC."""

    organization: str
    limits: Limits
    queries: Quota
    """Of today."""
    posts: Quota
    """Of this month."""
    days: list[DayUsage]
    """Days of this month on which anything was used."""
    keys: list[KeyUsage]
    """The key's own part; for those who manage, every key's."""


class Workspace(Model, frozen=True, kw_only=True):
    """A room of an organization, for one client's own posts."""

    id: str
    name: str
    created_at: datetime


class Workspaces(Model, frozen=True, kw_only=True):
    """The workspaces of a key."""

    items: list[Workspace]


class Key(Model, frozen=True, kw_only=True):
    """A key without its secret."""

    id: str
    label: str
    scopes: list[str]
    workspaces: list[str]
    member: str | None
    sandbox: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_on: date | None
    """The last day (UTC) on which it was used."""
    rotated_at: datetime | None
    previous_until: datetime | None
    """Until when the secret before the last rotation counts."""


class KeyWithSecret(Model, frozen=True, kw_only=True):
    """A key with its new secret, which is shown this once."""

    key: Key
    secret: str | None


class Keys(Model, frozen=True, kw_only=True):
    """The keys that are not revoked."""

    items: list[Key]
