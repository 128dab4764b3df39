"""What becomes of a mention by what people do with it, and what follows from that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from socialindex.errors import InvalidInput
from socialindex.mentions.changing import WARNED_AT, Change, Moment, changed, noted
from socialindex.mentions.work import MOST_NOTE_BYTES, MOST_NOTES, MOST_STEPS, Note, Who, Work, work_params

FOUND = datetime(2026, 11, 28, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
KIM = Who(key="key_a", name="Kim")
ANSWER = {"text": "교환해 드립니다.", "approved_by": "Park"}
FRESH = Work(topic="tp_a", post="p1")


def after(*changes: dict[str, Any], work: Work = FRESH, target: timedelta | None = HOUR) -> Work:
    """The work after changes, each ten minutes after the one before, the first ten minutes after it was found."""
    for number, change in enumerate(changes, 1):
        at = FOUND + number * timedelta(minutes=10)
        work = changed(work, Moment(KIM, at, FOUND, target), msgspec.convert(change, Change))
    return work


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ([{"assignee": "Kim"}], "assigned"),
        ([{"assignee": "Kim"}, {"assignee": None}], "new"),
        ([{"answer": ANSWER}], "answered"),
        ([{"assignee": "Kim"}, {"answer": ANSWER}], "answered"),
        ([{"assignee": "Kim"}, {"answer": ANSWER}, {"answer": None}], "assigned"),
        ([{"answer": ANSWER}, {"answer": None}], "new"),
        ([{"answer": ANSWER}, {"assignee": "Lee"}], "answered"),
        ([{"status": "closed"}], "closed"),
        ([{"status": "closed"}, {"assignee": "Kim"}], "closed"),
        ([{"status": "closed"}, {"status": "new"}], "new"),
        ([{"answer": ANSWER}, {"assignee": "Kim", "status": "assigned"}], "assigned"),
        ([{"answer": ANSWER}, {"assignee": "Kim", "status": "assigned"}, {"tags": ["a"]}], "assigned"),
        ([{"tags": ["a"]}, {"noise": True}, {"sentiment": -1}], "new"),
    ],
)
def test_the_status_follows_from_the_rest(changes: list[dict[str, Any]], status: str) -> None:
    assert after(*changes).status == status


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": "assigned"}, "assignee"),
        ({"status": "answered"}, "answer"),
        ({"answer": {"channel": "phone"}}, "answer"),
        ({"answer": {**ANSWER, "at": "2026-11-28T10:00:00Z"}}, "answer"),
        ({"add_tags": [str(number) for number in range(20)], "tags": ["one more"]}, "tags"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        after(change)
    assert refused.value.field == field
    assert refused.value.remedy


def test_the_same_again_changes_nothing() -> None:
    changes: list[dict[str, Any]] = [
        {"assignee": "Kim", "add_tags": ["a"]},
        {"answer": ANSWER},
        {"status": "closed"},
        {"noise": True},
    ]
    for number in range(len(changes)):
        once = after(*changes[: number + 1])
        later = Moment(Who(name="Lee"), FOUND + 5 * HOUR, FOUND, HOUR)
        assert changed(once, later, msgspec.convert(changes[number], Change)) is once


def test_who_and_when_are_written_down() -> None:
    steps = after({"assignee": "Kim", "tags": ["a"]}, {"answer": ANSWER}, {"status": "closed"}).history
    assert [(step.changed, step.status, (step.at - FOUND).seconds // 60) for step in steps] == [
        (["status", "assignee", "tags"], "assigned", 10),
        (["status", "answer"], "answered", 20),
        (["status"], "closed", 30),
    ]
    assert {step.by for step in steps} == {KIM}


def test_the_history_is_bounded() -> None:
    many = after(*({"noise": number % 2 == 0} for number in range(MOST_STEPS + 20)))
    assert len(many.history) == MOST_STEPS
    assert many.history[-1].at == FOUND + (MOST_STEPS + 20) * timedelta(minutes=10)


def test_an_answer_has_a_time_which_stays() -> None:
    work = after({"assignee": "Kim"}, {"answer": ANSWER}, {"status": "closed"})
    assert work.answered_at == FOUND + timedelta(minutes=20)
    assert work.closed_at == FOUND + timedelta(minutes=30)
    earlier = after({"answer": {**ANSWER, "at": "2026-11-28T09:03:00Z"}})
    assert earlier.answered_at == FOUND + timedelta(minutes=3)


def test_what_is_taken_up_again_waits_anew() -> None:
    again = after({"assignee": "Kim"}, {"answer": ANSWER}, {"status": "assigned"})
    assert again.answer
    assert (again.answered_at, again.due_at) == (None, FOUND + timedelta(minutes=30) + HOUR)
    assert after({"status": "answered"}, work=again).answered_at == FOUND + timedelta(minutes=10)


def test_a_target_counts_from_when_it_was_found_and_only_for_what_is_somebodys() -> None:
    assert after({"tags": ["a"]}).due_at is None
    assert after({"assignee": "Kim"}, target=None).due_at is None
    assigned = after({"assignee": "Kim"})
    assert assigned.due_at == FOUND + HOUR
    assert assigned.warn_at == FOUND + WARNED_AT * HOUR
    assert after({"assignee": "Kim"}, {"assignee": None}).due_at is None


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ([{"assignee": "Kim"}], True),
        ([{"assignee": "Kim"}, {"noise": True}], False),
        ([{"assignee": "Kim"}, {"answer": ANSWER}], False),
        ([{"assignee": "Kim"}, {"status": "closed"}], False),
        ([{"noise": True}], False),
    ],
)
def test_nobody_is_warned_of_what_is_done_or_not_meant(changes: list[dict[str, Any]], waits: bool) -> None:
    assert after(*changes).is_waiting is waits


def test_tags_are_added_and_removed_once() -> None:
    assert after({"tags": ["a", "b"]}, {"add_tags": ["b", "c"], "remove_tags": ["a"]}).tags == ["b", "c"]


def test_a_note_is_noted_once_and_not_without_end() -> None:
    note = Note(id="nt_1", at=FOUND, by=KIM, text="전화했음")
    work = noted(FRESH, note)
    assert noted(work, note) is work
    full = msgspec.structs.replace(
        FRESH, notes=[msgspec.structs.replace(note, id=str(number)) for number in range(MOST_NOTES)]
    )
    with pytest.raises(InvalidInput, match="at most"):
        noted(full, note)


def test_notes_leave_room_for_what_is_done() -> None:
    long = [Note(id=f"nt_{number}", at=FOUND, by=KIM, text="가" * 4_000) for number in range(MOST_NOTES)]
    there = len(msgspec.json.encode(long[:20]))
    assert MOST_NOTE_BYTES - there < len(msgspec.json.encode(long[20]))
    work = msgspec.structs.replace(FRESH, notes=long[:19])
    assert noted(work, long[19]).notes == long[:20]
    with pytest.raises(InvalidInput, match="would have") as refused:
        noted(noted(work, long[19]), long[20])
    assert refused.value.field == "text"


def test_the_engine_is_told_all_that_it_shows() -> None:
    work = after({"assignee": "Kim", "sentiment": -0.5, "tags": ["a"]})
    assert work_params(msgspec.structs.replace(work, version=3)) == {
        "worked": 3,
        "status": "assigned",
        "assignee": "Kim",
        "tags": ["a"],
        "noise": False,
        "sentiment": -0.5,
        "due_at": "2026-11-28T10:00:00Z",
        "answered_at": None,
        "closed_at": None,
    }
