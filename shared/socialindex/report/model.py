"""A topic's month in figures: what the API answers as JSON, and what the page is made of."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

from socialindex.alert.alert import AlertKind, Spreader  # noqa: TC001 - likewise
from socialindex.alert.model import Severity  # noqa: TC001 - likewise
from socialindex.model import Struct
from socialindex.search.analytics.coverage import Coverage  # noqa: TC001 - likewise
from socialindex.search.mentions.answers import AnswersReport  # noqa: TC001 - likewise

Extra = Literal["terms", "voices", "posts"]
"""Parts without which a report is one, too."""


class ReportMood(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Mentions by mood."""

    positive: int
    neutral: int
    negative: int
    unknown: int
    """Their mood could not be told."""
    negative_share: float | None
    """Of those whose mood is known; null where none is."""


class ReportDay(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A day of the month."""

    at: datetime
    """When it begins."""
    mentions: int
    before: int | None
    """On the same day of the month before; null where that is not known, or has no such day."""
    positive: int
    neutral: int
    negative: int
    unknown: int
    """Their mood could not be told."""
    blind: list[str]
    """Sources that were not seen, or not wholly, for some of it."""


class ReportPlace(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Mentions of one place, language or hashtag."""

    value: str
    """Its name."""
    mentions: int
    negative_share: float | None
    """Of those whose mood is known; null where none is."""


class ReportTerm(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A word that stands out against all posts of the month."""

    term: str
    mentions: int
    """That have it."""


class ReportVoice(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A topic beside others."""

    topic: str
    """The topic's id."""
    name: str
    """The topic's name."""
    mentions: int
    deduplicated: int
    """Near-duplicates counted once."""
    share: float | None
    """Of all voices' mentions; null where there are none."""
    share_deduplicated: float | None
    """The same of near-duplicates counted once."""


class ReportIncident(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An alert that was opened in the month, and what came of it."""

    alert: str
    """The alert's id."""
    kind: AlertKind
    severity: Severity
    """How bad it was."""
    since: datetime
    """When it began."""
    opened_at: datetime
    """When the alert was raised."""
    acknowledged_at: datetime | None
    """When somebody had seen it."""
    closed_at: datetime | None
    """When it was over; null: it lasts."""
    first_post_at: datetime | None
    """When the first social post of it was published."""
    first_article_at: datetime | None
    """When the first article was published; null: none has come."""
    lead_minutes: float | None
    """From the first social post to the first article; negative where the press was first; null where no article has
    come, or nothing but articles."""
    news_channels: int
    """News channels that are read: the lead is over these."""
    negative_share: float | None
    """Of the voices in the window that shows it best."""
    terms: list[str]
    """Words that are said more than usual."""
    sources: list[str]
    """Where it was heard, the loudest first."""
    mentions: int
    """Published while it lasted."""
    answered: int
    """Of these, answered so far."""
    open: int
    """Of these, new or assigned."""
    first_answered_at: datetime | None
    """When the first of them was answered."""


class ReportAlerts(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """The alerts of the month."""

    total: int
    over: int
    """Of these, no longer lasting."""
    heard_first: int
    """With a first post before the first article; within the same minute, neither was first."""
    in_press: int
    """Of which an article has come."""
    median_lead_minutes: float | None
    """Half of those with an article had a longer lead; null where none has one."""
    mentions: int
    """Published while any of them lasted, each counted once."""
    answered: int
    """Of these, answered so far."""
    open: int
    """Of these, new or assigned."""
    severities: dict[Severity, int]
    """How many of each severity; without those of which there is none."""
    days: list[date]
    """Days of the month on which one was raised, each once."""
    incidents: list[ReportIncident]
    """The worst first, of several as bad the one with the most mentions; thirty at most. All other figures are of those
    left out too."""


class ReportPost(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A post that went farther than its author's posts usually do."""

    post: str
    """The post's id."""
    source: str
    platform: str | None
    """The host that published it."""
    url: str | None
    author: str | None
    """The author's name as shown."""
    excerpt: str | None
    """The beginning of its title or text."""
    published_at: datetime | None
    sentiment: float | None
    spread: int
    """Reposts, copies and the like that came from it."""
    engagement: int | None
    """Likes, replies and reposts; null where the source shows none."""
    resonance: float
    """Its spread beside what is usual for its author; 1 is as usual."""


class ReportPosts(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What spread, and who carried it: of the posts that were repeated and liked most."""

    most: list[ReportPost]
    """The most resonant first."""
    spreaders: list[Spreader]
    """Authors from whose posts most came."""
    looked_at: int
    """Posts that these were chosen from."""


class ReportBlind(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A source that was not seen, or not wholly, for some of the month."""

    source: str
    minutes: int
    """In all, one at least, overlapping times counted once; in those of single channels none in which the whole source
    is meant."""
    whole: bool
    """Whether anything of the source may have been missed; else single channels of it."""


class ReportTopic(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What is reported on."""

    id: str
    name: str
    q: str
    """Its query."""
    known_since: datetime
    """Mentions from before have not been looked for."""


class MonthReport(Struct, frozen=True, kw_only=True, omit_defaults=False, rename={"since": "from", "until": "to"}):
    """A topic's month."""

    topic: ReportTopic
    """What it is about."""
    month: str
    """Such as ``2026-11``."""
    since: datetime
    """Where it begins (``from``)."""
    until: datetime
    """Where it ends (``to``): with the present where the month is not over."""
    time_zone: str
    is_over: bool
    """Whether the month is."""
    made_at: datetime
    """Answers and alerts are as they were then."""
    mentions: int
    deduplicated: int
    """Near-duplicates counted once."""
    mentions_before: int | None
    """In the month before, as far as this one has gone, or all of a shorter one; null where that is not known."""
    mood: ReportMood
    mood_before: ReportMood | None
    """In the month before, likewise."""
    days: list[ReportDay]
    """All that have begun."""
    sources: list[ReportPlace]
    """Where it was said, the loudest first."""
    platforms: list[ReportPlace]
    """Hosts that published."""
    languages: list[ReportPlace]
    hashtags: list[ReportPlace]
    """Those that were used most."""
    terms: list[ReportTerm] | None
    """Null where they were not told in time."""
    voices: list[ReportVoice] | None
    """This topic first, and others of the workspace beside it; empty where there are none; null where they were not
    told in time."""
    alerts: ReportAlerts
    """Those that were opened in the month, and what came of them."""
    answers: AnswersReport
    """How fast mentions that were found in the month were answered."""
    posts: ReportPosts | None
    """Null where they were not told in time."""
    blind: list[ReportBlind]
    """There may have been more than is told, the longest first."""
    left_out: list[Extra]
    """Parts that the engine did not tell in time: ask again."""
    coverage: Coverage
