"""The boards in ordinary months: questions, reviews and small talk, notices, secrets, and what was deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.world.story.calendar import ordinary
from infra.local.world.story.chance import happens
from infra.local.world.story.drafts import ThreadDraft
from infra.local.world.story.pools import load

if TYPE_CHECKING:
    from infra.local.world.story.composer import Composer
    from infra.local.world.story.desk import Desk

_LANGUAGES = {"ko": "threads", "en": "english", "ja": "japanese"}
"""Language -> the key under which a board's plan counts its posts."""

_BETWEEN = {"ko": " ", "en": " ", "ja": ""}


def write(desk: Desk) -> None:
    """Everything but the incident."""
    for plan in desk.plans:
        for language, count in _LANGUAGES.items():
            for _ in range(plan.get(count, 0)):
                _thread(desk, plan, language)
    _notices(desk)
    _secrets(desk)
    _deletions(desk)


def _thread(desk: Desk, plan: dict[str, Any], language: str) -> None:
    composer, writer, given = desk.composers[language], desk.cast.anyone(), dict[str, str]()
    theme = composer.theme("support" if plan["place"] == "support" and language == "ko" else "board")
    title, lead = composer.title(theme, given)
    sentences = composer.body(theme, "polite", given, desk.rng.randint(0 if lead else 1, 3), lead)
    text = ("\n" if happens(desk.rng, 0.4) else _BETWEEN[language]).join(sentences)
    at = ordinary(desk.rng, desk.stage.anchor)
    draft = ThreadDraft(desk.cast.spell(writer, title), desk.cast.spell(writer, text), writer, at)
    draft.extra = _category(plan, theme) | desk.counts(300)
    if theme == "camera_shots":
        draft.extra["files"] = [desk.file(f"IMG_{desk.rng.randrange(1000, 9999)}.jpg")]
    _discuss(desk, draft, composer, theme, given)
    desk.threads[plan["table"]].append(draft)
    if "categories" in plan and language == "ko" and happens(desk.rng, 0.25):
        _staff_answer(desk, plan["table"], draft, theme)


def _category(plan: dict[str, Any], theme: str) -> dict[str, Any]:
    if "categories" not in plan:
        return {}
    return {"category": load("boards")["categories"].get(theme, "기타")}


def _discuss(desk: Desk, draft: ThreadDraft, composer: Composer, theme: str, given: dict[str, str]) -> None:
    """Comments below a post; some answer each other."""
    for _ in range(desk.rng.choices((0, 1, 2, 3, 4), (34, 31, 20, 10, 5))[0]):
        said = desk.fresh(draft, composer.themes[theme]["polite"]["reply"])
        desk.comment(draft, composer.fill(said, dict(given)), desk.later(draft.at, 30), said=said)
    if draft.comments and happens(desk.rng, 0.4):
        first = draft.comments[0]
        text = desk.fresh(draft, load("boards")["answers"][composer.language])
        desk.comment(draft, text, desk.later(first.at, 20), parent=first, writer=draft.writer)


def _staff_answer(desk: Desk, table: str, question: ThreadDraft, theme: str) -> None:
    """The company answers with a post of its own (답변글)."""
    at = question.at + timedelta(hours=desk.rng.uniform(2, 40))
    pools = load("boards")["staff_answers"]
    text = desk.deck.deal(pools.get(theme) or pools["other"])
    answer = ThreadDraft(f"Re: {question.title}", text, desk.cast.named("hanbit_cs"), at, answers=question)
    answer.extra = {"category": question.extra["category"]} | desk.counts(80)
    desk.threads[table].append(answer)


def _notices(desk: Desk) -> None:
    for item in load("boards")["notices"]:
        at = desk.stage.anchor - timedelta(days=item["days_before"], hours=desk.rng.uniform(0, 6))
        draft = ThreadDraft(item["title"], item["text"], desk.cast.named("hanbit_cs"), at)
        draft.extra = {"notice": item.get("notice", False)} | desk.counts(2400)
        draft.extra["files"] = [desk.file(name) for name in item.get("files", ())]
        desk.threads["notice"].append(draft)


def _secrets(desk: Desk) -> None:
    pools = load("boards")["secret"]
    for title in pools["titles"]:
        at = ordinary(desk.rng, desk.stage.anchor)
        draft = ThreadDraft(title, desk.deck.deal(pools["texts"]), desk.cast.anyone(), at)
        draft.extra = {"secret": True, "category": "기타"} | desk.counts(9)
        desk.threads["qna"].append(draft)


def _deletions(desk: Desk) -> None:
    """Posts that were deleted long ago, and one that is deleted while the world runs."""
    plan = load("boards")["deleted"]
    for title in plan["titles"]:
        at = ordinary(desk.rng, desk.stage.anchor)
        draft = ThreadDraft(title, plan["text"], desk.cast.anyone(), at, {"deleted_at": at + timedelta(hours=3)})
        desk.threads["free"].append(draft)
    at = desk.stage.anchor - timedelta(hours=plan["live_hours_before"])
    doomed = ThreadDraft(plan["live_title"], plan["live_text"], desk.cast.named("chamchi"), at)
    doomed.extra = {"deleted_at": desk.stage.seconds(plan["live_deleted_after"]), "key": "live-deleted"}
    desk.threads["free"].append(doomed)
