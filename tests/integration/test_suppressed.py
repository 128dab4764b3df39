"""The suppression list of some years, held against the real engine: it costs what is there, and runs end in time."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from socialindex.aws.marks import Marks
from socialindex.aws.suppressions import Entry, Suppressions
from socialindex.erasure.reapply import ENTRIES, reapply
from socialindex.erasure.removal import Removal
from socialindex.identity import post_id
from socialindex.index.writer import Write, Writer
from socialindex.maintain import suppressed
from socialindex.maintain.suppressed import Suppressed
from socialindex.model import Author, Post, Provenance
from tests.integration.parts import real_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opensearchpy import OpenSearch

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

READ = datetime(2026, 11, 20, 9, tzinfo=UTC)
KIM = "k" * 26
MANY = 20_000


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def there(index: OpenSearch, *uris: str, **fields: Any) -> None:
    """Let the index have posts that were read at ``READ``."""
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    given: dict[str, Any] = {"source": "feed", "collected_at": READ, "provenance": place, "text": "t"} | fields
    posts = [Post(id=post_id(uri), uri=uri, **given) for uri in uris]
    assert set(Writer(index).write([Write(post, live=False, replay=True) for post in posts])) == {None}
    index.indices.refresh(index="posts-*")


def living(index: OpenSearch) -> set[str]:
    index.indices.refresh(index="posts-*")
    body = {"size": 1_000, "query": {"bool": {"must_not": {"exists": {"field": "deleted_at"}}}}}
    return {hit["_source"]["uri"] for hit in index.search(index="posts-*", body=body)["hits"]["hits"]}


@pytest.fixture
def asked(index: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the engine is asked for from now on."""
    asked: list[str] = []
    through = index.transport.perform_request

    def noted(method: str, url: str, *args: Any, **named: Any) -> Any:
        asked.append(url.rpartition("/")[2])
        return through(method, url, *args, **named)

    monkeypatch.setattr(index.transport, "perform_request", noted)
    return asked


@pytest.mark.parametrize(
    "entry",
    [
        lambda name: Entry("post", name, None),
        lambda name: Entry("author", name, None),
        lambda name: Entry("post", name, ms(READ)),
        lambda name: Entry("post", name, ms(READ), hearsay=True),
    ],
    ids=["erased", "author", "withdrawn", "hearsay"],
)
def test_what_is_not_there_costs_one_search_for_thousands_and_nothing_is_refreshed(
    index: OpenSearch, asked: list[str], entry: Any
) -> None:
    there(index, "free", author=Author(key=KIM, name="Kim"))
    asked.clear()
    assert reapply(index, (entry(post_id(f"gone {number}")) for number in range(MANY))) == (0, True)
    assert asked == ["_search"] * (MANY // ENTRIES)
    assert living(index) == {"free"}


@pytest.mark.parametrize(
    ("entry", "fields", "goes"),
    [
        (Entry("post", post_id("a"), None), {}, True),
        (Entry("author", KIM, None), {"author": Author(key=KIM, name="Kim")}, True),
        (Entry("author", KIM, None), {"author": Author(key="l" * 26, name="Lee")}, False),
        (Entry("post", post_id("a"), ms(READ)), {}, True),
        (Entry("post", post_id("a"), ms(READ) - 1), {}, False),  # its author has agreed again
        (Entry("post", post_id("a"), ms(READ)), {"deleted_at": READ, "withdrawn": True, "text": None}, False),
        (Entry("post", post_id("a"), ms(READ), hearsay=True), {}, False),
        (Entry("post", post_id("a"), ms(READ), hearsay=True), {"hearsay": True}, True),
    ],
)
def test_only_what_must_not_be_there_is_looked_at_further(
    index: OpenSearch, asked: list[str], entry: Entry, fields: dict[str, Any], goes: bool
) -> None:
    if "withdrawn" in fields:  # of a post that is not known there is no tombstone
        there(index, "a", collected_at=READ - timedelta(days=1))
    there(index, "a", **fields)
    asked.clear()
    assert reapply(index, [entry]) == (int(goes), True)
    assert ("_delete_by_query" in asked) is goes


def test_of_a_backup_that_was_restored_all_goes_however_many_were_withdrawn(index: OpenSearch) -> None:
    uris = [f"withdrawn {number}" for number in range(600)]
    there(index, "free", "gone", *uris)
    there(index, "gone", collected_at=READ + timedelta(hours=1), deleted_at=READ + timedelta(hours=1), text=None)
    there(index, "old", collected_at=READ - timedelta(days=1))
    assert reapply(index, [Entry("post", post_id(uri), ms(READ)) for uri in uris]) == (600, True)
    assert living(index) == {"free", "old"}


@pytest.fixture
def lists(servers: Running) -> Iterator[tuple[Suppressions, Marks]]:
    with real_parts(servers) as parts:
        yield Suppressions(parts.table("SuppressionsTable")), Marks(parts.table("MarksTable"))


def listed(suppressions: Suppressions, uris: list[str]) -> None:
    posts = [post_id(uri) for uri in uris]
    suppressions.erase(Removal(id="rm_1", posts=posts, reason="operator", by="org_us", created_at=READ))


def test_a_run_goes_on_where_the_last_one_was_out_of_time_and_begins_again_behind_the_end(
    index: OpenSearch, lists: tuple[Suppressions, Marks], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suppressed, "ENTRIES", 4)
    uris = [f"u{number}" for number in range(10)]
    suppressions, marks = lists
    listed(suppressions, uris)
    stage = Suppressed(index, suppressions, marks)
    for _ in range(2):  # each time something is restored, three short runs are around the list
        there(index, "free", *uris)
        runs = [stage.run(out_of_time_after(2)) for _ in range(3)]
        assert [told["listed"] for told in runs] == [4, 4, 2]
        assert sum(told["erased"] for told in runs) == 10
        assert living(index) == {"free"}
        assert stage.run(lambda: True) == {"listed": 10, "erased": 0}


def test_what_is_left_where_time_is_over_in_the_middle_of_deletions_goes_next_time(
    index: OpenSearch, lists: tuple[Suppressions, Marks]
) -> None:
    suppressions, marks = lists
    uris = [f"u{number}" for number in range(3)]
    listed(suppressions, uris)
    there(index, *uris)
    stage = Suppressed(index, suppressions, marks)
    assert stage.run(lambda: False) == {"listed": 0, "erased": 0}
    assert stage.run(lambda: True) == {"listed": 3, "erased": 3}
    assert living(index) == set()


def test_both_withdrawals_of_a_post_are_of_one_place(lists: tuple[Suppressions, Marks]) -> None:
    suppressions, _ = lists
    place = Provenance(channel="ch", adapter="feed/1", archive_key="k", archive_offset=0, archive_length=1)
    own = Post(id="a", uri="u", source="feed", collected_at=READ, provenance=place)
    told = Post(id="a", uri="u", source="feed", collected_at=READ + timedelta(1), provenance=place, hearsay=True)
    suppressions.withdraw([own, told])
    (one,) = suppressions.listed()
    assert [entry.hearsay for entry in one.entries] == [False, True]
    assert list(suppressions.listed(one.place)) == []


def out_of_time_after(questions: int) -> Any:
    """There is time for what was asked for this often, and then no more."""
    answers = itertools.chain([True] * (questions - 1), itertools.repeat(False))
    return lambda: next(answers)
