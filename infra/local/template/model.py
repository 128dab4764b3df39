"""What a template says, as far as the local stack runs it: plain values, every intrinsic function worked out."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads the annotations at run time

import msgspec

from infra.local.guard.policy import Statement  # noqa: TC001 - likewise


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the parts. ``logical_id`` is the resource's name in the template, ``name`` the one it is created with."""


class Queue(Part, frozen=True, kw_only=True):
    """An ``AWS::SQS::Queue``. ``made_with`` are attributes that only CreateQueue takes, ``attributes`` the others."""

    logical_id: str
    name: str
    url: str
    arn: str
    fifo: bool
    visibility_timeout: int
    """Seconds."""
    made_with: dict[str, str]
    attributes: dict[str, str]


class Table(Part, frozen=True, kw_only=True):
    """An ``AWS::DynamoDB::Table``. ``definition`` is CreateTable's request."""

    logical_id: str
    name: str
    definition: dict[str, object]


class Bucket(Part, frozen=True, kw_only=True):
    """An ``AWS::S3::Bucket``."""

    logical_id: str
    name: str
    versioned: bool


class Topic(Part, frozen=True, kw_only=True):
    """An ``AWS::SNS::Topic``."""

    logical_id: str
    name: str


class Function(Part, frozen=True, kw_only=True):
    """An ``AWS::Serverless::Function``. ``timeout`` is seconds, ``memory`` MB.

    ``environment`` is only what the template gives. ``retries`` is how often a failed asynchronous invocation is
    repeated, ``reserved`` the function's own limit of concurrent invocations.
    """

    logical_id: str
    name: str
    arn: str
    code: Path
    handler: str
    runtime: str
    timeout: int
    memory: int
    layers: list[Path]
    environment: dict[str, str]
    retries: int
    reserved: int | None
    statements: list[Statement] = []
    """What it may do; nothing is held against them where there are none."""


class QueueSource(Part, frozen=True, kw_only=True):
    """An SQS event source mapping of the function ``function`` (a logical id, as is ``queue``)."""

    function: str
    queue: str
    batch_size: int
    window: int
    """MaximumBatchingWindowInSeconds."""
    partial: bool
    """Whether the function reports batch item failures."""
    concurrency: int | None
    """MaximumConcurrency."""


class Schedule(Part, frozen=True, kw_only=True):
    """A ScheduleV2 event. ``input`` is JSON text, or ``None`` for the scheduler's own event."""

    function: str
    name: str
    arn: str
    expression: str
    timezone: str
    input: str | None
    place: str
    """Where the template says it, for errors."""


class Route(Part, frozen=True, kw_only=True):
    """An HttpApi event; ``method`` is upper-case, ``ANY`` for all, and ``path`` is ``$default`` for the rest."""

    function: str
    api: str
    """The API's id."""
    method: str
    path: str

    @property
    def key(self) -> str:
        """The route key as API Gateway names it, such as ``GET /v1/posts/{id}``."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


class Throttling(Part, frozen=True, kw_only=True):
    """How many requests a second the HTTP API lets through to any of its routes, and how many more in a burst."""

    rate: float
    burst: int


class Template(Part, frozen=True, kw_only=True):
    """The whole template; the dictionaries are keyed by logical id and keep the template's order."""

    functions: dict[str, Function]
    queues: dict[str, Queue]
    tables: dict[str, Table]
    buckets: dict[str, Bucket]
    topics: dict[str, Topic]
    sources: list[QueueSource]
    schedules: list[Schedule]
    routes: list[Route]
    throttling: Throttling | None
    outputs: dict[str, str]
    """Those that can be worked out here."""
    ignored: dict[str, str]
    """Resources that are not run locally: logical id to type."""
    notes: list[str]
    """What works differently here than on AWS, a sentence each."""
