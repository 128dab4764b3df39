"""How operators reach a stack: its queues, tables and bucket by name, its engine through who may speak with it.

On AWS names are those of CloudFormation's resources, whoever asks has credentials of their own, and the engine is in a
network of its own, so that the setup function, its administrator, does what is to be done there. Beside ``make run``
all of that is in a file that it writes, and the same acts are done by this process.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from socialindex.aws import stacks
from socialindex.errors import InvalidSettings, NotFound
from socialindex.model import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE: Final = "stack.json"
"""In the folder of a local stack's data."""


class LocalStack(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A stack on this machine, as ``FILE`` tells of it."""

    name: str
    environment: dict[str, str]
    """What lets boto3 talk to this machine."""
    resources: dict[str, str]
    """As ``Reach.resources``."""
    engine: str
    """The engine's address."""
    api: str
    """The API's address."""


class Reach(NamedTuple):
    """A stack within reach."""

    name: str
    resources: Mapping[str, str]
    """Physical ids by the logical ones of template.yaml: a queue's URL, a table's name, a bucket's name."""
    engine: Callable[[dict[str, Any]], Any]
    """Does an act of ``engine_acts`` and gives its answer."""
    api: str
    """The API's address."""

    def of(self, logical_id: str) -> str:
        """What a resource is called.

        Raises:
            NotFound: the stack has none of this name.
        """
        if logical_id not in self.resources:
            raise NotFound(f"stack {self.name} has no {logical_id}: is it one of this project, and of this version?")
        return self.resources[logical_id]


def reach(stack: str | None, folder: Path = Path(".local")) -> Reach:
    """The stack of this name on AWS, or without one what runs on this machine.

    Raises:
        InvalidSettings: neither is said nor runs, or AWS knows nobody who asks.
        NotFound: there is no such stack.
        Unavailable: CloudFormation does not answer.
    """
    return _on_aws(stack) if stack else here(folder / FILE)


def here(file: Path) -> Reach:
    """The stack on this machine that a file tells of; from now on boto3 talks to it, in this process.

    Raises:
        InvalidSettings: there is no such file.
    """
    if not file.is_file():
        remedy = "name the stack with --stack or SOCIALINDEX_STACK, or start the local one with `make run` here"
        raise InvalidSettings(f"there is no {file}, and no stack is named", field="SOCIALINDEX_STACK", remedy=remedy)
    stack = msgspec.json.decode(file.read_bytes(), type=LocalStack)
    os.environ.update(stack.environment)

    def engine(act: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is anything
        from socialindex.ops.engine_acts import local  # noqa: PLC0415 - only for acts that need the engine's client

        return local(stack.engine, found.of).do(act)

    found = Reach(stack.name, stack.resources, engine, stack.api)
    return found


def _on_aws(name: str) -> Reach:
    told = stacks.stack(name)

    def engine(act: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is anything
        return stacks.caller(found.of("SetupFunction"))({"ops": act})

    found = Reach(name, told.resources, engine, told.outputs.get("ApiUrl", ""))
    return found
