"""The HTTP API: a table of routes, authentication, and errors as problem details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from aws_lambda_powertools import Logger

from socialindex.access import NOBODY, Caller, Scope
from socialindex.errors import NotFound, SocialIndexError
from socialindex.search import ask, posts
from socialindex.search.http import Answer, HttpRequest, request_of
from socialindex.search.problems import problem
from socialindex.search.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opensearchpy import OpenSearch

    from socialindex.search.operations import Operations

logger = Logger(child=True)


class Keys(Protocol):
    """Who is behind an API key."""

    def caller(self, key: str) -> Caller:
        """The key's owner; raises ``Unauthorized``."""


class Api:
    """The API over its parts. The gateway matches paths; ``routes`` names the same routes as ``template.yaml``.

    Args:
        engine: what is searched.
        keys: who calls.
        operations: what administrators do with channels.
        parts: the routes of the API's other parts, each part's made by a module of its own.
    """

    def __init__(
        self, engine: OpenSearch, keys: Keys, operations: Operations, parts: Iterable[Mapping[str, Route]] = ()
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._operations = operations
        self.routes: dict[str, Route] = {
            "GET /v1/posts": Route(Scope.READ, self._search),
            "POST /v1/posts/search": Route(Scope.READ, self._search_long),
            "GET /v1/posts/{id}": Route(Scope.READ, self._post),
            "GET /v1/status": Route(Scope.READ, self._status),
            "GET /v1/channels": Route(Scope.ADMIN, self._channels),
            "POST /v1/channels": Route(Scope.ADMIN, self._add_channel),
            "DELETE /v1/channels/{id}": Route(Scope.ADMIN, self._remove_channel),
            "POST /v1/replays": Route(Scope.ADMIN, self._replay),
        }
        for part in parts:
            self.routes |= part

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one request; whatever goes wrong inside leaves as problem details."""
        request = request_of(event)
        try:
            answer = self._answer(request)
        except SocialIndexError as error:
            answer = problem(error, request.id)
        except Exception as error:  # the last resort: a client must get an answer that it can read
            logger.exception("unexpected", extra={"route": request.route})
            answer = problem(error, request.id)
        return answer.encoded()

    def _answer(self, request: HttpRequest) -> Answer:
        route = self.routes.get(request.route)
        if route is None:
            raise NotFound("there is no such path, or it does not take this method")
        if route.scope is None:
            return route.handle(request, NOBODY)
        caller = self._keys.caller(request.key())
        caller.need(route.scope)
        return route.handle(request, caller)

    def _search(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, posts.search(self._engine, caller, ask.from_parameters(request.query)))

    def _search_long(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, posts.search(self._engine, caller, ask.from_body(request.body())))

    def _post(self, request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, posts.read(self._engine, caller, request.path["id"]))

    def _status(self, _request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, self._operations.status(caller))

    def _channels(self, _request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, {"items": self._operations.channels()})

    def _add_channel(self, request: HttpRequest, _caller: Caller) -> Answer:
        added = self._operations.add_channel(request.body())
        return Answer(201, added, {"Location": f"/v1/channels/{added.channel.id}"})

    def _remove_channel(self, request: HttpRequest, _caller: Caller) -> Answer:
        self._operations.remove_channel(request.path["id"])
        return Answer(204)

    def _replay(self, request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(202, self._operations.replay(request.body()))
