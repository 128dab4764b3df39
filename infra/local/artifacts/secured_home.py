"""OpenSearch with its security plugin, for the tests of roles: unpacked once, beside the engine without it.

The plugin is not published for the engine's own version. The two newest that there are together have none of the
server's modules in their archive, of which come, as plugins: ``reindex`` (delete by query) and ``percolator``. Painless
cannot be had, since its interface is not published: scripts do not run there.
"""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zipfile import ZipFile

from infra.local.artifacts.opensearch_home import DESCRIPTOR, unpack, version_of

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.artifacts.lockfile import Lock
    from infra.local.artifacts.progress import Board

PLUGIN = "opensearch-security"


class _Module(NamedTuple):
    """A module of the server, laid out as a plugin."""

    name: str
    main: str
    locked: tuple[str, ...]
    """Its files, by artifact."""
    borrowed: tuple[str, ...] = ()
    """Beginnings of the names of libraries that it shares with the security plugin."""


_MODULES = (
    _Module("percolator", "org.opensearch.percolator.PercolatorModulePlugin", ("percolator-client",)),
    _Module(
        "reindex",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        ("reindex-client", "opensearch-ssl-config"),
        ("opensearch-rest-client-", "httpclient5-5", "httpcore5-", "commons-codec-", "commons-logging-", "slf4j-api-"),
    ),
)
_MISSING_LIBRARY = "commons-collections4"
"""The plugin finds it in a module that the archive lacks (``rule-framework``), which only groups of workloads need."""


def unpack_secured(lock: Lock, cache: Path, board: Board) -> None:
    """Lay the server out from its fetched files unless it is there."""
    unpack(lock, cache, board, "OpenSearch with its security plugin", partial(_install_all, lock, cache))


def _install_all(lock: Lock, cache: Path, plugins: Path) -> None:
    security = plugins / PLUGIN
    _install_security(lock, cache, security)
    for module in _MODULES:
        _install(module, lock, cache, security)


def _install_security(lock: Lock, cache: Path, plugin: Path) -> None:
    with ZipFile(lock.path(PLUGIN, cache)) as content:
        content.extractall(plugin, [name for name in content.namelist() if "/" not in name])
    shutil.copy(lock.path(_MISSING_LIBRARY, cache), plugin)
    descriptor = plugin / "plugin-descriptor.properties"
    lines = descriptor.read_text("utf-8").splitlines(keepends=True)
    descriptor.write_text("".join(line for line in lines if not line.startswith("extended.plugins=")), "utf-8")


def _install(module: _Module, lock: Lock, cache: Path, security: Path) -> None:
    plugin = security.with_name(module.name)
    plugin.mkdir()
    libraries = [path for path in security.glob("*.jar") if path.name.startswith(module.borrowed)]
    for path in (*(lock.path(artifact, cache) for artifact in module.locked), *libraries):
        shutil.copy(path, plugin)
    words = {"name": module.name, "description": module.name, "version": version_of(lock), "classname": module.main}
    (plugin / "plugin-descriptor.properties").write_text(DESCRIPTOR.format_map(words), encoding="utf-8")
