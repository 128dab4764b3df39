"""Parts that what a search says is made of, each looked at as the engine would read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_REMEDY: Final = "See docs/roles.md for what searches may say, or ask the API."


def refuse(what: str, remedy: str = _REMEDY) -> NoReturn:
    """Let it not pass.

    Raises:
        InvalidInput: always.
    """
    raise InvalidInput(f"{what} does not pass the gate.", remedy=remedy)


def mapping(value: Any, what: str) -> dict[str, Any]:  # noqa: ANN401 - JSON is anything
    """An object.

    Raises:
        InvalidInput: it is none.
    """
    if not isinstance(value, dict):
        refuse(f"{what} that is no object")
    return value


def known(value: Any, names: AbstractSet[str], what: str) -> dict[str, Any]:  # noqa: ANN401 - JSON is anything
    """An object of which all names are known.

    Raises:
        InvalidInput: it is none, or has another name.
    """
    found = mapping(value, what)
    for name in found:
        if name not in names:
            refuse(f"{name!r} in {what}")
    return found


def single(value: Any, what: str) -> tuple[str, Any]:  # noqa: ANN401 - JSON is anything
    """The name and value of an object that has one.

    Raises:
        InvalidInput: it is none, or has none or several.
    """
    members = list(mapping(value, what).items())
    if len(members) != 1:
        refuse(f"{what} that is not one thing")
    return members[0]


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON is anything
    """What may be there once or in a list."""
    return value if isinstance(value, list) else [value]


def plain(value: Any, what: str) -> None:  # noqa: ANN401 - JSON is anything
    """Pass words, numbers, switches, null, and lists of them.

    Raises:
        InvalidInput: it is something else, or has something else in it.
    """
    if any(isinstance(each, dict | list) for each in listed(value)):
        refuse(f"An object in {what}")


def counted(value: Any, what: str) -> None:  # noqa: ANN401 - JSON is anything
    """Pass whole numbers from one up. The engine would read ``"0"``, ``0.4`` and ``false`` too.

    Raises:
        InvalidInput: it is something else.
    """
    if type(value) is not int or value < 1:
        refuse(f"{what} that is not a whole number from 1 up", "Groups without documents are not shown: use 1 or more.")
