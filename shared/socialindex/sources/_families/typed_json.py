"""JSON answers of platforms' own APIs, read into types: what does not fit is a ``ParseError``, never a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from socialindex.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the entities: fields that are not named are ignored, so that an API may add some."""


def read(body: bytes | msgspec.Raw, kind: type[T], *, strict: bool = True) -> T:
    """One value of a type; not ``strict``: numbers may be written as strings.

    Raises:
        ParseError: the body is not JSON, or not of the type.
    """
    try:
        return msgspec.json.decode(body, type=kind, strict=strict)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # ValueError: characters that are none in UTF-8, or seconds of a year that no calendar has.
        raise ParseError(f"not a {kind.__name__}: {error}") from error


def read_or_none(body: bytes, kind: type[T]) -> T | None:
    """One value of a type, or ``None`` where the answer is ``null``.

    Raises:
        ParseError: as ``read``.
    """
    return None if body.strip() == b"null" else read(body, kind)


def read_each(raws: Iterable[msgspec.Raw], kind: type[T], *, strict: bool = True) -> Iterator[T | ParseError]:
    """Values of a type, with a ``ParseError`` in the place of each that is none."""
    for raw in raws:
        try:
            yield read(raw, kind, strict=strict)
        except ParseError as error:
            yield error
