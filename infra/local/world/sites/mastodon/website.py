"""Everything beside the API: pages, feeds, pictures, nodeinfo, webfinger, robots.txt."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from infra.local.world.sites import answers, picture
from infra.local.world.sites.mastodon import pages
from infra.local.world.sites.mastodon.api import constant, json

if TYPE_CHECKING:
    from infra.local.world.records import Account, Status
    from infra.local.world.sites.mastodon.entities import EntityWriter
    from infra.local.world.sites.mastodon.instance import InstanceWriter
    from infra.local.world.sites.mastodon.selection import Selection

_PAGE = 20
"""Statuses on a profile and in a feed."""


class Website:
    """What browsers, feed readers and other servers ask for."""

    def __init__(self, entities: EntityWriter, selection: Selection, instance: InstanceWriter) -> None:
        self._entities = entities
        self._selection = selection
        self._instance = instance

    def attach(self, app: web.Application) -> None:
        """Add the website's routes."""
        for path in ("/", "/explore", "/public", "/public/local"):
            app.router.add_get(path, self.shell)
        app.router.add_get("/.well-known/nodeinfo", constant(self._instance.nodeinfo_links))
        app.router.add_get("/nodeinfo/2.0", constant(self._instance.nodeinfo))
        app.router.add_get("/.well-known/webfinger", self.webfinger)
        app.router.add_get("/robots.txt", self.robots)
        app.router.add_get("/@{name}.rss", self.profile_feed)
        app.router.add_get("/@{name}", self.profile)
        app.router.add_get("/@{name}/{id}", self.status)
        app.router.add_get("/tags/{tag}.rss", self.tag_feed)
        app.router.add_get("/tags/{tag}", self.tag)
        app.router.add_get("/media/{name}", self.media)

    async def shell(self, request: web.Request) -> web.Response:
        """The front page and the timelines' pages: an application shell."""
        return answers.page(pages.shell(self._entities, "한마루", request.path))

    async def webfinger(self, request: web.Request) -> web.Response:
        """RFC 7033, for accounts of this server."""
        found = self._selection.named(request.query.get("resource", "").removeprefix("acct:").partition("@")[0])
        if found is None:
            return web.Response(status=404)
        return json(self._instance.webfinger(found), content_type="application/jrd+json")

    async def robots(self, request: web.Request) -> web.Response:
        """Mastodon's own robots.txt leaves the API open."""
        del request
        return answers.robots("User-agent: *\nDisallow: /media_proxy/\nDisallow: /interact/\n")

    async def profile(self, request: web.Request) -> web.Response:
        """An account's page."""
        found = self._selection.named(request.match_info["name"])
        if found is None:
            return _not_found()
        return answers.page(pages.profile(self._entities, found, self._recent(found)))

    async def profile_feed(self, request: web.Request) -> web.Response:
        """What an account wrote, as RSS."""
        found = self._selection.named(request.match_info["name"])
        if found is None:
            return _not_found()
        link = self._entities.scene.directory.profile(found)
        return _rss(pages.feed(self._entities, found.name, link, self._recent(found)))

    async def status(self, request: web.Request) -> web.Response:
        """A status's page."""
        found = self._selection.status(request.match_info["id"])
        return answers.page(pages.status(self._entities, found)) if found else _not_found()

    async def tag(self, request: web.Request) -> web.Response:
        """A hashtag's page."""
        return answers.page(pages.tag(self._entities, request.match_info["tag"]))

    async def tag_feed(self, request: web.Request) -> web.Response:
        """Public statuses with a hashtag, as RSS."""
        tag = request.match_info["tag"]
        newest = self._selection.tagged(tag)[::-1][:_PAGE]
        return _rss(pages.feed(self._entities, f"#{tag}", f"{self._entities.base}/tags/{quote(tag)}", newest))

    async def media(self, request: web.Request) -> web.Response:
        """A picture: one color that depends on its name."""
        color = zlib.crc32(request.match_info["name"].encode()) & 0xFFFFFF
        return web.Response(body=picture.png(color), content_type="image/png")

    def _recent(self, account: Account) -> list[Status]:
        own = [status for status in self._selection.public() if status.account == account.id]
        return own[::-1][:_PAGE]


def _rss(body: str) -> web.Response:
    return web.Response(text=body, content_type="application/rss+xml", charset="utf-8")


def _not_found() -> web.Response:
    return answers.page(pages.not_found(), status=404)
