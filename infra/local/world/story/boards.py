"""The company's boards: ordinary months, then the incident, then what arrives while the world runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from infra.local.world.story import crowd, drafts, months
from infra.local.world.story.chance import happens
from infra.local.world.story.desk import Desk
from infra.local.world.story.drafts import CommentDraft, ThreadDraft
from infra.local.world.story.pools import load
from infra.local.world.story.stage import broken_out, scripted

if TYPE_CHECKING:
    from infra.local.world.records import Board
    from infra.local.world.story.stage import Stage


def write(stage: Stage) -> list[Board]:
    """All boards, posts in the order of their numbers."""
    desk = Desk(stage)
    months.write(desk)
    _incident(desk)
    _live(desk)
    _outbreak(desk)
    return [drafts.publish(plan, desk.threads[plan["table"]]) for plan in desk.plans]


def _incident(desk: Desk) -> None:
    for item in scripted("incident", "threads"):
        desk.scripted(item, desk.stage.hours(item["at"]), desk.counts(4000))
    for title, text, at in crowd.threads(desk.rng, desk.stage):
        writer = desk.cast.anyone()
        draft = ThreadDraft(desk.cast.spell(writer, title), desk.cast.spell(writer, text), writer, at)
        draft.extra = desk.counts(900)
        desk.threads["free"].append(draft)
    for draft in desk.threads["free"] + desk.threads["qna"]:
        if draft.at >= desk.stage.hours(0) and "deleted_at" not in draft.extra:
            _crowd(desk, draft)


def _crowd(desk: Desk, draft: ThreadDraft) -> None:
    """Comments of the incident: what they say depends on when they are written. Early posts are noticed late."""
    power = 0.7 if crowd.phase(desk.stage, draft.at) == "early" else 1.4
    for _ in range(desk.rng.randint(4, 9) if "key" in draft.extra else desk.rng.randint(0, 3)):
        at = draft.at + timedelta(minutes=2, hours=desk.rng.random() ** power * 24)
        if at < desk.stage.anchor:
            pool = load("incident")["crowd_comments"][crowd.phase(desk.stage, at)]["polite"]
            desk.comment(draft, desk.fresh(draft, pool), at)
    if draft.comments and happens(desk.rng, 0.5):
        first = draft.comments[0]
        at = desk.later(first.at, 4)
        answer = desk.deck.deal(load("incident")["crowd_answers"][crowd.phase(desk.stage, at)])
        if at < desk.stage.anchor:
            desk.comment(draft, answer, at, parent=first, writer=draft.writer)


def _live(desk: Desk) -> None:
    for item in scripted("live", "threads"):
        desk.scripted(item, desk.stage.seconds(item["after"]), desk.counts(40))
    for item in scripted("live", "comments"):
        at = desk.stage.seconds(item["after"])
        desk.keyed[item["on"]].comments.append(CommentDraft(desk.cast.named(item["by"]), item["text"], at))


def _outbreak(desk: Desk) -> None:
    for item, at in broken_out(desk.stage, "threads"):
        desk.scripted(item, at, desk.counts(40))
    for item, at in broken_out(desk.stage, "comments"):
        desk.keyed[item["on"]].comments.append(CommentDraft(desk.cast.named(item["by"]), item["text"], at))
