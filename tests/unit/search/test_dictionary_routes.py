"""The user dictionary through the API's door."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from socialindex.access import NOBODY, Scope
from socialindex.dictionary import Entry
from socialindex.errors import Conflict, InvalidInput, NotFound
from socialindex.search import dictionary
from socialindex.search.dictionary import MAX_VARIANTS, DictionaryPart
from socialindex.search.http import Answer, HttpRequest
from socialindex.setup.progress import Rebuild

AT = datetime(2026, 11, 28, tzinfo=UTC)
NURI = Entry(name="누리폰", variants=["Nuri Phone", "ㄴㄹㅍ"], kind="product")


class Entries:
    def __init__(self, *entries: Entry) -> None:
        self.by_name = {entry.name: entry for entry in entries}

    def all(self) -> list[Entry]:
        return list(self.by_name.values())

    def put(self, entry: Entry) -> None:
        self.by_name[entry.name] = entry

    def remove(self, name: str) -> bool:
        return self.by_name.pop(name, None) is not None

    def edited_at(self) -> datetime | None:
        return AT

    def rebuild(self) -> Rebuild | None:
        return Rebuild(generation=2, before=1, phase="copying", digest="d", began_at=AT, documents=10)


def call(entries: Entries, method: str, name: str = "", **body: Any) -> Answer:
    path = "/v1/dictionary/{name}" if name else "/v1/dictionary"
    route = DictionaryPart(entries).routes()[f"{method} {path}"]
    assert route.scope is (Scope.READ if method == "GET" else Scope.ADMIN)
    request = HttpRequest("id", f"{method} {path}", {"name": name}, {}, {}, {"body": json.dumps(body)})
    return route.handle(request, NOBODY)


def test_the_list_says_how_far_the_index_is() -> None:
    answer = json.loads(call(Entries(NURI), "GET").encoded()["body"])
    assert answer["items"] == [{"name": "누리폰", "variants": ["Nuri Phone", "ㄴㄹㅍ"], "kind": "product"}]
    assert answer["edited_at"] == "2026-11-28T00:00:00Z"
    assert (answer["rebuild"]["phase"], answer["rebuild"]["documents"]) == ("copying", 10)


def test_a_name_is_entered_changed_and_removed() -> None:
    entries = Entries()
    call(entries, "PUT", "누리폰", variants=["NuriPhone"])
    call(entries, "PUT", " 누리폰 ", variants=["Nuri  Phone", "누리폰", "Nuri Phone", "ㄴㄹㅍ"], kind="product")
    assert entries.all() == [NURI]
    assert call(entries, "DELETE", "누리폰").status == 204
    with pytest.raises(NotFound):
        call(entries, "DELETE", "누리폰")


def test_syllables_that_come_as_letters_are_composed() -> None:
    entries = Entries()
    call(entries, "PUT", "\u1102\u116e\u1105\u1175", variants=[])
    assert [entry.name for entry in entries.all()] == ["누리"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("हिन्दी फ़ोन", "हिन्दी फ\u093cोन"),
        ("ท่องเที่ยว", "ท่องเที่ยว"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u0631\u0636\u0627"),
    ],
)
def test_names_have_the_marks_of_their_script_and_are_as_texts_have_them(name: str, kept: str) -> None:
    entries = Entries()
    call(entries, "PUT", name, variants=[])
    assert [entry.name for entry in entries.all()] == [kept]


REFUSED = ["\u0940a", "a,b", "#tag", "a => b", "1234", "x", "a" * 61, "a b c d e", "\x00누리"]


@pytest.mark.parametrize("spelling", REFUSED)
@pytest.mark.parametrize("field", ["name", "variants"])
def test_what_cannot_be_a_name_is_refused(spelling: str, field: str) -> None:
    name, variants = (spelling, []) if field == "name" else ("누리폰", [spelling])
    with pytest.raises(InvalidInput) as refusal:
        call(Entries(), "PUT", name, variants=variants)
    assert refusal.value.field == field
    assert refusal.value.remedy


@pytest.mark.parametrize(("name", "variants"), [("nuriphone", []), ("누리탭", ["nuri phone"]), ("ㄴ ㄹㅍ", [])])
def test_a_spelling_belongs_to_one_name(name: str, variants: list[str]) -> None:
    with pytest.raises(Conflict, match="belongs to '누리폰'"):
        call(Entries(NURI), "PUT", name, variants=variants)


def test_there_are_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="variants"):
        call(Entries(), "PUT", "누리폰", variants=[f"nuri{number}" for number in range(MAX_VARIANTS + 1)])
    monkeypatch.setattr(dictionary, "MAX_ENTRIES", 1)
    call(Entries(NURI), "PUT", "누리폰", variants=[])
    with pytest.raises(Conflict, match="full"):
        call(Entries(NURI), "PUT", "하늘탭")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"kind": "planet"}, "kind"), ({"variants": "nuri"}, "variants"), ({"variants": [1]}, "variants")],
)
def test_what_cannot_be_taken_is_told_by_its_name(body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        call(Entries(), "PUT", "누리폰", **body)
    assert refusal.value.field == field
    assert refusal.value.remedy
