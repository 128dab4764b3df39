"""The site: its parts at one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.world.sites.bluesky.jetstream import Jetstream
from infra.local.world.sites.bluesky.story import Teller
from infra.local.world.sites.bluesky.truth import Truth
from infra.local.world.sites.bluesky.views import Views
from infra.local.world.sites.bluesky.website import Website
from infra.local.world.sites.bluesky.xrpc import AppView

if TYPE_CHECKING:
    from aiohttp import web

    from infra.local.world.manifest import Channel
    from infra.local.world.sites.scene import Scene


def open_site(scene: Scene, base: str) -> Bluesky:
    """The site at ``base``."""
    return Bluesky(scene, base)


class Bluesky:
    """An AppView, a Jetstream and a web application of one story."""

    def __init__(self, scene: Scene, base: str) -> None:
        self._scene = scene
        self._base = base
        self._story = Teller(scene.world.seed, scene.world.anchor, scene.directory.fill).tell()

    def attach(self, app: web.Application) -> None:
        """Add the site's routes."""
        AppView(self._views).attach(app)
        Jetstream(self._story, self._scene.now).attach(app)
        Website(self._views, self._base).attach(app)

    def channels(self) -> list[Channel]:
        """Profiles, a list, a feed generator, a thread and the stream."""
        return Truth(self._story, self._base, self._scene.world.anchor).channels()

    def _views(self) -> Views:
        return Views(self._story, self._base, self._scene.world.seed, self._scene.now())
