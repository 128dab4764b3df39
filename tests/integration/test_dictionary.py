"""The user dictionary's table on the real DynamoDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from socialindex.aws.dictionary import Dictionary
from socialindex.dictionary import Entry
from socialindex.setup.progress import Rebuild
from tests.integration.parts import real_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.servers import Running

pytestmark = pytest.mark.integration

NURI = Entry(name="누리폰", variants=["Nuri Phone", "ㄴㄹㅍ"], kind="product")


@pytest.fixture
def dictionary(servers: Running) -> Iterator[Dictionary]:
    with real_parts(servers) as parts:
        yield Dictionary(parts.table("DictionaryTable"))


def test_entries_are_kept_by_name_and_edits_are_noted(dictionary: Dictionary) -> None:
    assert (dictionary.all(), dictionary.edited_at()) == ([], None)
    dictionary.put(Entry(name="누리폰"))
    dictionary.put(NURI)
    dictionary.put(Entry(name="NuriBuds"))
    assert dictionary.all() == [Entry(name="NuriBuds"), NURI]
    first = dictionary.edited_at()
    assert first is not None
    assert abs(datetime.now(tz=UTC) - first) < timedelta(minutes=1)
    assert not dictionary.remove("누리탭")
    assert dictionary.edited_at() == first
    assert dictionary.remove("누리폰")
    assert dictionary.all() == [Entry(name="NuriBuds")]
    assert (dictionary.edited_at() or first) > first


def test_progress_is_kept(dictionary: Dictionary) -> None:
    assert dictionary.rebuild() is None
    began = Rebuild(generation=2, before=1, phase="copying", digest="d", began_at=datetime.now(tz=UTC))
    dictionary.save(began)
    further = msgspec.structs.replace(began, copied={"2026.11": 40}, documents=100)
    dictionary.save(further)
    assert dictionary.rebuild() == further


def test_only_one_rebuilds_until_it_has_ended_or_its_time_is_over(dictionary: Dictionary) -> None:
    with dictionary.alone(60) as first, dictionary.alone(60) as second:
        assert (first, second) == (True, False)
    with dictionary.alone(-1) as dead, dictionary.alone(60) as next_one:
        assert (dead, next_one) == (True, True)
