"""Administrative acts into the audit log: every request that changes something and takes the right to manage."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from aws_lambda_powertools import Logger

from socialindex.access import Scope
from socialindex.aws.audit import Entry
from socialindex.errors import Unavailable
from socialindex.identity import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from socialindex.access import Caller
    from socialindex.search.http import Answer, HttpRequest
    from socialindex.search.routes import Route

logger = Logger(child=True)

_ACTING: Final = frozenset({Scope.MANAGE, Scope.ADMIN})
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_ORGANIZATION: Final = re.compile("org_[a-z2-7]{16}")
_PERSONS: Final = "/v1/authors/"
"""Paths that name a person: what the act has begun is named instead."""


class Log(Protocol):
    """Where entries are kept: ``aws.audit.AuditLog``."""

    def write(self, entry: Entry, organizations: set[str]) -> None:
        """Write an entry down, or what became of it."""


class Auditor:
    """Keeps the log."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def act(self, request: HttpRequest, caller: Caller, route: Route, do: Callable[[], Answer]) -> Answer:
        """Do what a request asks for; where that is an administrative act, not before it is written down.

        Raises:
            Unavailable: the log cannot be written: nothing was done.
        """
        if route.scope not in _ACTING or request.route.startswith("GET "):
            return do()
        entry, organizations = _entry(request, caller), _concerned(request, caller)
        self._log.write(entry, organizations)
        answer = do()
        target = answer.headers.get("Location") or entry.target
        try:
            self._log.write(msgspec.structs.replace(entry, status=answer.status, target=target), organizations)
        except Unavailable:  # it is done: the entry says that it was begun, and the client must hear of it
            logger.warning("an act has no end in the audit log", extra={"entry": entry.id, "status": answer.status})
        return answer


def _entry(request: HttpRequest, caller: Caller) -> Entry:
    path = request.route.partition(" ")[2]
    named = path if path.startswith(_PERSONS) else _PARAMETER.sub(lambda match: _shown(request, match[1]), path)
    return Entry(
        id=new_id("au"),
        at=datetime.now(tz=UTC),
        organization=caller.organization,
        key=caller.key,
        act=request.route,
        target=named,
        status=None,
    )


def _shown(request: HttpRequest, name: str) -> str:
    return request.path.get(name, "")[:100]


def _concerned(request: HttpRequest, caller: Caller) -> set[str]:
    """Organizations whose log an entry belongs into: the caller's, and the one that an administrator acts upon."""
    named = {request.path.get("id", ""), request.query.get("organization", "")}
    others = {name for name in named if _ORGANIZATION.fullmatch(name)} if Scope.ADMIN in caller.scopes else set()
    return {caller.organization, *others}
