"""The language of a post: of its words where they tell, else as declared, else absent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialindex.normalize.language import language_of

LABELLED = Path(__file__).parents[3] / "infra/bench/labelled/language.tsv"


def labelled() -> list[tuple[str, str]]:
    lines = LABELLED.read_text("utf-8").splitlines()
    return [(label, text) for label, _, text in (line.partition("\t") for line in lines if line[0] != "#")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("배터리 부풀었어요 ㅠㅠ", "ko"),
        ("ㅇㅈ ㅋㅋ", "ko"),
        ("nuriphone 12 battery 너무 빨리 닳음", "ko"),
        ("今日届いた！", "ja"),  # noqa: RUF001 - as Japanese is written
        ("電池が切れた", "ja"),
        ("电池鼓包了怎么办", "zh"),
        ("終於下班了", "zh"),
        ("still waiting for my parcel", "en"),
        ("STILL WAITING FOR MY PARCEL", "en"),
        ("muchas gracias a todos", "es"),
        ("der akku ist aufgebläht", "de"),
        ("le téléphone ne s'allume pas", "fr"),
        ("não carrega mais, socorro", "pt"),
        ("hôm nay mới nhận được hàng", "vi"),
        ("telefon açılmıyor", "tr"),  # noqa: RUF001 - as Turkish is written
        ("спасибо всем", "ru"),
        ("แบตบวมแล้ว", "th"),
        ("البطارية انتفخت", "ar"),
        ("see https://xn--abc.example/ganz-langer-deutscher-titel #누리폰12 @nutzer thanks for the help", "en"),
    ],
)
def test_words_tell_the_language(text: str, language: str) -> None:
    assert language_of(None, text) == language


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en", "보조배터리가 부풀었어요", "ko"),
        ("en", "배터리 swollen", "ko"),
        ("en", "battery battery battery battery battery 배", "en"),
        ("en", "バッテリーが膨らんだ", "ja"),
        ("ja", "電池交換", "ja"),
        ("zh_Hant", "電池", "zh"),
    ],
)
def test_a_script_of_one_language_counts_before_what_is_declared(declared: str, text: str, language: str) -> None:
    assert language_of(declared, text) == language


@given(
    st.sampled_from([None, "en", "ja", "de-AT", "und"]),
    st.lists(st.sampled_from([text for _, text in labelled()]), max_size=2).map(" ".join),
)
def test_what_was_found_is_found_again(declared: str | None, text: str) -> None:
    found = language_of(declared, text)
    assert language_of(found, text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "lol", "ok", "👍👍👍", "12:30", "...", "hahaha", "wkwkwk", "jajaja", "Galaxy Tab", "N12B-0042", "39,900"),
        *(
            "@hanbit@social.example",
            "#NuriPhone #recall",
            "#ท่องเที่ยวเชียงใหม่ \uff03हिन्दी",
            "https://shop.example/the-best-phone-of-the-year",
        ),
    ],
)
def test_where_nothing_tells_it_is_absent_or_as_declared(text: str) -> None:
    assert language_of(None, text) is None
    assert language_of("de-AT", text) == "de"


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en", "배송 언제 와요?", "ko"),  # software's default
        ("en", "der service ist unterirdisch und keiner geht ans telefon", "de"),
        ("ko", "the new update is trash and the app keeps crashing", "en"),
        ("id", "besok katanya hujan", "id"),
        ("ms", "barangnya sesuai deskripsi", "ms"),
        ("pt", "espero que consertem logo", "pt"),  # alone it would be taken for another one
        ("ja", "最高", "ja"),
        ("ja", "了解", "ja"),
        ("en", "最高", "zh"),
        ("en", "Hanbit", "en"),
        ("und", "Hanbit", None),
        ("zxx", "!!!", None),
        ("nonsense", "!!!", None),
        ("kor", "ok", "ko"),  # as queries ask for it: the shorter code, where there is one
        ("ger-AT", "na ja", "de"),
        ("nob", "Hei", "no"),
        ("fil", "salamat po", "tl"),
        ("iw", "!!!", "he"),
        ("yue", "最高", "yue"),
    ],
)
def test_what_is_declared_counts_unless_the_words_say_otherwise(declared: str, text: str, language: str) -> None:
    assert language_of(declared, text) == language


def test_title_and_text_are_read_together() -> None:
    assert language_of(None, "Update", None, "die kamera ist echt gut geworden") == "de"


def test_short_informal_texts_are_told_mostly_and_hardly_ever_wrongly() -> None:
    told = [(label, language_of(None, text)) for label, text in labelled()]
    known = [(label, language) for label, language in told if label != "-"]
    right = sum(label == language for label, language in known)
    wrong = sum(language not in (label, None) for label, language in known)
    guessed = sum(language is not None for label, language in told if label == "-")
    assert right >= 0.9 * len(known)
    assert wrong <= 0.03 * len(known)
    assert guessed <= 2


@settings(deadline=None)  # the first one reads the tables
@given(st.text(), st.none() | st.text(max_size=5))
def test_any_text_has_one_or_none(text: str, declared: str | None) -> None:
    language = language_of(declared, text.encode("utf-8", "replace").decode())
    assert language is None or (language.isalpha() and language.islower())
