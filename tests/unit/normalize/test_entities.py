"""The names of the dictionary in texts, and the dictionary as it changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.dictionary import Entry
from socialindex.model import Post
from socialindex.normalize.enrich import Enricher, Recognizer
from socialindex.normalize.enrich.folding import folded
from socialindex.normalize.finish import MAX_POST
from socialindex.normalize.near import signature

if TYPE_CHECKING:
    from collections.abc import Sequence

ENTRIES = (
    Entry(name="이마트", kind="brand"),
    Entry(name="갤럭시", variants=["galaxy"], kind="brand"),
    Entry(name="갤럭시 탭", variants=["galaxy tab", "겔럭시탭"], kind="product"),
    Entry(name="누리폰 12", variants=["누리폰", "NuriPhone"], kind="product"),
    Entry(name="한빛전자", variants=["한빛", "Hanbit Electronics"], kind="organization"),
    Entry(name="GS", kind="brand"),
    Entry(name="3M", kind="brand"),
    Entry(name="サクラ", kind="brand"),
    Entry(name="AT&T", kind="brand"),
    Entry(name="नमक", kind="brand"),
)


def named(text: str, *hashtags: str) -> list[str]:
    return Recognizer(ENTRIES).names(folded(text), hashtags)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("이마트", ["이마트"]),
        ("이마트에서 샀어요", ["이마트"]),
        ("이마트에서는 안 팔아요", ["이마트"]),
        ("이마트랑 한빛전자가", ["이마트", "한빛전자"]),
        ("이마트입니다.", ["이마트"]),
        ("이마트였어요", ["이마트"]),
        ("역시 이마트지만", ["이마트"]),
        ("이마트니까요", ["이마트"]),
        ("이마트였는데", ["이마트"]),
        ("이마트라서 갔다", ["이마트"]),
        ("이마트인 줄 알았다", ["이마트"]),
        ("한빛이었지만", ["한빛전자"]),
        ("한빛이니까", ["한빛전자"]),
        ("한빛이면", ["한빛전자"]),
        ("한빛이죠", ["한빛전자"]),
        ("이거 한빛임", ["한빛전자"]),
        ("한빛인줄", ["한빛전자"]),
        ("한빛같은 회사", ["한빛전자"]),
        ("한빛때문에", ["한빛전자"]),
        ("한빛이라던데", ["한빛전자"]),
        ("'이마트'", ["이마트"]),
        ("이마트/홈쇼핑", ["이마트"]),
        ("하이마트 갔다 옴", []),
        ("이마트24 편의점", ["이마트"]),
        ("이마트타운", []),
        ("한빛은", ["한빛전자"]),
        ("한빛초등학교", []),
        ("한빛인의 밤", []),
        ("한빛지구대", []),
        ("한빛이면수", []),
        ("큰한빛", []),
    ],
)
def test_korean_names_take_particles_and_are_no_parts_of_words(text: str, names: list[str]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("My GALAXY died", ["갤럭시"]),
        ("Ｇａｌａｘｙ", ["갤럭시"]),  # noqa: RUF001 - full width is the point
        ("galaxy가 galaxy를", ["갤럭시"]),
        ("신형galaxy", ["갤럭시"]),
        ("galaxies", []),
        ("intragalaxy", []),
        ("nuriphone12", ["누리폰 12"]),
        ("NuriPhone's battery", ["누리폰 12"]),
        ("GS25", []),
        ("GS는", ["GS"]),
        ("3M", ["3M"]),
        ("13M", []),
        ("AT&T down again", ["AT&T"]),
        ("नमक अच्छा है", ["नमक"]),
        ("नमकीन अच्छा है", []),  # what follows is a vowel sign, no letter
        ("❤\ufe0fgalaxy", ["갤럭시"]),
        ("サクラを買った", []),  # kana have no spaces, so that a name cannot be told from a part of a word
        ("サクラ、最高", ["サクラ"]),
        ("https://shop.example/galaxy", []),
        ("@galaxy@social.example", []),
        ("@कीgalaxy bye", []),
    ],
)
def test_other_names_are_whole_words_in_any_case_and_width(text: str, names: list[str]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("갤럭시탭 샀다", ["갤럭시 탭"]),
        ("갤럭시 탭 샀다", ["갤럭시 탭"]),
        ("겔럭시탭은", ["갤럭시 탭"]),
        ("galaxy tab sale", ["갤럭시 탭"]),
        ("galaxy table", ["갤럭시"]),
        ("갤럭시 탭 말고 갤럭시", ["갤럭시 탭", "갤럭시"]),
        ("누리폰12는 누리폰 12", ["누리폰 12"]),
    ],
)
def test_the_longest_name_is_meant_with_or_without_its_spaces(text: str, names: list[str]) -> None:
    assert named(text) == names


def test_hashtags_are_names_too() -> None:
    assert named("새 폰", "누리폰12", "갤럭시탭", "하이마트") == ["누리폰 12", "갤럭시 탭"]


def test_a_way_to_write_two_names_means_both() -> None:
    both = Recognizer([Entry(name="사과", kind="other"), Entry(name="애플", variants=["사과"])])
    assert both.names("사과를") == ["사과", "애플"]


def test_no_more_names_are_kept_than_a_post_may_have() -> None:
    many = Recognizer(Entry(name=f"brand {number}") for number in range(1_000, 1_300))
    assert len(many.names(" ".join(f"brand {number}" for number in range(1_000, 1_300)))) == 100


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=5), max_size=5), st.text())
def test_what_is_named_is_written_there(names: list[str], text: str) -> None:
    recognizer = Recognizer(Entry(name=name) for name in names)
    bare = "".join(folded(text).split())
    assert all("".join(folded(name).split()) in bare for name in recognizer.names(folded(text)))


# The dictionary, as normalize uses it


class Dictionary:
    def __init__(self, *entries: Entry) -> None:
        self.known: Sequence[Entry] = entries

    def entries(self) -> Sequence[Entry]:
        return self.known


def post(**values: object) -> Post:
    return Post(id="p", uri="https://board.example/1", source="gnuboard", collected_at=datetime.now(UTC), **values)  # type: ignore[arg-type]


def test_a_post_tells_its_sentiment_names_and_whether_it_is_paid_for() -> None:
    enriched = Enricher(Dictionary(*ENTRIES))(
        post(title="한빛전자 이어폰", text="제품을 제공받아 작성했습니다. 음질이 최고예요", language="ko")
    )
    assert enriched.sentiment is not None
    assert enriched.sentiment > 0.3
    assert enriched.promotional is True
    assert enriched.entities == ["한빛전자"]


def test_a_post_tells_its_language_and_what_it_is_near() -> None:
    words = "누리폰 12를 충전하던 중에 배터리가 부풀어 올라 뒷면이 벌어졌다는 신고가 잇따라 접수되고 있다."
    enriched = Enricher()(post(title="제목", text=words, language="en"))
    assert enriched.language == "ko"
    assert enriched.signature == signature(words)


def test_what_is_unknown_is_absent() -> None:
    enriched = Enricher()(post(text="最高です", language="ja"))
    assert not {"sentiment", "promotional", "entities"} & msgspec.to_builtins(enriched).keys()


def test_a_tombstone_stays_as_it_is() -> None:
    gone = post(deleted_at=datetime.now(UTC))
    assert Enricher()(gone) is gone


def test_a_change_of_the_dictionary_counts_from_the_next_post_on() -> None:
    dictionary = Dictionary()
    enricher = Enricher(dictionary)
    assert enricher(post(text="한빛전자")).entities == []
    dictionary.known = ENTRIES
    assert enricher(post(text="한빛전자")).entities == ["한빛전자"]


def test_a_post_with_names_still_fits_into_a_message() -> None:
    names = [f"{number:04}{'긴' * 196}" for number in range(100)]
    links = [f"https://link.example/{'a' * 2_000}/{number}" for number in range(60)]
    full = post(text=" ".join(names), links=links)
    assert len(msgspec.json.encode(full)) < MAX_POST
    enriched = Enricher(Dictionary(*(Entry(name=name) for name in names)))(full)
    assert enriched.entities
    assert len(msgspec.json.encode(enriched)) <= MAX_POST
