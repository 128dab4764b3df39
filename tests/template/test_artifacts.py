"""What ``make build`` makes for the processor that this machine has not.

What it makes for its own runs in ``tests/integration/test_runtime_interface.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from infra.lambda_runtime.python import VERSION
from tests.integration.building import HERE, build
from tests.template.test_sizes import BUDGET, LAMBDA_LIMIT, OWN, PROVIDED, ROOT

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "arm64" if HERE == "x86_64" else "x86_64"
ELF_MACHINES = {"x86_64": 62, "arm64": 183}
"""``e_machine`` of an ELF header: EM_X86_64 and EM_AARCH64 (System V ABI)."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(OTHER, tmp_path_factory.mktemp("built")).parent


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def machine(library: Path) -> int:
    with library.open("rb") as file:
        return int.from_bytes(file.read(20)[18:], "little")


def test_what_is_compiled_is_for_the_processor_and_the_python_of_lambda(built: Path) -> None:
    libraries = [file for file in built.rglob("*.so*") if file.is_file()]
    assert len(libraries) > 10
    assert {machine(file) for file in libraries} == {ELF_MACHINES[OTHER]}
    bound = {tag for file in libraries for tag in file.name.split(".") if tag.startswith("cpython-")}
    assert all(tag.startswith(f"cpython-{VERSION.replace('.', '')}-") for tag in bound)


def test_each_function_fits_into_lambda_with_the_layer(built: Path) -> None:
    layer = size(built / "SharedLayer")
    functions = {path.name: size(path) for path in built.glob("*Function")}
    assert set(functions) == {f"{path.parent.name.title()}Function" for path in (ROOT / "functions").glob("*/app.py")}
    for name, own in functions.items():
        assert layer + own < LAMBDA_LIMIT, name
        assert layer + own < BUDGET + OWN.get(name.removesuffix("Function").lower(), 0), name


def test_what_the_runtime_brings_along_is_not_in_the_layer(built: Path) -> None:
    packages = {path.name for path in (built / "SharedLayer" / "python").iterdir()}
    assert {"socialindex", "opensearchpy", "msgspec"} <= packages
    assert not packages & PROVIDED


def test_the_template_runs_the_python_that_is_built_for(built: Path) -> None:
    class Loader(yaml.SafeLoader):
        """Reads CloudFormation's tags as what they are put on."""

    Loader.add_multi_constructor("!", lambda *_: None)
    template = yaml.load((ROOT / "template.yaml").read_text("utf-8"), Loader)  # noqa: S506 - a safe loader, with tags
    assert template["Globals"]["Function"]["Runtime"] == f"python{VERSION}"
    assert template["Resources"]["SharedLayer"]["Metadata"]["BuildMethod"] == f"python{VERSION}"
