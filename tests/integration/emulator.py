"""A function as Lambda runs it: AWS's runtime interface emulator, which starts AWS's runtime interface client.

The emulator is a program in the wheel of ``aws-sam-cli``, which the Makefile installs into an environment of its own.
It takes one invocation at a time and answers errors with status 200.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import psutil

from infra.lambda_runtime import interpreter, provided
from infra.local.artifacts import cache_folder
from infra.local.runtime import launch
from infra.local.runtime.environment import environment
from infra.local.servers import free_port

if TYPE_CHECKING:
    from infra.local.cloud import Cloud
    from infra.local.template.model import Function

ROOT: Final = Path(__file__).parents[2]
_HOST: Final = "127.0.0.1"
_INVOCATIONS: Final = "/2015-03-31/functions/function/invocations"
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 5.0
_MACHINES: Final = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def emulator_path(root: Path = ROOT) -> Path:
    """The emulator for this machine's processor.

    Raises:
        FileNotFoundError: it is not installed; says what installs it.
    """
    pattern = f".venv-sam/lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{_MACHINES[platform.machine()]}"
    for path in root.glob(pattern):
        return path
    raise FileNotFoundError(f"there is no {root}/{pattern}: run `make test`, which installs SAM with its emulator")


class Python(NamedTuple):
    """An interpreter, with the packages that a function finds beside its own; None: those of the interpreter."""

    program: Path = Path(sys.executable)
    packages: Path | None = None


def lambda_python() -> Python:
    """The version that Lambda runs, with what its runtime brings along."""
    program = interpreter(cache_folder())
    return Python(program, provided(cache_folder(), program))


class Emulator:
    """A function that can be invoked; a context manager, after which no process of it is left."""

    def __init__(self, function: Function, cloud: Cloud, log: Path, python: Python | None = None) -> None:
        self._function = function
        self._cloud = cloud
        self._log = log
        self._python = python or Python()
        self._port = free_port()
        self._emulator: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._emulator = subprocess.Popen(  # noqa: S603 - a fixed list of arguments
                self._command(),
                env=self._environment(),
                cwd=self._function.code,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_listens()
        return self

    def __exit__(self, *_: object) -> None:
        running = self.processes()
        for process in running:
            process.terminate()
        _ended, stubborn = psutil.wait_procs(running[:-1], timeout=_STOP_SECONDS)
        for process in stubborn:
            process.kill()
        self._reap()

    def invoke(self, event: object) -> Any:
        """What the function answers.

        Raises:
            AssertionError: the function failed, with what it and the emulator logged.
        """
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=self._function.timeout)
        try:
            connection.request("POST", _INVOCATIONS, json.dumps(event))
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        failed = isinstance(answer, dict) and "errorType" in answer
        assert not failed, f"{answer}\n{self.log()}"
        return answer

    def log(self) -> str:
        return self._log.read_text("utf-8", errors="replace")

    def processes(self) -> list[psutil.Process]:
        """The function's processes and, last, the emulator, as far as they run."""
        if self._emulator is None or self._emulator.poll() is not None:
            return []
        emulator = psutil.Process(self._emulator.pid)
        return [*emulator.children(recursive=True), emulator]

    def _reap(self) -> None:
        if self._emulator is not None:
            try:
                self._emulator.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._emulator.kill()
                self._emulator.wait()

    def _command(self) -> list[str]:
        launcher = [sys.executable, "-I", "-S", str(launch.__file__), str(os.getpid())]
        addresses = {"runtime-interface-emulator": self._port, "runtime-api": free_port()}
        options = [part for name, port in addresses.items() for part in (f"--{name}-address", f"{_HOST}:{port}")]
        client = [str(self._python.program), "-m", "awslambdaric", self._function.handler]
        return [*launcher, str(emulator_path()), *options, *client]

    def _environment(self) -> dict[str, str]:
        """As the local stack gives it; where the Runtime API is, the emulator says itself."""
        given = environment(self._function, self._cloud, runtime_api="")
        del given["AWS_LAMBDA_RUNTIME_API"]
        if self._python.packages:
            given["PYTHONPATH"] = os.pathsep.join([given["PYTHONPATH"], str(self._python.packages)])
        return {**given, "AWS_LAMBDA_FUNCTION_TIMEOUT": str(self._function.timeout)}

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._listens():
            assert self.processes(), f"the emulator ended:\n{self.log()}"
            assert time.monotonic() < deadline, f"the emulator does not listen:\n{self.log()}"
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((_HOST, self._port)) == 0
