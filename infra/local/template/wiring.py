"""What invokes the functions of a template: queues, schedules and routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from infra.local.template.intrinsics import invalid
from infra.local.template.model import Function, Queue, QueueSource, Route, Schedule, Throttling
from infra.local.template.references import API, FUNCTION, IMPLICIT_API, QUEUE
from infra.local.template.schema import ApiEvent, ApiProperties, QueueEvent, ScheduleEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.local.cloud import Cloud
    from infra.local.template.reading import Reading

_UNBATCHED = 10
"""More messages than this per batch need a batching window of a second, and FIFO queues cannot have more."""


class _Event(NamedTuple):
    function: str
    name: str
    kind: str
    properties: object

    @property
    def at(self) -> str:
        return f"{self.function}.Events.{self.name}.Properties"


def events(reading: Reading) -> list[_Event]:
    """Every event of every function; those that cannot be run here are noted and left out."""
    found = [event for logical_id in reading.of_type(FUNCTION) for event in _events(reading, logical_id)]
    for event in found:
        if event.kind not in ("SQS", "ScheduleV2", "HttpApi"):
            reading.note(f"{event.function}: its event {event.name} ({event.kind}) never happens here.")
    return found


def _events(reading: Reading, logical_id: str) -> Iterator[_Event]:
    declared = reading.raw(logical_id).get("Events", {})
    if not isinstance(declared, dict):
        raise invalid(f"{logical_id}.Events", "this is no mapping", "Indent the events below it.")
    for name, event in declared.items():
        if not isinstance(event, dict) or not isinstance(event.get("Type"), str):
            raise invalid(f"{logical_id}.Events.{name}", "the event has no Type", "Give it one, such as SQS.")
        yield _Event(logical_id, name, event["Type"], event.get("Properties", {}))


def sources(
    reading: Reading, found: list[_Event], functions: Mapping[str, Function], queues: Mapping[str, Queue]
) -> list[QueueSource]:
    """The enabled SQS event source mappings.

    Raises:
        InvalidInput: one that Lambda would refuse to create.
    """
    read = [(event, reading.part(event.properties, QueueEvent, event.at)) for event in found if event.kind == "SQS"]
    return [_source(reading, event, mapping, functions, queues) for event, mapping in read if mapping.enabled]


def _source(
    reading: Reading,
    event: _Event,
    mapping: QueueEvent,
    functions: Mapping[str, Function],
    queues: Mapping[str, Queue],
) -> QueueSource:
    owner = reading.references.owner(mapping.queue, QUEUE)
    if owner is None:
        raise invalid(f"{event.at}.Queue", f"{mapping.queue} is no queue of this template", "Use !GetAtt Queue.Arn.")
    _check_batches(event, mapping, queues[owner])
    _check_visibility(event, queues[owner], functions[event.function])
    return QueueSource(
        function=event.function,
        queue=owner,
        batch_size=mapping.batch_size,
        window=mapping.maximum_batching_window_in_seconds,
        partial=bool(mapping.function_response_types),
        concurrency=None if mapping.scaling_config is None else mapping.scaling_config.maximum_concurrency,
    )


def _check_batches(event: _Event, mapping: QueueEvent, queue: Queue) -> None:
    if mapping.filter_criteria is not None:
        raise invalid(f"{event.at}.FilterCriteria", "filters are not applied locally", "Filter in the function.")
    window = f"{event.at}.MaximumBatchingWindowInSeconds"
    if queue.fifo and (mapping.batch_size > _UNBATCHED or mapping.maximum_batching_window_in_seconds):
        raise invalid(window, "FIFO queues take batches of 10 at most and no window", "Leave both at their defaults.")
    if mapping.batch_size > _UNBATCHED and not mapping.maximum_batching_window_in_seconds:
        raise invalid(window, "a BatchSize over 10 needs a window of at least 1 second", "Set the window to 1 or more.")


def _check_visibility(event: _Event, queue: Queue, function: Function) -> None:
    if queue.visibility_timeout < function.timeout:
        raise invalid(
            f"{queue.logical_id}.VisibilityTimeout",
            f"{queue.visibility_timeout} seconds are less than the Timeout of {event.function} ({function.timeout})",
            "Lambda refuses such a mapping; make it six times the function's Timeout.",
        )


def schedules(reading: Reading, found: list[_Event], cloud: Cloud) -> list[Schedule]:
    """The enabled schedules."""
    read = [
        (event, reading.part(event.properties, ScheduleEvent, event.at))
        for event in found
        if event.kind == "ScheduleV2"
    ]
    return [_schedule(event, schedule, cloud) for event, schedule in read if schedule.state == "ENABLED"]


def _schedule(event: _Event, schedule: ScheduleEvent, cloud: Cloud) -> Schedule:
    name = schedule.name or f"{event.function}{event.name}"
    if schedule.input is not None:
        _check_json(schedule.input, f"{event.at}.Input")
    return Schedule(
        function=event.function,
        name=name,
        arn=cloud.arn("scheduler", f"schedule/default/{name}"),
        expression=schedule.schedule_expression,
        timezone=schedule.schedule_expression_timezone,
        input=schedule.input,
        place=f"{event.at}.ScheduleExpression",
    )


def _check_json(value: str, at: str) -> None:
    try:
        msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        raise invalid(at, f"the input is no JSON: {error}", "Write it as JSON text.") from error


def routes(reading: Reading, found: list[_Event]) -> list[Route]:
    """Every route of the one HTTP API.

    Raises:
        InvalidInput: a route that is there twice, or routes of more than one API.
    """
    _note_authorizers(reading)
    read: dict[str, Route] = {}
    for event in (event for event in found if event.kind == "HttpApi"):
        route = _route(reading, event)
        if route.key in read:
            raise invalid(event.at, f"{route.key} is already a route of {read[route.key].function}", "Keep one.")
        read[route.key] = route
    if len({route.api for route in read.values()}) > 1:
        raise invalid("Resources", "routes of several APIs cannot be served here", "Give all routes one ApiId.")
    return list(read.values())


def _note_authorizers(reading: Reading) -> None:
    for logical_id in reading.of_type(API):
        if "Auth" in reading.raw(logical_id):
            reading.note(f"{logical_id}: authorizers are not asked; every request reaches its function.")


def _route(reading: Reading, event: _Event) -> Route:
    properties = reading.part(event.properties, ApiEvent, event.at)
    path = properties.path or "$default"
    if path != "$default" and not path.startswith("/"):
        raise invalid(f"{event.at}.Path", f"{path!r} does not start with a slash", "Write it as /v1/posts.")
    return Route(
        function=event.function,
        api=_api(reading, properties, event),
        method=_method(properties.method),
        path=path,
    )


def _api(reading: Reading, properties: ApiEvent, event: _Event) -> str:
    implicit = reading.references(IMPLICIT_API, "", event.at)
    known = {implicit, *(reading.references(logical_id, "", event.at) for logical_id in reading.of_type(API))}
    named = properties.api_id or implicit
    if named not in known:
        raise invalid(f"{event.at}.ApiId", f"{named} is no HttpApi of this template", "Use !Ref Api.")
    return named


def _method(method: str | None) -> str:
    return "ANY" if method is None or method.lower() in ("any", "x-amazon-apigateway-any-method") else method.upper()


def throttling(reading: Reading) -> Throttling | None:
    """What the one HTTP API says of all its routes."""
    for logical_id in reading.of_type(API):
        given = reading.properties(logical_id, ApiProperties).default_route_settings
        if given.throttling_rate_limit is not None and given.throttling_burst_limit is not None:
            return Throttling(rate=given.throttling_rate_limit, burst=given.throttling_burst_limit)
    return None
