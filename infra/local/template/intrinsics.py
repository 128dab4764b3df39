"""CloudFormation's intrinsic functions and conditions, worked out to plain values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SUBSTITUTION = re.compile(r"\$\{(!?)\s*([^}]+?)\s*\}")
_DYNAMIC = "{{resolve:"


class _NoValue:
    """What ``AWS::NoValue`` stands for: the property that holds it is left out."""


NO_VALUE: Final = _NoValue()


class Lookup(Protocol):
    """What a resource answers to ``Ref`` (``attribute`` is empty) or ``Fn::GetAtt``; ``at`` is the asking place."""

    def __call__(self, logical_id: str, attribute: str, at: str) -> str: ...  # noqa: D102


def invalid(at: str, message: str, remedy: str) -> InvalidInput:
    """The error for the place ``at`` in a template, such as ``CrawlFunction.Environment.Variables.QUEUE``."""
    return InvalidInput(f"{at}: {message}", field=at, remedy=remedy)


def text(value: object) -> str:
    """A scalar as CloudFormation writes it into text: booleans as ``true`` and ``false``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Resolver:
    """Works out values. ``names`` are parameters and pseudo parameters; anything else is asked of ``lookup``."""

    def __init__(
        self,
        names: Mapping[str, object],
        mappings: Mapping[str, object],
        conditions: Mapping[str, object],
        lookup: Lookup,
    ) -> None:
        self._names = names
        self._mappings = mappings
        self._conditions = conditions
        self._lookup = lookup
        self._open_conditions: list[str] = []
        self._functions: dict[str, Callable[[object, str], object]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
            "Fn::ImportValue": self._import_value,
        }

    def resolve(self, value: object, at: str) -> object:
        """``value`` without intrinsic functions; ``NO_VALUE`` where the whole of it is to be left out.

        Raises:
            InvalidInput: a function that is unknown here, a wrong argument, or a name that nothing answers to.
        """
        if isinstance(value, dict):
            return self._call(value, at) if _is_call(value) else self._entries(value, at)
        if isinstance(value, list):
            items = (self.resolve(item, f"{at}[{position}]") for position, item in enumerate(value))
            return [item for item in items if item is not NO_VALUE]
        if isinstance(value, str) and _DYNAMIC in value:
            raise invalid(at, "dynamic references are not looked up locally", "Use a parameter and give its value.")
        return value

    def condition(self, name: str, at: str) -> bool:
        """Whether the condition ``name`` holds."""
        if name not in self._conditions:
            raise invalid(at, f"there is no condition {name}", "Declare it under Conditions.")
        if name in self._open_conditions:
            raise invalid(f"Conditions.{name}", "the condition depends on itself", "Break the circle.")
        self._open_conditions.append(name)
        try:
            return self._holds(self._conditions[name], f"Conditions.{name}")
        finally:
            self._open_conditions.pop()

    def _entries(self, value: dict[str, object], at: str) -> dict[str, object]:
        entries = {str(key): self.resolve(item, f"{at}.{key}") for key, item in value.items()}
        return {key: item for key, item in entries.items() if item is not NO_VALUE}

    def _call(self, value: dict[str, object], at: str) -> object:
        ((name, argument),) = value.items()
        function = self._functions.get(name)
        if function is None:
            raise invalid(at, f"{name} is not known locally", f"Use one of {', '.join(self._functions)}.")
        return function(argument, at)

    def _ref(self, argument: object, at: str) -> object:
        name = _name(argument, "Ref", at)
        if name == "AWS::NoValue":
            return NO_VALUE
        return self._names[name] if name in self._names else self._lookup(name, "", at)

    def _get_att(self, argument: object, at: str) -> str:
        parts = argument.split(".", 1) if isinstance(argument, str) else self.resolve(argument, at)
        match parts:
            case [str(logical_id), *attribute] if attribute:
                return self._lookup(logical_id, ".".join(map(text, attribute)), at)
        raise invalid(at, "Fn::GetAtt takes a resource and an attribute", "Write it as !GetAtt Resource.Attribute.")

    def _sub(self, argument: object, at: str) -> str:
        template, given = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})  # noqa: PLR2004 - a pair
        if not isinstance(template, str) or not isinstance(given, dict):
            raise invalid(at, "Fn::Sub takes a text, or a list of a text and values", "Write it as !Sub 'a-${Name}'.")
        return _SUBSTITUTION.sub(lambda found: self._substitute(found, given, at), template)

    def _substitute(self, found: re.Match[str], given: dict[str, object], at: str) -> str:
        literal, name = found.groups()
        if literal:
            return f"${{{name}}}"
        if name in given:
            return text(self.resolve(given[name], at))
        return text(self._get_att(name, at) if "." in name else self._ref(name, at))

    def _join(self, argument: object, at: str) -> str:
        match self._arguments("Fn::Join", argument, at):
            case [str(delimiter), list(items)]:
                return delimiter.join(map(text, items))
        raise _wrong("Fn::Join", "[delimiter, [values]]", at)

    def _split(self, argument: object, at: str) -> list[str]:
        match self._arguments("Fn::Split", argument, at):
            case [str(delimiter), str(value)] if delimiter:
                return value.split(delimiter)
        raise _wrong("Fn::Split", "[delimiter, text]", at)

    def _select(self, argument: object, at: str) -> object:
        match self._arguments("Fn::Select", argument, at):
            case [index, list(items)] if text(index).isdecimal() and int(text(index)) < len(items):
                return items[int(text(index))]
        raise _wrong("Fn::Select", "[index within the list, [values]]", at)

    def _find_in_map(self, argument: object, at: str) -> object:
        keys = [text(key) for key in self._arguments("Fn::FindInMap", argument, at)]
        found: object = self._mappings
        for key in keys:
            if not isinstance(found, dict) or key not in found:
                raise invalid(at, f"Mappings has no {'.'.join(keys)}", "Add the entry, or ask for another.")
            found = found[key]
        return found

    def _if(self, argument: object, at: str) -> object:
        match argument:
            case [str(name), then, otherwise]:
                return self.resolve(then if self.condition(name, at) else otherwise, at)
        raise _wrong("Fn::If", "[condition, value if it holds, value if not]", at)

    def _import_value(self, _: object, at: str) -> object:
        raise invalid(at, "Fn::ImportValue needs another stack, which is not there locally", "Use a parameter.")

    def _arguments(self, function: str, argument: object, at: str) -> list[object]:
        resolved = self.resolve(argument, at)
        if not isinstance(resolved, list):
            raise _wrong(function, "a list", at)
        return resolved

    def _holds(self, value: object, at: str) -> bool:
        match value:
            case {"Condition": str(name)}:
                return self.condition(name, at)
            case {"Fn::Equals": [one, other]}:
                return text(self.resolve(one, at)) == text(self.resolve(other, at))
            case {"Fn::Not": [inner]}:
                return not self._holds(inner, at)
            case {"Fn::And": list(parts)}:
                return all(self._holds(part, at) for part in parts)
            case {"Fn::Or": list(parts)}:
                return any(self._holds(part, at) for part in parts)
        raise invalid(at, "this is no condition", "Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition.")


def _is_call(value: dict[str, object]) -> bool:
    return len(value) == 1 and any(key == "Ref" or str(key).startswith("Fn::") for key in value)


def _name(argument: object, function: str, at: str) -> str:
    if not isinstance(argument, str):
        raise _wrong(function, "a name", at)
    return argument


def _wrong(function: str, expected: str, at: str) -> InvalidInput:
    return invalid(at, f"{function} has a wrong argument", f"It takes {expected}.")
