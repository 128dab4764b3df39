"""What people ask and complain about, as they put it; and how often that is right where nothing was tuned."""

from __future__ import annotations

import pytest

from infra.bench.needs import of_needs
from socialindex.network.needs import asks, complains, is_of_a_customer
from tests.unit.network.posts import written


@pytest.mark.parametrize(
    ("text", "language", "does"),
    [
        ("리콜 대상인지 어떻게 확인하나요", "ko", True),
        ("배터리 교체 얼마임?", "ko", True),
        ("혹시 써 보신 분 계신가요", "ko", True),
        ("이게 말이 됩니까", "ko", False),
        ("어제 샀는데 좋아요", "ko", False),
        ("https://board.example.com/list?page=2 링크 남깁니다", "ko", False),
        ("anyone know if mine is part of the recall", "en", True),
        ("How long does a repair take?", "en", True),
        ("I know how it works.", "en", False),
        ("Wie lange dauert das?", "de", False),
        ("뭐예요?", None, False),
    ],
)
def test_what_asks(text: str, language: str | None, does: bool) -> None:
    assert asks(text, language) is does


@pytest.mark.parametrize(
    ("text", "language", "mood", "does"),
    [
        ("정말 실망입니다", "ko", -0.6, True),
        ("왼쪽에서 소리가 안 납니다", "ko", 0.0, True),
        ("한 달째 소식이 없습니다", "ko", None, True),
        ("발열도 없고 좋아요", "ko", 0.5, False),
        ("앱 지우고 다시 깔아 보세요, 고장은 아니에요", "ko", 0.0, False),
        ("No sound from the left one", "en", 0.0, True),
        ("no issues at all, never overheated", "en", 0.3, False),
        ("Alles kaputt", "de", None, False),
        ("Alles kaputt", "de", -0.4, True),
    ],
)
def test_what_complains(text: str, language: str, mood: float | None, does: bool) -> None:
    assert complains(text, language, mood) is does


def test_reports_reposts_and_paid_posts_want_nothing() -> None:
    assert is_of_a_customer(written("a", "hana@x.example"))
    for field in ({"kind": "article"}, {"repost_of": "b"}, {"promotional": True}):
        assert not is_of_a_customer(written("a", "hana@x.example", **field))


LEAST = {
    "needs_ko_asks_f1": 0.9,
    "needs_ko_complains_f1": 0.9,
    "needs_en_asks_f1": 0.9,
    "needs_en_complains_f1": 0.85,
    "needs_ko_world_asks_f1": 0.9,
    "needs_ko_world_complains_f1": 0.75,
}


def test_labelled_texts_are_taken_as_documented_and_better_than_by_plain_means() -> None:
    found = {figure.name: figure for figure in of_needs()}
    assert set(found) == set(LEAST)
    for name, least in LEAST.items():
        assert found[name].value >= least, name
        assert found[name].value >= (found[name].baseline or 0), name
