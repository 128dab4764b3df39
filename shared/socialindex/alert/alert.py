"""An alert as a client sees it: an incident of a topic, with what explains it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Literal

from socialindex.alert.model import Severity  # noqa: TC001 - likewise
from socialindex.model import Struct

AlertKind = Literal["first", "burst", "shift", "crisis", "term", "reach"]
"""Those of ``alert.model.Kind``, of which a term may also be a word that was never significant before, whatever is said
with it, and: reach, an author with many followers. These two are over at once."""


class Evidence(Struct, frozen=True, kw_only=True):
    """A post that shows it."""

    post: str
    """Its id."""
    source: str
    platform: str | None = None
    """The host that published it."""
    url: str | None = None
    title: str | None = None
    excerpt: str | None = None
    """At most 280 characters of its text."""
    author: str | None = None
    """The author's name as shown."""
    published_at: datetime | None = None
    sentiment: float | None = None
    spread: int | None = None
    """Copies, reposts, quotes and links that came from it, where any did."""


class Term(Struct, frozen=True, kw_only=True):
    """A word, hashtag or name that explains it: more of it than usual."""

    term: str
    mentions: int
    """How many mentions have it."""
    times: float
    """How many times its usual share of the topic's mentions."""


class Spreader(Struct, frozen=True, kw_only=True):
    """Who carried it (확산자)."""

    author: str
    """The author's key."""
    name: str | None = None
    source: str
    posts: int
    spread: int
    """Posts that came from theirs."""


class LeadTime(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How long before the press it was there."""

    minutes: float | None
    """From the first social post of the incident to the first article; negative where the press was first; ``None``
    where no article has come yet."""
    first_post: Evidence | None
    first_article: Evidence | None
    """``None`` where none has come yet."""
    news_channels: int
    """News channels that we crawl: the lead is over these, not over all the press."""


class Alert(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One incident, however long it is: opened, updated while it runs, closed when it ends."""

    id: str
    """``al_`` and letters."""
    topic: str
    """The topic's id."""
    workspace: str
    topic_name: str
    """As it was called when the alert was last written."""
    kind: AlertKind
    severity: Severity
    """By how much more is said, how negative it is, and in how many sources."""
    state: Literal["open", "closed"]
    revision: int
    """Grows with each change."""
    since: datetime
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    window_minutes: int
    """Length of the window that shows it best."""
    observed: int
    """Voices in that window."""
    expected: float
    """As many as usual in as long a time at this hour of the week: the baseline."""
    score: float
    """How unlikely that would be were nothing the matter: minus the decimal logarithm of its probability."""
    negative_share: float | None = None
    """Of the window's voices whose sentiment is known; of a word's (``term``), of all who have it."""
    usual_negative_share: float | None = None
    """Of the topic's voices at other times."""
    mentions: int = 0
    """From ``since`` on."""
    sources: list[str] = []
    evidence: list[Evidence] = []
    terms: list[Term] = []
    spreaders: list[Spreader] = []
    """Those from whom most came, the first of them first."""
    lead_time: LeadTime | None = None
    """``None`` where nothing can be told of it."""
    explanation: dict[Literal["en", "ko"], str] = {}
    """What happens, in plain words: what, since when, how much more than usual, where, who, what to do."""
    blind: list[str] = []
    """Sources that could not be seen in the window: it may be more than we know."""
    acknowledged_at: datetime | None = None
    """When somebody said that they have seen it."""
    acknowledged_by: str | None = None
    """Who did: a person's name or a key's id."""
    assigned_to: str | None = None
    """Whose business it is."""
