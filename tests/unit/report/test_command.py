"""Reports on the command line and by the client: a file that can be opened, and an agency's name and logo."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.cli import main
from socialindex.client import Client
from tests.unit.client.api_server import ApiServer, serving
from tests.unit.report.samples import data_address, png

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE = "<!DOCTYPE html><p>누리폰</p>"
KEPT = {"name": "Gaon", "logo": data_address(png()), "color": None}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    asked = "/v1/topics/tp_a/report?language=ko&"
    answers = {
        f"GET {asked}month=2026-11&format=html": (200, PAGE.encode()),
        f"GET {asked}beside=tp_b%2Ctp_c&month=2026-11&format=html": (200, PAGE.encode()),
        f"GET {asked}format=json": (200, {"month": "2026-10"}),
        "GET /v1/workspaces/ws_a/branding": (200, KEPT),
        "PUT /v1/workspaces/ws_a/branding": (200, KEPT),
    }
    with serving(answers) as api:
        yield api


@pytest.fixture
def cli(api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    for name, value in {"SOCIALINDEX_URL": api.url, "SOCIALINDEX_KEY": "si_abc", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> None:
        monkeypatch.setattr(sys, "argv", ["socialindex", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code

    return run


def test_a_report_becomes_a_file(cli: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    cli("report", "tp_a", "--month", "2026-11", "--language", "ko", "-o", str(file))
    assert file.read_text("utf-8") == PAGE
    assert str(file) in capsys.readouterr().out


@pytest.mark.usefixtures("cli")
@pytest.mark.parametrize("folder", ["missing", "a file"])
def test_no_report_is_made_for_a_place_that_is_not_there(
    api: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    (tmp_path / "a file").touch()
    place = tmp_path / folder
    words = ["socialindex", "report", "tp_a", "--month", "2026-11", "--language", "ko", "-o", str(place / "x.html")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert f"there is no folder {place}" in capsys.readouterr().err
    assert not api.asked


def test_figures_are_printed(cli: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    cli("report", "tp_a", "--language", "ko", "--json")
    assert json.loads(capsys.readouterr().out) == {"month": "2026-10"}


def test_the_client_compares_with_topics(api: ApiServer) -> None:
    with Client(api.url, "si_abc") as client:
        assert client.report("tp_a", "2026-11", language="ko", beside=["tp_b", "tp_c"]) == PAGE


def test_what_is_not_given_of_the_branding_stays(cli: Callable[..., None], api: ApiServer, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png(10, 10))
    cli("branding", "--workspace", "ws_a", "--color", "#0B3D66")
    assert api.asked[-1].body == {**KEPT, "color": "#0B3D66"}
    cli("branding", "--workspace", "ws_a", "--logo", str(logo))
    assert api.asked[-1].body == {**KEPT, "logo": data_address(png(10, 10))}
    cli("branding", "--workspace", "ws_a", "--clear")
    assert api.asked[-1].body == {"name": None, "logo": None, "color": None}


def test_the_branding_is_shown(cli: Callable[..., None], api: ApiServer, capsys: pytest.CaptureFixture[str]) -> None:
    cli("branding", "--workspace", "ws_a")
    assert "Gaon" in capsys.readouterr().out
    assert [one.method for one in api.asked] == ["GET"]


@pytest.mark.parametrize(
    ("option", "problem", "told"),
    [
        (
            "--color",
            {"detail": "Expected `str` - at `$.color`", "field": "color", "remedy": "give a text such as #0B3D66"},
            "Error: --color: Expected `str`\nRemedy: give a text such as #0B3D66\n",
        ),
        (
            "--logo",
            {"detail": "the logo is no PNG", "field": "logo", "remedy": "send it as data:image/png;base64,..."},
            "Error: --logo: the logo is no PNG\nRemedy: give a PNG file of up to 75 KB and 2000 x 2000 pixels\n",
        ),
    ],
)
def test_a_branding_that_cannot_be_is_told_by_its_option(
    cli: Callable[..., None], api: ApiServer, capsys: pytest.CaptureFixture[str], option: str, problem: Any, told: str
) -> None:
    api.answers["PUT /v1/workspaces/ws_a/branding"] = (400, problem)
    with pytest.raises(AssertionError):
        cli("branding", "--workspace", "ws_a", option, __file__)
    assert capsys.readouterr().err == told
