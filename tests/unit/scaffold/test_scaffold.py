"""A source that was just scaffolded keeps the contract and the house's rules before anybody has changed a line."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.scaffold.files import write
from socialindex.errors import InvalidInput
from tests.sources.harness import Case, observe, violations

if TYPE_CHECKING:
    from socialindex.sources.base import Adapter

ROOT = Path(__file__).parents[3]


def _adapter(path: Path) -> Adapter:
    spec = importlib.util.spec_from_file_location(f"scaffolded_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    adapter: Adapter = module.ADAPTER
    return adapter


def test_it_reads_its_own_cases(tmp_path: Path) -> None:
    written = write(tmp_path, "my_boards", "My boards")
    adapter = _adapter(written[0])
    observed: dict[str, Any] = {}
    for file in (path for path in written if path.name == "case.json"):
        case = Case(file.parent)
        observed[file.parent.name] = observe(adapter, case.channel(), case.response(adapter))
        assert list(violations(observed[file.parent.name])) == []
    assert [post["text"] for post in observed["page_two_posts"]["posts"]] == ["배터리가 또 부풀었어요", "안녕하세요"]
    assert [post.get("error") for post in observed["page_bad_item_among_good_ones"]["posts"]] == [
        "ParseError",
        "Discarded",
        None,
    ]
    history = observed["page_of_the_history"]["follow"]["requests"]
    assert [(request["url"], request["priority"], request["context"]) for request in history] == [
        ("https://my_boards.example.com/api/posts?page=2", 2, {"walk": "history"})
    ]
    assert observed["recognized_list"]["recognized"]["url"] == "https://my_boards.example.com/"
    assert observed["empty_list"]["posts"] == []
    assert observed["malformed_html"]["posts"] == {"error": "ParseError"}
    assert observed["deleted_post"]["posts"][0]["deleted"] is True


def test_it_keeps_the_houses_rules(tmp_path: Path) -> None:
    path, *_ = write(tmp_path, "my_boards", "My boards")
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for command in (["check", "--ignore", "INP001", *config], ["format", "--check", *config]):
        run = subprocess.run([*ruff, *command, str(path)], capture_output=True, text=True, check=False)  # noqa: S603 - our own linter
        assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("name", ["Lemmy", "9boards", "my-boards", "", "../up"])
def test_a_name_that_cannot_be_a_sources_is_told_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be a source's name"):
        write(tmp_path, name, "x")
    assert not list(tmp_path.rglob("*"))


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    write(tmp_path, "my_boards", "My boards")
    with pytest.raises(InvalidInput, match="there already"):
        write(tmp_path, "my_boards", "Other boards")
