from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from infra.local.runtime import launch

if TYPE_CHECKING:
    from pathlib import Path

PARENT = f"""
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-I", "-S", {launch.__file__!r}, str(os.getpid()), "/bin/sleep", "60"])
print(child.pid, flush=True)
child.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_the_program_dies_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603 - ours
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        deadline = time.monotonic() + 10
        while child.name() != "sleep":
            assert time.monotonic() < deadline
            time.sleep(0.01)
        parent.kill()
    child.wait(timeout=10)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_program_whose_parent_is_gone_already_does_not_start(tmp_path: Path) -> None:
    mark = tmp_path / "started"
    ended = subprocess.run([sys.executable, launch.__file__, "1", "/usr/bin/touch", str(mark)], check=False)  # noqa: S603 - ours
    assert ended.returncode < 0
    assert not mark.exists()
