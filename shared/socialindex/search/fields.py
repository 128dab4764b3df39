"""What a request gives, read into the struct that its route takes; a mistake is told with its field.

A struct says what a route takes: types, bounds (``msgspec.Meta``), names and docstrings. The same struct makes the
request's schema in the OpenAPI document, so that the two cannot differ.
"""

from __future__ import annotations

import functools
import re
import types
import typing
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from socialindex.errors import InvalidInput
from socialindex.query.fields import shortened

T = TypeVar("T", bound=msgspec.Struct)

_TIME_REMEDY = "give a time such as 2026-11-28T09:00:00Z"
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[Tt][\d:.]+ \d\d:\d\d", re.ASCII)
"""A time whose ``+`` came as a space, which it stands for in a URL."""
_PLUS_REMEDY = "write the + of its zone as %2B in a URL, or give the time in UTC, such as 2026-11-28T09:00:00Z"
_TIMES = re.compile(r"Invalid RFC3339|Expected `datetime")
"""What msgspec says of what is no time."""


def from_body(kind: type[T], body: str | None) -> T:
    """A request from its JSON body; an empty one counts as an empty object. Times are in UTC.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    try:
        return _in_utc(msgspec.json.decode(body or "{}", type=kind))
    except msgspec.ValidationError as error:
        raise _invalid(kind, str(error)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidInput(f"the body is not JSON: {error}", remedy="send a JSON object") from error


def from_value(kind: type[T], value: object) -> T:
    """As ``from_body``, of what is decoded already.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    try:
        return _in_utc(msgspec.convert(value, kind))
    except msgspec.ValidationError as error:
        raise _invalid(kind, str(error)) from error


def from_query(kind: type[T], parameters: dict[str, str]) -> T:
    """A request from a URL's parameters; the values of a list are separated by commas. Times are in UTC.

    Raises:
        InvalidInput: names the field and what it takes. A list without a value is a mistake, too: a script whose
            variable is empty would ask for everything instead of a little.
    """
    lists, times = _named(kind, list), _named(kind, datetime)
    raw: dict[str, Any] = dict(parameters)
    raw |= {name: _several(kind, raw[name], name) for name in lists & raw.keys()}
    raw |= {name: _time(kind, raw[name], name) for name in times & raw.keys()}
    try:
        return _in_utc(msgspec.convert(raw, kind, strict=False))
    except msgspec.ValidationError as error:
        refused = _invalid(kind, str(error))
        raise _once(kind, refused, parameters.get(refused.field, "")) from error


@functools.cache
def _named(kind: type[msgspec.Struct], wanted: type) -> frozenset[str]:
    """Names, as they are sent, of the fields that take a ``wanted``."""
    fields = msgspec.structs.fields(kind)
    return frozenset(field.encode_name for field in fields if _takes(field.type, wanted))


def _takes(annotation: Any, wanted: type) -> bool:  # noqa: ANN401 - an annotation can be anything
    origin = typing.get_origin(annotation)
    if origin in {typing.Annotated, typing.Union, types.UnionType}:
        return any(_takes(each, wanted) for each in typing.get_args(annotation))
    return annotation is wanted or origin is wanted


def _several(kind: type[msgspec.Struct], text: str, field: str) -> list[str]:
    """The values of a list."""
    values = [part for part in text.split(",") if part.strip()]
    if not values:
        needed = any(each.required for each in msgspec.structs.fields(kind) if each.encode_name == field)
        remedy = "give a value" if needed else f"give a value, or leave {field} out"
        raise InvalidInput(f"{field} is empty", field=field, remedy=remedy)
    return values


def _time(kind: type[msgspec.Struct], text: str, field: str) -> datetime:
    """A time as RFC 3339 has it. Msgspec takes numbers too, as seconds since 1970, where it is not strict."""
    try:
        return msgspec.convert(text, datetime)
    except msgspec.ValidationError as error:
        remedy = _PLUS_REMEDY if _ZONED.fullmatch(text) else _TIME_REMEDY
        refused = InvalidInput(f"{field} is no time", field=field, remedy=remedy)
        raise _once(kind, refused, text) from error


def _once(kind: type[msgspec.Struct], error: InvalidInput, given: str) -> InvalidInput:
    """The same mistake, where it may be that one value was given twice: the gateway joins the two by a comma."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    annotation = fields.get(error.field)
    if "," not in given or annotation is None or _takes(annotation, str) or _takes(annotation, list):
        return error
    message = f"{error.field} takes one value, and this is more than one, or has a comma: {shortened(given)}"
    return InvalidInput(message, field=error.field, remedy=f"{error.remedy}, once")


def _in_utc(request: T) -> T:
    """The request with its times in UTC."""
    changed = {}
    for name, sent_as in zip(request.__struct_fields__, request.__struct_encode_fields__, strict=True):
        moment = getattr(request, name)
        if isinstance(moment, datetime):
            changed[name] = _utc(moment, sent_as)
    return msgspec.structs.replace(request, **changed) if changed else request


def _utc(moment: datetime, field: str) -> datetime:
    if moment.tzinfo is None:
        raise InvalidInput(f"{field} has no time zone", field=field, remedy=_TIME_REMEDY)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(f"{field} is beyond the calendar", field=field, remedy="use a nearer time") from error


def _invalid(kind: type[msgspec.Struct], message: str) -> InvalidInput:
    """Msgspec's words, with the field that it names (``... - at `$.limit```, or ``unknown field `limt```)."""
    from socialindex.search.remedies import remedy_of  # noqa: PLC0415 - it brings msgspec.inspect, for mistakes alone

    field = message.rpartition("`$.")[2].rstrip("`") if "`$." in message else ""
    if "unknown field" in message or "missing required field" in message:
        field = message.split("`")[1]
    words = f"{field} is no time" if field and _TIMES.match(message) else message
    return InvalidInput(words, field=field.partition("[")[0], remedy=remedy_of(kind, message))
