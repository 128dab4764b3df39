"""Milliseconds that a fresh interpreter needs to import each function, beside boto3 and the logger alone.

Of the functions that people or hosts wait for also until the runtime interface client asks for the first event, from
the start of its process on (``cold_start_init``); its baseline is a function that imports no more than the two.
``python -m infra.bench.cold_start crawl`` shows in which packages a function's import spends its time.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from rich.console import Console
from rich.table import Table

from infra.bench.figure import Figure, compared
from infra.bench.progress import say
from infra.local.cloud import Cloud
from infra.local.runtime.api import RuntimeApi
from infra.local.runtime.environment import environment
from infra.local.runtime.worker import Starter
from infra.local.service import PARAMETERS, TEMPLATE
from infra.local.template import Site, read_template
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from infra.local.template.model import Function

ROUNDS: Final = 5
STARTED: Final = ("crawl", "normalize", "index", "search")
"""Functions whose whole start is measured."""
_LEAST: Final = "import boto3; from aws_lambda_powertools import Logger"
_TIMED: Final = "from time import perf_counter as now; began = now(); {}; print(now() - began)"
_IMPORT_TIME: Final = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| +(\S+)")
"""A line of ``-X importtime``: microseconds of the module itself, with those it imports, and its name."""
_SHOWN: Final = 10
_STANDARD: Final = "(standard library)"
_NOBODY: Final = "http://127.0.0.1:9"
"""The discard port: an import must not need any server."""
_CLOUD: Final = Cloud(sqs=_NOBODY, dynamodb=_NOBODY, s3=_NOBODY)


def run() -> list[Figure]:
    """A figure per function, after a round that leaves compiled modules and warm files behind."""
    targets = functions()
    rounds = [_round(targets) for _ in range(1 + ROUNDS)][1:]
    started = asyncio.run(starts({name: targets[name] for name in STARTED}))
    return [
        *(compared(f"cold_start_{name}", "ms", [times[name] for times in rounds]) for name in targets),
        *(compared(f"cold_start_init_{name}", "ms", [times[name] for times in started]) for name in STARTED),
    ]


def functions() -> dict[str, Function]:
    """The template's functions by the name of their folder."""
    parameters = {**PARAMETERS, "EngineUrl": _NOBODY}
    template = read_template(TEMPLATE, Site("socialindex", _CLOUD, _NOBODY), parameters=parameters)
    return {function.code.name: function for function in template.functions.values()}


def packages(function: Function) -> list[tuple[str, float]]:
    """What a function's import loads, each package with the milliseconds of its own modules, the slowest first."""
    said = _python(function, "-X", "importtime", "-c", _import(function)).stderr
    after_start = said.rpartition(" site\n")[2]
    spent: Counter[str] = Counter()
    for microseconds, module in _IMPORT_TIME.findall(after_start):
        spent[_package(module)] += int(microseconds)
    return [(name, microseconds / 1000) for name, microseconds in spent.most_common()]


def loaded(function: Function) -> set[str]:
    """The packages that a function's import leaves behind."""
    said = _python(function, "-c", f"{_import(function)}; import sys; print(*sys.modules)").stdout
    return {_package(module) for module in said.split()}


def _round(targets: dict[str, Function]) -> dict[str, tuple[float, float]]:
    """Per function its time and, once for all, the baseline's."""
    say("  a round of fresh interpreters ...")
    least = _import_ms(next(iter(targets.values())), _LEAST)
    return {name: (_import_ms(function, _import(function)), least) for name, function in targets.items()}


async def starts(targets: dict[str, Function], rounds: int = ROUNDS) -> list[dict[str, tuple[float, float]]]:
    """Rounds of real starts, after one that warms up: milliseconds, those of the function and the baseline's.

    Raises:
        Unavailable: a function does not start.
    """
    api = RuntimeApi()
    await api.start()
    try:
        with tempfile.TemporaryDirectory(prefix="socialindex-bench-") as folder:
            starter = Starter(api, _CLOUD, Path(folder))
            least = _smallest(next(iter(targets.values())), Path(folder))
            found = [await _started(starter, targets, least) for _ in range(1 + rounds)]
            await starter.stop()
            return found[1:]
    finally:
        await api.stop()


async def _started(starter: Starter, targets: dict[str, Function], least: Function) -> dict[str, tuple[float, float]]:
    say("  a round of fresh runtimes ...")
    baseline = await _start_ms(starter, least)
    return {name: (await _start_ms(starter, function), baseline) for name, function in targets.items()}


async def _start_ms(starter: Starter, function: Function) -> float:
    """From the start of the process until the runtime interface client asks for work."""
    began = time.perf_counter()
    worker = await starter.start(function)
    problem = await worker.started()
    milliseconds = (time.perf_counter() - began) * 1000
    await worker.terminate()
    if problem is not None:
        raise Unavailable(f"{function.logical_id} does not start: {problem.message}")
    return milliseconds


def _smallest(function: Function, folder: Path) -> Function:
    """A function that imports what each must, and does nothing."""
    (folder / "app.py").write_text(f"{_LEAST}\n\ndef handler(event, context):\n    return None\n", "utf-8")
    return msgspec.structs.replace(function, code=folder)


def _import(function: Function) -> str:
    return f"import {function.handler.rpartition('.')[0]}"


def _package(module: str) -> str:
    package = module.partition(".")[0]
    return _STANDARD if package in sys.stdlib_module_names else package


def _import_ms(function: Function, statement: str) -> float:
    return float(_python(function, "-c", _TIMED.format(statement)).stdout) * 1000


def _python(function: Function, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter with the function's code, layers and environment."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(function, _CLOUD, _NOBODY),
        cwd=function.code,
        capture_output=True,
        text=True,
        check=True,
    )


def _show(name: str) -> None:
    table = Table("package", "ms", title=f"the import of functions/{name}/app.py")
    spent = packages(functions()[name])
    for package, milliseconds in spent[:_SHOWN]:
        table.add_row(package, f"{milliseconds:.1f}")
    table.add_row("all", f"{sum(milliseconds for _, milliseconds in spent):.1f}")
    Console().print(table)


if __name__ == "__main__":
    for _name in sys.argv[1:] or functions():
        _show(_name)
