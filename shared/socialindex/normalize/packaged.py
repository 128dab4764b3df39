"""Data that installed packages bring, without importing these packages."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def packaged(package: str, name: str) -> Path:
    """Where a file of an installed package is.

    Raises:
        ModuleNotFoundError: the package is not installed: it is in ``shared/requirements.in``.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the package {package} is not installed", name=package)
    return Path(spec.origin).parent / name
