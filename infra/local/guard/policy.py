"""Policies: which calls a function's statements allow, as IAM matches them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.guard.calls import Call

ENGINE = "domain/"
"""The beginning of an engine's resource: its name is not known where its address is."""


class Statement(NamedTuple):
    """What a statement allows: actions on resources, which are ARNs with wildcards."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def allows(self, call: Call) -> bool:
        """Whether it allows a call."""
        return _any(self.actions, call.action) and any(_covers(one, call) for one in self.resources)


def allowed(statements: Iterable[Statement], call: Call) -> bool:
    """Whether any statement allows a call."""
    return any(statement.allows(call) for statement in statements)


def _covers(resource: str, call: Call) -> bool:
    """Accounts and regions are left aside: here is only one."""
    part = resource if resource == "*" else resource.split(":", 5)[-1]
    if call.action.startswith("es:"):
        return part == "*" or part.startswith(ENGINE)
    return bool(_pattern(part).fullmatch(call.resource))


def _any(patterns: Iterable[str], value: str) -> bool:
    return any(_pattern(pattern).fullmatch(value) for pattern in patterns)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """IAM's wildcards: ``*`` for anything, ``?`` for one character."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."))
