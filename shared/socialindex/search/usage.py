"""What was used and what was done, through the API: usage and the audit log."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from socialindex.access import Caller, Scope
from socialindex.aws.audit import Entry  # noqa: TC001 - the answer's type, which the API's document is made from
from socialindex.errors import InvalidCursor
from socialindex.model import Struct
from socialindex.plans import Limits  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.search import fields
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route
from socialindex.search.within import Paged, Within, named, organization_of

if TYPE_CHECKING:
    from socialindex.aws.audit import AuditLog
    from socialindex.aws.organizations import Organizations
    from socialindex.aws.usage import Day, Usage
    from socialindex.organizations import Key
    from socialindex.search.http import HttpRequest

_PLACE = re.compile(r"\d{14}-au_[a-z2-7]{16}")


class Quota(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How much of something is used."""

    used: int
    left: int
    renewed_at: datetime
    """When counting begins anew."""


class DayUsage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What was used on a day."""

    day: date
    queries: int
    posts: int


class KeyUsage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What one key has used. The queries of a workspace are those of the keys that are for it alone."""

    id: str
    label: str
    workspaces: list[str]
    queries_today: int
    queries_month: int
    posts_month: int


class UsageView(Struct, frozen=True, kw_only=True, omit_defaults=False):
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


class AuditPage(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Administrative acts, the newest first."""

    items: list[Entry]
    next_cursor: str | None


class UsagePart:
    """The routes of usage and of the audit log."""

    def __init__(self, organizations: Organizations, usage: Usage, log: AuditLog) -> None:
        self._organizations = organizations
        self._usage = usage
        self._log = log

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        usage = Doc("Show what is used of the plan", "Usage", Within, answer=UsageView, errors=(404,))
        audit = Doc("List administrative acts", "Audit", Paged, answer=AuditPage, errors=(404,))
        return {
            "GET /v1/usage": Route(Scope.READ, self._show, usage, weight=0),
            "GET /v1/audit": Route(Scope.MANAGE, self._audit, audit, weight=0),
        }

    def _show(self, request: HttpRequest, caller: Caller) -> Answer:
        organization, now = organization_of(request, caller, self._organizations), datetime.now(tz=UTC)
        is_own = organization == caller.organization
        limits = caller.limits if is_own else self._organizations.organization(organization).granted
        account = caller.account if is_own else organization
        days = self._usage.days(account, now.date().replace(day=1), now.date())
        today = [day for day in days if day.name == now.date().isoformat()]
        keys = self._organizations.keys(organization)
        seen = keys if not is_own or Scope.MANAGE in caller.scopes else [key for key in keys if key.id == caller.key]
        view = UsageView(
            organization=organization,
            limits=limits,
            queries=_quota(sum(day.queries for day in today), limits.queries_a_day, now.date() + timedelta(days=1)),
            posts=_quota(
                sum(day.posts for day in days),
                limits.posts_a_month,
                (now.date().replace(day=1) + timedelta(days=32)).replace(day=1),
            ),
            days=[DayUsage(day=date.fromisoformat(day.name), queries=day.queries, posts=day.posts) for day in days],
            keys=[_key_usage(key, days, today) for key in seen],
        )
        return Answer(200, view)

    def _audit(self, request: HttpRequest, caller: Caller) -> Answer:
        asked = fields.from_query(Paged, request.query)
        organization = named(asked.organization, caller, self._organizations)
        if asked.cursor and not _PLACE.fullmatch(asked.cursor):
            raise InvalidCursor
        found = list(self._log.page(organization, asked.cursor, asked.limit + 1))
        page = found[: asked.limit]
        following = page[-1][0] if len(found) > asked.limit else None
        return Answer(200, AuditPage(items=[entry for _, entry in page], next_cursor=following))


def _quota(used: int, limit: int, renewed_on: date) -> Quota:
    renewed_at = datetime(renewed_on.year, renewed_on.month, renewed_on.day, tzinfo=UTC)
    return Quota(used=used, left=max(0, limit - used), renewed_at=renewed_at)


def _key_usage(key: Key, days: list[Day], today: list[Day]) -> KeyUsage:
    return KeyUsage(
        id=key.id,
        label=key.label,
        workspaces=key.workspaces,
        queries_today=sum(day.keys.get(key.id, 0) for day in today),
        queries_month=sum(day.keys.get(key.id, 0) for day in days),
        posts_month=sum(day.key_posts.get(key.id, 0) for day in days),
    )
