"""What a topic becomes by changes, in any order: what the engine has follows, and nothing is looked through in vain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialindex.aws.topics import Kept
from socialindex.topics.changing import Pair, asked_anew, lost, resumed, stopped
from socialindex.topics.job import Job, Step
from socialindex.topics.topic import Topic, Watched

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 11, 1, tzinfo=UTC)
LATER, LAST = START + timedelta(hours=1), START + timedelta(hours=2)


def made(**given: object) -> Pair:
    topic = Topic(
        id="tp_a",
        workspace="ws_a",
        organization="org_a",
        name="a topic",
        watched=Watched(q="누리폰"),
        since=START,
        created_at=START,
        changed_at=START,
    )
    return Pair(topic, Job(history_days=30)).to({}, **given)


def settled(pair: Pair) -> Pair:
    """The pair when the stage has done all that there was."""
    if pair.topic.state == "active":
        done = {"synced": pair.topic.revision, "backfill_done": True}
        return pair.to(done, step="done", began_at=LATER, after=[1], floor=START, changed=False)
    return pair.to({}, hide=False, told=True)


def is_at_work(pair: Pair) -> bool:
    return Kept(*pair, version=1).is_at_work


def test_another_query_is_a_revision_that_is_looked_through_from_the_start() -> None:
    changed = asked_anew(settled(made()), Watched(q="갤럭탭"), 7, LATER)
    assert (changed.topic.revision, changed.topic.since, changed.topic.backfill_done) == (2, LATER, False)
    assert (changed.job.step, changed.job.after, changed.job.history_days, changed.job.changed) == (
        "looking",
        [],
        7,
        True,
    )


def test_a_pause_is_made_up_for_by_what_came_in_it() -> None:
    again = resumed(settled(stopped(settled(made()), "paused", LATER)), LAST)
    assert (again.topic.state, again.topic.since, again.topic.revision) == ("active", LAST, 1)
    assert (again.job.step, again.job.arrived_since, again.job.began_at) == ("looking", LATER, None)


def test_a_pause_in_the_midst_of_a_backfill_goes_on_where_it_was() -> None:
    half = made(step="looking", began_at=START, after=[12, "p"])
    again = resumed(stopped(half, "paused", LATER), LAST)
    assert (again.job.step, again.job.after, again.job.began_at, again.job.arrived_since) == (
        "looking",
        [12, "p"],
        START,
        None,
    )


@pytest.mark.parametrize("step", ["catching_up", "withdrawing"])
def test_a_pause_while_the_newest_posts_are_passed_is_caught_up_with_first(step: Step) -> None:
    half = made(step=step, began_at=START, after=[12])
    again = resumed(stopped(half, "paused", LATER), LAST)
    assert (again.job.step, again.job.after) == ("catching_up", [])


def test_pausing_what_is_suspended_counts_from_the_suspension() -> None:
    twice = stopped(stopped(settled(made()), "suspended", LATER, "too large"), "paused", LAST)
    assert resumed(twice, LAST).job.arrived_since == LATER
    assert twice.topic.trouble is None


def test_another_query_lets_a_suspended_topic_run_again() -> None:
    changed = asked_anew(stopped(settled(made()), "suspended", LATER, "too large"), Watched(q="갤럭탭"), 7, LAST)
    assert (changed.topic.state, changed.topic.trouble, changed.job.hide) == ("active", None, False)


def test_what_the_engine_lost_is_taken_in_anew() -> None:
    anew = lost(settled(made()))
    assert (anew.topic.synced, anew.topic.revision, anew.topic.since) == (0, 1, START)
    assert is_at_work(anew)


ACTS: dict[str, Callable[[Pair], Pair]] = {
    "change": lambda pair: asked_anew(pair, Watched(q=pair.topic.watched.q + " x"), 7, LATER),
    "pause": lambda pair: stopped(pair, "paused", LATER) if pair.topic.state != "paused" else pair,
    "suspend": lambda pair: stopped(pair, "suspended", LATER, "large") if pair.topic.state == "active" else pair,
    "resume": lambda pair: resumed(pair, LATER) if pair.topic.state != "active" else pair,
    "settle": settled,
    "lose": lost,
}


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_in_any_order_the_stage_is_told_of_what_it_must_do(acts: list[str]) -> None:
    pair = made()
    for act in acts:
        before, pair = pair, ACTS[act](pair)
        assert pair.topic.revision >= before.topic.revision
        if act in {"pause", "suspend"} and pair is not before:
            assert pair.job.hide
            assert is_at_work(pair)
        if pair.topic.state == "active" and pair.topic.synced == 0:
            assert is_at_work(pair)
    assert not is_at_work(settled(pair))


def test_a_lost_topic_is_looked_through_as_deep_as_it_ever_was() -> None:
    deep, flat = START - timedelta(days=90), START - timedelta(days=7)
    first = settled(made()).to({}, floor=deep)
    second = asked_anew(first, Watched(q="갤럭탭"), 7, LATER)
    assert second.job.floor is None
    assert lost(second.to({}, floor=flat)).job.floor == deep
    assert lost(first.to({}, floor=flat)).job.floor == flat
    assert lost(made()).job.floor is None
