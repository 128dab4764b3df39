"""Requests that the Mastodon server answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world.sites.mastodon.api import Api
from infra.local.world.sites.mastodon.entities import EntityWriter
from infra.local.world.sites.mastodon.instance import InstanceWriter
from infra.local.world.sites.mastodon.selection import Selection
from infra.local.world.sites.mastodon.website import Website

if TYPE_CHECKING:
    from aiohttp import web

    from infra.local.world.sites.scene import Scene


class Mastodon:
    """The server 한마루."""

    def __init__(self, scene: Scene) -> None:
        entities = EntityWriter(scene)
        parts = entities, Selection(entities), InstanceWriter(entities)
        self._api, self._website = Api(*parts), Website(*parts)

    def attach(self, app: web.Application) -> None:
        """Add the server's routes."""
        self._api.attach(app)
        self._website.attach(app)
