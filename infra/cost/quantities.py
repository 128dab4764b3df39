"""What a post, a page, a topic and a call use (``quantities.toml``), and what ``template.yaml`` says of functions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from infra.local.template.document import load

TABLE: Final = Path(__file__).with_name("quantities.toml")
TEMPLATE: Final = Path(__file__).resolve().parents[2] / "template.yaml"


class Quantity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure of the model, how it came about and where."""

    value: float
    how: Literal["measured", "rule", "assumed"]
    source: str


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """A function's event source in ``template.yaml``."""

    batch: int = msgspec.field(name="BatchSize")
    window: int = msgspec.field(name="MaximumBatchingWindowInSeconds", default=0)
    scaling: dict[str, int] = msgspec.field(name="ScalingConfig", default_factory=dict)


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function in ``template.yaml``: memory in GB, its queue, and how often a day its schedules call it."""

    gb: float
    queue: Queue | None
    runs_day: float


@cache
def quantities() -> dict[str, dict[str, Quantity]]:
    """The table, by part and name; ``msgspec.ValidationError`` for an entry without a source."""
    return msgspec.toml.decode(TABLE.read_bytes(), type=dict[str, dict[str, Quantity]])


def the(part: str, name: str) -> float:
    """The value of one figure."""
    return quantities()[part][name].value


@cache
def functions() -> dict[str, Function]:
    """Functions of ``template.yaml``, by their stage: crawl, normalize, ..."""
    found: dict[str, Function] = {}
    document = msgspec.convert(load(TEMPLATE), dict[str, object])
    shared = msgspec.convert(document["Globals"], dict[str, dict[str, object]])["Function"]
    for name, one in msgspec.convert(document["Resources"], dict[str, dict[str, object]]).items():
        if one["Type"] == "AWS::Serverless::Function":
            found[name.removesuffix("Function").lower()] = _function(one, shared)
    return found


def batch(name: str) -> float:
    """Messages of one invocation of a function; 1 for one without a queue."""
    queue = functions()[name].queue
    return queue.batch if queue else 1


def _function(resource: dict[str, object], shared: dict[str, object]) -> Function:
    own = msgspec.convert(resource["Properties"], dict[str, object])
    events = msgspec.convert(own.get("Events", {}), dict[str, dict[str, object]]).values()
    queues = [msgspec.convert(event["Properties"], Queue, strict=False) for event in events if event["Type"] == "SQS"]
    rates = [_runs_day(event["Properties"]) for event in events if event["Type"] == "ScheduleV2"]
    memory = msgspec.convert(own.get("MemorySize", shared["MemorySize"]), int, strict=False)
    return Function(gb=memory / 1024, queue=queues[0] if queues else None, runs_day=sum(rates))


def _runs_day(properties: object) -> float:
    expression = msgspec.convert(properties, dict[str, object])["ScheduleExpression"]
    count, unit = str(expression).removeprefix("rate(").removesuffix(")").split()
    return {"minute": 1440.0, "hour": 24.0, "day": 1.0}[unit.removesuffix("s")] / int(count)
