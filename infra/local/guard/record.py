"""``python -m infra.local.guard.record DATA...``: what policies allow and no call on record needed.

The records are those of local stacks (``make run``, the system tests): ``DATA/logs/*.calls``. What is listed is a
permission too many, or code that nobody ran.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from infra.local.cloud import Cloud
from infra.local.guard.calls import Call
from infra.local.guard.policy import Statement
from infra.local.template import Site, read_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from infra.local.template import Template

ROOT = Path(__file__).parents[3]
_STACK = "socialindex"
"""The name that ``infra/local/service.py`` gives."""
_INDEX = re.compile(r"/index/.*$")


class Permission(NamedTuple):
    """That a function may take an action on a resource; a table's indices count as the table."""

    function: str
    action: str
    resource: str


def template() -> Template:
    """The project's template, as a local stack has it."""
    cloud = Cloud(sqs="http://127.0.0.1:9", dynamodb="", s3="")
    return read_template(
        ROOT / "template.yaml", Site(_STACK, cloud, ""), parameters={"EngineUrl": "http://127.0.0.1:9"}
    )


def permissions(template: Template) -> set[Permission]:
    """Everything that the policies allow."""
    return {one for name, function in template.functions.items() for one in _of(name, function.statements)}


def _of(name: str, statements: Iterable[Statement]) -> Iterator[Permission]:
    for statement in statements:
        for resource in statement.resources:
            yield from (Permission(name, action, _table(resource)) for action in statement.actions)


def _table(resource: str) -> str:
    return _INDEX.sub("", resource)


def used(allowed: Iterable[Permission], records: Iterable[tuple[str, Call]]) -> set[Permission]:
    """Those of the permissions that a call needed."""
    calls: dict[tuple[str, str], set[str]] = {}
    for function, call in records:
        calls.setdefault((function, call.action), set()).add(_table(call.resource))
    return {one for one in allowed if any(_covers(one, resource) for resource in calls.get(one[:2], ()))}


def _covers(permission: Permission, resource: str) -> bool:
    statement = Statement((permission.action,), (permission.resource,))
    return statement.allows(Call(permission.action, resource))


def recorded(folders: Iterable[Path]) -> Iterator[tuple[str, Call]]:
    """Calls of functions, by their logical ids; those that were denied are left out."""
    for folder in folders:
        for file in sorted((folder / "logs").glob("*.calls")):
            lines = set(file.read_text("utf-8").splitlines())
            yield from ((file.stem, Call(*line.split(" ", 1))) for line in lines if not line.startswith("DENIED "))


def denied(folders: Iterable[Path]) -> list[str]:
    """Calls that no statement allowed, with the function that made each."""
    files = [file for folder in folders for file in sorted((folder / "logs").glob("*.calls"))]
    lines = {f"{file.stem}: {line}" for file in files for line in file.read_text("utf-8").splitlines()}
    return sorted(line for line in lines if ": DENIED " in line)


def main(arguments: Sequence[str]) -> None:
    """Tell, a permission a line."""
    allowed = permissions(template())
    for one in sorted(allowed - used(allowed, recorded(map(Path, arguments)))):
        print(*one)


if __name__ == "__main__":
    main(sys.argv[1:])
