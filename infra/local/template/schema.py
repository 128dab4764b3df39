"""The properties that the local stack reads, as SAM and CloudFormation name them. What is not here is not resolved."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class Properties(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Base: ``visibility_timeout`` is ``VisibilityTimeout`` in the template; unknown properties are left alone."""


class RedrivePolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """When and where to a message goes that cannot be handled."""

    dead_letter_target_arn: str
    max_receive_count: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class QueueProperties(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html."""

    queue_name: str | None = None
    fifo_queue: bool = False
    content_based_deduplication: bool = False
    visibility_timeout: Annotated[int, msgspec.Meta(ge=0, le=43_200)] = 30
    message_retention_period: Annotated[int, msgspec.Meta(ge=60, le=1_209_600)] | None = None
    delay_seconds: Annotated[int, msgspec.Meta(ge=0, le=900)] | None = None
    redrive_policy: RedrivePolicy | None = None


class KeyElement(Properties, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of a key."""

    attribute_name: str
    key_type: Literal["HASH", "RANGE"]


class AttributeDefinition(Properties, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The type of an attribute that is part of a key."""

    attribute_name: str
    attribute_type: Literal["S", "N", "B"]


class Projection(Properties, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an index carries."""

    projection_type: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    non_key_attributes: list[str] = []


class Index(Properties, frozen=True, kw_only=True):
    """A global or local secondary index."""

    index_name: str
    key_schema: list[KeyElement]
    projection: Projection


class TableProperties(Properties, frozen=True, kw_only=True, omit_defaults=True):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html."""

    table_name: str | None = None
    key_schema: list[KeyElement]
    attribute_definitions: list[AttributeDefinition]
    global_secondary_indexes: list[Index] = []
    local_secondary_indexes: list[Index] = []


class Versioning(Properties, frozen=True, kw_only=True):
    """A bucket's versioning."""

    status: Literal["Enabled", "Suspended"]


class BucketProperties(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucket.html."""

    bucket_name: str | None = None
    versioning_configuration: Versioning | None = None


class LayerProperties(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html."""

    content_uri: str


class Environment(Properties, frozen=True, kw_only=True):
    """A function's variables."""

    variables: dict[str, object] = {}


class EventInvokeConfig(Properties, frozen=True, kw_only=True):
    """How failed asynchronous invocations are handled; two repetitions are AWS's default."""

    maximum_retry_attempts: Annotated[int, msgspec.Meta(ge=0, le=2)] = 2


class Statement(Properties, frozen=True, kw_only=True):
    """What a policy allows; conditions are left aside."""

    effect: Literal["Allow", "Deny"]
    action: list[str] | str
    resource: list[str] | str


class Policy(Properties, frozen=True, kw_only=True):
    """A policy that is written out; the others that SAM knows are names."""

    statement: list[Statement]


class FunctionProperties(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html."""

    function_name: str | None = None
    code_uri: str
    handler: str
    runtime: Annotated[str, msgspec.Meta(pattern=r"^python3\.\d+$")]
    timeout: Annotated[int, msgspec.Meta(ge=1, le=900)] = 3
    memory_size: Annotated[int, msgspec.Meta(ge=128, le=10_240)] = 128
    layers: list[str] = []
    environment: Environment = Environment()
    event_invoke_config: EventInvokeConfig = EventInvokeConfig()
    reserved_concurrent_executions: Annotated[int, msgspec.Meta(ge=1)] | None = None
    policies: object = None


class ScalingConfig(Properties, frozen=True, kw_only=True):
    """How many batches of a queue may be in work at once."""

    maximum_concurrency: Annotated[int, msgspec.Meta(ge=2, le=1000)]


class QueueEvent(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sqs.html."""

    queue: str
    enabled: bool = True
    batch_size: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 10
    maximum_batching_window_in_seconds: Annotated[int, msgspec.Meta(ge=0, le=300)] = 0
    function_response_types: list[Literal["ReportBatchItemFailures"]] = []
    scaling_config: ScalingConfig | None = None
    filter_criteria: object = None


class ScheduleEvent(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-schedulev2.html."""

    name: str | None = None
    schedule_expression: str
    schedule_expression_timezone: str = "UTC"
    input: Annotated[str, msgspec.Meta(max_length=262_144)] | None = None
    state: Literal["ENABLED", "DISABLED"] = "ENABLED"


class ApiEvent(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html."""

    method: str | None = None
    path: str | None = None
    api_id: str | None = None
    payload_format_version: Literal["2.0"] = "2.0"


class RouteSettings(Properties, frozen=True, kw_only=True):
    """How many requests a second go through to a route; without them the account's limits count, which are far away."""

    throttling_rate_limit: Annotated[float, msgspec.Meta(ge=0)] | None = None
    throttling_burst_limit: Annotated[int, msgspec.Meta(ge=0)] | None = None


class ApiProperties(Properties, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html."""

    default_route_settings: RouteSettings = RouteSettings()
