"""Which words that go round among those who complain are an incident, and which are not."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.alert.detect import hear
from socialindex.alert.listening import MOST, turn, turns_of
from socialindex.alert.model import STEP
from socialindex.alert.rumor import LENGTHS, Said, Talk, is_rare, length, may_be_rare, rumor, subjects
from socialindex.alert.spread import Mix
from tests.unit.alert.test_detect import START, bucket, history, watched

if TYPE_CHECKING:
    from socialindex.alert.model import Incident

MIX = Mix({"board": (900.0, 100.0), "bluesky": (900.0, 100.0), "blog": (900.0, 100.0)})
END = 1_767_600_000
LARGE, SMALL = 20_000.0, 200.0


def said(place: int, *words: str, thread: str | None = None, is_negative: bool = True) -> Said:
    source = ("board", "bluesky", "blog")[place % 3]
    return Said(END - 1_800 + 120.0 * place, source, thread, is_negative, frozenset(words))


def talk(*voices: Said, before: dict[str, int] | None = None, negative: int = 100) -> Talk:
    return Talk(900, negative, voices, before or {}, 500_000)


SOME = {"smoke": 300, "swollen": 300}
MORE = {"smoke": 400}
SMOKE = tuple(said(place, "smoke") for place in range(5))
CALM = tuple(said(place, "smoke", is_negative=False) for place in (5, 9))


@dataclasses.dataclass(frozen=True)
class Case:
    """A talk, and which words tell of an incident."""

    talk: Talk
    told: list[str]
    a_day: float = LARGE


CASES = {
    "five who complain of what was never heard": Case(talk(*SMOKE), ["smoke"]),
    "five who do not complain": Case(talk(*(each._replace(is_negative=False) for each in SMOKE)), []),
    "a quarrel in one thread": Case(talk(*(each._replace(thread="one") for each in SMOKE)), []),
    "what is said every day": Case(talk(*SMOKE, before={"smoke": 8_000}), []),
    "most of whom complain, all at once": Case(
        talk(*(said(place % 2, "smoke", is_negative=place % 5 > 1) for place in range(20))), ["smoke"]
    ),
    "a tenth of very many, all at once": Case(
        talk(*(said(place % 3, "smoke", is_negative=place % 10 == 0) for place in range(200))), []
    ),
    "what is said seldom": Case(talk(*SMOKE, before={"smoke": 60}), ["smoke"]),
    "half of whom complain": Case(talk(*SMOKE, *(said(place, "smoke", is_negative=False) for place in range(5))), []),
    "half of very many": Case(
        talk(*(said(place, "smoke", is_negative=place % 3 > 0) for place in range(240)), negative=160), ["smoke"]
    ),
    "two alone": Case(talk(*SMOKE[:2]), []),
    "words that come together": Case(
        talk(said(0, "smoke"), said(1, "smoke", "swollen"), said(2, "swollen"), said(3, "swollen"), said(4, "smoke")),
        ["smoke", "swollen"],
    ),
    "three of a large topic": Case(talk(*SMOKE[:3], *CALM), []),
    "three of a small one": Case(Talk(20, 4, [*SMOKE[:3], *CALM], {}, 5_000), ["smoke"], SMALL),
    "a word that some use": Case(talk(*(said(place, "smoke") for place in range(4)), before=SOME), []),
    "a word that some use, of which seven complain": Case(
        talk(*(said(place, "smoke") for place in range(7)), before=MORE), ["smoke"]
    ),
    "a word that some use, of which seven complain and some do not": Case(
        talk(*(said(place, "smoke", is_negative=place not in {1, 4, 6}) for place in range(10)), before=MORE), []
    ),
    "two words that some use, in the same voices": Case(
        talk(*(said(place, "smoke", "swollen") for place in range(4)), before=SOME), []
    ),
    "two words that some use, one after the other": Case(
        talk(
            *(said(place, "smoke") for place in range(3)),
            said(3, "smoke", "swollen"),
            *(said(place, "swollen") for place in range(4, 7)),
            before=SOME,
        ),
        ["smoke", "swollen"],
    ),
    "more who complain of more": Case(
        talk(*(said(place, "smoke") for place in range(6)), before={"smoke": 200}), ["smoke"]
    ),
    "as many of many more": Case(
        talk(*(said(place, "smoke") for place in range(6)), before={"smoke": 20}, negative=1_000), []
    ),
    "nothing known of before": Case(Talk(900, 100, SMOKE, {}, 0), []),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_an_incident(case: Case) -> None:
    sign = rumor(case.talk, MIX, case.a_day, END)
    assert sorted(sign.incident.words if sign else []) == case.told


def test_words_that_have_no_voice_in_common_are_two_subjects() -> None:
    others = [said(place, "price") for place in range(5, 10)]
    assert sorted(subject.words for subject in subjects(talk(*SMOKE, *others))) == [["price"], ["smoke"]]


def test_what_an_incident_says() -> None:
    sign = rumor(talk(*SMOKE), MIX, LARGE, END)
    assert sign is not None
    assert sign.opens
    found = sign.incident
    assert (found.kind, found.severity, found.observed, found.words) == ("term", "low", 5, ["smoke"])
    assert (found.since, found.updated_at, found.opened_at) == (END - 1_800, END - 1_200, END)
    assert found.expected < 0.01
    assert found.negative_share == 1
    assert set(found.sources) == {"board", "bluesky", "blog"}


def test_an_incident_began_when_it_likeliest_did() -> None:
    before = said(-10, "smoke", is_negative=False), said(-5, "smoke")
    sign = rumor(talk(*before, *SMOKE), MIX, LARGE, END)
    assert sign is not None
    assert (sign.incident.since, sign.incident.observed) == (END - 1_800, 5)


def test_the_window_has_enough_who_complain() -> None:
    seconds = [length([number] * 72) for number in (50, 17, 5, 2, 1, 0)]
    assert seconds == list(LENGTHS)
    assert length([]) == LENGTHS[-1]


def test_a_word_opens_an_incident_that_counts_take_further() -> None:
    memory = history()
    end = bucket(START).at
    heard = [said(place, "smoke")._replace(at=end - 400.0 + 10 * place) for place in range(5)]
    opened = hear(memory, Talk(100, 12, heard, {}, 20_000))
    assert opened
    assert (opened.what, opened.incident.kind, opened.incident.words) == ("opened", "term", ["smoke"])

    memory, changes = watched([bucket(START + number, 30, 20) for number in range(4)], memory)
    assert {change.what for change in changes} == {"updated"}
    last: Incident = changes[-1].incident
    assert (last.kind, last.words, last.opened_at) == ("crisis", ["smoke"], opened.incident.opened_at)
    assert last.since == int(heard[0].at)
    assert last.observed > 30

    _, changes = watched([bucket(START + 4 + number, 9, 1) for number in range(130)], memory)
    assert [change.what for change in changes if change.what != "updated"] == ["closed"]


def test_a_word_of_which_nobody_speaks_any_more_is_over() -> None:
    memory = history()
    end = bucket(START).at
    voices = [said(place, "smoke")._replace(at=end - 400.0 + 10 * place) for place in range(5)]
    assert hear(memory, Talk(100, 12, voices, {}, 20_000))
    _, changes = watched([bucket(START + number, 9, 1) for number in range(40)], memory)
    assert [change.what for change in changes] == ["closed"]
    assert changes[0].incident.closed_at == pytest.approx(end + 3 * 3_600, abs=2 * STEP)


@dataclasses.dataclass(frozen=True)
class Later:
    """What is said after an incident of smoke, and what that makes of the incident."""

    words: tuple[str, ...]
    what: str
    quiet: int = 2
    """Buckets between."""
    crisis: bool = False
    """Whether counts showed the incident, too."""
    ago: float = 0.0
    """Seconds by which it began earlier."""


LATERS = {
    "the same word": Later(("smoke",), "updated"),
    "another word": Later(("price",), "opened"),
    "another that comes with the same": Later(("price", "smoke"), "updated"),
    "another that was there already": Later(("price",), "updated", ago=1_500.0),
    "another while a crisis runs": Later(("price",), "updated", crisis=True),
    "the same word when it is over": Later(("smoke",), "reopened", quiet=45),
    "another word when it is over": Later(("price",), "opened", quiet=45),
    "another word when the crisis is over": Later(("price",), "opened", quiet=130, crisis=True),
}


@pytest.mark.parametrize("later", LATERS.values(), ids=LATERS)
def test_other_words_that_go_round_later_are_another_incident(later: Later) -> None:
    memory = history()
    assert hear(memory, Talk(100, 12, heard("smoke", before=START), {}, 20_000))
    number = START
    if later.crisis:
        memory, _ = watched([bucket(START + place, 30, 20) for place in range(4)], memory)
        number += 4
    memory, _ = watched([bucket(number + place, 9, 1) for place in range(later.quiet)], memory)
    number += later.quiet
    change = hear(memory, Talk(100, 12, heard(*later.words, before=number, ago=later.ago), {}, 20_000))
    assert change
    assert change.what == later.what


def heard(*words: str, before: int, ago: float = 0.0) -> list[Said]:
    """Five negative voices of the minutes before a bucket."""
    end = bucket(before).at - ago
    return [said(place, *words)._replace(at=end - 240.0 + 40 * place) for place in range(5)]


def test_topics_take_turns_where_they_are_many() -> None:
    few, many = {f"tp_{number}" for number in range(50)}, {f"tp_{number}" for number in range(2 * MOST + 1)}
    assert (turns_of(set()), turns_of(few), turns_of(many)) == (1, 1, 3)
    assert turn(few, 1, 7) == few
    runs = [turn(many, 3, number) for number in range(7, 10)]
    assert set().union(*runs) == many
    assert sum(map(len, runs)) == len(many)


@pytest.mark.parametrize("negative", [2, 10, 300, 100_000])
@given(usual=st.floats(0, 1))
def test_a_word_that_may_not_be_rare_never_is(negative: int, usual: float) -> None:
    assert may_be_rare(usual) or not is_rare(negative, usual, negative)
