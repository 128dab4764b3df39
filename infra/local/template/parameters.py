"""A template's parameters: the caller's values, else the defaults, checked as CloudFormation checks them."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Annotated

import msgspec

from infra.local.template.intrinsics import invalid, text
from infra.local.template.schema import Properties

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Parameter(Properties, frozen=True, kw_only=True):
    type: str
    default: object = None
    allowed_values: list[object] | None = None
    allowed_pattern: str | None = None
    min_length: Annotated[int, msgspec.Meta(ge=0)] | None = None
    max_length: Annotated[int, msgspec.Meta(ge=0)] | None = None
    min_value: float | None = None
    max_value: float | None = None


def parameters(declared: Mapping[str, object], given: Mapping[str, str]) -> dict[str, object]:
    """The value of every declared parameter: text, or a list of texts for the list types.

    Raises:
        InvalidInput: a value for a parameter that is not declared, none for one without a default, or one that
            the parameter's own rules forbid.
    """
    for name in given:
        if name not in declared:
            raise invalid(f"Parameters.{name}", "the template has no such parameter", _similar(name, declared))
    return {name: _value(name, declaration, given.get(name)) for name, declaration in declared.items()}


def _value(name: str, declaration: object, given: str | None) -> object:
    at = f"Parameters.{name}"
    try:
        parameter = msgspec.convert(declaration, _Parameter, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(at, str(error), "Mend the parameter's declaration.") from error
    if given is None and parameter.default is None:
        raise invalid(at, "the parameter has no value", f"Give one for {name}, or a Default in the template.")
    value = text(parameter.default) if given is None else given
    _check(parameter, value, at)
    is_list = parameter.type == "CommaDelimitedList" or parameter.type.startswith("List<")
    return [item.strip() for item in value.split(",")] if is_list else value


def _check(parameter: _Parameter, value: str, at: str) -> None:
    allowed = None if parameter.allowed_values is None else [text(one) for one in parameter.allowed_values]
    if allowed is not None and value not in allowed:
        raise invalid(at, f"{value!r} is not allowed", f"Give one of {', '.join(allowed)}.")
    if parameter.allowed_pattern is not None and not re.fullmatch(parameter.allowed_pattern, value):
        raise invalid(at, f"{value!r} does not match {parameter.allowed_pattern}", "Give a value that matches.")
    if not _within(len(value), parameter.min_length, parameter.max_length):
        raise invalid(at, f"{value!r} is too short or too long", "See the parameter's MinLength and MaxLength.")
    if parameter.type == "Number":
        _check_number(parameter, value, at)


def _check_number(parameter: _Parameter, value: str, at: str) -> None:
    try:
        number = float(value)
    except ValueError as error:
        raise invalid(at, f"{value!r} is no number", "Give a number.") from error
    if not _within(number, parameter.min_value, parameter.max_value):
        raise invalid(at, f"{value} is too small or too large", "See the parameter's MinValue and MaxValue.")


def _within(number: float, least: float | None, most: float | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def _similar(name: str, declared: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, declared, n=1)
    return f"Did you mean {close[0]}?" if close else f"It has {', '.join(declared) or 'none'}."
