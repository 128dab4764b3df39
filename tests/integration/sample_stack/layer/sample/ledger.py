"""What the functions did, written into the table that the template names."""

from __future__ import annotations

import os

import boto3

_table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def add(key: str, **values: str) -> int:
    """Count one more visit of ``key`` and keep ``values`` with it; how many visits there are now."""
    answer = _table.update_item(
        Key={"id": key},
        AttributeUpdates={
            "visits": {"Action": "ADD", "Value": 1},
            **{name: {"Action": "PUT", "Value": value} for name, value in values.items()},
        },
        ReturnValues="UPDATED_NEW",
    )
    return int(str(answer["Attributes"]["visits"]))
