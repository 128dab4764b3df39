"""What a local stack is made of."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads the annotations at run time

import msgspec

from infra.local.cloud import Cloud  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.errors import InvalidSettings

_HIGHEST_PORT = 65_535
_TWELVE_HOURS = 43_200
"""The longest visibility timeout of SQS, in seconds."""


class StackSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A stack's template and surroundings.

    Attributes:
        template: the SAM template; folders in it are relative to its own.
        data: the folder for ``logs/<LogicalId>.log``.
        cloud: where queues, tables and buckets are.
        name: the stack's name, from which the names of unnamed resources follow.
        parameters: values for the template's parameters; the others keep their defaults.
        overrides: values for ``Resource`` or ``Resource.Attribute`` of resources that are not run locally.
        host: the address of the HTTP API.
        port: its port; 0 takes a free one.
        port_setting: the environment variable from which the port is taken, for messages.
        speed: how much faster than the clock schedules run.
        concurrency: the most invocations of one function, and batches of one queue, at once.
        requests: the most requests that a function is asked at once; more are refused, as by AWS where the account
            has no concurrency left.
        retry_visibility: seconds after which a failed message is tried again, instead of the rest of its queue's
            visibility timeout.
        grace: seconds that running invocations get when the stack stops.
    """

    template: Path
    data: Path
    cloud: Cloud
    name: str = "local"
    parameters: dict[str, str] = {}
    overrides: dict[str, str] = {}
    host: str = "127.0.0.1"
    port: int = 0
    port_setting: str = "API_PORT"
    speed: float = 1.0
    concurrency: int = 2
    requests: int = 50
    retry_visibility: int | None = None
    grace: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            InvalidSettings: a number out of its range.
        """
        for field, fits, remedy in (
            ("port", 0 <= self.port <= _HIGHEST_PORT, "Use a port from 0 (any) to 65535."),
            ("speed", self.speed > 0, "Use a factor above 0, such as 1."),
            ("concurrency", self.concurrency >= 1, "Use at least 1."),
            ("requests", self.requests >= 1, "Use at least 1."),
            ("retry_visibility", 0 <= (self.retry_visibility or 0) <= _TWELVE_HOURS, "Use seconds up to 12 hours."),
        ):
            if not fits:
                raise InvalidSettings(f"{field} is {getattr(self, field)}", field=field, remedy=remedy)
