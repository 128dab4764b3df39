"""Ways to write a name: from the dictionary, with other spaces, in brackets, and with a slip of the finger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.dictionary import Entry
from socialindex.search.proposing import near, spellings

ENTRIES = [
    Entry(name="누리폰", variants=["NuriPhone", "누리 폰"], kind="product"),
    Entry(name="갤럭탭", variants=["Galuck Tab"]),
]


@pytest.mark.parametrize("name", ["누리폰", "nuriphone", " 누리  폰 ", "NURIPHONE", "\uff2euri Phone"])
def test_any_spelling_leads_to_all_that_the_dictionary_has(name: str) -> None:
    found = spellings.known([name], ENTRIES)
    assert found[0] == (" ".join(name.split()), "given")
    assert {spellings.folded(one.text) for one in found} == {"누리폰", "nuriphone"}
    assert {"누리폰", "누리 폰"} <= {one.text for one in found}


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("누리폰12", ["누리폰 12"]),
        ("누리 폰", ["누리폰"]),
        ("NuriPhone", ["Nuri Phone"]),
        ("NuriPhone 12", ["NuriPhone12", "Nuri Phone 12"]),
        ("LG전자", ["LG 전자"]),
        ("누리폰", []),
        ("A", []),
    ],
)
def test_spaces_stand_where_scripts_meet_or_nowhere(name: str, ways: list[str]) -> None:
    assert spellings.spacings(name) == ways


def test_spaces_stand_between_the_parts_of_a_compound() -> None:
    assert spellings.spacings("누리폰케이스", ["누리", "폰", "케이스"]) == ["누리 폰 케이스"]
    assert spellings.spacings("누리폰케이스", ["누리", "케이스"]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("새 누리폰(NuriPhone) 발표", ["NuriPhone"]),
        ("NuriPhone (누리폰) is out", ["NuriPhone"]),
        ("누리폰(구형) 팝니다", []),  # the same script: what it says of it, no name
        ("누리폰(12)", []),
        ("누리폰(a sentence of many more words)", []),
        ("갤럭탭(GaluckTab)", []),
    ],
)
def test_a_name_beside_it_in_brackets_is_another_name(text: str, found: list[str]) -> None:
    assert [one.text for one in spellings.beside([text] * 2, ["누리폰"])] == found
    assert spellings.beside([text], ["누리폰"]) == []  # once is chance


@given(st.text(max_size=60), st.text(min_size=2, max_size=20))
def test_any_text_and_any_name_can_be_looked_through(text: str, name: str) -> None:
    for way in spellings.beside([f"{name}({text})", f"{text}({name})"] * 2, [name]):
        assert spellings.folded(way.text) != spellings.folded(name)


@pytest.mark.parametrize(
    ("name", "word", "is_one"),
    [
        ("누리폰", "누리픈", True),
        ("누리폰", "누리본", True),
        ("누리폰", "누리집", False),
        ("누리폰", "누리", False),
        ("누리폰", "누리폰은", False),
        ("NuriPhone", "nuripone", True),
        ("NuriPhone", "nuribook", False),
        ("이마트", "이바트", True),
        ("abc", "abd", False),  # too short to tell
    ],
)
def test_a_slip_is_told_from_another_word(name: str, word: str, is_one: bool) -> None:
    assert near.misspellings(name, [word]) == ([word] if is_one else [])


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_slips_are_a_distance(one: str, two: str, three: str) -> None:
    assert near.slips(one, two) == near.slips(two, one)
    assert near.slips(one, three) <= near.slips(one, two) + near.slips(two, three)
    assert near.slips(one, one) == 0
