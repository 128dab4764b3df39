"""Events as letters, in the destination's language and time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.alert import Alert
from socialindex.deliver.digest import Digest
from socialindex.deliver.letter import Button, Letter, Line, Section
from socialindex.deliver.lines import link, one_line
from socialindex.deliver.told import AlertSummary, TestTold, TopicTold, data_of
from socialindex.deliver.words_en import English
from socialindex.deliver.words_ko import Korean
from socialindex.mentions.telling import MentionsTold
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from socialindex.alert.alert import Evidence
    from socialindex.deliver.acts import Act
    from socialindex.deliver.destination import Destination, Language
    from socialindex.deliver.digest import DigestAlert, DigestTopic
    from socialindex.deliver.event import Event, Kind
    from socialindex.deliver.words import MentionKind, Phase, Words
    from socialindex.mentions.telling import Brief

_WORDS: Final[dict[Language, Words]] = {"en": English(), "ko": Korean()}
_POSTS: Final = 5
_TERMS: Final = 8
_PEOPLE: Final = 5
_NAME: Final = 80


def words_of(language: Language) -> Words:
    """The words of a language."""
    return _WORDS[language]


def letter_of(event: Event, destination: Destination, links: Mapping[Act, str]) -> Letter:
    """What a destination is written about an event.

    Args:
        event: what happened.
        destination: who is told.
        links: addresses of what the reader can do; none where there is nothing to be done by links.

    Raises:
        msgspec.ValidationError: the event's data is not what its kind has.
    """
    writer = _Writer(destination)
    letter = _LETTERS[event.kind](writer, event)
    buttons = [Button(writer.words.acts[act], url) for act, url in links.items() if act != "stop"]
    stop = Button(writer.words.acts["stop"], links["stop"]) if "stop" in links else None
    foot = [*letter.foot, *writer.words.foot(writer.name, links=bool(links))]
    return letter._replace(buttons=buttons, foot=foot, stop=stop)


class _Writer:
    """Writes in one language, to one reader."""

    def __init__(self, destination: Destination) -> None:
        self.words = words_of(destination.language)
        self.name = one_line(destination.name, _NAME)
        self._zone = zone_of(destination.time_zone)

    def here(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)

    def _letter(self, subject: str, lead: list[str], sections: Sequence[Section] = ()) -> Letter:
        return Letter(one_line(subject, 200), self.words.language, lead, [one for one in sections if one.lines])

    # Alerts

    def alert(self, event: Event) -> Letter:
        alert = data_of(event, Alert)
        words, titles = self.words, self.words.titles
        sections = [
            Section(titles.facts, self._facts(alert)),
            Section(titles.posts, [_post(one, titles.link) for one in alert.evidence[:_POSTS]]),
            Section(
                titles.terms,
                [Line(words.term(one_line(t.term, _NAME), t.mentions, t.times)) for t in alert.terms[:_TERMS]],
            ),
            Section(titles.spreaders, self._spreaders(alert)),
        ]
        named = _tamed(alert)
        phase = _phase(event.kind, alert)
        return self._letter(words.alert_subject(phase, named), self._lead(named, phase), sections)

    def _lead(self, alert: Alert, phase: Phase) -> list[str]:
        told = alert.explanation.get(self.words.language) or self.words.unexplained(alert, self.here(alert.since))
        lead = [one_line(paragraph, 1_000) for paragraph in told.splitlines() if paragraph.strip()]
        ended = [self.words.ended(self.here(alert.closed_at))] if phase == "closed" and alert.closed_at else []
        taken = self.words.taken(_named(alert.acknowledged_by), _named(alert.assigned_to))
        return [*ended, *lead, *([taken] if taken else [])]

    def _facts(self, alert: Alert) -> list[Line]:
        facts = [self.words.observed(alert)]
        if alert.negative_share is not None:
            of_all = alert.kind == "term"
            facts.append(self.words.negative(alert.negative_share, alert.usual_negative_share, of_all=of_all))
        if alert.lead_time is not None:
            facts.append(self.words.lead(alert.lead_time))
        if alert.blind:
            facts.append(self.words.blind([one_line(source, _NAME) for source in alert.blind]))
        return [Line(fact) for fact in facts]

    def _spreaders(self, alert: Alert) -> list[Line]:
        named = [(one, _named(one.name)) for one in alert.spreaders]
        return [Line(self.words.spreader(name, one.source, one.spread)) for one, name in named if name][:_PEOPLE]

    def summary(self, event: Event) -> Letter:
        found = data_of(event, AlertSummary).alerts
        lines = [self._summed(_tamed(alert)) for alert in found]
        return self._letter(
            self.words.summary_subject(len(found)),
            [],
            [Section(self.words.titles.alerts, [Line(one) for one in lines])],
        )

    def _summed(self, alert: Alert) -> str:
        until = self.here(alert.closed_at) if alert.closed_at else None
        return self.words.summary_line(alert, self.here(alert.since), until)

    # Mentions and topics

    def mention(self, event: Event) -> Letter:
        told = data_of(event, MentionsTold)
        kind: MentionKind = "mention.assigned" if event.kind == "mention.assigned" else "mention.due"
        dues = [one.due_at for one in told.mentions if one.due_at]
        due = self.words.when(self.here(min(dues))) if dues else None
        lead = self.words.mention_lead(kind, told.count, _named(told.assignee), due)
        posts = Section(self.words.titles.posts, [_post(one, self.words.titles.link) for one in told.mentions])
        subject = self.words.mention_subject(kind, one_line(told.topic_name, _NAME), told.count)
        return self._letter(subject, [lead], [posts])

    def topic(self, event: Event) -> Letter:
        told = data_of(event, TopicTold)
        trouble = one_line(told.trouble) if told.trouble else None
        subject, lead = self.words.suspended(one_line(told.name, _NAME), trouble)
        return self._letter(subject, [lead])

    # The digest

    def digest(self, event: Event) -> Letter:
        digest = data_of(event, Digest)
        words = self.words
        alerts = sum(len(row.alerts) for row in digest.topics) if digest.alerts is None else digest.alerts
        mentions = sum(row.mentions for row in digest.topics) if digest.mentions is None else digest.mentions
        lead = [words.digest_lead(mentions, digest.mentions_before, alerts)] if digest.topics else [words.quiet()]
        if digest.blind:
            lead.append(words.blind([one_line(source, _NAME) for source in digest.blind]))
        letter = self._letter(words.digest_subject(digest.period, self.here(digest.until)), lead, self._topics(digest))
        return letter._replace(foot=[words.left_out(digest.topics_left_out)] if digest.topics_left_out else [])

    def _topics(self, digest: Digest) -> list[Section]:
        to_do = Section(self.words.titles.to_do, [Line(one_line(one)) for one in self.words.to_do(digest.topics)])
        rows = [Section(one_line(row.name, _NAME), self._row(row)) for row in digest.topics]
        return [to_do, *rows] if rows else []

    def _row(self, row: DigestTopic) -> list[Line]:
        said = self.words.digest_topic(row)
        said += [self._alert_of_digest(alert) for alert in row.alerts]
        said += [self.words.more_alerts(row.alerts_left_out)] if row.alerts_left_out else []
        return [*map(Line, said), *(_post(post, self.words.titles.link) for post in row.posts)]

    def _alert_of_digest(self, alert: DigestAlert) -> str:
        people = [name for one in alert.spreaders if (name := _named(one.name))]
        return one_line(self.words.digest_alert(alert, self.here(alert.opened_at), people), 500)

    # To see whether it works

    def test(self, event: Event) -> Letter:
        subject, lead = self.words.test(one_line(data_of(event, TestTold).name, _NAME))
        return self._letter(subject, [lead])

    def confirm(self, event: Event) -> Letter:
        subject, lead = self.words.confirm(one_line(data_of(event, TestTold).name, _NAME))
        return self._letter(subject, [lead])


def _phase(kind: Kind, alert: Alert) -> Phase:
    """What a letter says of an alert; it may be over and be updated by the first article about it."""
    return "closed" if kind == "alert.updated" and alert.state == "closed" else _PHASES[kind]


_PHASES: Final[dict[Kind, Phase]] = {"alert.opened": "opened", "alert.updated": "updated", "alert.closed": "closed"}
_LETTERS: Final[dict[Kind, Callable[[_Writer, Event], Letter]]] = {
    "alert.opened": _Writer.alert,
    "alert.updated": _Writer.alert,
    "alert.closed": _Writer.alert,
    "alert.summary": _Writer.summary,
    "mention.assigned": _Writer.mention,
    "mention.due": _Writer.mention,
    "topic.suspended": _Writer.topic,
    "digest.daily": _Writer.digest,
    "digest.weekly": _Writer.digest,
    "test": _Writer.test,
    "destination.confirm": _Writer.confirm,
}


def _post(post: Evidence | Brief, otherwise: str) -> Line:
    """A post in a line: who wrote what, where."""
    text = one_line(post.title or post.excerpt or otherwise, 160)
    who = f"{one_line(post.author, _NAME)}: " if post.author else ""
    return Line(f"{who}{text} ({one_line(post.platform or post.source, _NAME)})", link(post.url))


def _tamed(alert: Alert) -> Alert:
    """The alert with its topic's name in a line."""
    return msgspec.structs.replace(alert, topic_name=one_line(alert.topic_name, _NAME))


def _named(name: str | None) -> str | None:
    return one_line(name, _NAME) if name else None
