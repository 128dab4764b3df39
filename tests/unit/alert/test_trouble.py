"""How much likelier voices are an incident's than those about what usually comes up."""

from __future__ import annotations

import math

import pytest

from infra.bench.mentions.chance import Chance
from socialindex.alert.rumor import Said
from socialindex.alert.spread import Mix
from socialindex.alert.trouble import Trouble, trouble

MIX = Mix({"board": (9_000.0, 1_000.0)})
BEGIN = 1_767_600_000.0


def said(moods: str, *, every: float = 60.0, thread: str | None = None) -> list[Said]:
    """A voice for each mood (``-``: it complains), so many seconds apart."""
    return [
        Said(BEGIN + every * place, "board", thread, mood == "-", frozenset({"smoke"}))
        for place, mood in enumerate(moods)
    ]


def times(moods: str, every: float = 60.0) -> float:
    return math.exp(trouble(said(moods, every=every), MIX).likelier)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (times("-+--"), times("----")),
        (times("----"), times("-----")),
        (times("----", 600), times("----", 60)),
        (times("-+--+--+-"), times("-+-----+-")),
    ],
    ids=["more complain", "more voices", "sooner", "a larger share"],
)
def test_what_makes_it_likelier(less: float, more: float) -> None:
    assert 1 < less < more


@pytest.mark.parametrize(
    "moods", ["", "+++", "--", "-++++++-++++++-", "+" * 40 + "----", "----" + "+" * 40, "-++++" * 20 + "----"]
)
def test_what_is_no_incident(moods: str) -> None:
    assert trouble(said(moods), MIX) == Trouble(0.0, 0)


def test_a_quarrel_in_one_thread_is_none() -> None:
    assert trouble(said("-" * 20, thread="one"), MIX) == Trouble(0.0, 0)


def test_voices_of_long_before_take_nothing_away() -> None:
    before, now = said("+-+", every=600.0), said("-----")
    later = [each._replace(at=each.at + 3_600) for each in now]
    assert trouble([*before, *later], MIX) == (trouble(now, MIX).likelier, len(before))


def test_of_very_many_the_last_ones_tell() -> None:
    assert trouble(said("-" * 1_000), MIX).begin == 800


def test_of_usual_subjects_few_ever_look_like_an_incident() -> None:
    """Wald's bound of a mood that must be five times likelier, for who looks after each voice of twenty in an hour."""
    chance, usual, subjects = Chance(1), 0.1, 500
    moods = [
        "".join("-" if chance.random() < bad else "+" for _ in range(20))
        for bad in (chance.betavariate(6 * usual, 6 * (1 - usual)) for _ in range(subjects))
    ]
    found = sum(any(times(each[:number], 1_200) > 1 for number in range(1, 21)) for each in moods)
    assert 0 < found <= subjects / 5
