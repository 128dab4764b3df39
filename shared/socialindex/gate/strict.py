"""JSON that all parsers on its way read alike: what could be read in two ways is refused."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from socialindex.errors import InvalidInput

DEPTH: Final = 64
"""Objects and lists within each other; what Dashboards asks has a third of it."""
_NOT_A_KEY: Final = "__proto__"
"""What JavaScript takes for something else than a member."""


def read(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """A body's value.

    Raises:
        InvalidInput: it is no JSON (RFC 8259) in UTF-8, has a member twice, a number that none can hold, or is nested
            deeper than ``DEPTH``.
    """
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_once, parse_float=_finite, parse_int=_whole, parse_constant=_finite
        )
        _bounded(value, DEPTH)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("This is no JSON that all read alike.", remedy="Send plain JSON, each name once.") from error
    return value


def written(value: Any) -> bytes:  # noqa: ANN401 - JSON is anything
    """A value as JSON. What was judged is sent in this form, and not as it came.

    Raises:
        InvalidInput: a word of it is no Unicode text (half of a surrogate pair).
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise InvalidInput("A word is no Unicode text.", remedy="Send whole characters.") from error


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members) or _NOT_A_KEY in found:
        message = "a name is there twice, or is none"
        raise ValueError(message)
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        message = "a number is too large, or none"
        raise ValueError(message)
    return number


def _whole(text: str) -> int:
    """A whole number that is finite for JavaScript too, which would write null in the place of another."""
    _finite(text)
    return int(text)


def _bounded(value: Any, left: int) -> None:  # noqa: ANN401 - JSON is anything
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if inner and not left:
        message = "too deep"
        raise ValueError(message)
    for each in inner:
        _bounded(each, left - 1)
