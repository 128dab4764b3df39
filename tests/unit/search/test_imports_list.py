"""The list of a workspace's imports comes in pages, so that none is out of reach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.errors import InvalidCursor, InvalidInput, NotFound
from socialindex.identity import new_id
from socialindex.imports.job import Import
from socialindex.search.http import HttpRequest
from socialindex.search.imports import MAX_LISTED, ImportsPart

if TYPE_CHECKING:
    from socialindex.search.imports import ImportList

WHO = Caller(organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ}))
AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


def job(number: int) -> Import:
    """Two of them were made in the same moment."""
    made = AT + timedelta(milliseconds=number // 2)
    return Import(workspace="ws_a", id=new_id("im"), name=f"{number}.csv", bytes=1, created_at=made, asked="")


class Table:
    """Imports in the order of their random ids."""

    def __init__(self, number: int) -> None:
        self.jobs = sorted(map(job, range(number)), key=lambda one: one.id)

    def all(self, _workspace: str) -> list[Import]:
        return self.jobs


def asked(table: Table, workspace: str = "ws_a", **query: str) -> ImportList:
    route = "GET /v1/workspaces/{id}/imports"
    request = HttpRequest(id="r", route=route, path={"id": workspace}, query=query, headers={}, raw={})
    none = cast("Any", None)
    return cast("ImportList", ImportsPart(cast("Any", table), none, none).routes()[route].handle(request, WHO).body)


@pytest.mark.parametrize(
    ("number", "query", "sizes"),
    [
        (0, {}, [0]),
        (MAX_LISTED, {}, [MAX_LISTED]),
        (2 * MAX_LISTED + 1, {}, [MAX_LISTED, MAX_LISTED, 1]),
        (7, {"limit": "3"}, [3, 3, 1]),
    ],
)
def test_imports_come_in_pages_the_newest_first(number: int, query: dict[str, str], sizes: list[int]) -> None:
    table = Table(number)
    pages = [asked(table, **query)]
    while pages[-1].next_cursor:
        pages.append(asked(table, cursor=pages[-1].next_cursor, **query))
    assert [len(page.items) for page in pages] == sizes
    assert {page.total for page in pages} == {number}
    found = [(one.created_at, one.id) for page in pages for one in page.items]
    assert found == sorted(((one.created_at, one.id) for one in table.jobs), reverse=True)


def test_a_list_goes_on_behind_an_import_that_is_no_more() -> None:
    table = Table(5)
    first = asked(table, limit="2")
    table.jobs = [one for one in table.jobs if one.id != first.items[-1].id]
    rest = asked(table, cursor=first.next_cursor or "")
    assert len({one.id for one in (*first.items, *rest.items)}) == 5


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": str(MAX_LISTED + 1)}, {"page": "2"}])
def test_a_page_is_asked_for_by_what_there_is(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(Table(1), **query)
    assert refused.value.field == next(iter(query))


@pytest.mark.parametrize("cursor", ["x", "1795856400000", "1795856400000-ex_aaaaaaaaaaaaaaaa"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        asked(Table(1), cursor=cursor)


def test_another_workspaces_key_learns_nothing() -> None:
    with pytest.raises(NotFound):
        asked(Table(1), "ws_b", cursor="x")
