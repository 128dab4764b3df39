"""``python infra/local/guard POLICY RECORD HANDLER``: the runtime interface client in a process that is watched."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def main(policy: str, record: str, handler: str) -> None:
    """Watch, leave no trace in the path, and become the client."""
    root = str(Path(__file__).parents[3])
    sys.path[0] = root
    from infra.local.guard.watching import install  # noqa: PLC0415 - needs the path above

    sys.path.remove(root)
    install(Path(policy), Path(record))
    sys.argv = ["awslambdaric", handler]
    runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
