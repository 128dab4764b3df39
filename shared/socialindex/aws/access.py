"""Who is behind an API key.

A key is looked up by its SHA-256, so that how long the table takes tells nothing of any key: a guess that is nearly
right has a digest that has nothing in common with the right one's. An unknown key, a revoked one and one whose time is
over get the same answer.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from socialindex.access import Caller
from socialindex.aws.organizations import Organizations
from socialindex.errors import Unauthorized
from socialindex.model import PUBLIC
from socialindex.organizations import ALL, PREFIX, digest_of
from socialindex.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.organizations import Key, Organization

KEPT_SECONDS: Final = 15.0
"""For which a process remembers a caller, and so the longest that a revoked key may still read somewhere."""
_MOST_KEPT: Final = 1_000


class _Known(NamedTuple):
    caller: Caller
    until: float
    """Until when this may be believed (Unix time): no longer than the key's own time."""


class Access:
    """Looks callers up in the table of organizations.

    Args:
        table: its name.
        sandbox: the visibility of what sandbox keys see, and nothing else.
        clock: Unix time.
    """

    def __init__(self, table: str, *, sandbox: str = "", clock: Callable[[], float] = time.time) -> None:
        self._organizations = Organizations(table)
        self._sandbox = sandbox
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def caller(self, key: str, *, fresh: bool = False) -> Caller:
        """Whose key this is; ``fresh``: as it is at this moment, whatever is remembered.

        Raises:
            Unauthorized: the key is not known, or counts no longer.
            Unavailable: the table does not answer.
        """
        digest = digest_of(key)
        known = self._known.get(digest)
        if fresh or known is None or known.until <= self._clock():
            known = self._look_up(digest) if key.startswith(PREFIX) else None
            if known is None:
                self._known.pop(digest, None)
                raise Unauthorized("this API key is not known")
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[digest] = known
        return known.caller

    def forget(self) -> None:
        """Look every caller up again, after a change that should count at once."""
        self._known.clear()

    def _look_up(self, digest: str) -> _Known | None:
        found = self._organizations.pointed(digest)
        if found is None:
            return None
        organization, key = found
        now = datetime.fromtimestamp(self._clock(), tz=UTC)
        end = key.good_until(digest, now)
        if end is None or organization.deleted_at is not None:
            return None
        workspaces = self._workspaces(key)
        if workspaces is None:
            return None
        first_use = key.salt is not None and digest == key.digest
        if first_use or key.used_on != now.date():
            self._organizations.touch(key, now.date(), forget=first_use)
        return _Known(
            self._made(organization, key, workspaces, now), min(end.timestamp(), self._clock() + KEPT_SECONDS)
        )

    def _workspaces(self, key: Key) -> frozenset[str] | None:
        """Those that the key is for and that are there; ``None`` where all that it was for are deleted."""
        if key.sandbox or not key.workspaces:
            return frozenset()
        there = frozenset(workspace.id for workspace in self._organizations.workspaces(key.organization))
        if ALL in key.workspaces:
            return there
        return there.intersection(key.workspaces) or None

    def _made(self, organization: Organization, key: Key, workspaces: frozenset[str], now: datetime) -> Caller:
        limits = PLANS["sandbox"] if key.sandbox else organization.granted
        days = limits.history_days
        return Caller(
            organization=organization.id,
            workspaces=workspaces,
            scopes=frozenset(key.scopes),
            key=key.id,
            limits=limits,
            public=self._sandbox if key.sandbox else PUBLIC,
            sandbox=key.sandbox,
            since=None if days is None else (now - timedelta(days=days)).date(),
        )
