"""Marks of the engine become fragments: the finest mark that is right, and nothing that could be markup."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socialindex.query import parse
from socialindex.search.highlight import Fragment, Marker


def shown(query: str, **faces: str) -> dict[str, list[str]]:
    """Fragments with their hits in brackets, of fields whose marks are written ``[so]``."""
    marker = Marker(parse(query))
    clause = marker.clause()
    (begin,), (end,) = clause["pre_tags"], clause["post_tags"]
    marked = {
        name.replace("_", "."): [text.replace("[", begin).replace("]", end)] for name, text in faces.items() if text
    }
    return {column: list(map(bracketed, fragments)) for column, fragments in marker.shown(marked).items()}


def bracketed(fragment: Fragment) -> str:
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in fragment)


@pytest.mark.parametrize(
    ("query", "faces", "expected"),
    [
        ("배터리", {"text": "[배터리]가 폭발", "text_eojeol": "[배터리가] 폭발"}, "[배터리]가 폭발"),
        ("보조배터리", {"text": "[보조][배터리]를", "text_eojeol": "[보조배터리를]"}, "[보조배터리]를"),
        ("배터*", {"text_eojeol": "[배터리가] 좋다"}, "[배터]리가 좋다"),
        ("누리폰", {"text_eojeol": "새 [누리폰이] 왔다"}, "새 [누리폰]이 왔다"),
        ('"누리폰 화면"', {"text_eojeol": "[누리폰이] [화면도]"}, "[누리폰]이 [화면]도"),
        ("battery*", {"text_eojeol": "[Batterypack] x"}, "[Battery]pack x"),
        ("café*", {"text_eojeol": "[CAFES] x"}, "[CAFES] x"),
        ("raw:BT", {"text_exact": "[BT] bt"}, "[BT] bt"),
        ("가 raw:나", {"text": "[가] 나", "text_exact": "가 [나]"}, "[가] [나]"),
        ("🔥", {"text_eojeol": "[🔥] 대박 👍🏽"}, "[🔥] 대박 👍🏽"),
        ("👍", {"text_eojeol": "[👍]🏽 대박 [👍]"}, "[👍🏽] 대박 [👍]"),
        ("❤", {"text_eojeol": "[❤]\ufe0f최고"}, "[❤\ufe0f]최고"),
        ("हिन*", {"text_eojeol": "[हिन्दी] में"}, "[हिन्]दी में"),
        ("บวม", {"text_eojeol": "[บ][ว][ม]แล้[ว]"}, "[บวม]แล้ว"),
        ("LGบวม", {"text_eojeol": "[LG][บ][ว][ม]แล้[ว]"}, "[LGบวม]แล้ว"),
        ("มม", {"text_eojeol": "İ [ม][ม][ม]"}, "İ [มมม]"),
        ("a", {"text": "<em>[a]</em> & <script>"}, "<em>[a]</em> & <script>"),
        ("a", {"text": "x\ue000<[a]\ue001>"}, "x\ue000<[a]\ue001>"),
        ("İstanbul*", {"text_eojeol": "[İSTANBULDA]"}, "[İSTANBULDA]"),
    ],
)
def test_what_matched_is_marked(query: str, faces: dict[str, str], expected: str) -> None:
    assert shown(query, **faces) == {"text": [expected]}


def test_what_has_no_hit_is_left_out() -> None:
    assert shown("a", title="plain", text="[a]") == {"text": ["[a]"]}
    assert shown("a") == {}


def test_a_page_of_posts_that_say_one_word_over_and_over_costs_little() -> None:
    marked = "[불] " * 2_500
    started = time.process_time()
    for _ in range(20):
        assert shown("불", text=marked, text_eojeol=marked, text_exact=marked)["text"][0].startswith("[불] [불] ")
    assert time.process_time() - started < 1.5


def test_a_page_of_long_posts_in_letters_costs_little_whatever_is_asked() -> None:
    query = " OR ".join(f'"ก{number}ข"' for number in range(200))
    started = time.process_time()
    for _ in range(20):
        assert shown(query, text_eojeol="[ก][ข]" * 1_250) == {}
    assert time.process_time() - started < 1.2


def test_half_of_a_character_is_no_reason_to_fail() -> None:
    assert shown("a", text="\ud83d [a]") == {"text": ["\ufffd [a]"]}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("battery", {"title", "text"}),
        ("누리폰", {"title", "text", "title.eojeol", "text.eojeol"}),
        ("title:누리폰", {"title", "title.eojeol"}),
        ("raw:BT", {"title.exact", "text.exact"}),
        ("site:a.example", set()),
    ],
)
def test_only_the_faces_that_the_query_looks_at_are_marked(query: str, fields: set[str]) -> None:
    assert set(Marker(parse(query)).clause()["fields"]) == fields


def test_a_long_text_is_cut_around_its_hits_at_words() -> None:
    far = "말 " * 200
    (first, second) = shown("a b", text=f"{far}[a] 그리고 [b] {far}[a] {far}")["text"]
    assert "[a] 그리고 [b]" in first
    assert second.strip("말 ") == "[a]"
    for fragment in (first, second):
        assert len(fragment) < 150
        assert fragment.startswith("말")


def test_a_fragment_neither_begins_nor_ends_within_a_character() -> None:
    hearts = "❤\ufe0f" * 50
    (fragment,) = shown("a", text=f"{hearts}x[a]{hearts}")["text"]
    before, _, behind = fragment.partition("x[a]")
    assert set(before[::2]) == set(behind[::2]) == {"❤"}
    assert before[-1] == behind[-1] == "\ufe0f"


def test_the_fragments_with_the_most_different_hits_are_shown_in_the_order_of_the_text() -> None:
    far = "말 " * 100
    text = far.join(["[a]", "[a] [a]", "[a] [b]", "[b]", "[c] [b] [a]"])
    fragments = shown("a b c", text=text)["text"]
    assert [fragment.strip("말 ") for fragment in fragments] == ["[a]", "[a] [b]", "[c] [b] [a]"]


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=5)), max_size=30))
@example([("", "0"), ("\u0d3b", "")])
def test_fragments_are_parts_of_the_text_whatever_it_is(parts: list[tuple[str, str]]) -> None:
    marker = Marker(parse("a"))
    clause = marker.clause()
    (begin,), (end,) = clause["pre_tags"], clause["post_tags"]
    plain = "".join(before + hit for before, hit in parts)
    marked = "".join(f"{before}{begin}{hit}{end}" for before, hit in parts)
    hits = "".join(hit for _, hit in parts)
    for fragments in marker.shown({"text": [marked]}).values():
        for fragment in fragments:
            assert "".join(piece.text for piece in fragment) in plain
            assert all(piece.text.strip() for piece in fragment if piece.hit)
            if not any(map(goes_on, plain)):  # what belongs to the last character of a hit is marked with it
                assert all(set(piece.text) <= set(hits) for piece in fragment if piece.hit)


def goes_on(character: str) -> bool:
    return unicodedata.category(character).startswith("M") or character in "\u200d🏻🏼🏽🏾🏿"
