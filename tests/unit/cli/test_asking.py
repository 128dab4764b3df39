"""What cannot be undone is asked for first: at a terminal by a question, in scripts by ``--yes``."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, NamedTuple

import click
import pytest

from socialindex.cli import cli as commands
from socialindex.cli import main
from tests.unit.cli.terminal import Terminal
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOR_GOOD = {
    "erase p1": "/v1/posts/p1",
    "organizations remove org_1": "/v1/organizations/org_1",
    "workspaces remove ws_1": "/v1/workspaces/ws_1",
    "members remove mb_1": "/v1/members/mb_1",
    "keys revoke key_1": "/v1/keys/key_1",
    "topics rm tp_1": "/v1/topics/tp_1",
    "destinations delete ds_1 --workspace ws_1": "/v1/workspaces/ws_1/destinations/ds_1",
    "exports delete ex_1 --workspace ws_1": "/v1/workspaces/ws_1/exports/ex_1",
    "imports delete im_1 --workspace ws_1": "/v1/workspaces/ws_1/imports/im_1",
}
"""What each command asks the API to delete."""
UNDONE_BY_ANOTHER = {"channels remove", "dictionary rm"}
"""Commands that `channels add` and `dictionary set` undo."""
VERBS = {"rm", "remove", "delete", "revoke", "erase"}


class Run(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving({f"DELETE {path}": (409, {"detail": "it was asked"}) for path in FOR_GOOD.values()}) as api:
        yield api


@pytest.fixture
def cli(api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    monkeypatch.setenv("SOCIALINDEX_URL", api.url)
    monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")

    def run(line: str, typed: io.StringIO) -> Run:
        monkeypatch.setattr(sys, "argv", ["socialindex", *line.split()])
        monkeypatch.setattr(sys, "stdin", typed)
        with pytest.raises(SystemExit) as end:
            main()
        return Run(int(end.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize("line", FOR_GOOD)
@pytest.mark.parametrize(
    ("more", "typed", "reaches"),
    [
        ("", Terminal, False),
        ("", io.StringIO, False),
        (" --json", io.StringIO, False),
        (" --yes", io.StringIO, True),
        (" --yes --json", io.StringIO, True),
    ],
)
def test_nothing_is_done_for_good_unasked(
    cli: Callable[..., Run], api: ApiServer, line: str, more: str, typed: type[io.StringIO], *, reaches: bool
) -> None:
    left = cli(line + more, typed("n\n"))
    assert (left.code, left.out) == (1, "")
    asked = [f"{each.method} {each.path}" for each in api.asked]
    assert asked == ([f"DELETE {FOR_GOOD[line]}"] if reaches else [])
    if typed is Terminal:
        assert "for good? [y/N]: " in left.err
    elif not reaches:
        told = "Error: nobody is there to be asked\nRemedy: add --yes where it is to be done unasked\n"
        assert left.err == told


@pytest.mark.parametrize("line", FOR_GOOD)
def test_a_yes_at_the_terminal_is_enough(cli: Callable[..., Run], api: ApiServer, line: str) -> None:
    assert "it was asked" in cli(line, Terminal("y\n")).err
    assert [each.path for each in api.asked] == [FOR_GOOD[line]]


def test_every_command_that_removes_is_one_of_these() -> None:
    named = {" ".join(words) for words in every(commands) if words[0] != "ops" and words[-1] in VERBS}
    known = {" ".join(word for word in line.split(" --")[0].split()[:-1]) for line in FOR_GOOD}
    assert named == known | UNDONE_BY_ANOTHER


def every(group: click.Group) -> Iterator[list[str]]:
    """The words of every command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from ([name, *rest] for rest in every(command))
        else:
            yield [name]
