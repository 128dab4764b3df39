"""Starts and stops the sample world's servers, in an event loop or beside one in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Self

import msgspec
from aiohttp import web

from infra.local.world import store
from infra.local.world.config import WorldConfig
from infra.local.world.generate import generate
from infra.local.world.links import Directory, WorldAddresses
from infra.local.world.manifest import Manifest, manifest
from infra.local.world.sites.app import application
from infra.local.world.sites.blog import Blog
from infra.local.world.sites.gnuboard.routes import Gnuboard
from infra.local.world.sites.mastodon.routes import Mastodon
from infra.local.world.sites.more import STORY, open_site
from infra.local.world.sites.news.routes import Newspaper
from infra.local.world.sites.scene import Scene
from infra.local.world.traffic import TrafficLog

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from infra.local.world.config import Site
    from infra.local.world.records import WorldData
    from infra.local.world.sites.more import MoreSite

    AnySite = Gnuboard | Newspaper | Mastodon | Blog

_STOP_SECONDS = 2.0
_START_SECONDS = 20.0


class World:
    """The servers, started by ``async with``.

    Attributes:
        addresses: where the servers are.
        truth: what may and must not be indexed.
        requests: what was asked of the servers.
    """

    addresses: WorldAddresses
    truth: Manifest

    def __init__(self, config: WorldConfig) -> None:
        self.config = config
        self.requests = TrafficLog()
        self.data: WorldData
        self._kept: store.Kept
        self._loop: asyncio.AbstractEventLoop
        self._more: dict[Site, MoreSite] = {}
        self._runners: dict[Site, web.AppRunner] = {}

    async def __aenter__(self) -> Self:
        """Start all servers, or none.

        Raises:
            OSError: a port is taken; the error names it.
        """
        self._kept, self._loop = store.remembered(self.config), asyncio.get_running_loop()
        try:
            await self._serve()
        except BaseException:
            await self._stop()
            raise
        store.remember(self.config, self._kept, self.truth)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def break_out(self) -> None:
        """Let something new happen from now on, once in a world: a burst of posts, and the newspaper after it.

        The servers that tell the story start again with it, at the same ports.
        """
        if self._kept.outbreak:
            return
        self._kept = msgspec.structs.replace(self._kept, outbreak=self.config.clock())
        scene = self._written()
        self._tell(scene)
        for site in sorted(STORY):
            port = self._runners[site].addresses[0][1]
            await self._runners.pop(site).cleanup()
            await self._open(site, store.listen(site, self.config.host, port), scene)
        store.remember(self.config, self._kept, self.truth)

    def break_out_now(self) -> None:
        """The same, for another thread than that of the servers."""
        asyncio.run_coroutine_threadsafe(self.break_out(), self._loop).result(_START_SECONDS)

    async def _serve(self) -> None:
        sockets = store.sockets(self.config)
        bases = {site: f"http://{self.config.host}:{sock.getsockname()[1]}" for site, sock in sockets.items()}
        self.addresses = WorldAddresses.of(bases)
        scene = self._written()
        self._more = {name: open_site(name, scene, base) for name, base in bases.items() if name not in STORY}
        self._tell(scene)
        for site, sock in sockets.items():
            await self._open(site, sock, scene)

    def _written(self) -> Scene:
        """The story as it is now."""
        self.data = generate(self._kept.seed, self._kept.anchor, self._kept.outbreak)
        return Scene(self.data, Directory(self.data, self.addresses), self.config)

    def _tell(self, scene: Scene) -> None:
        channels = [channel for site in self._more.values() for channel in site.channels()]
        self.truth = manifest(self.data, scene.directory, channels)

    async def _open(self, site: Site, sock: socket.socket, scene: Scene) -> None:
        app = application(site, self.requests, self.config.faults)
        (self._more.get(site) or self._site(site, scene)).attach(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
        self._runners[site] = runner
        await runner.setup()
        await web.SockSite(runner, sock).start()

    def _site(self, site: Site, scene: Scene) -> AnySite:
        addresses, data = self.addresses, self.data
        makers: dict[Site, Callable[[], AnySite]] = {
            "board": lambda: Gnuboard(scene),
            "news": lambda: Newspaper(scene),
            "social": lambda: Mastodon(scene),
            "slow": lambda: Blog(scene, addresses.slow, "느린 산책", data.walk, self.config.faults.crawl_delay),
            "flaky": lambda: Blog(scene, addresses.flaky, "뚝딱 연구소", data.lab, None),
        }
        return makers[site]()

    async def _stop(self) -> None:
        for runner in self._runners.values():
            await runner.cleanup()
        self._runners.clear()


@contextlib.contextmanager
def running_world(config: WorldConfig | None = None) -> Iterator[World]:
    """A world whose servers run in a thread of their own, for callers without an event loop.

    Raises:
        OSError: a port is taken.
    """
    world = World(config or WorldConfig())
    started, stop = threading.Event(), threading.Event()
    failures: list[BaseException] = []
    thread = threading.Thread(target=_run, args=(world, started, stop, failures), name="sample-world", daemon=True)
    thread.start()
    try:
        if not started.wait(_START_SECONDS):
            raise TimeoutError("the sample world did not start")
        if failures:
            raise failures[0]
        yield world
    finally:
        stop.set()
        thread.join(_START_SECONDS)


def _run(world: World, started: threading.Event, stop: threading.Event, failures: list[BaseException]) -> None:
    """Body of the thread: serve until told to stop."""

    async def serve() -> None:
        async with world:
            started.set()
            await asyncio.get_running_loop().run_in_executor(None, stop.wait)

    try:
        asyncio.run(serve())
    except Exception as error:  # noqa: BLE001 - handed to the thread that waits for the start
        failures.append(error)
    finally:
        started.set()
