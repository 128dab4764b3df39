"""Which part of the archive is read again: a day is one that its keys have, or none."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from socialindex.errors import InvalidInput
from socialindex.search.operations import Operations, Stores


def replayed(day: str) -> list[str]:
    """The days that the archive was asked for."""
    asked: list[str] = []

    def keys(day: str, _after: str) -> list[str]:
        asked.append(day)
        return []

    none = cast("Any", SimpleNamespace())
    queue = cast("Any", SimpleNamespace(send_all=lambda messages: len(list(messages))))
    archive = cast("Any", SimpleNamespace(keys=keys))
    stores = Stores(channels=none, hosts=none, outcomes=none, archive=archive, queues={"normalize": (queue, queue)})
    Operations(stores, none, none).replay(json.dumps({"day": day}))
    return asked


@pytest.mark.parametrize("day", ["2026-11-28", "2026-11-02", ""])
def test_a_day_is_asked_for_as_it_was_written(day: str) -> None:
    assert replayed(day) == [day]


@pytest.mark.parametrize(
    "day", ["2026-11-2", "2026-1-12", "2026-11", "2026-02-30", "20261128", "2026-W48-6", " 2026-11-28"]
)
def test_what_is_no_whole_day_is_refused(day: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        replayed(day)
    assert (refused.value.field, refused.value.remedy) == ("day", "write it as 2026-11-28")
