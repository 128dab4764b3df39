"""Whoever installs the package (`pip install`) gets a command that runs, not only in a checkout after `make run`."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
OURS = {"socialindex", "infra"}


def _installed() -> set[str]:
    """Names of the packages that an installation brings along, without hyphens, as what they hold is imported."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    files = settings["tool"]["setuptools"]["dynamic"]["dependencies"]["file"]
    told = "".join((ROOT / file).read_text("utf-8") for file in files)
    return {name.replace("-", "") for name in re.findall(r"^[a-z0-9-]+", told, re.MULTILINE)}


def _imported(folder: str) -> set[str]:
    """Names of the packages that modules of a folder import."""
    files = (ROOT / "shared" / "socialindex" / folder).glob("*.py")
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | named} - sys.stdlib_module_names - OURS


def test_an_installation_has_what_the_command_line_imports() -> None:
    imported = _imported("cli") | _imported("client")
    assert {"click", "rich", "msgspec"} <= imported
    assert imported - _installed() == set()
    assert "boto3" in _installed(), "socialindex ops asks AWS"
