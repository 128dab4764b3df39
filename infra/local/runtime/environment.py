"""The environment and the command of a function's process, as Lambda sets them up."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.cloud import Cloud
    from infra.local.template.model import Function

_LAUNCHER = Path(__file__).with_name("launch.py")
_GUARD = Path(__file__).parents[1] / "guard"


def command(function: Function, guarded: Sequence[Path] = ()) -> list[str]:
    """The real Lambda runtime interface client with the function's handler, bound to this process's life.

    ``guarded`` are the files of a policy that its calls are held against, and of the record of its calls.
    """
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid())]
    client = [str(_GUARD), *map(str, guarded)] if guarded else ["-m", "awslambdaric"]
    return [*launcher, sys.executable, *client, function.handler]


def environment(function: Function, cloud: Cloud, runtime_api: str) -> dict[str, str]:
    """Nothing of this process's own environment but PATH: proxies, profiles and keys of a developer stay out.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html.
    """
    search = [function.code, *function.layers]
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": os.pathsep.join(map(str, search)),
        **cloud.environment(),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": function.logical_id,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "LAMBDA_TASK_ROOT": str(function.code),
        "_HANDLER": function.handler,
        **function.environment,
    }
