"""The catalogue of events: what is told, and what each message holds, as JSON Schemas made from the code."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from socialindex.access import Scope
from socialindex.deliver.event import Kind  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.deliver.told import CATALOGUE
from socialindex.model import Struct
from socialindex.search.http import Answer
from socialindex.search.routes import Doc, Route

if TYPE_CHECKING:
    from socialindex.access import Caller
    from socialindex.search.http import HttpRequest

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class EventKind(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A kind of event."""

    kind: Kind
    when: str
    """When it happens, a sentence."""
    schema: dict[str, Any]
    """JSON Schema (2020-12) of ``data``."""


class EventCatalogue(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """All kinds of events."""

    items: list[EventKind]


class EventsPart:
    """The route of the catalogue."""

    def routes(self) -> dict[str, Route]:
        """The routes by the gateway's names."""
        every = Doc("List the kinds of events, with their schemas", "Destinations", answer=EventCatalogue)
        return {"GET /v1/events": Route(Scope.READ, self._all, every, weight=0)}

    def _all(self, _request: HttpRequest, _caller: Caller) -> Answer:
        return Answer(200, catalogue())


@cache
def catalogue() -> EventCatalogue:
    """The catalogue."""
    return EventCatalogue(
        items=[EventKind(kind=one.kind, when=one.when, schema=schema_of(one.data)) for one in CATALOGUE]
    )


def schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a struct that is only sent: it may have more fields with time."""
    schema = msgspec.json.schema(kind)
    for part in schema["$defs"].values():
        part.pop("additionalProperties", None)
    return {"$schema": _DIALECT, **schema}
