"""The list of removals, which grows for as long as the service runs, comes in pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from socialindex.access import Caller, Scope
from socialindex.erasure.removal import Removal
from socialindex.errors import InvalidCursor
from socialindex.identity import new_id
from socialindex.search.erasures import ErasurePart
from socialindex.search.http import LARGEST, HttpRequest

WHO = Caller(organization="org_us", workspaces=frozenset(), scopes=frozenset({Scope.ADMIN}))
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Kept:
    """Removals, two of them asked for in the same moment, in the order of their random ids."""

    def __init__(self, number: int, **fields: Any) -> None:
        found = (self._one(AT + timedelta(seconds=place // 2), fields) for place in range(number))
        self.rows = sorted(found, key=lambda one: one.id)

    def _one(self, at: datetime, fields: dict[str, Any]) -> Removal:
        return Removal(id=new_id("rm"), reason="operator", by="org_us", created_at=at, **fields)

    def removals(self) -> list[Removal]:
        return self.rows


def asked(kept: Kept, **query: str) -> Any:
    route = ErasurePart(cast("Any", None), cast("Any", kept)).routes()["GET /v1/removals"]
    request = HttpRequest(id="r", route="GET /v1/removals", path={}, query=query, headers={}, raw={})
    return route.handle(request, WHO).body


def read(kept: Kept, **query: str) -> list[list[Removal]]:
    """The pages, read to the end."""
    pages = [asked(kept, **query)]
    while pages[-1].next_cursor:
        pages.append(asked(kept, cursor=pages[-1].next_cursor, **query))
    return [page.items for page in pages]


@pytest.mark.parametrize(("number", "limit", "sizes"), [(0, 3, [0]), (3, 3, [3]), (7, 3, [3, 3, 1])])
def test_removals_come_in_pages_the_oldest_first(number: int, limit: int, sizes: list[int]) -> None:
    kept = Kept(number)
    pages = read(kept, limit=str(limit))
    assert [len(page) for page in pages] == sizes
    found = [one for page in pages for one in page]
    assert found == sorted(kept.rows, key=lambda one: (one.created_at, one.id))


def test_a_page_ends_before_an_answer_is_too_large() -> None:
    posts = ["a" * 26] * 2_000
    pages = read(Kept(200, posts=posts))
    assert [len(page) > 1 and len(page) * 29 * len(posts) <= LARGEST for page in pages] == [True] * len(pages)
    assert len(pages) > 1
    assert sum(map(len, pages)) == 200


@pytest.mark.parametrize("cursor", ["x", "2026-11-20 rm_a", "0000000000000 ds_a"])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        asked(Kept(1), cursor=cursor)
