"""Change sets as whoever approves them reads them."""

from __future__ import annotations

import io
import json
from typing import Any

from infra import changes


def change(action: str, logical: str, replacement: str = "", *because: str) -> dict[str, Any]:
    one = {"Action": action, "LogicalResourceId": logical, "ResourceType": "AWS::SQS::Queue"}
    details = [{"Target": {"Attribute": "Properties", "Name": name}} for name in because]
    return {"ResourceChange": {**one, **({"Replacement": replacement} if replacement else {}), "Details": details}}


def shown(*found: dict[str, Any]) -> str:
    target = io.StringIO()
    changes.main(io.StringIO(json.dumps({"StackName": "socialindex-dev", "Changes": found})), target)
    return target.getvalue()


def test_what_is_lost_comes_first_and_loud() -> None:
    lines = shown(
        change("Add", "AQueue"),
        change("Modify", "BQueue", "False", "VisibilityTimeout"),
        change("Modify", "CQueue", "True", "FifoQueue"),
        change("Modify", "DQueue", "Conditional", "QueueName"),
        change("Remove", "EQueue"),
    ).splitlines()
    rows = [line.split(" | ")[:2] for line in lines if line.startswith("| ") and "`" in line]
    assert rows == [
        ["| **Remove**", "`EQueue`"],
        ["| **Replace**", "`CQueue`"],
        ["| **Replace, perhaps**", "`DQueue`"],
        ["| Modify", "`BQueue`"],
        ["| Add", "`AQueue`"],
    ]


def test_each_change_says_because_of_what() -> None:
    assert "| VisibilityTimeout |" in shown(change("Modify", "AQueue", "False", "VisibilityTimeout"))


def test_nothing_is_told_too() -> None:
    assert "Nothing changes." in shown()
