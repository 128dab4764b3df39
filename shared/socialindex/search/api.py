"""The HTTP API: a table of routes, authentication, and errors as problem details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from aws_lambda_powertools import Logger

from socialindex.access import NOBODY, Caller, Scope
from socialindex.errors import NotFound, SocialIndexError
from socialindex.model import Post
from socialindex.search import ask, posts
from socialindex.search.http import Answer, HttpRequest, request_of
from socialindex.search.operations import AddChannel, AddedChannel, AskReplay, ChannelList, Replayed
from socialindex.search.paths import Paths
from socialindex.search.problems import problem
from socialindex.search.routes import Doc, Route
from socialindex.search.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from opensearchpy import OpenSearch

    from socialindex.search.metering import Meter
    from socialindex.search.operations import Operations

logger = Logger(child=True)


class Keys(Protocol):
    """Who is behind an API key."""

    def caller(self, key: str) -> Caller:
        """The key's owner; raises ``Unauthorized``."""


class Auditing(Protocol):
    """Keeps a log of administrative acts: ``auditing.Auditor``."""

    def act(self, request: HttpRequest, caller: Caller, route: Route, do: Callable[[], Answer]) -> Answer:
        """Do what a request asks for, and write it down."""


class Unwatched:
    """Keeps no log."""

    def act(self, _request: HttpRequest, _caller: Caller, _route: Route, do: Callable[[], Answer]) -> Answer:
        """Do what a request asks for."""
        return do()


class Api:
    """The API over its parts.

    Args:
        engine: what is searched.
        keys: who calls.
        operations: what administrators do with channels.
        parts: the routes of the API's other parts, each part's made by a module of its own.
        meter: counts calls for the plans; without one nothing is counted.
        auditor: keeps the audit log; without one there is none.
    """

    def __init__(
        self,
        engine: OpenSearch,
        keys: Keys,
        operations: Operations,
        parts: Iterable[Mapping[str, Route]] = (),
        *,
        meter: Meter | None = None,
        auditor: Auditing | None = None,
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._operations = operations
        self._meter = meter
        self._auditor = auditor or Unwatched()
        self.routes: dict[str, Route] = {**self._of_posts(), **self._of_operations()}
        for part in parts:
            self.routes |= part
        self._paths = Paths(self.routes)

    def _of_posts(self) -> dict[str, Route]:
        search = Doc("Search posts", "Posts", answer=posts.Page)
        one = Doc("Show a post, with the words that it had before edits", "Posts", answer=Post, errors=(404,))
        by_url, by_body = search._replace(query=ask.Ask), search._replace(body=ask.AskBody)
        return {
            "GET /v1/posts": Route(Scope.READ, self._search, by_url, gives_posts=True),
            "POST /v1/posts/search": Route(Scope.READ, self._search_long, by_body, gives_posts=True),
            "GET /v1/posts/{id}": Route(Scope.READ, self._post, one, gives_posts=True),
        }

    def _of_operations(self) -> dict[str, Route]:
        tag = "Channels"
        status = Doc("Show how the service does", "Coverage", answer=Status)
        every = Doc("List channels", tag, answer=ChannelList)
        add = Doc(
            "Add what an address names as a channel",
            tag,
            body=AddChannel,
            answer=AddedChannel,
            status=201,
            description="The address is fetched, to find out what it is.",
            errors=(409, 422),
        )
        remove = Doc("Stop crawling a channel; its posts stay", tag, status=204, errors=(404,))
        replay = Doc("Normalize archived responses again", "Replays", body=AskReplay, answer=Replayed, status=202)
        return {
            "GET /v1/status": Route(Scope.READ, self._status, status, weight=0),
            "GET /v1/channels": Route(Scope.ADMIN, self._channels, every),
            "POST /v1/channels": Route(Scope.ADMIN, self._add_channel, add),
            "DELETE /v1/channels/{id}": Route(Scope.ADMIN, self._remove_channel, remove),
            "POST /v1/replays": Route(Scope.ADMIN, self._replay, replay),
        }

    def handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer one request; whatever goes wrong inside leaves as problem details."""
        request = self._paths.placed(request_of(event))
        answer = _safely(request, lambda: self._answer(request))
        return answer.encoded(request.headers.get("accept-encoding", ""))

    def _answer(self, request: HttpRequest) -> Answer:
        route = self.routes.get(request.route)
        if route is None:
            raise NotFound("there is no such path, or it does not take this method")
        caller = NOBODY if route.scope is None else self._keys.caller(request.key())
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

    def _search(self, request: HttpRequest, caller: Caller) -> Answer:
        return self._page(request, caller, ask.from_parameters(request.query))

    def _search_long(self, request: HttpRequest, caller: Caller) -> Answer:
        return self._page(request, caller, ask.from_body(request.body()))

    def _page(self, request: HttpRequest, caller: Caller, asked: ask.Ask) -> Answer:
        request.expect(asked.limit)
        page = posts.search(self._engine, caller, asked)
        return Answer(200, page, posts=len(page.items))

    def _post(self, request: HttpRequest, caller: Caller) -> Answer:
        request.expect(1)
        return Answer(200, posts.read(self._engine, caller, request.path["id"]), posts=1)

    def _status(self, _request: HttpRequest, caller: Caller) -> Answer:
        return Answer(200, self._operations.status(caller))

    def _channels(self, _request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, ChannelList(items=self._operations.channels()))

    def _add_channel(self, request: HttpRequest, _caller: Caller) -> Answer:
        added = self._operations.add_channel(request.body())
        return Answer(201, added, {"Location": f"/v1/channels/{added.channel.id}"})

    def _remove_channel(self, request: HttpRequest, _caller: Caller) -> Answer:
        self._operations.remove_channel(request.path["id"])
        return Answer(204)

    def _replay(self, request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(202, self._operations.replay(request.body()))


def _safely(request: HttpRequest, act: Callable[[], Answer]) -> Answer:
    """An answer, or what went wrong as one."""
    try:
        return act()
    except SocialIndexError as error:
        return problem(error, request.id)
    except Exception as error:  # the last resort: a client must get an answer that it can read
        logger.exception("unexpected", extra={"route": request.route})
        return problem(error, request.id)
