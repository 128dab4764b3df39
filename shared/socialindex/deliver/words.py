"""What letters are made of, in each language: ``words_en`` and ``words_ko`` say the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from socialindex.alert.alert import Alert, AlertKind, LeadTime
    from socialindex.alert.model import Severity
    from socialindex.alert.tongues import Tongue
    from socialindex.deliver.acts import Act
    from socialindex.deliver.destination import Language
    from socialindex.deliver.digest import DigestAlert, DigestTopic

Phase = Literal["opened", "updated", "closed"]
MentionKind = Literal["mention.assigned", "mention.due"]

UNMEASURED: Final[frozenset[AlertKind]] = frozenset({"first", "reach"})
"""Alerts that one post makes, whatever is usual: nothing is known of that."""


class Titles(NamedTuple):
    """Headings of a letter's parts."""

    posts: str
    terms: str
    spreaders: str
    facts: str
    alerts: str
    to_do: str
    link: str


class ActPage(NamedTuple):
    """What the page of a link says."""

    title: str
    question: str
    button: str
    done: str


class Words(ABC):
    """The words of a language. Times are in the reader's zone; names and terms come from strangers, in one line."""

    language: ClassVar[Language]
    tongue: ClassVar[Tongue]
    titles: ClassVar[Titles]
    kinds: ClassVar[dict[AlertKind, str]]
    severities: ClassVar[dict[Severity, str]]
    acts: ClassVar[dict[Act, str]]
    """Labels of buttons."""

    @abstractmethod
    def when(self, at: datetime) -> str:
        """A moment."""

    @abstractmethod
    def span(self, minutes: float) -> str:
        """A length of time."""

    def places(self, sources: Iterable[str]) -> list[str]:
        """Sources as people call them, each name once."""
        return list(dict.fromkeys(map(self.tongue.source, sources)))

    # Alerts

    @abstractmethod
    def alert_subject(self, phase: Phase, alert: Alert) -> str:
        """An alert in a line."""

    @abstractmethod
    def unexplained(self, alert: Alert, since: datetime) -> str:
        """An alert in a sentence, where it does not explain itself in this language."""

    @abstractmethod
    def ended(self, at: datetime) -> str:
        """That it is over."""

    @abstractmethod
    def observed(self, alert: Alert) -> str:
        """How much is said, and how much is usual."""

    @abstractmethod
    def negative(self, share: float, usual: float | None, *, of_all: bool) -> str:
        """How much of it is negative: of all, or of those whose mood is known."""

    @abstractmethod
    def lead(self, lead: LeadTime) -> str:
        """How long before the press; that only the press has it, or that it does not."""

    @abstractmethod
    def term(self, term: str, mentions: int, times: float) -> str:
        """A word that is said more than usual."""

    @abstractmethod
    def spreader(self, name: str, source: str, spread: int) -> str:
        """Who carried it."""

    @abstractmethod
    def blind(self, sources: Sequence[str]) -> str:
        """That some sources could not be seen."""

    @abstractmethod
    def taken(self, acknowledged_by: str | None, assigned_to: str | None) -> str | None:
        """Who knows of it and whose it is; ``None`` where nobody does."""

    @abstractmethod
    def summary_subject(self, alerts: int) -> str:
        """Alerts that came and went in quiet hours."""

    @abstractmethod
    def summary_line(self, alert: Alert, since: datetime, until: datetime | None) -> str:
        """One of them."""

    # Other events

    @abstractmethod
    def mention_subject(self, kind: MentionKind, topic: str, count: int) -> str:
        """Mentions in a line."""

    @abstractmethod
    def mention_lead(self, kind: MentionKind, count: int, person: str | None, due: str | None) -> str:
        """What is to be done with them."""

    @abstractmethod
    def suspended(self, topic: str, trouble: str | None) -> tuple[str, str]:
        """Subject and sentence: a topic is watched no longer."""

    @abstractmethod
    def test(self, destination: str) -> tuple[str, str]:
        """Subject and sentence: it works."""

    @abstractmethod
    def confirm(self, destination: str) -> tuple[str, str]:
        """Subject and sentence: whether mail is wanted."""

    # The digest

    @abstractmethod
    def digest_subject(self, period: Literal["day", "week"], until: datetime) -> str:
        """The digest in a line."""

    @abstractmethod
    def digest_lead(self, mentions: int, before: int | None, alerts: int) -> str:
        """What happened, in total; ``before`` is ``None`` where it is not known."""

    @abstractmethod
    def quiet(self) -> str:
        """That nothing is watched yet."""

    @abstractmethod
    def digest_topic(self, row: DigestTopic) -> list[str]:
        """What happened to a topic: sentences."""

    @abstractmethod
    def digest_alert(self, alert: DigestAlert, at: datetime, people: Sequence[str]) -> str:
        """What an alert was, why, and who carried it."""

    @abstractmethod
    def more_alerts(self, alerts: int) -> str:
        """That some alerts of a topic are not shown."""

    @abstractmethod
    def to_do(self, rows: Sequence[DigestTopic]) -> list[str]:
        """What to do now; that there is nothing to do, where there is nothing."""

    @abstractmethod
    def left_out(self, topics: int) -> str:
        """That some topics are not shown."""

    # Small print, and the pages of links

    @abstractmethod
    def foot(self, destination: str, *, links: bool) -> list[str]:
        """Why somebody gets this, and how long its links work, where it has any."""

    @abstractmethod
    def act_page(self, act: Act, about: str, who: str) -> ActPage:
        """The page of a link."""

    @abstractmethod
    def used(self) -> str:
        """That a link was used already."""

    @abstractmethod
    def void(self) -> str:
        """That a link is none, or its time is over."""

    @abstractmethod
    def later(self) -> str:
        """That it did not work now."""
