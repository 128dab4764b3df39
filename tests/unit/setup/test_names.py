"""The user dictionary as rules of the engine."""

from __future__ import annotations

from typing import Any

import pytest

from socialindex.dictionary import Entry
from socialindex.setup.names import teach


def taught(*entries: Entry) -> tuple[list[str], list[str]]:
    """The tokenizer's rules, and the synonyms."""
    settings: dict[str, Any] = {"analysis": {"tokenizer": {"morphemes": {}}, "filter": {"names": {"synonyms": []}}}}
    teach(settings, entries)
    analysis = settings["analysis"]
    return analysis["tokenizer"]["morphemes"].get("user_dictionary_rules", []), analysis["filter"]["names"]["synonyms"]


@pytest.mark.parametrize(
    ("entry", "rules", "synonyms"),
    [
        (Entry(name="하이솔"), ["하이솔"], []),
        (Entry(name="NuriPhone"), [], []),
        (Entry(name="누리폰", variants=["누리 폰"]), ["누리폰 누리 폰"], ["누리폰, 누리 폰"]),
        (Entry(name="누리 폰"), ["누리폰 누리 폰"], []),
        (
            Entry(name="누리폰", variants=["Nuri Phone", "ㄴㄹㅍ", "ヌリフォン"]),
            ["누리폰", "ㄴㄹㅍ", "ヌリフォン"],
            ["누리폰, Nuri Phone, ㄴㄹㅍ, ヌリフォン"],
        ),
        (Entry(name="S펜"), ["S펜"], []),
        (Entry(name="R&D", variants=["a=>b, c#d"]), [], [r"R&D, a\=>b\, c\#d"]),
        (Entry(name=" 누리   폰 ", variants=["누리 폰"]), ["누리폰 누리 폰"], []),
    ],
)
def test_what_a_name_teaches(entry: Entry, rules: list[str], synonyms: list[str]) -> None:
    assert taught(entry) == (rules, synonyms)


def test_an_empty_dictionary_teaches_nothing() -> None:
    assert taught() == ([], [])


def test_no_word_has_two_rules_and_the_order_of_entries_does_not_matter() -> None:
    entries = [Entry(name="토닥 톡"), Entry(name="토닥톡"), Entry(name="새솔")]
    assert taught(*entries) == taught(*reversed(entries)) == (["새솔", "토닥톡 토닥 톡"], [])
