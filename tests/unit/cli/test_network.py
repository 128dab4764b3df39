"""Networks on the command line: what people see, what is asked, and the file that is drawn."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from infra.openapi.api import routes
from socialindex.cli import main
from tests.unit.client.api_server import ApiServer, serving
from tests.unit.client.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMANDS = ["network", "diffusion", "resonance", "coordination", "needs"]
ROUTES = routes()


def answered(route: str) -> Any:
    """An answer of the service with everything in it; of one word each."""
    return Sample().of(ROUTES[route].doc.answer)


def route_of(command: str) -> str:
    return "POST /v1/network" if command == "network" else f"POST /v1/network/{command}"


class Run(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    found = {route_of(command): (200, answered(route_of(command))) for command in COMMANDS}
    tree = answered("GET /v1/posts/{id}/cascade")
    tree["steps"] = [{**tree["steps"][0], "post": "word", "came_from": None}]
    again = {**tree["steps"][0], "post": "again", "came_from": "word", "way": "link"}
    return {**found, "GET /v1/posts/word/cascade": (200, {**tree, "steps": [*tree["steps"], again]})}


@pytest.fixture
def api(answers: dict[str, Any]) -> Iterator[ApiServer]:
    with serving(dict(answers)) as api:
        yield api


@pytest.fixture
def cli(api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    for name, value in {"SOCIALINDEX_URL": api.url, "SOCIALINDEX_KEY": "si_abc", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["socialindex", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return Run(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("network", "x"), ["1 nodes, 1 edges, 1 communities", "Between communities: word", "7 lighter edges"]),
        (("diffusion", "x"), ["7 cascades", "of 7 posts of 7 that match"]),
        *(((command, "x"), ["word (at character 7)"]) for command in COMMANDS),
        (("cascade", "word"), ["link word: word", "7 posts by 7 authors"]),
        (("resonance", "x"), ["resonance", "0.5"]),
        (("coordination", "x"), ["7 groups of accounts look coordinated", "7 accounts, 7 posts"]),
        (("needs", "x"), ["7 posts ask", "7 posts complain", "word"]),
    ],
)
def test_answers_are_shown_to_people(cli: Callable[..., Run], words: tuple[str, ...], shown: list[str]) -> None:
    run = cli(*words)
    assert (run.code, run.err) == (0, "")
    for each in shown:
        assert each in run.out


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_the_answer(cli: Callable[..., Run], command: str) -> None:
    assert json.loads(cli(command, "x", "--json").out) == answered(route_of(command))


def test_options_become_the_request(cli: Callable[..., Run], api: ApiServer) -> None:
    cli("network", "x", "--of", "hashtags", "--limit", "10", "--min-weight", "2", "--source", "feed")
    asked = {"q": "x", "of": "hashtags", "limit": 10, "min_weight": 2, "source": ["feed"], "format": "json"}
    assert api.asked[-1].body == asked


def test_a_network_is_drawn_into_a_file_whose_name_says_the_format(
    cli: Callable[..., Run], api: ApiServer, tmp_path: Path
) -> None:
    job = {**answered("GET /v1/networks/{id}"), "id": "nw_1", "state": "done", "bytes": 6, "link": f"{api.url}/file"}
    api.answers |= {
        "POST /v1/networks": (202, {**job, "state": "queued"}),
        "GET /v1/networks/nw_1": (200, job),
        "GET /file": (200, b"<gexf>"),
    }
    run = cli("network", "x", "-o", str(tmp_path / "crisis.gexf"))
    assert (run.code, "crisis.gexf" in run.out) == (0, True)
    assert (tmp_path / "crisis.gexf").read_bytes() == b"<gexf>"
    assert api.asked[0].body == {"q": "x", "format": "gexf"}
    assert cli("network", "x", "-o", str(tmp_path / "crisis.png")).code != 0


def test_a_network_that_is_too_large_for_an_answer_is_waited_for(cli: Callable[..., Run], api: ApiServer) -> None:
    whole = answered("POST /v1/network")
    data = json.dumps(whole).encode()
    job = {**answered("GET /v1/networks/{id}"), "id": "nw_1", "state": "done", "bytes": len(data)}
    api.answers |= {
        "POST /v1/network": (202, {**job, "state": "queued"}),
        "GET /v1/networks/nw_1": (200, {**job, "link": f"{api.url}/file", "file_name": "nw_1.json"}),
        "GET /file": (200, data),
    }
    assert json.loads(cli("network", "x", "--json").out) == whole
