"""The words of a report in each language: plain ones, for people who have never seen a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from socialindex.alert.lengths import units
from socialindex.alert.tongues import Tongue  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.amounts import changed, percent
from socialindex.deliver.destination import Language  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from datetime import date, datetime

    from socialindex.report.month import Month

Countable = Literal["alert", "mention", "post", "topic"]

_TENTH = 0.1


class Headings(msgspec.Struct, frozen=True, kw_only=True):
    """Titles of parts, charts and tables' columns."""

    report: str
    summary: str
    course: str
    points: str
    volume: str
    mood: str
    where: str
    sources: str
    platforms: str
    languages: str
    what: str
    terms: str
    hashtags: str
    voices: str
    raw: str
    deduplicated: str
    alerts: str
    answers: str
    by_week: str
    by_person: str
    spread: str
    posts: str
    spreaders: str
    limits: str
    reading: str


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Titles of tables' columns."""

    alert: str
    began: str
    lead: str
    heard: str
    answered: str
    state: str
    topic: str
    mentions: str
    stories: str
    share: str
    post: str
    spread: str
    times: str
    person: str
    place: str
    posts: str
    source: str
    unseen: str
    extent: str
    week: str
    median: str
    in_time: str
    open: str


class Legend(msgspec.Struct, frozen=True, kw_only=True):
    """What colors and marks mean."""

    this_month: str
    month_before: str
    alert: str
    unseen: str
    negative: str
    positive: str
    neutral: str
    unknown: str
    target: str


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """All words of a language. Braces are filled in; names of strangers stand where no particle hangs on them."""

    language: Language
    tongue: Tongue
    headings: Headings
    columns: Columns
    legend: Legend
    kinds: dict[str, str]
    severities: dict[str, str]
    steps: dict[str, str]
    tongues: dict[str, str]
    """Languages by their codes."""
    glossary: list[tuple[str, str]]
    """What words of the report mean."""
    counts: dict[Countable, tuple[str, str]]
    """One of something, and several."""

    month: str
    day: str
    moment: str
    weekdays: str
    so_far: str
    period: str
    made_at: str
    made_by: str

    # The first page
    headline_before: str
    headline_after: str
    headline_same: str
    headline_only_press: str
    headline_unpublished: str
    headline_unread: str
    headline_quiet: str
    lead_title: str
    lead_of: str
    lead_none: str
    lead_no_channels: str
    lead_unpublished: str
    lead_only_press: str
    answer_title: str
    answer_target: str
    answer_no_target: str
    answer_none: str
    answer_waiting: str
    outcome_title: str
    outcome_over: str
    outcome_none: str
    outcome_answered: str
    outcome_quiet: str
    ahead: str
    after: str
    course_of: str
    figure_mentions: str
    figure_stories: str
    figure_negative: str
    figure_alerts: str

    # Sentences
    more: str
    fewer: str
    same: str
    before_unknown: str
    before_none: str
    month_before: str
    volume: str
    loudest: str
    no_mentions: str
    none_known: str
    mood: str
    mood_before: str
    mood_unknown: str
    incident: str
    incident_words: str
    voice: str
    overdue: str
    no_voices: str
    no_alerts: str
    alerts_left_out: str
    nothing_here: str
    not_in_time: str
    posts_of: str
    no_spread: str
    answers_total: str
    answers_none: str
    press_first: str
    press_too: str
    only_press: str
    not_in_press: str
    over: str
    running: str
    whole: str
    partly: str
    all_seen: str
    unseen: str
    known_since: str
    health_since: str
    kept_since: str
    history_since: str
    undated: str
    estimates: str
    month_is_short: str
    chart_volume: str
    chart_mood: str
    chart_parts: str
    chart_course: str
    copy: str

    # Numbers and times

    def many(self, number: int, what: Countable) -> str:
        """So many of something."""
        one, several = self.counts[what]
        return (one if number == 1 else several).format(f"{number:,}")

    def span(self, minutes: float) -> str:
        """A length of time, of a minute at least, to the minute below a day and to the hour above."""
        numbers = units(abs(minutes))
        return " ".join(self.tongue.unit(number, place) for place, number in enumerate(numbers) if number)

    def month_name(self, month: Month) -> str:
        """A month."""
        return self.month.format(year=month.first.year, month=month.first.month, name=f"{month.first:%B}")

    def day_name(self, day: date) -> str:
        """A day of the month."""
        return self.day.format(
            month=day.month, day=day.day, name=f"{day:%B}", weekday=self.weekdays.split()[day.weekday()]
        )

    def when(self, at: datetime) -> str:
        """A moment, in the zone that it is given in."""
        return self.moment.format(month=at.month, day=at.day, name=f"{at:%b}", time=f"{at:%H:%M}")

    def beside(self, now: int, before: int | None, times: float = 1.0) -> str:
        """A number beside that of the month before, by day: ``times`` is how many times as long this one is."""
        if before is None:
            return self.before_unknown
        if not before:
            return self.before_none
        change = now / before / times - 1
        if abs(change) < _TENTH:
            return self.same.format(before=f"{before:,}")
        said = self.more if change > 0 else self.fewer
        return said.format(change=changed(change, self.language), before=f"{before:,}")

    def source(self, name: str) -> str:
        """A source as people call it."""
        return self.tongue.source(name)

    def tongue_name(self, code: str) -> str:
        """A language by its code."""
        return self.tongues.get(code, code)

    def share(self, share: float | None) -> str:
        """A share; a dash where it is not known."""
        return "-" if share is None else percent(share, self.language)
