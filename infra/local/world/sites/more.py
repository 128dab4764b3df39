"""Sites that stand beside the story's five: each is a package of its own, which nothing but ``SITES`` names.

``sites/<name>/__init__.py`` has ``open_site(scene, base)``: it makes the site that is served at ``base``, out of what
the scene tells (seed, anchor, clock) and of data of its own. The same seed and anchor give the same bytes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from infra.local.world.manifest import Channel
    from infra.local.world.sites.scene import Scene

STORY = frozenset({"board", "news", "social", "slow", "flaky"})
"""Sites that the story's own records fill."""


class MoreSite(Protocol):
    """A site with a truth of its own."""

    def attach(self, app: web.Application) -> None:
        """Add the site's routes. An application logs its requests already."""

    def channels(self) -> list[Channel]:
        """What a person can paste, and what a crawl of it comes across; ``suggested`` for what a newcomer is shown."""


def open_site(name: str, scene: Scene, base: str) -> MoreSite:
    """The site with a name, served at ``base``."""
    module = import_module(f"infra.local.world.sites.{name}")
    opener = cast("Callable[[Scene, str], MoreSite]", module.open_site)
    return opener(scene, base)
