"""What the code says of a type's fields: the strings below them, which do not exist when the program runs."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTION = re.compile(r"\n\s*\n\s*(?:Args|Attributes|Raises[^\n:]*|Returns):\n.*", re.DOTALL)
"""Of a docstring: what readers of the code need."""


def of_fields(kind: type) -> dict[str, str]:
    """What is said of each field of a class or member of an enumeration, inherited ones included, as Markdown."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        found |= _in_module(each.__module__).get(each.__qualname__, {})
    return found


def of_class(kind: type) -> str:
    """What a class says of itself to those who use the API, as Markdown."""
    return markdown(_SECTION.sub("", inspect.cleandoc(kind.__doc__ or "")))


def markdown(text: str) -> str:
    """A docstring's markup as Markdown, in one line a paragraph; ``None`` is what JSON calls null."""
    paragraphs = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return "\n\n".join(paragraphs).replace("``None``", "null").replace("``", "`")


@cache
def _in_module(name: str) -> dict[str, dict[str, str]]:
    """Per class of a module its fields' strings."""
    path = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    if path.suffix != ".py":
        return {}
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: dict(_said(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _said(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement, following in zip(node.body, node.body[1:], strict=False):
        target = _target(statement)
        match following:
            case ast.Expr(value=ast.Constant(value=str(text))) if target:
                yield target, markdown(inspect.cleandoc(text))


def _target(statement: ast.stmt) -> str:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return ""
