"""Functions of a template: code, layers and environment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from infra.local.guard.policy import Statement
from infra.local.template.intrinsics import invalid, text
from infra.local.template.model import Function
from infra.local.template.references import FUNCTION, LAYER
from infra.local.template.schema import FunctionProperties, LayerProperties, Policy

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.template.reading import Reading

_RESERVED = {"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV"} | {
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
}  # fmt: skip
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html; with all of ``AWS_LAMBDA_``."""


def functions(reading: Reading, root: Path) -> dict[str, Function]:
    """Every function; paths in the template are relative to ``root``, its folder."""
    read = {logical_id: _function(reading, logical_id, root) for logical_id in reading.of_type(FUNCTION)}
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for runtime in sorted({function.runtime for function in read.values()} - {here}):
        reading.note(f"Functions for {runtime} run on {here}.")
    return read


def _function(reading: Reading, logical_id: str, root: Path) -> Function:
    properties = reading.properties(logical_id, FunctionProperties)
    return Function(
        logical_id=logical_id,
        name=reading.references.name(logical_id),
        arn=reading.references(logical_id, "Arn", logical_id),
        code=_folder(root, properties.code_uri, f"{logical_id}.CodeUri"),
        handler=properties.handler,
        runtime=properties.runtime,
        timeout=properties.timeout,
        memory=properties.memory_size,
        layers=_layers(reading, logical_id, properties.layers, root),
        environment=_environment(logical_id, properties.environment.variables),
        retries=properties.event_invoke_config.maximum_retry_attempts,
        reserved=properties.reserved_concurrent_executions,
        statements=_statements(reading, properties.policies, f"{logical_id}.Policies"),
    )


def _statements(reading: Reading, policies: object, at: str) -> list[Statement]:
    """What the policies that are written out allow. Those that SAM knows by name are not read."""
    given = policies if isinstance(policies, list) else []
    written = [one for one in given if isinstance(one, dict) and "Statement" in one]
    read = [reading.part(one, Policy, at) for one in written]
    allows = [one for policy in read for one in policy.statement if one.effect == "Allow"]
    return [Statement(_texts(one.action), _texts(one.resource)) for one in allows]


def _texts(value: list[str] | str) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _layers(reading: Reading, logical_id: str, arns: list[str], root: Path) -> list[Path]:
    owners = {arn: reading.references.owner(arn, LAYER) for arn in arns}
    for arn in (arn for arn, owner in owners.items() if owner is None):
        reading.note(f"{logical_id}: the layer {arn} is not in the template; its packages come from this environment.")
    return [_layer(reading, owner, root) for owner in owners.values() if owner is not None]


def _layer(reading: Reading, logical_id: str, root: Path) -> Path:
    uri = reading.properties(logical_id, LayerProperties).content_uri
    folder = _folder(root, uri, f"{logical_id}.ContentUri")
    return folder / "python" if (folder / "python").is_dir() else folder


def _folder(root: Path, uri: str, at: str) -> Path:
    folder = (root / uri).resolve()
    if not folder.is_dir():
        raise invalid(at, f"{folder} is no folder", "Give a folder, relative to the template.")
    return folder


def _environment(logical_id: str, variables: dict[str, object]) -> dict[str, str]:
    for name, value in variables.items():
        at = f"{logical_id}.Environment.Variables.{name}"
        if isinstance(value, list | dict) or value is None:
            raise invalid(at, "a variable is one text", "Use !Join or !Select to make it one.")
        if name in _RESERVED or name.startswith("AWS_LAMBDA_"):
            raise invalid(at, "Lambda sets this variable itself and refuses it", "Use another name.")
    return {name: text(value) for name, value in variables.items()}
