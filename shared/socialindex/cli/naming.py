"""What the API refuses, told to people at a terminal: by a command's options, not by the fields of a request."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

import click

from socialindex.client import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE: Final = re.compile(r" - at `\$\.?[^`]*`")
"""How the API says where in a request something is."""
_FIELD: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""A field that no word of a sentence is taken for."""
_CALLED: Final = {"mapping": "map", "q": "query", "url": "address"}
"""Fields that options and arguments call otherwise."""


def name_options(command: click.Command) -> None:
    """Have a command, and all commands in it, tell what the API refuses by their options."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            name_options(each)
    elif command.callback:
        command.callback = _naming(command.callback, _options(command))


def _naming(callback: Any, options: Mapping[str, str]) -> Any:  # noqa: ANN401 - any command's
    @functools.wraps(callback)
    def run(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        try:
            return callback(*arguments, **named)
        except ApiError as error:
            told = _told(error.problem, options)
            if told == error.problem:
                raise
            raise type(error)(error.status, told, error.retry_after) from error

    return run


def _options(command: click.Command) -> dict[str, str]:
    """A command's options and arguments as people type them, by the names that the API may have for them."""
    found: dict[str, str] = {}
    for each in command.params:
        typed = each.opts[0] if isinstance(each, click.Option) else each.make_metavar(click.Context(command))
        names = (each.name or "", each.opts[0].lstrip("-").replace("-", "_"))
        found |= dict.fromkeys(names, typed)
    return found | {field: found[name] for field, name in _CALLED.items() if name in found}


def _told(problem: dict[str, Any], options: Mapping[str, str]) -> dict[str, Any]:
    """A problem in the words of a command; what is none of its options stays."""
    words = {name: problem[name] for name in ("detail", "remedy") if isinstance(problem.get(name), str)}
    spelled = {name: _FIELD.sub(lambda found: options.get(found[0], found[0]), text) for name, text in words.items()}
    steps = str(problem.get("field") or "").split(".")
    option = next((options[step] for step in reversed(steps) if step in options), None)
    if option and "detail" in spelled:
        detail = _PLACE.sub("", spelled["detail"])
        is_hidden = option not in detail and (option.startswith("-") or detail != spelled["detail"])
        spelled["detail"] = f"{option}: {detail}" if is_hidden else detail
    return {**problem, **spelled}
