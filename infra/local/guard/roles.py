"""What the functions' roles in the engine allow.

The engine of a local stack knows no roles, a domain does: ``tests/integration/test_roles.py`` has the plugin try them.
"""

from __future__ import annotations

from typing import Final

from infra.local.guard.engine import CLUSTER
from infra.local.guard.policy import Statement
from socialindex.setup.function_roles import GRANTS

_ADMINISTRATOR: Final = "SetupFunction"
_ALL: Final = ("indices:*", "*:/*")
"""All that ``asked`` names, by action or by path, and nothing of AWS: that is for the function's policy to allow."""


def statements(function: str) -> list[Statement]:
    """What the role of a function allows, by the function's logical id; nothing where it has none."""
    if function == _ADMINISTRATOR:
        return [Statement(_ALL, ("*",))]
    grant = GRANTS.get(function.removesuffix("Function").lower())
    if grant is None:
        return []
    families = [Statement((*may,), (family, f"{family}-*")) for family, may in grant.families.items()]
    return [Statement((*grant.cluster,), (CLUSTER,)), *families, Statement((*grant.all,), ("*",))]
