"""What ships stays small: Lambda refuses a function that is over 250 MB with its layer, and large ones start slowly."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LAMBDA_LIMIT = 250 * 1024 * 1024
"""Bytes of a function and its layers, unzipped: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""
BUDGET = 60_000_000
"""Our own, of the layer with a function that has nothing beside it: half as much again as what ships. Whoever needs
more should say here for what."""
OWN = {"network": 20_000_000}
"""What functions may have of their own: igraph, in the one that answers networks (docs/decisions/0016-networks.md)."""
PROVIDED = {"boto3", "botocore", "s3transfer"}
"""Packages that are in Lambda's Python runtime."""


def locked(folder: str = "shared") -> dict[str, str]:
    """Packages with their versions, those for this Python: the layer's, or a function's own."""
    text = (ROOT / folder / "requirements.txt").read_text("utf-8")
    found = (Requirement(line) for line in re.findall(r"^([a-z0-9].*?)(?: \\)?$", text, re.MULTILINE))
    return {one.name: str(one.specifier)[2:] for one in found if one.marker is None or one.marker.evaluate()}


def packaged(name: str) -> int:
    """Bytes of an installed package, without what Python compiles at the first import."""
    files = distribution(name).files or []
    return sum(Path(str(file.locate())).stat().st_size for file in files if file.suffix != ".pyc")


def folder(path: Path) -> int:
    """Bytes of our own code; SAM copies what links point to."""
    found = (file for file in path.rglob("*") if "__pycache__" not in file.parts and file.is_file())
    linked = sum(folder(link.resolve()) for link in path.iterdir() if link.is_symlink() and link.is_dir())
    return sum(file.stat().st_size for file in found) + linked


@pytest.fixture(scope="module")
def layer() -> dict[str, int]:
    sizes = {name: packaged(name) for name in locked()}
    return {**sizes, "socialindex": folder(ROOT / "shared" / "socialindex")}


@pytest.fixture(scope="module")
def own() -> dict[str, int]:
    """Bytes that functions have of their own beside their code."""
    found = (ROOT / "functions").glob("*/requirements.txt")
    return {path.parent.name: sum(map(packaged, locked(f"functions/{path.parent.name}"))) for path in found}


def test_layer_and_largest_function_fit_into_lambda_and_into_our_budget(
    layer: dict[str, int], own: dict[str, int]
) -> None:
    functions = {path.name: folder(path) for path in (ROOT / "functions").iterdir() if path.is_dir()}
    assert set(functions) >= {"crawl", "search"}
    total = sum(layer.values()) + max(functions.values())
    largest = sorted(layer.items(), key=lambda item: -item[1])[:5]
    assert total + max(own.values()) < LAMBDA_LIMIT
    assert total < BUDGET, f"{total / 1e6:.1f} MB; the largest parts: {largest}"


def test_functions_have_what_the_layer_has_not_within_what_they_may(own: dict[str, int]) -> None:
    assert set(own) == set(OWN)
    for name, size in own.items():
        assert 1_000_000 < size < OWN[name], f"{name}: {size / 1e6:.1f} MB"
        assert not set(locked(f"functions/{name}")) & (set(locked()) | PROVIDED)


def test_sizes_are_those_of_files_that_are_there(layer: dict[str, int]) -> None:
    assert layer["lxml"] > 5_000_000
    assert min(layer.values()) > 1_000


def test_what_the_runtime_provides_does_not_ship() -> None:
    assert not set(locked()) & PROVIDED


def test_what_ships_is_what_the_tests_run_with() -> None:
    """The layer comes before the runtime's own packages, so that its versions must suit boto3 as well."""
    for where in ("shared", *(f"functions/{name}" for name in OWN)):
        assert {name: version(name) for name in locked(where)} == locked(where)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py")))
def test_what_one_function_has_of_its_own_no_other_imports(name: str) -> None:
    """That is igraph, in one package only, also because of its licence (docs/decisions/0016-networks.md)."""
    code = (ROOT / "functions" / name / "app.py").read_text("utf-8")
    imports = "\n".join(re.findall(r"^from socialindex[^\n(]* import [^\n]+$", code, re.MULTILINE))
    blocked = f"import sys\nsys.modules['igraph'] = None\n{imports}\n"
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (done.returncode != 0) is (name in OWN), done.stderr
