"""One pass over a template: which resources exist, and their properties as checked structs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

import msgspec

from infra.local.template.intrinsics import NO_VALUE, Resolver, invalid
from infra.local.template.parameters import parameters
from infra.local.template.references import KINDS, References, Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_S = TypeVar("_S", bound=msgspec.Struct)


class Reading:
    """A template that is being read; ``notes`` collects what works differently here."""

    def __init__(
        self, document: Mapping[str, object], site: Site, given: Mapping[str, str], overrides: Mapping[str, str]
    ) -> None:
        names = {**_pseudo(site), **parameters(section(document, "Parameters"), given)}
        resources = {key: _resource(key, value) for key, value in section(document, "Resources").items()}
        self.notes: list[str] = []
        self.resolver = Resolver(names, section(document, "Mappings"), section(document, "Conditions"), self._lookup)
        self._globals = section(document, "Globals")
        self._resources = {key: value for key, value in resources.items() if self.exists(key, value)}
        self.references = References(self._resources, site, overrides, self.resolver)

    def exists(self, name: str, declaration: Mapping[str, object]) -> bool:
        """Whether the declaration's condition, if it has one, holds."""
        condition = declaration.get("Condition")
        return condition is None or self.resolver.condition(str(condition), name)

    def of_type(self, kind: str) -> Iterator[str]:
        """The logical ids of the resources of one type, in the template's order."""
        return (key for key, resource in self._resources.items() if resource["Type"] == kind)

    def ignored(self) -> dict[str, str]:
        """The resources of other types than those that are run locally."""
        return {key: str(one["Type"]) for key, one in self._resources.items() if one["Type"] not in KINDS}

    def raw(self, logical_id: str) -> dict[str, object]:
        """A resource's properties as they are written, with the template's ``Globals`` merged in."""
        resource = self._resources[logical_id]
        shared = self._globals.get(str(resource["Type"]).rsplit("::", 1)[-1], {})
        merged = merge(shared, resource.get("Properties", {}))
        if not isinstance(merged, dict):
            raise invalid(logical_id, "Properties is no mapping", "Indent the properties below it.")
        return merged

    def properties(self, logical_id: str, schema: type[_S]) -> _S:
        """A resource's properties, those that ``schema`` names."""
        return self.part(self.raw(logical_id), schema, logical_id)

    def part(self, raw: object, schema: type[_S], at: str) -> _S:
        """The part of the template at ``at`` as ``schema``; only what the schema names is resolved.

        Raises:
            InvalidInput: a value that cannot be worked out, is missing, or has the wrong type or size.
        """
        if not isinstance(raw, dict):
            raise invalid(at, "this is no mapping", "Indent its properties below it.")
        wanted = _names(schema)
        resolved = {key: self.resolver.resolve(value, f"{at}.{key}") for key, value in raw.items() if key in wanted}
        kept = {key: value for key, value in resolved.items() if value is not NO_VALUE}
        try:
            return msgspec.convert(kept, schema, strict=False)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `$")
            raise invalid(f"{at}{place.rstrip('`')}", message, "Write it as AWS's reference describes it.") from error

    def note(self, sentence: str) -> None:
        """Tell the reader what works differently here."""
        self.notes.append(sentence)

    def _lookup(self, logical_id: str, attribute: str, at: str) -> str:
        return self.references(logical_id, attribute, at)


@cache
def _names(schema: type[msgspec.Struct]) -> frozenset[str]:
    """What a schema names. Told anew for each of a hundred parts, it takes as long as all that is resolved."""
    return frozenset(field.encode_name for field in msgspec.structs.fields(schema))


def section(document: Mapping[str, object], name: str) -> dict[str, object]:
    """A section of the template, empty where it is not there."""
    value = document.get(name, {})
    if not isinstance(value, dict):
        raise invalid(name, "this section is no mapping", f"Indent the entries below {name}.")
    return value


def merge(shared: object, own: object) -> object:
    """SAM's rule for ``Globals``: mappings are merged, lists joined (shared first), anything else is the own value."""
    if isinstance(shared, dict) and isinstance(own, dict):
        return {**shared, **{key: merge(shared[key], own[key]) if key in shared else own[key] for key in own}}
    return [*shared, *own] if isinstance(shared, list) and isinstance(own, list) else own


def _resource(logical_id: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict) or not isinstance(value.get("Type"), str):
        raise invalid(logical_id, "the resource has no Type", "Give it one, such as AWS::SQS::Queue.")
    return value


def _pseudo(site: Site) -> dict[str, object]:
    cloud = site.cloud
    return {
        "AWS::AccountId": cloud.account,
        "AWS::NotificationARNs": [],
        "AWS::Partition": "aws",
        "AWS::Region": cloud.region,
        "AWS::StackId": cloud.arn("cloudformation", f"stack/{site.stack}/local"),
        "AWS::StackName": site.stack,
        "AWS::URLSuffix": "amazonaws.com",
    }
