"""Following the pipeline while it works: a line per stage that changes, until everything has come to rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.live import Live

from socialindex.cli import show
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from socialindex.client import Client

_LOOK_SECONDS = 1.0
_REST_SECONDS = 12.0
"""No further post for this long, longer than two refreshes of the index, and none on its way: polls never rest."""
_BEHIND = ("normalize", "index")
"""The stages that posts pass when they are crawled."""
_LINE_SECONDS = 10.0
"""Between two lines where there is no terminal to draw on."""


def follow(client: Client, console: Console, limit: float) -> dict[str, Any]:
    """Show the pipeline's state until it rests, or for ``limit`` seconds; its last state."""
    state: dict[str, Any] = {}
    if not console.is_terminal:
        return _follow_in_lines(client, console, limit)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        for state in _until_rest(client, limit):
            live.update(show.status(state), refresh=True)
    console.print(show.status(state))
    return state


def _follow_in_lines(client: Client, console: Console, limit: float) -> dict[str, Any]:
    state: dict[str, Any] = {}
    said = 0.0
    for state in _until_rest(client, limit):
        if time.monotonic() - said >= _LINE_SECONDS:
            console.print(f"  {line(state)}", highlight=False)
            said = time.monotonic()
    console.print(f"  {line(state)}", highlight=False)
    return state


def line(state: dict[str, Any]) -> str:
    """A state in one line: what each stage has done, and how many posts there are."""
    stages = (f"{name} {stage['outcomes'].get('ok', 0)}" for name, stage in state["stages"].items())
    return ", ".join([*stages, f"posts {_posts(state)}"])


def _until_rest(client: Client, limit: float) -> Iterator[dict[str, Any]]:
    """States, about one a second, until there was no further post for a while."""
    deadline = time.monotonic() + limit
    before, since = 0, time.monotonic()
    while time.monotonic() < deadline:
        state = _look(client)
        if state is None:
            time.sleep(_LOOK_SECONDS)
            continue
        yield state
        posts = _posts(state)
        if posts != before or _are_coming(state):
            before, since = posts, time.monotonic()
        elif posts and time.monotonic() - since >= _REST_SECONDS:
            return
        time.sleep(_LOOK_SECONDS)


def _look(client: Client) -> dict[str, Any] | None:
    """The state now; None while a part does not answer, as the engine in the moment of a new index."""
    try:
        state = client.call("GET", "/v1/status")
    except Unavailable:
        return None
    return state if state["engine_answers"] else None


def _posts(state: dict[str, Any]) -> int:
    return sum(source["posts"] for source in state["sources"].values())


def _are_coming(state: dict[str, Any]) -> bool:
    """Whether what was crawled is on its way to the index."""
    stages = (state["stages"][name] for name in _BEHIND)
    return any((stage["waiting"] or 0) + (stage["in_flight"] or 0) for stage in stages)
