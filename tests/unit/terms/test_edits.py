"""What administrators enter counts before what ships, within a minute, and never less than what was known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from socialindex import terms
from socialindex.errors import InvalidInput, Refused, Unavailable
from socialindex.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 11, 28, tzinfo=UTC)


def entry(*domains: str, verdict: terms.Verdict = "forbidden", **more: object) -> Terms:
    fields = {"name": "A board", "reason": "no collecting by program", "source": "terms of use, article 9"}
    return Terms(domains=list(domains), verdict=verdict, edited_at=AT, **{**fields, **more})  # type: ignore[arg-type]


class Edits:
    def __init__(self, *entries: Terms) -> None:
        self.entries = list(entries)
        self.down = False

    def all(self) -> list[Terms]:
        if self.down:
            raise Unavailable("the table does not answer")
        return self.entries


@pytest.fixture(autouse=True)
def only_what_ships() -> Iterator[None]:
    yield
    terms.use(None)


def test_an_entry_forbids_a_host_and_its_subdomains() -> None:
    terms.use(Edits(entry("board.example.com")))
    for url in ("https://board.example.com/free", "https://m.board.example.com/"):
        with pytest.raises(Refused, match="article 9"):
            terms.check(url)
    terms.check("https://example.com/")


def test_the_entry_of_the_more_specific_host_counts() -> None:
    terms.use(Edits(entry("example.com"), entry("open.example.com", verdict="allowed")))
    terms.check("https://a.open.example.com/")
    with pytest.raises(Refused):
        terms.check("https://www.example.com/")


def test_an_administrators_entry_counts_before_the_shipped_one() -> None:
    terms.use(Edits(entry("clien.net", verdict="permission", agreement="contract 2026-17")))
    terms.check("https://www.clien.net/service")
    found = terms.find("https://www.clien.net/service")
    assert found is not None
    assert found.agreement == "contract 2026-17"


def test_a_permission_needs_a_recorded_agreement() -> None:
    terms.use(Edits(entry("board.example.com", verdict="permission")))
    with pytest.raises(Refused) as refused:
        terms.check("https://board.example.com/")
    assert refused.value.reason == "terms_permission"


def test_entries_are_read_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "FRESH_SECONDS", 0.0)
    edits = Edits()
    terms.use(edits)
    terms.check("https://board.example.com/")
    edits.entries.append(entry("board.example.com"))
    with pytest.raises(Refused):
        terms.check("https://board.example.com/")


def test_while_the_table_is_down_what_was_known_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "FRESH_SECONDS", 0.0)
    edits = Edits(entry("board.example.com"))
    terms.use(edits)
    with pytest.raises(Refused):
        terms.check("https://board.example.com/")
    edits.down = True
    with pytest.raises(Refused):
        terms.check("https://board.example.com/")


def test_what_was_never_read_is_not_taken_for_a_yes() -> None:
    edits = Edits()
    edits.down = True
    terms.use(edits)
    with pytest.raises(Unavailable):
        terms.check("https://board.example.com/")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("domains", {"domains": []}),
        ("domains", {"domains": ["Board.example.com"]}),
        ("domains", {"domains": ["https://board.example.com/"]}),
        ("domains", {"domains": ["board.example.com/free"]}),
        ("domains", {"domains": ["kim@board.example.com"]}),
        ("name", {"name": " "}),
        ("reason", {"reason": ""}),
        ("source", {"source": ""}),
        ("daily", {"daily": -1}),
        ("refresh_days", {"refresh_days": -3}),
    ],
)
def test_an_entry_that_says_nothing_names_the_field(field: str, values: dict[str, object]) -> None:
    plain = {"domains": ["a.example"], "name": "a", "verdict": "allowed", "reason": "b", "source": "c"}
    with pytest.raises(InvalidInput) as refused:
        Terms(**{**plain, **values})  # type: ignore[arg-type]
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_reviewed_entry_cites_a_clause_and_a_document() -> None:
    for shipped in terms.shipped():
        if shipped.reviewed is not None:
            assert shipped.document
            assert shipped.reviewed <= date(2100, 1, 1)
