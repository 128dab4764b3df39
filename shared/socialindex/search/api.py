"""The HTTP API: posts, channels, and the routes of all other parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex.access import Scope
from socialindex.model import Post
from socialindex.search import ask, posts
from socialindex.search.door import Door
from socialindex.search.http import Answer
from socialindex.search.operations import AddChannel, AddedChannel, AskReplay, ChannelList, ListChannels, Replayed
from socialindex.search.routes import Doc, Route
from socialindex.search.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opensearchpy import OpenSearch

    from socialindex.access import Caller
    from socialindex.search.door import Auditing, Keys
    from socialindex.search.http import HttpRequest
    from socialindex.search.metering import Meter
    from socialindex.search.operations import Operations


class Api(Door):
    """The API of posts and channels, with its other parts.

    Args:
        engine: what is searched.
        keys: who calls.
        operations: what administrators do with channels.
        parts: the routes of the API's other parts.
        meter: as of ``Door``.
        auditor: as of ``Door``.
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
        self._operations = operations
        own = (self._of_posts(), self._of_operations())
        super().__init__(keys, (*own, *parts), meter=meter, auditor=auditor)

    def _of_posts(self) -> dict[str, Route]:
        search = Doc("Search posts", "Posts", answer=posts.Page, errors=(404,))
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
        every = Doc("List channels", tag, query=ListChannels, answer=ChannelList)
        add = Doc(
            "Add what an address names as a channel",
            tag,
            body=AddChannel,
            answer=AddedChannel,
            status=201,
            description="The address is fetched, to find out what it is. Where an operator has paused its host, it is "
            "not, and the answer is 422 with `reason: paused`.",
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

    def _channels(self, request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, self._operations.channels(request.query))

    def _add_channel(self, request: HttpRequest, _caller: Caller) -> Answer:
        added = self._operations.add_channel(request.body())
        return Answer(201, added, {"Location": f"/v1/channels/{added.channel.id}"})

    def _remove_channel(self, request: HttpRequest, _caller: Caller) -> Answer:
        self._operations.remove_channel(request.path["id"])
        return Answer(204)

    def _replay(self, request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(202, self._operations.replay(request.body()))
