from __future__ import annotations

from random import Random

import pytest

from infra.local.world.story import korean


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("배터리", "을", "배터리를"),
        ("누리폰", "을", "누리폰을"),
        ("누리폰 12", "이", "누리폰 12가"),
        ("누리폰 11", "이", "누리폰 11이"),
        ("서울", "으로", "서울로"),
        ("직영점", "으로", "직영점으로"),
        ("3.1.2", "으로", "3.1.2로"),
        ("58%", "은", "58%는"),
        ("LCD", "과", "LCD와"),
        ("PROM", "과", "PROM과"),
        ("", "이", "가"),
    ],
)
def test_the_particle_fits_the_last_sound(word: str, particle: str, expected: str) -> None:
    assert korean.with_particle(word, particle) == expected


def test_a_slot_that_is_filled_once_keeps_its_value() -> None:
    values = iter(["하나", "둘"])
    assert korean.fill("{x|이} {x|을} {y}", {}, lambda _: next(values)) == "하나가 하나를 둘"


def test_hashtags_keep_their_spelling() -> None:
    assert korean.respell("누리버즈 좋다 #누리버즈", {"누리버즈": "누리 버즈"}) == "누리 버즈 좋다 #누리버즈"


def test_a_spelling_that_would_break_a_particle_is_not_used() -> None:
    assert korean.respell("한빛전자가", {"한빛전자": "한빛"}) == "한빛전자가"


def test_slips_are_made_now_and_then() -> None:
    made = {korean.roughen("이러면 안 돼요", Random(seed)) for seed in range(20)}  # noqa: S311 - a test's chance
    assert made == {"이러면 안 돼요", "이러면 안 되요"}
