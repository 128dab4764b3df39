"""What ``socialindex ops`` needs to know of a stack on this machine: CloudFormation tells the same on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from socialindex.ops.reach import FILE, LocalStack

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud import Cloud
    from infra.local.template import Template

_PRIVATE = 0o600


class Addresses(NamedTuple):
    """Where a stack's servers are."""

    engine: str
    api: str


def reach_of(template: Template, cloud: Cloud, at: Addresses) -> LocalStack:
    """A template's queues, tables and buckets on this machine."""
    resources = {
        **{each.logical_id: each.url for each in template.queues.values()},
        **{each.logical_id: each.name for each in template.tables.values()},
        **{each.logical_id: each.name for each in template.buckets.values()},
    }
    return LocalStack(name="local", environment=cloud.environment(), resources=resources, engine=at.engine, api=at.api)


def tell(folder: Path, stack: LocalStack) -> None:
    """Write it where ``socialindex ops`` looks."""
    file = folder / FILE
    file.touch(mode=_PRIVATE)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(stack)))
