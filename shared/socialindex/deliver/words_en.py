"""The words of letters in English."""

# ruff: noqa: D102 - words.Words says what each is

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from socialindex.alert.lengths import units
from socialindex.alert.tongues import ENGLISH
from socialindex.amounts import changed, figure, percent
from socialindex.deliver.words import UNMEASURED, ActPage, MentionKind, Phase, Titles, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from socialindex.alert.alert import Alert, LeadTime
    from socialindex.deliver.acts import Act
    from socialindex.deliver.digest import DigestAlert, DigestTopic

_SAME: Final = 0.1
"""Up to a tenth more or less is about as much."""
_PHASES: Final[dict[Phase, str]] = {"opened": "now", "updated": "goes on", "closed": "is over"}


class English(Words):
    """English."""

    language = "en"
    tongue = ENGLISH
    titles = Titles(
        posts="What people write",
        terms="Words that are said more than usual",
        spreaders="Who carries it",
        facts="In numbers",
        alerts="Alerts",
        to_do="What to do",
        link="Open the post",
    )
    kinds = {
        "first": "First mention",
        "burst": "Many mentions",
        "shift": "The mood turns",
        "crisis": "Crisis",
        "term": "A new word",
        "reach": "A voice with reach",
    }
    severities = {"low": "low", "medium": "medium", "high": "high"}
    acts = {
        "acknowledge": "Acknowledge",
        "assign": "Assign to me",
        "confirm": "Yes, send mail here",
        "stop": "Stop these mails",
    }

    def when(self, at: datetime) -> str:
        return f"{at:%a} {at.day} {at:%b %Y, %H:%M}"

    def span(self, minutes: float) -> str:
        named = zip(units(minutes), ("day", "hour", "minute"), strict=True)
        return " ".join(_many(number, what) for number, what in named if number)

    def alert_subject(self, phase: Phase, alert: Alert) -> str:
        return f"[{self.kinds[alert.kind]}, {self.severities[alert.severity]}] {alert.topic_name}: {_PHASES[phase]}"

    def unexplained(self, alert: Alert, since: datetime) -> str:
        return f"{self.kinds[alert.kind]} about {alert.topic_name}, since {self.when(since)}. {self.observed(alert)}"

    def ended(self, at: datetime) -> str:
        return f"It is over since {self.when(at)}."

    def observed(self, alert: Alert) -> str:
        said = f"{_many(alert.observed, 'voice')} in {self.span(alert.window_minutes)}"
        if alert.kind in UNMEASURED:
            return f"{said}."
        usual = figure(alert.expected)
        return f"{said}; at this time of the week {usual} {'is' if usual == '1' else 'are'} usual."

    def negative(self, share: float, usual: float | None, *, of_all: bool) -> str:
        them = "them" if of_all else "those whose mood is known"
        said = f"Of {them}, {percent(share)} are negative"
        return f"{said}; {percent(usual)} is usual." if usual is not None else f"{said}."

    def lead(self, lead: LeadTime) -> str:
        of = f"(of {_many(lead.news_channels, 'news channel')} that we read)"
        if lead.minutes is None and lead.first_article:
            return f"So far only the press has it: no post by anybody else was found {of}."
        if lead.minutes is None and not lead.news_channels:
            return "We read no news channels, so we cannot say whether the press has it."
        if lead.minutes is None:
            return f"No article has come yet {of}."
        if not round(lead.minutes):
            return f"The first article came in the same minute as the first post {of}."
        if lead.minutes < 0:
            return f"The first article came {self.span(-lead.minutes)} before the first post {of}."
        return f"The first post came {self.span(lead.minutes)} before the first article {of}."

    def term(self, term: str, mentions: int, times: float) -> str:
        return f"“{term}”: {_many(mentions, 'mention')}, {figure(times)} times as often as usual"

    def spreader(self, name: str, source: str, spread: int) -> str:
        return f"{name} ({self.tongue.source(source)}): {_many(spread, 'post')} came from theirs"

    def blind(self, sources: Sequence[str]) -> str:
        return f"We could not see everything of {', '.join(self.places(sources))}: there may be more."

    def taken(self, acknowledged_by: str | None, assigned_to: str | None) -> str | None:
        if assigned_to:
            return f"It is assigned to {assigned_to}."
        return f"{acknowledged_by} has acknowledged it." if acknowledged_by else None

    def summary_subject(self, alerts: int) -> str:
        return f"In your quiet hours: {_many(alerts, 'alert')} came and went"

    def summary_line(self, alert: Alert, since: datetime, until: datetime | None) -> str:
        over = f" until {self.when(until)}" if until else ""
        what = f"{self.kinds[alert.kind]}, {self.severities[alert.severity]}"
        return f"{alert.topic_name} ({what}): {self.when(since)}{over}"

    def mention_subject(self, kind: MentionKind, topic: str, count: int) -> str:
        if kind == "mention.assigned":
            return f"[{topic}] {_many(count, 'post')} for you to answer"
        return f"[{topic}] {_many(count, 'post')} will soon have waited too long"

    def mention_lead(self, kind: MentionKind, count: int, person: str | None, due: str | None) -> str:
        until = f" Answer by {due}." if due else ""
        if kind == "mention.assigned":
            return f"{_many(count, 'post')}: assigned to {person or 'you'}.{until}"
        return f"{_many(count, 'post')} not answered yet.{until}" + (
            f" Assigned to {person}." if person else " Assigned to nobody yet."
        )

    def suspended(self, topic: str, trouble: str | None) -> tuple[str, str]:
        why = f" {trouble}" if trouble else ""
        said = f"The search engine cannot bear the query of this topic, so that no new posts are found.{why}"
        return f"[{topic}] is not watched any more", f"{said} Change its query, and it is watched again."

    def test(self, destination: str) -> tuple[str, str]:
        return f"Test: {destination}", "You asked for this test. What you chose will arrive like this."

    def confirm(self, destination: str) -> tuple[str, str]:
        said = (
            f"Somebody wants alerts and digests for “{destination}” to be sent to this address. Nothing is sent before "
            "you say yes. If you do not know what this is about, do nothing; the link below stops further questions."
        )
        return f"Do you want mail for “{destination}”?", said

    def digest_subject(self, period: Literal["day", "week"], until: datetime) -> str:
        return f"What was said about you: the {period} to {self.when(until)}"

    def digest_lead(self, mentions: int, before: int | None, alerts: int) -> str:
        rang = f"{_many(alerts, 'alert')}." if alerts else "There was no alert."
        return f"{_many(mentions, 'post')} in all, {_beside(mentions, before)}. {rang}"

    def quiet(self) -> str:
        return "Nothing is watched yet: make a topic, and this letter tells of it."

    def digest_topic(self, row: DigestTopic) -> list[str]:
        said = [f"{_many(row.mentions, 'mention')}, {_beside(row.mentions, row.mentions_before)}."]
        if row.negative_share is not None:
            before = row.negative_share_before
            was = f", after {percent(before)} a week before" if before is not None else ""
            said.append(f"Of those whose mood is known, {percent(row.negative_share)} are negative{was}.")
        if row.answered and row.answer_minutes is not None:
            waited = self.span(row.answer_minutes)
            said.append(f"{_many(row.answered, 'mention')} answered; half of them within {waited}.")
        return said

    def digest_alert(self, alert: DigestAlert, at: datetime, people: Sequence[str]) -> str:
        what = f"{self.kinds[alert.kind]} ({self.severities[alert.severity]}) at {self.when(at)}"
        why = f"; about: {', '.join(alert.terms)}" if alert.terms else ""
        who = f"; carried by: {', '.join(people)}" if people else ""
        return f"{what}{why}{who}.{self._before_press(alert)}"

    def _before_press(self, alert: DigestAlert) -> str:
        if alert.lead_minutes is None or round(alert.lead_minutes) <= 0:
            return ""
        channels = _many(alert.news_channels, "news channel")
        return f" You could know it {self.span(alert.lead_minutes)} before the first of {channels} wrote of it."

    def more_alerts(self, alerts: int) -> str:
        return f"{_many(alerts, 'further alert')}."

    def to_do(self, rows: Sequence[DigestTopic]) -> list[str]:
        open_ = [(row.name, len(some)) for row in rows if (some := row.untaken)]
        wait = [row for row in rows if row.overdue]
        said = [f"{name}: {_untaken(alerts)}" for name, alerts in open_]
        said += [f"{row.name}: {_many(row.overdue, 'post')} should be answered already. Answer first." for row in wait]
        return said or ["Nothing needs to be done."]

    def left_out(self, topics: int) -> str:
        return f"{_many(topics, 'further topic')} with less to tell."

    def foot(self, destination: str, *, links: bool) -> list[str]:
        why = f"You get this because the destination “{destination}” asked for it."
        return [why, "Links with a button work once, for seven days."] if links else [why]

    def act_page(self, act: Act, about: str, who: str) -> ActPage:
        return {
            "acknowledge": ActPage(
                "Acknowledge the alert",
                f"Has {who} seen the alert about “{about}”?",
                "Yes, acknowledge",
                "Acknowledged.",
            ),
            "assign": ActPage(
                "Take the alert", f"Shall the alert about “{about}” be assigned to {who}?", "Yes, assign", "Assigned."
            ),
            "confirm": ActPage(
                "Confirm your address", f"Do you want mail for “{about}”?", "Yes, send mail", "Confirmed."
            ),
            "stop": ActPage("Stop these mails", f"Do you want no more mail for “{about}”?", "Yes, stop", "Stopped."),
        }[act]

    def used(self) -> str:
        return "This link has been used already. It works once."

    def void(self) -> str:
        return "This link works no longer, or never did."

    def later(self) -> str:
        return "It did not work just now. Please try again in a minute."


def _untaken(alerts: int) -> str:
    if alerts == 1:
        return "an alert is open and nobody has acknowledged it. Name who takes it."
    return f"{alerts:,} alerts are open and nobody has acknowledged them. Name who takes them."


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _beside(now: int, before: int | None) -> str:
    if before is None:
        return "how many a week before is not known"
    if not before:
        return "none a week before" if now else "as a week before"
    change = now / before - 1
    if abs(change) <= _SAME:
        return f"about as many as a week before ({before:,})"
    return f"{changed(change)} {'more' if change > 0 else 'fewer'} than a week before ({before:,})"
