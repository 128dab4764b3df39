"""Entities out of JSON, as far as they can be read.

A field that cannot be read counts as absent, unless the entity means nothing without it or an author's consent depends
on it: then the entity is refused, not guessed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Final, TypeVar, cast

import msgspec

from socialindex.errors import ParseError
from socialindex.sources._families.mastodon_api.entities import Around, Entity, Status

_ESSENTIAL: Final = re.compile(
    r"(?:reblog\.)*(?:uri|account|reblog|visibility|visibility_ex|searchability|local_only)"
    r"|(?:.*\.)?(?:suspended|limited|noindex|indexable|discoverable|source|source\.pleroma)"
)
"""Paths of the fields that cannot be forgiven."""
_AT: Final = re.compile(r" - at `\$(.*)`$")
_MAX_DROPS: Final = 32
"""Unreadable fields of one entity that are forgiven."""


_MANY: Final = msgspec.Meta(max_length=1_000)
"""Entities of an answer. Servers give 80 at most; a million that cannot be read would each take their time."""
_Entities = Annotated[list[msgspec.Raw], _MANY]

E = TypeVar("E", bound=Entity)


def read(body: bytes, kind: type[E]) -> E:
    """One entity, without the fields that cannot be read.

    Raises:
        ParseError: it is no such entity.
    """
    tree = _tree(body)
    for _ in range(_MAX_DROPS):
        try:
            return msgspec.convert(tree, kind, strict=False)
        except msgspec.ValidationError as error:
            _drop(tree, error, kind)
        except ValueError as error:  # a number of seconds for a time that no calendar has
            raise ParseError(f"not a {kind.__name__}: {error}") from error
    raise ParseError(f"not a {kind.__name__}: more than {_MAX_DROPS} fields cannot be read")


def read_around(body: bytes) -> tuple[list[Status | ParseError], list[Status | ParseError]]:
    """What a status answers, and what answers it.

    Raises:
        ParseError: it is no such answer.
    """
    try:
        around = msgspec.json.decode(body, type=Around)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ParseError(f"not what is around a status: {error}") from error
    ancestors, descendants = ([_try(raw, Status) for raw in raws] for raws in (around.ancestors, around.descendants))
    return ancestors, descendants


def read_list(body: bytes, kind: type[E]) -> list[E | ParseError]:
    """A list of entities, with a ``ParseError`` in the place of each that cannot be read.

    Raises:
        ParseError: the body is no list.
    """
    try:
        return cast("list[E | ParseError]", _decoder(kind).decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [_try(raw, kind) for raw in _items(body)]


@cache
def _decoder(kind: type[E]) -> msgspec.json.Decoder[list[E]]:
    return msgspec.json.Decoder(Annotated[list[kind], _MANY])  # type: ignore[valid-type] # mypy knows no types made at run time


def _items(body: bytes) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=_Entities)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"not a list of entities: {error}") from error


def _try(raw: msgspec.Raw, kind: type[E]) -> E | ParseError:
    try:
        return read(bytes(raw), kind)
    except ParseError as error:
        return error


def _tree(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from error


def _drop(tree: Any, error: msgspec.ValidationError, kind: type[Entity]) -> None:  # noqa: ANN401 - any JSON
    """Remove the field that the error names from the tree; in a list, the whole list.

    Raises:
        ParseError: the field is essential.
    """
    place = _AT.search(str(error))
    path = place[1].removeprefix(".").partition("[")[0] if place else ""
    if not path or _ESSENTIAL.fullmatch(path):
        raise ParseError(f"not a {kind.__name__}: {error}") from error
    *parents, field = path.split(".")
    for name in parents:
        tree = tree[name]
    del tree[field]
