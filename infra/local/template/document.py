"""A template file as plain values: YAML with CloudFormation's short forms (``!Ref``, ``!Sub`` ...), or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

_NOT_PREFIXED = {"Ref", "Condition"}
_KEPT_AS_TEXT = {f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "int", "float")}


class _Loader(yaml.CSafeLoader):  # libyaml reads our template in a tenth of the time
    """YAML with its scalars as they were written (account numbers keep their zeros); a repeated key is an error."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _KEPT_AS_TEXT]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        return dict(super().construct_mapping(node, deep=deep))


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, object]:
    name = suffix if suffix in _NOT_PREFIXED else f"Fn::{suffix}"
    return {name: _argument(loader, node)}


def _argument(loader: _Loader, node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]  # YAML has these three kinds of nodes


_Loader.add_multi_constructor("!", _short_form)


def load(path: Path) -> dict[str, object]:
    """The template at ``path`` with every short form written out (``{"Fn::Sub": ...}``); numbers are text.

    Raises:
        InvalidInput: the file is not there, is no YAML, or holds no resources; names the place in the file.
    """
    document = _parse(path)
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise InvalidInput(f"{path} has no Resources", field=str(path), remedy="Give the path of a SAM template.")
    return document


def _parse(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except OSError as error:
        raise InvalidInput(
            f"The template {path} cannot be read: {error.strerror}", field=str(path), remedy="Check the path."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"The template {path} is no valid YAML: {error}", field=str(path), remedy="Mend the named line."
        ) from error
