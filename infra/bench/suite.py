"""Finding the benchmarks, and running each in a process of its own.

A benchmark is a module of this package with a function ``run`` that gives figures; its docstring says what is measured
and beside what. There is no registry to edit.
"""

from __future__ import annotations

import importlib
import pkgutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import infra.bench
from infra.bench.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from infra.bench.figure import Figure


def benchmarks() -> dict[str, str]:
    """The names of all benchmarks, each with the first line of its docstring."""
    modules = {name: _module(name) for _, name, _ in pkgutil.iter_modules(infra.bench.__path__) if name[0] != "_"}
    return {name: _headline(module) for name, module in modules.items() if hasattr(module, "run")}


def measure(names: Iterable[str]) -> Iterator[Figure]:
    """The figures of these benchmarks, one benchmark at a time.

    None inherits another's warm caches, clients or garbage: each has an interpreter of its own.
    """
    with ProcessPoolExecutor(max_workers=1, max_tasks_per_child=1, mp_context=get_context("spawn")) as pool:
        for name in names:
            say(f"{name} ...")
            yield from pool.submit(_run, name).result()


def _run(name: str) -> list[Figure]:
    figures: list[Figure] = _module(name).run()
    return figures


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"infra.bench.{name}")


def _headline(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().partition("\n")[0]
