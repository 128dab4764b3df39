"""The client API, without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from infra.local.world.sites.mastodon.limits import RateLimit
from infra.local.world.sites.mastodon.paging import Page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from infra.local.world.records import Status
    from infra.local.world.sites.mastodon.entities import EntityWriter
    from infra.local.world.sites.mastodon.instance import InstanceWriter
    from infra.local.world.sites.mastodon.selection import Selection

    Answer = Callable[[web.Request], Awaitable[web.Response]]

_TRUE = ("true", "1", "on")
_MOST_TRENDS = 40
_MOST_STATUSES = 20


class Api:
    """``/api``, under a rate limit."""

    def __init__(self, entities: EntityWriter, selection: Selection, instance: InstanceWriter) -> None:
        self._entities = entities
        self._selection = selection
        self._instance = instance
        self._faults = entities.scene.config.faults
        self._limit = RateLimit(self._faults.rate_limit, entities.scene.now)

    def attach(self, app: web.Application) -> None:
        """Add the API's routes."""
        routes: dict[str, Answer] = {
            "/api/v2/instance": constant(self._instance.version_2),
            "/api/v1/instance": constant(self._instance.version_1),
            "/api/v1/timelines/public": self.public_timeline,
            "/api/v1/trends/statuses": self.trends,
            "/api/v1/timelines/tag/{tag}": self.tag_timeline,
            "/api/v1/accounts/lookup": self.lookup,
            "/api/v1/accounts/{id}": self.account,
            "/api/v1/accounts/{id}/statuses": self.account_statuses,
            "/api/v1/statuses": self.statuses,
            "/api/v1/statuses/{id}": self.status,
            "/api/v1/statuses/{id}/context": self.context,
        }
        for path, answer in routes.items():
            app.router.add_get(path, self._limited(answer))

    async def public_timeline(self, request: web.Request) -> web.Response:
        """Public statuses: of this server with ``local``, of others with ``remote``."""
        return self._timeline(request, self._selection.public())

    async def tag_timeline(self, request: web.Request) -> web.Response:
        """Public statuses with a hashtag."""
        return self._timeline(request, self._selection.tagged(request.match_info["tag"]))

    async def trends(self, request: web.Request) -> web.Response:
        """What is much boosted and liked now, the most of it first."""
        offset, limit = (_number(request.query.get(name), default) for name, default in (("offset", 0), ("limit", 20)))
        entities = [self._entity(status) for status in self._selection.public()]
        entities.sort(key=_weight, reverse=True)
        return json(entities[offset : offset + min(limit, _MOST_TRENDS)])

    async def lookup(self, request: web.Request) -> web.Response:
        """An account by its address."""
        name, _, domain = request.query.get("acct", "").removeprefix("@").partition("@")
        home = self._entities.base.partition("://")[2]
        found = self._selection.named(name, None if domain in ("", home) else domain)
        return json(self._entities.account(found)) if found else _missing()

    async def account(self, request: web.Request) -> web.Response:
        """An account by its id."""
        found = self._entities.accounts.get(request.match_info["id"])
        return json(self._entities.account(found)) if found else _missing()

    async def account_statuses(self, request: web.Request) -> web.Response:
        """What an account wrote and boosted. Nobody here has pinned anything."""
        owner, query = request.match_info["id"], request.query
        if owner not in self._entities.accounts:
            return _missing()
        statuses = [] if query.get("pinned") in _TRUE else self._selection.of_account(owner)
        unwanted: dict[str, Callable[[Status], object]] = {
            "exclude_replies": lambda status: status.answers,
            "exclude_reblogs": lambda status: status.boosts,
            "only_media": lambda status: not status.pictures,
        }
        for name, drops in unwanted.items():
            if query.get(name) in _TRUE:
                statuses = [status for status in statuses if not drops(status)]
        if "tagged" in query:
            statuses = [s for s in statuses if query["tagged"].lower() in self._entities.tags(s)]
        return self._timeline(request, statuses)

    async def statuses(self, request: web.Request) -> web.Response:
        """Several statuses, those of them that are there (since 4.3)."""
        ids = request.query.getall("id[]", [])
        if len(ids) > _MOST_STATUSES:
            return json({"error": "Validation failed"}, status=422)
        found = filter(None, map(self._selection.status, dict.fromkeys(ids)))
        return json([self._entities.status(status) for status in found])

    async def status(self, request: web.Request) -> web.Response:
        """One status."""
        found = self._selection.status(request.match_info["id"])
        return json(self._entities.status(found)) if found else _missing()

    async def context(self, request: web.Request) -> web.Response:
        """What a status answers, and what answers it."""
        found = self._selection.status(request.match_info["id"])
        if found is None:
            return _missing()
        around = {"ancestors": self._selection.ancestors(found), "descendants": self._selection.descendants(found)}
        return json({name: [self._entities.status(s) for s in statuses] for name, statuses in around.items()})

    def _limited(self, answer: Answer) -> Answer:
        async def limited(request: web.Request) -> web.Response:
            allowed, headers = self._limit.count()
            response = await answer(request) if allowed else json({"error": "Too many requests"}, status=429)
            response.headers.update(headers)
            return response

        return limited

    def _timeline(self, request: web.Request, statuses: list[Status]) -> web.Response:
        if request.query.get("local") in _TRUE:
            statuses = [status for status in statuses if self._selection.is_local(status)]
        if request.query.get("remote") in _TRUE:
            statuses = [status for status in statuses if not self._selection.is_local(status)]
        page = Page.of(request.query)
        shown = page.of_timeline(statuses)
        response = json([self._entity(status) for status in shown])
        if links := page.links(f"{self._entities.base}{request.rel_url.raw_path}", shown):
            response.headers["Link"] = links
        return response

    def _entity(self, status: Status) -> dict[str, Any]:
        """A status; the poisoned one lacks what every status has."""
        entity = self._entities.status(status)
        if self._faults.poison_status and status.key == "teardown":
            entity |= {"account": None, "created_at": "soon", "content": None}
        return entity


def json(value: object, *, status: int = 200, content_type: str = "application/json") -> web.Response:
    """An answer in JSON."""
    response = web.Response(body=msgspec.json.encode(value), status=status)
    response.headers["Content-Type"] = f"{content_type}; charset=utf-8"
    response.enable_compression()
    return response


def constant(make: Callable[[], dict[str, Any]]) -> Answer:
    """A handler that gives what ``make`` makes, whatever is asked."""

    async def answer(request: web.Request) -> web.Response:
        del request
        return json(make())

    return answer


def _weight(entity: dict[str, Any]) -> tuple[int, str]:
    weight: int = entity["favourites_count"] + 2 * entity["reblogs_count"]
    return weight, entity["id"]


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else default


def _missing() -> web.Response:
    return json({"error": "Record not found"}, status=404)
