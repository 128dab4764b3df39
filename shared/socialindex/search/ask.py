"""What a client may ask of posts, checked field by field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from socialindex.errors import InvalidInput
from socialindex.model import Struct

Sort = Literal["newest", "oldest", "relevance"]
MAX_PAGE = 100
_LISTS = ("source", "language", "author", "hashtag")
_REMEDY = "see the guide of the search API"


class Ask(Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """One search. Within a filter values are alternatives, between filters all must hold."""

    q: str = ""
    source: list[str] = []
    language: list[str] = []
    author: list[str] = []
    """Handles, names or ids."""
    hashtag: list[str] = []
    since: datetime | None = None
    """Published at this time or later (``from``)."""
    until: datetime | None = None
    """Published before this time (``to``)."""
    sort: Sort = "newest"
    limit: int = 20
    cursor: str | None = None


def from_body(body: str | None) -> Ask:
    """A search from a JSON body.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    try:
        return _checked(msgspec.json.decode(body or "{}", type=Ask))
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidInput(f"the body is not JSON: {error}", remedy="send a JSON object") from error


def from_parameters(parameters: dict[str, str]) -> Ask:
    """A search from a URL's parameters; several values of a filter are separated by commas.

    Raises:
        InvalidInput: names the field and what it takes.
    """
    raw: dict[str, Any] = dict(parameters)
    for name in _LISTS:
        if name in raw:
            raw[name] = [value for value in raw[name].split(",") if value]
    try:
        return _checked(msgspec.convert(raw, Ask, strict=False))
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error


def _checked(ask: Ask) -> Ask:
    if not 1 <= ask.limit <= MAX_PAGE:
        raise InvalidInput(f"limit is {ask.limit}", field="limit", remedy=f"use 1 to {MAX_PAGE}")
    since, until = _utc(ask.since, "from"), _utc(ask.until, "to")
    if since and until and since >= until:
        raise InvalidInput("from is not before to", field="from", remedy="exchange the two")
    return msgspec.structs.replace(ask, since=since, until=until)


def _utc(moment: datetime | None, field: str) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise InvalidInput(f"{field} has no time zone", field=field, remedy="write it as 2026-11-28T09:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(f"{field} is beyond the calendar", field=field, remedy="use a nearer time") from error


def _invalid(message: str) -> InvalidInput:
    """Msgspec's words, with the field that it names (``... - at `$.limit```, or ``unknown field `limt```)."""
    field = message.rpartition("`$.")[2].rstrip("`") if "`$." in message else ""
    if "unknown field" in message:
        field = message.split("`")[1]
    return InvalidInput(message, field=field.partition("[")[0], remedy=_REMEDY)
