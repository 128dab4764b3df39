"""Sources: one file per source. ``find`` and ``all_adapters`` discover them; there is no registry to edit."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from socialindex.errors import InvalidInput
from socialindex.sources.base import Adapter

__all__ = ["all_adapters", "check", "find", "names"]


@cache
def names() -> tuple[str, ...]:
    """All sources' names in their order, without importing a module of theirs."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if name != "base" and not name.startswith("_")))


def check(name: str) -> None:
    """Pass the name of a source, without importing its module.

    Raises:
        InvalidInput: no source has this name.
    """
    if name not in names():
        message = f"no source is named {name[:64]!r}"
        raise InvalidInput(message, field="source", remedy=f"use one of: {', '.join(names())}")


@cache
def find(name: str) -> Adapter:
    """The adapter with this name; its module is imported at the first call.

    Raises:
        InvalidInput: no source has this name.
    """
    check(name)
    adapter = importlib.import_module(f"{__name__}.{name}").ADAPTER
    if not isinstance(adapter, Adapter):
        raise TypeError(f"sources/{name}.py: ADAPTER is not an Adapter")
    return adapter


@cache
def all_adapters() -> tuple[Adapter, ...]:
    """Every adapter, the most specific first (by ``rank``, then name)."""
    return tuple(sorted((find(name) for name in names()), key=lambda adapter: (adapter.rank, adapter.name)))
