"""Tables on a real DynamoDB: values come back as they were, conditions hold, no item is left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from socialindex.aws.tables import Table
from socialindex.errors import InvalidInput, NotFound, Unavailable
from tests.integration.outgoing import outgoing
from tests.integration.parts import Parts, real_parts, unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.local.servers import Running
    from tests.integration.outgoing import Fault

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def parts(servers: Running) -> Iterator[Parts]:
    with real_parts(servers) as parts:
        yield parts


@pytest.fixture(scope="module")
def table(parts: Parts) -> Table:
    """A table whose key is a host and an id."""
    return Table(parts.table("FrontierTable"))


def key() -> dict[str, str]:
    return {"host": unique("host"), "id": "one"}


# Values

# DynamoDB keeps decimal numbers of 38 digits, down to 1e-130: more than a float has, but for the very small.
FLOATS = st.floats(-1e15, 1e15).filter(lambda number: number == 0 or abs(number) > 1e-100)
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.integers(-(10**37), 10**37),
    FLOATS,
    st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["a", "b", "size", "name", "count"]), VALUES))
@example({"a": 1_764_291_600.123456, "b": 1.0, "size": -0.1, "name": 1e14, "count": 10**20})
@example({"a": True, "b": False, "name": "", "count": 0})
def test_every_kind_of_value_comes_back_as_it_was(table: Table, values: dict[str, Any]) -> None:
    item = {**key(), **values}
    table.put(item)
    found = table.get({"host": item["host"], "id": "one"})
    assert found == item
    assert all(isinstance(found[name], bool) is isinstance(value, bool) for name, value in item.items())


def test_none_is_left_out(table: Table) -> None:
    item = key()
    table.put({**item, "a": None, "b": 0})
    assert table.get(item) == {**item, "b": 0}


def test_what_is_not_there_is_none(table: Table) -> None:
    assert table.get(key()) is None
    assert table.delete(key()) is False


def test_very_many_items_are_read_at_once_those_that_are_there_each_once(table: Table) -> None:
    host = unique("host")
    keys = [{"host": host, "id": str(number)} for number in range(230)]
    for item in keys[::2]:
        table.put(item)
    found = table.get_all([*keys, *keys[:10]])
    assert sorted(int(item["id"]) for item in found) == list(range(0, 230, 2))
    assert table.get_all([]) == []


# Conditions


def test_a_put_unless_writes_once(table: Table) -> None:
    item = key()
    assert table.put({**item, "a": 1}, unless="id") is True
    assert table.put({**item, "a": 2}, unless="id") is False
    assert table.get(item) == {**item, "a": 1}
    assert table.put({**item, "a": 3}, unless="missing") is True


def test_a_put_whose_answer_is_lost_is_sent_again_and_is_no_others(table: Table) -> None:
    place = key()
    item: dict[str, Any] = {**place, "a": 1.5, "b": True}
    with outgoing("unanswered", 0) as out:
        assert table.put({**item, "c": None}, unless="id") is True
    assert out.calls == ["dynamodb PutItem"] * 2
    assert table.put(item, unless="id") is False  # somebody else wrote the same
    with outgoing("unanswered", 0):
        assert table.put({**item, "a": 2.5}, unless="id") is False
    assert table.get(place) == item


def test_of_many_puts_at_once_one_writes(table: Table) -> None:
    item = key()
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: table.put({**item, "a": number}, unless="id"), range(16)))
    assert written.count(True) == 1
    found = table.get(item)
    assert found
    assert found["a"] == written.index(True)


def test_a_version_is_written_by_whoever_saw_the_one_before(table: Table) -> None:
    item = key()
    first: dict[str, Any] = {"version": 1, "body": "a", "work": "yes"}
    second: dict[str, Any] = {"version": 2, "body": "b"}
    assert table.write_next(item, first, 0)
    assert not table.write_next(item, {**first, "body": "of another"}, 0)
    with outgoing("unanswered", 0) as out:
        assert table.write_next(item, second, 1, drops=("work", "body"))
    assert out.calls == ["dynamodb UpdateItem"] * 2
    assert not table.write_next(item, {**second, "body": "of another"}, 1)
    assert not table.write_next(item, second, 1)  # somebody else wrote the same
    assert table.get(item) == {**item, **second}


def test_an_update_gives_the_item_as_it_is_then(table: Table) -> None:
    item = key()
    assert table.update(item, "SET #a = :a ADD #n :one", {"a": "x", "one": 1}) == {**item, "a": "x", "n": 1}
    assert table.update(item, "REMOVE #a ADD #n :one", {"one": 1}) == {**item, "n": 2}


@pytest.mark.parametrize(
    ("condition", "values", "holds"),
    [
        ("#n = :n", {"n": 1}, True),
        ("#n = :n", {"n": 2}, False),
        ("#n < :n AND (attribute_exists(#n) OR #m>=:n)", {"n": 2}, True),
        ("attribute_not_exists(#n)", {}, False),
        ("attribute_exists(#m)", {}, False),
    ],
)
def test_an_update_whose_condition_fails_changes_nothing(
    table: Table, condition: str, values: Mapping[str, int], holds: bool
) -> None:
    item = key()
    table.put({**item, "n": 1})
    changed = table.update(item, "SET #x = :x", {"x": "changed", **values}, condition=condition)
    assert (changed is not None) is holds
    assert ("x" in (table.get(item) or {})) is holds


@pytest.mark.parametrize(
    ("fault", "requests"),
    [("killed before", 1), ("unanswered", 2), ("out", 6)],
    ids=["no fault", "no answer", "throttled"],
)
def test_an_update_is_one_request_and_is_sent_again_where_no_answer_comes(
    table: Table, fault: Fault, requests: int
) -> None:
    item = key()
    with outgoing(fault, None if requests == 1 else 0) as out:
        if fault == "out":
            with pytest.raises(Unavailable, match="ProvisionedThroughputExceededException"):
                table.update(item, "SET #a = :a", {"a": "x"})
        else:
            assert table.update(item, "SET #a = :a", {"a": "x"}) == {**item, "a": "x"}
            assert table.update(item, "SET #a = :a", {"a": "y"}, condition="attribute_not_exists(#a)") is None
            requests += 1
    assert out.calls == ["dynamodb UpdateItem"] * requests


# Many items


def fill(table: Table, host: str, count: int, **values: Any) -> list[str]:
    """Items of one host, ``rank`` in the order of their ids."""
    ids = [f"{number:04}" for number in range(count)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: table.put({"host": host, "id": one, "rank": one, **values}), ids))
    return ids


def ids(table: Table, host: str, **options: Any) -> list[str]:
    found = table.query("#host = :host", {"host": host}, consistent=True, **options)
    return [item["id"] for item in found]


def test_a_query_of_more_than_a_megabyte_leaves_nothing_out(table: Table) -> None:
    host = unique("host")
    expected = fill(table, host, 20, body="x" * 150_000)
    assert ids(table, host) == expected
    assert ids(table, host, index="rank", limit=10) == expected[:10]


def test_a_limit_is_kept_over_pages(table: Table) -> None:
    host = unique("host")
    expected = fill(table, host, 30)
    for limit in (1, 7, 29, 30, 31):
        assert ids(table, host, limit=limit) == expected[:limit]


def test_a_scan_meets_every_item(table: Table) -> None:
    host = unique("host")
    expected = fill(table, host, 10, body="x" * 150_000)
    assert sorted(item["id"] for item in table.scan() if item["host"] == host) == expected


def test_many_are_deleted_in_one_go_and_others_stay(table: Table) -> None:
    host = unique("host")
    all_ids = fill(table, host, 60)
    keys: list[Mapping[str, str]] = [{"host": host, "id": one} for one in all_ids[:55]]
    table.delete_all([*keys, keys[0], keys[0], {"host": host, "id": "missing"}])
    assert ids(table, host) == all_ids[55:]
    table.delete_all([])


def test_an_item_is_deleted_only_while_the_condition_holds(table: Table) -> None:
    item = {**key(), "name": "newer"}
    table.put(item)
    itself = {"host": item["host"], "id": "one"}
    assert not table.delete(itself, "#name = :name", {"name": "older"})
    assert table.get(itself) == item
    assert table.delete(itself, "#name = :name", {"name": "newer"})
    assert not table.delete(itself, "#name = :name", {"name": "newer"})
    assert table.get(itself) is None


# What no table can hold

IMPOSSIBLE: list[dict[str, str]] = [
    {"host": "", "id": "one"},
    {"host": "h", "id": ""},
    {"host": "h" * 2_049, "id": "one"},
    {"host": "h", "id": "한" * 342},
]


@pytest.mark.parametrize("impossible", IMPOSSIBLE)
def test_a_key_that_none_can_be_is_not_there(table: Table, impossible: dict[str, str]) -> None:
    there = key()
    table.put(there)
    assert table.get(impossible) is None
    assert table.get_all([impossible, there]) == [there]
    assert list(table.query("#host = :host AND #id = :id", impossible)) == []
    assert table.delete(impossible) is False
    with pytest.raises(NotFound):
        table.update(impossible, "SET #a = :a", {"a": 1})


def test_the_longest_key_that_can_be_is_taken(table: Table) -> None:
    longest = {"host": unique("h").ljust(2_048, "x"), "id": "i" * 1_024}
    table.put(longest)
    assert table.get(longest) == longest


def test_an_item_that_is_too_large_is_the_senders_mistake(table: Table) -> None:
    """And none that another try could mend, as one of the table's would be."""
    item = key()
    with pytest.raises(InvalidInput):
        table.put({**item, "a": "x" * 410_000})
    table.put(item)
    with pytest.raises(InvalidInput):
        table.update(item, "SET #a = :a", {"a": "x" * 410_000})
    with pytest.raises(InvalidInput):
        table.put_all([key(), {**key(), "a": "x" * 410_000}])
    with pytest.raises(InvalidInput):
        table.set_all([item], [{"a": "x" * 410_000}], there="id")


# Trouble


def test_a_table_that_is_not_there_is_unavailable(parts: Parts) -> None:
    missing = Table("no-such-table")
    for call in (
        lambda: missing.get({"id": "x"}),
        lambda: missing.put({"id": "x"}),
        lambda: missing.update({"id": "x"}, "SET #a = :a", {"a": 1}),
        lambda: missing.delete({"id": "x"}),
        lambda: list(missing.scan()),
        lambda: list(missing.query("#id = :id", {"id": "x"})),
        lambda: missing.delete_all([{"id": "x"}]),
    ):
        with pytest.raises(Unavailable, match="no-such-table"):
            call()


def test_attributes_are_those_of_dynamodb_itself(parts: Parts, table: Table) -> None:
    item = key()
    table.put({**item, "a": "text", "n": 1.5, "b": True})
    raw = boto3.client("dynamodb").get_item(TableName=table.name, Key={"host": {"S": item["host"]}, "id": {"S": "one"}})
    assert raw["Item"]["a"] == {"S": "text"}
    assert raw["Item"]["n"] == {"N": "1.5"}
    assert raw["Item"]["b"] == {"BOOL": True}
