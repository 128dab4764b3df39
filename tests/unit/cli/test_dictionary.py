"""What administrators type to teach the service names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.cli import main
from tests.unit.client.api_server import ApiServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENTRY = {"name": "누리폰", "variants": ["누리 폰", "NuriPhone"], "kind": "product"}
REBUILD: dict[str, Any] = {
    "generation": 2,
    "before": 1,
    "phase": "done",
    "digest": "d",
    "began_at": "2026-11-20T09:20:00Z",
    "copied": {},
    "documents": 5,
    "documents_copied": 5,
}
TAKEN: dict[str, Any] = {"items": [ENTRY], "edited_at": "2026-11-20T09:00:00Z", "rebuild": REBUILD}
FRESH: dict[str, Any] = {**TAKEN, "edited_at": "2026-11-20T10:00:00Z"}
REFUSED: dict[str, Any] = {**TAKEN, "rebuild": {**REBUILD, "phase": "refused", "trouble": "[no] such rule"}}
EMPTY: dict[str, Any] = {"items": [], "edited_at": None, "rebuild": None}
BEGUN = {name: REBUILD[name] for name in ("generation", "before", "digest", "began_at")}
"""As the API shows it: what is nothing yet is left out."""
NO_ROOM: dict[str, Any] = {**BEGUN, "phase": "copying", "documents": 52_000_000, "trouble": "there is no room"}
DROPPED: dict[str, Any] = {**REBUILD, "trouble": "it is no longer asked for"}
NAME = "%EB%88%84%EB%A6%AC%ED%8F%B0"


@pytest.fixture
def api() -> Iterator[ApiServer]:
    answers: dict[str, Any] = {
        "GET /v1/dictionary": [(200, TAKEN), (200, FRESH), (200, REFUSED), (200, EMPTY)],
        f"PUT /v1/dictionary/{NAME}": (200, ENTRY),
        f"DELETE /v1/dictionary/{NAME}": (204, b""),
    }
    with serving(answers) as api:
        yield api


@pytest.fixture
def cli(api: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    monkeypatch.setenv("SOCIALINDEX_URL", api.url)
    monkeypatch.setenv("SOCIALINDEX_KEY", "si_abc")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["socialindex", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        assert not exit_.value.code
        return capsys.readouterr().out

    return run


def test_the_list_says_whether_the_index_knows_the_names(cli: Callable[..., str]) -> None:
    taken, fresh, refused, empty = (cli("dictionary") for _ in range(4))
    assert "누리 폰, NuriPhone" in taken
    assert "it is in use, generation 2" in taken
    assert "some minutes after the last change" in fresh
    assert "did not take it, generation 2 ([no] such rule)" in refused
    assert "is empty" in empty


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({**EMPTY, "rebuild": NO_ROOM}, "0 of 52,000,000 documents, generation 2 (there is no room)"),
        ({**EMPTY, "rebuild": DROPPED}, "it was given up, generation 2 (it is no longer asked for)"),
        ({**FRESH, "rebuild": NO_ROOM}, "a day after what is made now is in use"),
        ({**FRESH, "rebuild": NO_ROOM}, "(there is no room)"),
    ],
)
def test_how_far_a_generation_is_can_be_seen_whatever_made_it(
    cli: Callable[..., str], api: ApiServer, state: dict[str, Any], said: str
) -> None:
    api.answers["GET /v1/dictionary"] = (200, state)
    assert said in cli("dictionary")


def test_a_name_is_entered_with_its_variants(cli: Callable[..., str], api: ApiServer) -> None:
    said = cli("dictionary", "set", "누리폰", "누리 폰", "NuriPhone", "--kind", "product")
    assert said == "누리폰 is entered, also written 누리 폰, NuriPhone.\n"
    assert [each.body for each in api.asked] == [{"variants": ["누리 폰", "NuriPhone"], "kind": "product"}]


def test_a_name_is_removed(cli: Callable[..., str]) -> None:
    assert cli("dictionary", "rm", "누리폰") == "누리폰 is removed.\n"
