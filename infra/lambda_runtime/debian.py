"""A Python of another Debian release, unpacked into a folder with the libraries that it was built with.

apt fetches and verifies it by the keys of the machine's own Debian; nothing is installed, and root is not needed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from socialindex.errors import Unavailable

_PACKAGES: Final = (
    "python{0}",
    "python{0}-minimal",
    "libpython{0}-minimal",
    "libpython{0}-stdlib",
    "python3-pip",
    *("libc6", "libgcc-s1", "libstdc++6"),
    *("zlib1g", "libbz2-1.0", "liblzma5", "libzstd1"),
    *("libexpat1", "libffi8", "libsqlite3-0", "libssl3t64", "libuuid1"),
)
"""The interpreter, pip, and what the standard library's extension modules are linked with; all but curses and dbm."""
_LAUNCHER: Final = """#!/bin/sh
# Starts this Python with the C library it was built with; sys.executable is this file.
here=$(dirname "$(readlink -f "$0")")
root="$here/../usr"
export PYTHONHOME="$root"
exec {loader} --library-path {libraries} --argv0 "$here/python{version}" "$root/bin/python{version}" "$@"
"""
_SECONDS: Final = 300


def unpack(version: str, release: str, folder: Path) -> None:
    """Put ``bin/python{version}``, with pip, into a folder; it can be moved as a whole.

    Raises:
        Unavailable: this is no Debian, or its package server does not answer; ends with a full stop.
    """
    for tool in ("apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise Unavailable(f"there is no {tool} here.")
    with tempfile.TemporaryDirectory() as scratch:
        for package in _download(version, release, Path(scratch)):
            _run(["dpkg-deb", "-x", str(package), str(folder)])
    _write_launcher(version, folder)


def _download(version: str, release: str, scratch: Path) -> list[Path]:
    options = _own_apt(release, scratch)
    _run(["apt-get", *options, "--quiet", "update"])
    names = [name.format(version) for name in _PACKAGES]
    _run(["apt-get", *options, "--quiet", "download", *names], scratch)
    return sorted(scratch.glob("*.deb"))


def _own_apt(release: str, scratch: Path) -> list[str]:
    """Options for an apt that knows one release and keeps nothing on the machine."""
    for name in ("lists/partial", "cache/archives/partial"):
        (scratch / name).mkdir(parents=True)
    (scratch / "status").touch()
    sources = scratch / "debian.list"
    sources.write_text(f"deb {_mirror()} {release} main\n", "utf-8")
    return [
        *("-o", f"Dir::Etc::SourceList={sources}", "-o", "Dir::Etc::SourceParts=-"),
        *("-o", f"Dir::State::Lists={scratch}/lists", "-o", f"Dir::State::Status={scratch}/status"),
        *("-o", f"Dir::Cache={scratch}/cache", "-o", "APT::Sandbox::User="),
    ]


def _mirror() -> str:
    """Where this machine has Debian's packages from; its own keys vouch for them.

    Raises:
        Unavailable: it has none, such as an Ubuntu; ends with a full stop.
    """
    told = _run(["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)"])
    for line in told.splitlines():
        origin, label, address = line.split("|", 2)
        if (origin, label) == ("Debian", "Debian"):
            return address
    raise Unavailable("apt here knows no Debian: run `apt-get update`, if this is one.")


def _write_launcher(version: str, folder: Path) -> None:
    [loader] = folder.glob("usr/lib*/ld-linux-*.so.*")
    [libraries] = {found.parent for found in folder.glob("usr/lib/*/libc.so.6")}
    launcher = folder / "bin" / f"python{version}"
    launcher.parent.mkdir()
    found = {"loader": loader, "libraries": libraries}
    places = {name: f'"$here/../{path.relative_to(folder)}"' for name, path in found.items()}
    launcher.write_text(_LAUNCHER.format(version=version, **places), "utf-8")
    launcher.chmod(0o755)


def _run(command: list[str], cwd: Path | None = None) -> str:
    """What a command printed.

    Raises:
        Unavailable: it fails, with the last that it said; ends with a full stop.
    """
    try:
        ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"`{command[0]}` did not end within {_SECONDS} seconds.") from error
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"`{command[0]}` failed: {error.stderr.strip()[-500:]}.") from error
    return ran.stdout
