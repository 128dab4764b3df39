"""Removals on the real table: what is looked at each minute is what is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from socialindex.aws.clients import dynamodb
from socialindex.aws.suppressions import Suppressions
from socialindex.erasure.removal import Removal
from tests.integration.outgoing import Killed, outgoing
from tests.integration.parts import real_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = 3_600.0


@pytest.fixture
def suppressions(servers: Running) -> Iterator[Suppressions]:
    with real_parts(servers) as parts:
        yield Suppressions(parts.table("SuppressionsTable"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The partitions that are read as a whole from now on."""
    read: list[str] = []
    query = dynamodb().query

    def noted(**arguments: Any) -> Any:
        read.append(arguments["ExpressionAttributeValues"][":pk"]["S"])
        return query(**arguments)

    monkeypatch.setattr(dynamodb(), "query", noted)
    return read


def removal(number: int, **fields: Any) -> Removal:
    at = AT + timedelta(seconds=number)
    return Removal(id=f"rm_{9 - number}", reason="operator", by="org_us", created_at=at, **fields)


def done(removal: Removal) -> Removal:
    return msgspec.structs.replace(removal, state="done")


def test_a_look_for_open_removals_costs_those_and_not_what_is_done(suppressions: Suppressions, read: list[str]) -> None:
    first, second, third = (removal(number) for number in range(3))
    for each in (first, second, third):
        suppressions.add(each)
    assert suppressions.open_removals(0) == [first, second, third]
    suppressions.put(done(second))
    later = msgspec.structs.replace(third, after="raw/2026/11/20")
    suppressions.put(later)
    read.clear()
    assert suppressions.open_removals(HOUR - 1) == [first, later]
    assert read == ["open"]
    assert suppressions.removals() == [first, done(second), later]


def test_what_an_earlier_version_has_written_is_found_at_once_and_then_within_the_hour(
    suppressions: Suppressions,
) -> None:
    first, second = removal(0), removal(1)
    suppressions.put(first)  # as versions did that knew of no open ones
    assert suppressions.open_removals(0) == [first]
    suppressions.put(second)
    assert suppressions.open_removals(HOUR - 1) == [first]
    assert suppressions.open_removals(HOUR) == [first, second]
    suppressions.put(done(first))
    assert suppressions.open_removals(HOUR + 1) == [second]


def test_a_removal_that_was_written_down_as_done_by_a_process_that_died_then_is_open_no_more(
    suppressions: Suppressions, read: list[str]
) -> None:
    suppressions.add(removal(0))
    with pytest.raises(Killed), outgoing("killed after", 0):
        suppressions.put(done(removal(0)))
    for _ in range(2):
        assert suppressions.open_removals(0) == []
    assert read == ["open", "removals", "open"]
