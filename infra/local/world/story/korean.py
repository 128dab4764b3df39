"""Korean particles after a word, and the ways in which people on the net do not write as the dictionary does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.local.world.story.chance import happens

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_SLOT = re.compile(r"\{(\w+)(?:\|([^}]+))?\}")

PARTICLES = {
    "을": ("을", "를"),
    "이": ("이", "가"),
    "은": ("은", "는"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이랑": ("이랑", "랑"),
    "이나": ("이나", "나"),
    "이었어요": ("이었어요", "였어요"),
}
"""Particle as pools name it -> its forms after a consonant and after a vowel."""

_FIRST_SYLLABLE = 0xAC00
_LAST_SYLLABLE = 0xD7A3
_FINALS = 28
_RIEUL = 8
_DIGIT_FINALS = {"0": 21, "1": _RIEUL, "3": 16, "6": 1, "7": _RIEUL, "8": _RIEUL}
"""Final consonants of the digits as they are read (영, 일, 삼, 육, 칠, 팔); the others end in a vowel."""
_CONSONANT_LETTERS = "LMNRlmnr"

# A spelling of the brands is a person's habit, and Korean search must cope with all of them.
SPELLINGS = {
    "누리폰 12": ("누리폰12", "누리폰 12", "누리폰12", "누리 폰 12"),
    "누리버즈": ("누리버즈", "누리 버즈"),
    "누리파워": ("누리파워", "누리 파워"),
    "가온폰": ("가온폰", "가온 폰"),
    "한빛전자": ("한빛전자", "한빛", "한빛 전자"),
    "고객센터": ("고객센터", "고객 센터", "고센"),
    "서비스센터": ("서비스센터", "서비스 센터", "에이에스센터", "AS센터"),
}
SLIPS = {
    "돼요": "되요",
    "됐": "됬",
    "며칠": "몇일",
    "어떡해": "어떻해",
    "금세": "금새",
    "왠지": "웬지",
    "어이없": "어의없",
    "오랜만": "오랫만",
    "할게요": "할께요",
    "봬요": "뵈요",
    "설레": "설레이",
    "굳이": "구지",
}
"""Common misspellings, right form -> slip."""


def with_particle(word: str, particle: str) -> str:
    """``word`` followed by the form of ``particle`` (a key of ``PARTICLES``) that fits its last sound."""
    after_consonant, after_vowel = PARTICLES[particle]
    final = _final(word)
    if particle == "으로" and final == _RIEUL:
        return word + after_vowel
    return word + (after_consonant if final else after_vowel)


def _final(word: str) -> int:
    """Index of the final consonant of a word's last sound; 0 where it ends in a vowel."""
    last = word.rstrip(")\"' ")[-1:]
    if len(last) == 1 and _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        return (ord(last) - _FIRST_SYLLABLE) % _FINALS
    if last.isdigit():
        return _DIGIT_FINALS.get(last, 0)
    return _RIEUL if last and last in _CONSONANT_LETTERS else 0


def fill(template: str, given: dict[str, str], choose: Callable[[str], str]) -> str:
    """``template`` with ``{slot}`` and ``{slot|particle}`` filled.

    ``given`` remembers what a text is about: a slot that is filled once keeps its value; ``choose`` makes new ones.
    """

    def value(match: re.Match[str]) -> str:
        name, particle = match.groups()
        if name not in given:
            given[name] = choose(name)
        return with_particle(given[name], particle) if particle else given[name]

    return _SLOT.sub(value, template)


def habits(rng: Random) -> dict[str, str]:
    """One person's spelling of every brand."""
    return {word: rng.choice(forms) for word, forms in SPELLINGS.items()}


def respell(text: str, spelling: dict[str, str]) -> str:
    """``text`` with the brands as a person spells them, but for hashtags. Particles fit: the last sound is the same."""
    for word, form in spelling.items():
        if _final(word) == _final(form):
            text = re.sub(f"(?<!#){word}", form, text)
    return text


def roughen(text: str, rng: Random) -> str:
    """``text`` as somebody in a hurry types it: a slip, a missing space or a missing full stop."""
    for right, slip in SLIPS.items():
        if right in text and happens(rng, 0.5):
            text = text.replace(right, slip, 1)
    if happens(rng, 0.25):
        text = re.sub(r"(?<=[가-힣]) (?=수 |것 |거 |게 |줄 |때 )", "", text, count=1)
    return text
