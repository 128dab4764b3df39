"""Counting up to a limit in one conditional write: however many count at once, no more is counted than there may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from socialindex.aws.tables import Table
    from socialindex.aws.values import Item


def count(table: Table, key: Mapping[str, str], name: str, *, limit: int, until: datetime, number: int = 1) -> bool:
    """Add to a counter; False, and nothing counted, where it has not so many left.

    Args:
        table: has the counter.
        key: of its item.
        name: of its attribute.
        limit: what it may come to.
        until: when the item may go.
        number: to be added.

    Raises:
        Unavailable: the table does not answer.
    """
    if limit < number:
        return False
    values: Item = {"number": number, "expires": int(until.timestamp()), "last": limit - number}
    room = f"attribute_not_exists(#{name}) OR #{name} <= :last"
    change = f"SET #expires = :expires ADD #{name} :number"
    return table.update(key, change, values, condition=room) is not None
