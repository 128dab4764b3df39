"""The digest: a day or a week of a workspace's topics, for people who have never seen a chart."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec

from socialindex.alert.alert import AlertKind, Evidence, Spreader  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.alert.model import Severity  # noqa: TC001 - likewise
from socialindex.deliver.event import Event, event_id
from socialindex.deliver.hours import eight_before, last_eight
from socialindex.model import Struct
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from socialindex.alert.alert import Alert
    from socialindex.deliver.destination import Destination
    from socialindex.deliver.digest_parts import Alerts, Figures, Health, Topics
    from socialindex.deliver.event import Kind
    from socialindex.topics.topic import Topic

Period = Literal["day", "week"]

WEEK: Final = timedelta(days=7)
MOST_TOPICS: Final = 30
"""Of a digest: the loudest. A letter with more is read by nobody."""
MOST_ALERTS: Final = 10
"""Of a topic: the worst, and those that somebody should take. All are counted."""
_PAGE: Final = 200
"""Alerts that are asked for at once."""
_WORDS: Final = 5
_PEOPLE: Final = 3


class DigestAlert(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An alert of the time."""

    id: str
    kind: AlertKind
    severity: Severity
    opened_at: datetime
    closed_at: datetime | None
    acknowledged: bool
    assigned_to: str | None = None
    """Whose business it is; ``None``: nobody's."""
    lead_minutes: float | None
    """From the first social post to the first article, negative where the press was first; ``None`` where no article
    has come."""
    news_channels: int
    """News channels that we crawl: the lead is over these."""
    terms: list[str]
    """What explains it: words that are said more than usual."""
    spreaders: list[Spreader]
    """Who carried it."""

    @property
    def is_untaken(self) -> bool:
        """Whether it is open, and nobody has seen it or is to."""
        return self.closed_at is None and not self.acknowledged and self.assigned_to is None


class DigestTopic(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A topic's figures of the time, beside those of the same time a week before."""

    topic: str
    name: str
    mentions: int
    mentions_before: int | None
    """In the same time a week before, by the zone's clocks; ``None`` where posts have not been looked through so far
    back."""
    positive: int
    neutral: int
    negative: int
    negative_share: float | None
    """Of the mentions whose mood is known; ``None`` where none is."""
    negative_share_before: float | None
    posts: list[Evidence]
    """The most resonant ones: spread farther than their authors' posts usually do."""
    alerts: list[DigestAlert]
    """Alerts that were opened in this time or ran in it, the worst first; ten at most."""
    alerts_left_out: int = 0
    """Further such alerts, that are not shown since there are too many."""
    answered: int
    """Mentions that were answered in this time, without those that were there before the topic."""
    answer_minutes: float | None
    """The median time from a mention's coming to its answer; ``None`` where none was answered."""
    overdue: int
    """Mentions that should have been answered by the end of this time, by the topic's target, and were not."""

    @property
    def untaken(self) -> list[DigestAlert]:
        """The alerts shown that somebody should take."""
        return [one for one in self.alerts if one.is_untaken]


class Digest(Struct, frozen=True, kw_only=True, omit_defaults=False, rename={"since": "from", "until": "to"}):
    """What a digest says: of a day or of a week, from eight in the morning until eight in the morning."""

    period: Period
    since: datetime
    """Where the time begins (``from``)."""
    until: datetime
    """Where it ends (``to``)."""
    time_zone: str
    topics: list[DigestTopic]
    """The loudest first."""
    topics_left_out: int
    """Topics that are not shown, since there are too many."""
    blind: list[str]
    """Sources of the topics that could not be seen for a part of the time: there may have been more."""
    mentions: int | None = None
    """Posts that the topics have, those that are not shown too: each counted once, however many topics have it. An
    estimate from some ten thousands on; ``None`` in digests that were made before it was counted."""
    mentions_before: int | None = None
    """The same of the time a week before; ``None`` where that is not known of each topic."""
    alerts: int | None = None
    """Alerts of all topics that were opened in this time or ran in it, those that are not shown too; ``None`` in
    digests that were made before they were counted."""


class Time(NamedTuple):
    """From ``since`` on until before ``until``, and whose clocks are meant."""

    since: datetime
    until: datetime
    zone: tzinfo

    @property
    def before(self) -> Time:
        """The same a week before by the zone's clocks, be they changed between: where that digest began and ended."""
        since, until = ((moment.astimezone(self.zone) - WEEK).astimezone(UTC) for moment in (self.since, self.until))
        return Time(since, until, self.zone)


class Total(NamedTuple):
    """Posts that topics have together."""

    mentions: int
    before: int | None
    """In the same time a week before; ``None`` where that is not known of each topic."""


class Digests:
    """Makes digests."""

    def __init__(self, topics: Topics, figures: Figures, alerts: Alerts, health: Health) -> None:
        self._topics = topics
        self._figures = figures
        self._alerts = alerts
        self._health = health

    def event(self, destination: Destination, kind: Kind, now: datetime) -> Event:
        """A destination's digest of the day or week that ended last: the same event, whenever it is asked for.

        It names posts and people by their ids: ``wording`` has the words.

        Raises:
            Unavailable: a part does not answer.
        """
        weekly = kind == "digest.weekly"
        until = last_eight(now, destination.time_zone, weekly=weekly)
        since = eight_before(until, destination.time_zone, weekly=weekly)
        return Event(
            id=event_id(kind, destination.id, until.isoformat()),
            kind=kind,
            workspace=destination.workspace,
            at=until,
            data=msgspec.to_builtins(self._made(destination, "week" if weekly else "day", since, until)),
        )

    def _made(self, destination: Destination, period: Period, since: datetime, until: datetime) -> Digest:
        topics = [topic for topic in self._topics.of_workspace(destination.workspace) if _is_shown(topic, destination)]
        alerts = self._by_topic(destination.workspace, since, until) if topics else {}
        time = Time(since, until, zone_of(destination.time_zone))
        rows = [_with_alerts(row, alerts.get(row.topic, [])) for row in self._figures.of(topics, time)]
        total = self._figures.total(topics, time)
        rows.sort(key=lambda row: (-_alerts_of(row), -row.mentions, row.name))
        return Digest(
            period=period,
            since=since,
            until=until,
            time_zone=destination.time_zone,
            topics=rows[:MOST_TOPICS],
            topics_left_out=max(0, len(rows) - MOST_TOPICS),
            blind=self._blind(topics, since, until),
            mentions=total.mentions,
            mentions_before=total.before,
            alerts=sum(map(_alerts_of, rows)),
        )

    def _by_topic(self, workspace: str, since: datetime, until: datetime) -> dict[str, list[DigestAlert]]:
        """Alerts that were opened in the time, and those that were before and ran in it: of each topic all.

        Of what was opened more than a week before, only what is open still: hardly any lasts so long.
        """
        found: defaultdict[str, list[DigestAlert]] = defaultdict(list)
        opened = self._all(workspace, since=since, until=until)
        running = self._all(workspace, until=since, state="open")
        before = self._all(workspace, since=since - WEEK, until=since, state="closed")
        ended = (alert for alert in before if alert.closed_at and alert.closed_at > since)
        each = {alert.id: alert for alert in (*opened, *running, *ended)}  # one may have ended between the questions
        for alert in each.values():
            found[alert.topic].append(_alert(alert))
        return found

    def _all(self, workspace: str, **wanted: Any) -> Iterator[Alert]:  # noqa: ANN401 - what ``Alerts.page`` takes
        after: str | None = ""
        while after is not None:
            page = self._alerts.page(workspace, after=after, limit=_PAGE, **wanted)
            yield from page.alerts
            after = page.following

    def _blind(self, topics: Sequence[Topic], since: datetime, until: datetime) -> list[str]:
        """Sources that the topics are about and that could not be seen: of others nothing was missed here."""
        events = (event for event in self._health.events() if event.is_blind)
        meeting = (one for one in events if one.finding.since < until and (one.closed_at or until) > since)
        watched = [topic.watched.source for topic in topics]
        unseen = {event.finding.source for event in meeting}
        return sorted(source for source in unseen if any(source in some or not some for some in watched))


def _is_shown(topic: Topic, destination: Destination) -> bool:
    wanted = destination.wishes.topics
    return topic.state != "deleting" and (not wanted or topic.id in wanted)


_RANK: Final[dict[Severity, int]] = {"high": 0, "medium": 1, "low": 2}


def _with_alerts(row: DigestTopic, alerts: Sequence[DigestAlert]) -> DigestTopic:
    shown = sorted(alerts, key=lambda one: (not one.is_untaken, *_badness(one)))[:MOST_ALERTS]
    left_out = len(alerts) - len(shown)
    return msgspec.structs.replace(row, alerts=sorted(shown, key=_badness), alerts_left_out=left_out)


def _badness(alert: DigestAlert) -> tuple[int, str]:
    return _RANK[alert.severity], alert.id


def _alerts_of(row: DigestTopic) -> int:
    """How many alerts a topic had."""
    return len(row.alerts) + row.alerts_left_out


def _alert(alert: Alert) -> DigestAlert:
    lead = alert.lead_time
    return DigestAlert(
        id=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        opened_at=alert.opened_at,
        closed_at=alert.closed_at,
        acknowledged=alert.acknowledged_at is not None,
        assigned_to=alert.assigned_to,
        lead_minutes=lead.minutes if lead else None,
        news_channels=lead.news_channels if lead else 0,
        terms=[term.term for term in alert.terms[:_WORDS]],
        spreaders=alert.spreaders[:_PEOPLE],
    )
