"""What stands before every route: who calls, what the plan grants, the audit log, and errors as problem details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from aws_lambda_powertools import Logger

from socialindex.access import NOBODY, Caller, Scope
from socialindex.errors import NotFound, SocialIndexError, Unavailable
from socialindex.search.http import Answer, HttpRequest, request_of
from socialindex.search.paths import Paths
from socialindex.search.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from socialindex.search.metering import Meter
    from socialindex.search.routes import Route

logger = Logger(child=True)


class Keys(Protocol):
    """Who is behind an API key."""

    def caller(self, key: str, /, *, fresh: bool = False) -> Caller:
        """The key's owner, ``fresh``: as of this moment; raises ``Unauthorized``."""


class Auditing(Protocol):
    """Keeps a log of administrative acts: ``auditing.Auditor``."""

    def act(self, request: HttpRequest, caller: Caller, route: Route, do: Callable[[], Answer]) -> Answer:
        """Do what a request asks for, and write it down."""


class Unwatched:
    """Keeps no log."""

    def act(self, _request: HttpRequest, _caller: Caller, _route: Route, do: Callable[[], Answer]) -> Answer:
        """Do what a request asks for."""
        return do()


class Door:
    """Answers the requests of some routes: who calls, what the plan grants, the audit log, errors as problem details.

    Args:
        keys: who calls.
        parts: the routes, each part's made by a module of its own.
        meter: counts calls for the plans; without one nothing is counted.
        auditor: keeps the audit log; without one there is none.
    """

    def __init__(
        self,
        keys: Keys,
        parts: Iterable[Mapping[str, Route]],
        *,
        meter: Meter | None = None,
        auditor: Auditing | None = None,
    ) -> None:
        self._keys = keys
        self._meter = meter
        self._auditor = auditor or Unwatched()
        self.routes: dict[str, Route] = {}
        for part in parts:
            self.routes |= part
        self._paths = Paths(self.routes)

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one request; whatever goes wrong inside leaves as problem details."""
        request = self._paths.placed(request_of(event))
        answer = _safely(request, lambda: self._answer(request))
        return answer.encoded(request.headers.get("accept-encoding", ""))

    def _answer(self, request: HttpRequest) -> Answer:
        route = self.routes.get(request.route)
        if route is None:
            raise NotFound("there is no such path, or it does not take this method; /docs shows them all")
        caller = NOBODY if route.scope is None else self._keys.caller(request.key(), fresh=_changes(request, route))
        answer = _safely(request, lambda: self._counted(request, caller, route))
        headers = self._meter.headers(caller) if self._meter and route.scope else {}
        dated = route.deprecated.headers if route.deprecated else {}
        return answer._replace(headers={**answer.headers, **headers, **dated})

    def _counted(self, request: HttpRequest, caller: Caller, route: Route) -> Answer:
        """The answer, when the plan has room for it. What changes something waits for that."""
        if self._meter is None or route.scope is None:
            return self._done(request, caller, route)
        weight = route.weight if route.scope in caller.scopes else 0
        waits = route.scope is not Scope.READ
        count = self._meter.begin(caller, request.id, weight, gives_posts=route.gives_posts, waits=waits)
        told = request._replace(expect=count.expect)
        answer = _safely(request, lambda: self._done(told, caller, route))
        count.settle(answer)
        return answer

    def _done(self, request: HttpRequest, caller: Caller, route: Route) -> Answer:
        if route.scope is None:
            return route.handle(request, caller)
        caller.need(route.scope)
        return self._auditor.act(
            request, caller, route, lambda: _safely(request, lambda: route.handle(request, caller))
        )


def _changes(request: HttpRequest, route: Route) -> bool:
    """Whether something may be changed: what is made in a workspace that is closed already would stay for good."""
    return route.scope is not Scope.READ and not request.route.startswith("GET ")


def _safely(request: HttpRequest, act: Callable[[], Answer]) -> Answer:
    """An answer, or what went wrong as one."""
    try:
        return act()
    except SocialIndexError as error:
        if isinstance(error, Unavailable):  # the caller is not told which part it is: whoever runs the service must be
            logger.warning("unavailable", extra={"route": request.route, "reason": str(error)})
        return problem(error, request.id, request.route)
    except Exception as error:  # the last resort: a client must get an answer that it can read
        logger.exception("unexpected", extra={"route": request.route})
        return problem(error, request.id, request.route)
