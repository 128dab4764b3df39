"""``aws cloudformation describe-change-set ... | python -m infra.changes``: a change set as a table that people read.

What is taken away or made anew comes first: that is what an approval is about.
"""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

_ORDER = ("Remove", "Replace", "Conditional", "Dynamic", "Modify", "Import", "Add")
_LOUD = frozenset({"Remove", "Replace", "Conditional", "Dynamic"})
_HEAD = "| change | resource | type | because of |\n|---|---|---|---|"
_KEEPS = "Of the stacks beneath, this lists only that they may change."


def table(change_set: dict[str, Any]) -> str:
    """The change set (DescribeChangeSet's answer) as Markdown."""
    rows = sorted(map(_row, change_set.get("Changes", [])), key=lambda row: (_ORDER.index(row[0]), row[1]))
    name = f"### {change_set['StackName']}: {len(rows)} changes\n"
    if not rows:
        return f"{name}\nNothing changes.\n"
    lines = [f"| {_loud(what)} | `{logical}` | {kind} | {why} |" for what, logical, kind, why in rows]
    return (
        f"{name}| change | resource | type | because of |\n|---|---|---|---|\n" + "\n".join(lines) + f"\n\n_{_KEEPS}_\n"
    )


def _row(change: dict[str, Any]) -> tuple[str, str, str, str]:
    one = change["ResourceChange"]
    return _what(one), one["LogicalResourceId"], one["ResourceType"], ", ".join(_reasons(one))


def _what(change: dict[str, Any]) -> str:
    replaced = {"True": "Replace", "Conditional": "Conditional"}.get(change.get("Replacement", ""), "")
    return replaced or str(change["Action"])


def _loud(what: str) -> str:
    told = {"Conditional": "Replace, perhaps", "Dynamic": "To be seen"}.get(what, what)
    return f"**{told}**" if what in _LOUD else told


def _reasons(change: dict[str, Any]) -> list[str]:
    targets = (detail.get("Target", {}) for detail in change.get("Details", []))
    return sorted({str(target.get("Name") or target.get("Attribute", "")) for target in targets} - {""})


def main(source: TextIO, target: TextIO) -> None:
    """Read JSON, write Markdown."""
    target.write(table(json.load(source)))


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
