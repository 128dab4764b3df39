"""``docs/failures.md`` names each test of a failure, and no test that is not there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "failures.md").read_text("utf-8")
MODULES = (
    "system/test_failures.py",
    "system/test_disaster.py",
    "integration/test_fault_points.py",
    "integration/test_outages.py",
    "integration/test_loss.py",
)
"""What is only about failures."""
NAMED = re.compile(r"`(?:((?:system|integration)/test_\w+\.py)::)?(test_\w+)`")
"""A test; without a module it is of the disaster's."""


def found_in(module: str) -> set[str]:
    tree = ast.parse((TESTS / module).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def named() -> set[tuple[str, str]]:
    return {(module or MODULES[1], name) for module, name in NAMED.findall(PAGE)}


def test_every_test_that_the_page_names_is_there() -> None:
    assert {(module, name) for module, name in named() if name not in found_in(module)} == set()


def test_the_page_names_every_test_of_a_failure() -> None:
    assert {(module, name) for module in MODULES for name in found_in(module)} - named() == set()
