"""``make run``: the whole service on this machine, with something to look at, until Ctrl-C."""

from __future__ import annotations

import itertools
import os
import shlex
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from infra.local.alone import alone_in
from infra.local.listening import listen, told
from infra.local.progress import follow
from infra.local.reach import tell
from infra.local.receiver import receiving
from infra.local.sample import PORT, PORT_SETTING, SampleWorld, add_channels
from infra.local.servers import configs_of_environment
from infra.local.servers.environment import HIGHEST_PORT, whole_number
from infra.local.servers.ports import require_free
from infra.local.service import API_PORT_SETTING, Service, ServiceOptions, running_service
from infra.local.standin import sample_credentials
from infra.local.world.config import SITES
from socialindex.cli.access import DATA_SETTING
from socialindex.client import Client
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from types import FrameType

_FIRST_CRAWL_SECONDS = 600.0
_SPEED = 6.0
"""Schedules fire this much faster than on AWS: every ten seconds instead of every minute."""


def up(*, data: str, sample: bool) -> None:
    """Start everything, show the first crawl, and serve until Ctrl-C or SIGTERM.

    Raises:
        InvalidInput: a port is taken, a setting is malformed, or another stack runs on the folder.
        Unavailable: a part cannot be had or does not start.
    """
    # Ctrl-C too: a shell starts background jobs with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    console = Console()
    started = time.monotonic()
    folder = Path(data).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with ExitStack() as stack:
            stack.enter_context(alone_in(folder))
            _run(stack, folder, console, sample=sample, started=started)
    except KeyboardInterrupt:
        console.print("\nStopped. All data is kept; `make run` goes on where this ended.")


def _run(stack: ExitStack, folder: Path, console: Console, *, sample: bool, started: float) -> None:
    world = SampleWorld(folder, os.environ.get(PORT_SETTING) or PORT) if sample else None
    options = ServiceOptions(
        data=folder,
        servers=configs_of_environment(folder / "servers"),
        api_port=whole_number(API_PORT_SETTING, 8080, 0, HIGHEST_PORT),
        speed=_SPEED,
        credentials=sample_credentials(itertools.count(world.port)) if world else {},
    )
    # Now, and not when their turn comes: the servers before them take minutes at the first start.
    require_free(options.api_port, API_PORT_SETTING)
    if world:
        world.require_free_ports()
    service = stack.enter_context(running_service(options, console.print))
    (folder / "api-url").write_text(f"{service.stack.url}\n", "utf-8")
    tell(folder, service.reach())
    admin = Client(service.stack.url, service.keys.admin)
    if world:
        _sample(stack, world, admin, console)
    _welcome(service, folder, admin, console, time.monotonic() - started)
    if world:
        receiver = stack.enter_context(receiving(told(console)))
        listen(Client(service.stack.url, service.keys.client), receiver, console, world.break_out)
    _serve(service)


def _sample(stack: ExitStack, world: SampleWorld, admin: Client, console: Console) -> None:
    console.print(f"Starting the sample world: {len(SITES)} servers, from a Korean board to a Mastodon server ...")
    manifest = stack.enter_context(world)
    count = add_channels(admin, manifest, lambda text: console.print(text, highlight=False, soft_wrap=True))
    if count:
        console.print(f"Crawling {count} channels ...")
        follow(admin, console, _FIRST_CRAWL_SECONDS)


def _welcome(service: Service, folder: Path, admin: Client, console: Console, seconds: float) -> None:
    posts = sum(source.posts or 0 for source in admin.status().sources.values())
    console.print(f"\n[bold]{posts} posts are indexed[/] ({seconds:.0f} s). The API is at {service.stack.url}")
    console.print(hints(folder, service.stack.url), highlight=False, markup=False, soft_wrap=True)


def hints(folder: Path, url: str) -> str:
    """What to type in another terminal, in the same folder; the command line is told of data that are elsewhere."""
    is_found = folder == Path(".local").absolute()
    place = shlex.quote(".local" if is_found else str(folder))
    return (
        "\nTry, in another terminal:\n"
        + ("" if is_found else f"  export {DATA_SETTING}={place}\n")
        + "  .venv/bin/socialindex search 배터리\n"
        "  .venv/bin/socialindex topics propose 누리폰\n"
        "  .venv/bin/socialindex status\n"
        f'  curl -H "Authorization: Bearer $(cat {place}/client-key)" "{url}/v1/posts?q=battery"\n'
        f"\nAll that the API can be asked, for a browser: {url}/docs\n"
        "Ctrl-C stops everything."
    )


def _serve(service: Service) -> None:
    while True:
        time.sleep(1)
        died = service.servers.died()
        if died is not None:
            raise Unavailable(f"{died.name} has ended by itself; the end of its log is in {died.log}")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
