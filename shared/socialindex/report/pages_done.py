"""Pages of what was noticed and done: alerts and their outcome, answers; and of what was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from socialindex.report import charts_bars
from socialindex.report.charts_bars import Bar
from socialindex.report.element import Child, Element, element, foreign
from socialindex.report.first_page import lead_in_words
from socialindex.report.sheet import figure, note, section, table, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.report.model import ReportIncident
    from socialindex.report.sheet import Sheet

_ALERTS: Final = 14
"""Of a table; the others are counted."""
_PEOPLE: Final = 10


def alerts_and_answers(sheet: Sheet) -> Element:
    """The page of what was noticed, and what was done about it."""
    words, alerts = sheet.words, sheet.report.alerts
    heads = words.columns
    if not alerts.incidents:
        shown: list[Child] = [note(words.no_alerts)]
    else:
        rows = [_alert(sheet, one) for one in alerts.incidents[:_ALERTS]]
        shown = [table([heads.alert, heads.began, heads.lead, heads.heard, heads.answered, heads.state], rows, (3, 4))]
    if alerts.total > _ALERTS:
        shown.append(note(words.alerts_left_out.format(count=f"{alerts.total - _ALERTS:,}")))
    return section(words.headings.alerts, shown, titled(words.headings.answers, _answers(sheet)))


def _alert(sheet: Sheet, one: ReportIncident) -> list[Child]:
    words = sheet.words
    kind = element("span", words.kinds[one.kind], class_=f"tag {one.severity}")
    about = ", ".join(one.terms)
    return [
        [kind, element("div", foreign(about), class_="soft small") if about else None],
        sheet.when(one.since),
        _lead(sheet, one),
        f"{one.mentions:,}",
        f"{one.answered:,}",
        _state(sheet, one),
    ]


def _lead(sheet: Sheet, one: ReportIncident) -> Child:
    said = lead_in_words(sheet.words, one)
    return element("span", said, class_="ahead") if round(one.lead_minutes or 0) > 0 else said


def _state(sheet: Sheet, one: ReportIncident) -> str:
    if one.closed_at is None:
        return sheet.words.running
    return sheet.words.over.format(span=sheet.words.span((one.closed_at - one.since).total_seconds() / 60))


def _answers(sheet: Sheet) -> list[Child]:
    words, found = sheet.words, sheet.report.answers
    counts = {"mentions": words.many(found.total.mentions, "mention"), "answered": f"{found.total.answered:,}"}
    if found.total.p90_minutes is None:
        return [note(words.answers_none.format(**counts))]
    return [
        element("p", words.answers_total.format(**counts, p90=words.span(found.total.p90_minutes))),
        titled(words.headings.by_week, _weeks(sheet)),
        _people(sheet),
    ]


def _weeks(sheet: Sheet) -> Element:
    words, found = sheet.words, sheet.report.answers
    target = found.target_minutes
    rows = [
        Bar(
            sheet.day(max(week.week, found.since)),
            week.median_minutes,
            words.span(week.median_minutes),
            late=target is not None and week.median_minutes > target,
        )
        for week in found.weeks
        if week.median_minutes is not None
    ]
    name = words.legend.target.format(span=words.span(target)) if target else ""
    told = words.chart_parts.format(
        title=words.headings.by_week, parts=", ".join(f"{row.name} {row.shown}" for row in rows)
    )
    return figure(charts_bars.against(rows, target, name, told))


def _people(sheet: Sheet) -> Element | None:
    words, heads = sheet.words, sheet.words.columns
    people = sheet.report.answers.assignees[:_PEOPLE]
    if not people:
        return None
    rows: list[list[Child]] = [
        [
            foreign(one.assignee),
            f"{one.mentions:,}",
            f"{one.answered:,}",
            words.span(one.median_minutes) if one.median_minutes is not None else "-",
            words.share(one.share_within_target),
            f"{one.open:,}",
        ]
        for one in people
    ]
    columns = [heads.person, heads.mentions, heads.answered, heads.median, heads.in_time, heads.open]
    return titled(words.headings.by_person, table(columns, rows, range(1, 6)))


# --- what was not seen -----------------------------------------------------------------------------------------------


def limits(sheet: Sheet) -> Element:
    """The last page: what was not seen, what is not known, and what the words mean."""
    words, made = sheet.words, sheet.words.made_at.format(at=sheet.when(sheet.report.made_at))
    glossary = [element("div", element("dt", word), element("dd", meaning)) for word, meaning in words.glossary]
    return section(
        words.headings.limits,
        _blind(sheet),
        [note(one) for one in _unknown(sheet)],
        titled(words.headings.reading, element("dl", glossary, class_="glossary")),
        element("footer", element("p", f"{made}. {words.copy}"), class_="foot"),
    )


def _blind(sheet: Sheet) -> list[Child]:
    words, blind = sheet.words, sheet.report.blind
    if not blind:
        return [note(words.all_seen)]
    heads, names = words.columns, sheet.names(one.source for one in blind)
    rows = [[names[one.source], words.span(one.minutes), words.whole if one.whole else words.partly] for one in blind]
    return [note(words.unseen), table([heads.source, heads.unseen, heads.extent], rows, (1,))]


def _unknown(sheet: Sheet) -> Iterator[str]:
    """What else there is that the figures do not know."""
    words, report, coverage = sheet.words, sheet.report, sheet.report.coverage
    for sentence, at in [*sheet.beginnings, (words.health_since, coverage.health_since)]:
        if at > report.since:
            yield sentence.format(at=sheet.when(at))
    if coverage.undated:
        yield words.undated.format(count=f"{coverage.undated:,}")
    if coverage.estimates:
        yield words.estimates
