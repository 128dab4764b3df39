"""The first page, for whoever reads no other: what was heard before the press, how fast it was answered, what came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from socialindex.report.charts_story import Lead, Step, course
from socialindex.report.element import Child, Element, element, foreign
from socialindex.report.sheet import figure, titled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from socialindex.alert.model import Severity
    from socialindex.report.branding import Branding
    from socialindex.report.model import ReportIncident
    from socialindex.report.sheet import Sheet
    from socialindex.report.words import Words

_MOMENT: Final = timedelta(microseconds=1)
_RANK: Final[dict[Severity, int]] = {"high": 0, "medium": 1, "low": 2}


def first_page(sheet: Sheet, brand: Branding) -> Element:
    """The page."""
    return element(
        "section",
        _top(sheet, brand),
        element("h1", foreign(sheet.report.topic.name)),
        element("p", _period(sheet), class_="period"),
        element("p", headline(sheet), class_="headline"),
        element("dl", [_card(*card) for card in (_lead(sheet), _answers(sheet), _outcome(sheet))], class_="cards"),
        _course(sheet),
        _strip(sheet),
        titled(
            sheet.words.headings.points, element("ul", [element("li", one) for one in _points(sheet)], class_="points")
        ),
        class_="sheet",
    )


def headline(sheet: Sheet) -> str:
    """The month in a sentence: how its largest incident was heard of, or that there was none."""
    words, incident = sheet.words, main_incident(sheet)
    if incident is None:
        return words.headline_quiet
    if (lead := incident.lead_minutes) is not None:
        said = words.headline_before if lead > 0 else words.headline_after
        return said.format(span=words.span(lead)) if round(lead) else words.headline_same
    if incident.first_article_at:
        return words.headline_only_press
    if incident.news_channels:
        return words.headline_unpublished
    return words.headline_unread.format(count=sheet.report.alerts.total)


def main_incident(sheet: Sheet) -> ReportIncident | None:
    """The one to tell of: of the worst, the one that most was said in, whoever was first to have it."""
    return min(sheet.report.alerts.incidents, key=lambda one: (_RANK[one.severity], -one.mentions), default=None)


# --- who and when ----------------------------------------------------------------------------------------------------


def _top(sheet: Sheet, brand: Branding) -> Element:
    logo = element("img", src=brand.logo, alt="") if brand.logo else None
    name = foreign(brand.name) if brand.name else None
    kind = f"{sheet.words.headings.report} · {sheet.words.month_name(sheet.month)}"
    who = element("div", logo, name, class_="brand")
    return element("header", who, element("div", kind, class_="kind"), class_="top")


def _period(sheet: Sheet) -> str:
    words, report = sheet.words, sheet.report
    last = report.until - _MOMENT
    period = words.period.format(since=sheet.day(report.since), until=sheet.day(last), time_zone=report.time_zone)
    return period if report.is_over else f"{period}. {words.so_far.format(at=sheet.when(report.made_at))}"


# --- three cards -----------------------------------------------------------------------------------------------------


def _card(title: str, value: str, notes: list[str]) -> Element:
    shown = element("dd", element("p", value, class_="value"), [element("p", one, class_="note") for one in notes])
    return element("div", element("dt", title), shown, class_="card")


def _lead(sheet: Sheet) -> tuple[str, str, list[str]]:
    words, alerts, incident = sheet.words, sheet.report.alerts, main_incident(sheet)
    if incident is None:
        return words.lead_title, "-", [words.lead_none]
    most = max(one.news_channels for one in alerts.incidents)
    channels = words.tongue.counted(most)
    note = words.lead_unpublished.format(channels=channels) if most else words.lead_no_channels
    if any(one.first_article_at for one in alerts.incidents):
        note = words.lead_only_press.format(channels=channels)
    if alerts.in_press:
        press = words.many(alerts.in_press, "alert")
        note = words.lead_of.format(press=press, heard=alerts.heard_first, channels=channels)
    return words.lead_title, lead_in_words(words, incident), [note]


def lead_in_words(words: Words, incident: ReportIncident) -> str:
    """How long before the press an incident was heard of."""
    if incident.lead_minutes is None and incident.first_article_at:
        return words.only_press
    if incident.lead_minutes is None:
        return words.not_in_press if incident.news_channels else "-"
    if not round(incident.lead_minutes):
        return words.press_too
    said = words.span(incident.lead_minutes)
    return said if incident.lead_minutes > 0 else words.press_first.format(span=said)


def _answers(sheet: Sheet) -> tuple[str, str, list[str]]:
    words, total, target = sheet.words, sheet.report.answers.total, sheet.report.answers.target_minutes
    waiting = [words.answer_waiting.format(count=f"{total.overdue:,}")] if total.overdue else []
    if total.median_minutes is None:
        return words.answer_title, "-", [words.answer_none, *waiting]
    within = words.answer_no_target
    if target:
        within = words.answer_target.format(target=words.span(target), share=words.share(total.share_within_target))
    return words.answer_title, words.span(total.median_minutes), [within, *waiting]


def _outcome(sheet: Sheet) -> tuple[str, str, list[str]]:
    words, alerts = sheet.words, sheet.report.alerts
    if not alerts.total:
        return words.outcome_title, words.outcome_none, [words.outcome_quiet]
    said = words.outcome_answered.format(
        mentions=words.many(alerts.mentions, "mention"), answered=f"{alerts.answered:,}", open=f"{alerts.open:,}"
    )
    value = words.outcome_over.format(total=f"{alerts.total:,}", over=f"{alerts.over:,}")
    return words.outcome_title, value, [said]


# --- the course of the largest ---------------------------------------------------------------------------------------


def _course(sheet: Sheet) -> Element | None:
    incident = main_incident(sheet)
    if incident is None:
        return None
    words, steps = sheet.words, list(_steps(sheet, incident))
    places = [one.kind for one in steps]
    lead = None
    if round(incident.lead_minutes or 0) > 0 and {"post", "article"} <= {*places}:
        text = words.ahead.format(span=words.span(incident.lead_minutes or 0))
        lead = Lead(places.index("post"), places.index("article"), text)
    parts = "; ".join(" ".join(filter(None, (one.name, one.at, one.after))) for one in steps)
    about = words.course_of.format(
        kind=words.kinds[incident.kind], began=sheet.when(incident.since), places=sheet.places(incident.sources) or "-"
    )
    chart = course(steps, lead, words.chart_course.format(parts=parts))
    return titled(words.headings.course, element("p", about, class_="soft small"), figure(chart))


def _steps(sheet: Sheet, incident: ReportIncident) -> Iterator[Step]:
    """What happened, in the order of time."""
    moments: list[tuple[str, datetime | None]] = [
        ("post", incident.first_post_at),
        ("alert", incident.opened_at),
        ("seen", incident.acknowledged_at),
        ("answer", incident.first_answered_at),
        ("article", incident.first_article_at),
        ("over", incident.closed_at),
    ]
    known = sorted(((at, kind) for kind, at in moments if at), key=lambda one: one[0])
    words, first = sheet.words, known[0][0]
    for place, (at, kind) in enumerate(known):
        minutes = (at - first).total_seconds() / 60
        after = words.after.format(span=words.span(minutes)) if place and round(minutes) else ""
        yield Step(kind, words.steps[kind], sheet.when(at), after)


# --- figures and sentences -------------------------------------------------------------------------------------------


def _strip(sheet: Sheet) -> Element:
    words, report = sheet.words, sheet.report
    before = report.mood_before
    was = words.month_before.format(before=words.share(before.negative_share)) if before else ""
    found = [
        (words.figure_mentions, f"{report.mentions:,}", _beside(sheet)),
        (words.figure_stories, f"{report.deduplicated:,}", ""),
        (words.figure_negative, words.share(report.mood.negative_share), was),
        (words.figure_alerts, f"{report.alerts.total:,}", _severities(sheet)),
    ]
    return element("dl", [_figure(*one) for one in found], class_="strip")


def _severities(sheet: Sheet) -> str:
    counts = sheet.report.alerts.severities
    return ", ".join(f"{sheet.words.severities[name]} {count}" for name in _RANK if (count := counts.get(name)))


def _figure(name: str, value: str, note: str) -> Element:
    more = element("div", note, class_="note") if note else None
    return element("div", element("dt", name), element("dd", value, more))


def _points(sheet: Sheet) -> Iterator[Child]:
    words, report = sheet.words, sheet.report
    if not report.mentions:
        yield words.none_known if sheet.is_unknown else words.no_mentions
        return
    yield f"{_volume(sheet)} {_loudest(sheet)}"
    yield _mood(sheet)
    if incident := main_incident(sheet):
        yield _incident(sheet, incident)
    if report.voices:
        own = report.voices[0]
        shares = {"share": words.share(own.share), "deduplicated": words.share(own.share_deduplicated)}
        yield words.voice.format(topics=words.many(len(report.voices) - 1, "topic"), **shares)
    if report.answers.total.overdue:
        yield words.overdue.format(count=f"{report.answers.total.overdue:,}")


def _volume(sheet: Sheet) -> str:
    return sheet.words.volume.format(mentions=f"{sheet.report.mentions:,}", beside=_beside(sheet))


def _beside(sheet: Sheet) -> str:
    report = sheet.report
    return sheet.words.beside(report.mentions, report.mentions_before, sheet.month.times_before)


def _loudest(sheet: Sheet) -> str:
    day = max(sheet.report.days, key=lambda one: one.mentions)
    return sheet.words.loudest.format(day=sheet.day(day.at), mentions=sheet.words.many(day.mentions, "mention"))


def _mood(sheet: Sheet) -> str:
    words, share, before = sheet.words, sheet.report.mood.negative_share, sheet.report.mood_before
    if share is None:
        return words.mood_unknown
    said = words.mood.format(share=words.share(share))
    if before is None or before.negative_share is None:
        return said
    return f"{said} {words.mood_before.format(share=words.share(before.negative_share))}"


def _incident(sheet: Sheet, incident: ReportIncident) -> str:
    words = sheet.words
    said = words.incident.format(
        kind=words.kinds[incident.kind],
        severity=words.severities[incident.severity],
        began=sheet.when(incident.since),
        mentions=f"{incident.mentions:,}",
    )
    return f"{said} {words.incident_words.format(words=', '.join(incident.terms))}" if incident.terms else said
