"""An alert in plain words, for people who have never seen a chart.

What happens, since when, how bad it is, where, who carries it, whether the press has it, and what to do next. Times
are Korea's. Korean sentences avoid particles that depend on the sound before them.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

from socialindex.alert.lengths import units
from socialindex.alert.tongues import ENGLISH, KOREAN
from socialindex.amounts import figure, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from socialindex.alert.alert import Alert, LeadTime
    from socialindex.alert.tongues import Tongue

Language = Literal["en", "ko"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "ko")
_TONGUES: Final[dict[Language, Tongue]] = {"en": ENGLISH, "ko": KOREAN}
_KOREA: Final = timezone(timedelta(hours=9))
_NOBODY: Final = 0.5
"""Voices expected below which usually nobody speaks."""
_SHOWN: Final = 5


def explain(alert: Alert, language: Language) -> str:
    """What an alert says, in some sentences; paragraphs are apart by an empty line."""
    tongue = _TONGUES[language]
    parts = (
        _what(alert, tongue),
        _since(alert, tongue),
        _who(alert, tongue),
        _press(alert, tongue),
        _todo(alert, tongue),
    )
    return "\n\n".join(" ".join(sentences) for part in parts if (sentences := list(part)))


def _what(alert: Alert, tongue: Tongue) -> Iterator[str]:
    word = alert.terms[0].term if alert.terms else "?"
    said = (tongue.was if alert.closed_at else {}).get(alert.kind, tongue.what[alert.kind])
    yield said.format(
        name=alert.topic_name,
        observed=f"{alert.observed:,}",
        window=_long(alert.window_minutes, tongue),
        times=_times(alert, tongue),
        share=_share(alert.negative_share, tongue),
        usual=_share(alert.usual_negative_share, tongue),
        word=word,
    )
    if alert.kind in {"burst", "reach", "term"} and alert.negative_share:
        sentence = tongue.mood_of_all if alert.kind == "term" else tongue.mood
        yield sentence.format(share=_share(alert.negative_share, tongue))


def _since(alert: Alert, tongue: Tongue) -> Iterator[str]:
    yield tongue.since.format(at=_at(alert.since, tongue))
    if alert.mentions > 1:
        yield tongue.mentions.format(mentions=f"{alert.mentions:,}")
    if alert.closed_at and _ran(alert):
        yield tongue.closed.format(at=_at(alert.closed_at, tongue))
    if alert.sources:
        yield tongue.where.format(places=_list(map(tongue.source, alert.sources), tongue))
    if alert.blind:
        yield tongue.blind.format(places=_list(map(tongue.source, alert.blind), tongue, most=None))


def _who(alert: Alert, tongue: Tongue) -> Iterator[str]:
    if alert.terms and alert.kind != "term":
        yield tongue.words.format(words=_list((f"“{each.term}”" for each in alert.terms[:_SHOWN]), tongue))
    if alert.spreaders:
        most = alert.spreaders[0]
        sentence = tongue.spreader if most.spread else tongue.writer
        name, place = most.name or tongue.nameless, tongue.source(most.source)
        yield sentence.format(name=name, place=place, spread=f"{most.spread:,}")


def _press(alert: Alert, tongue: Tongue) -> Iterator[str]:
    lead = alert.lead_time
    if lead is None:
        return
    channels = tongue.counted(lead.news_channels)
    if lead.minutes is None:
        yield _no_lead(lead, tongue).format(channels=channels)
        return
    minutes = round(lead.minutes)
    sentence = tongue.before_press if minutes > 0 else tongue.after_press if minutes else tongue.with_press
    yield sentence.format(lead=_long(abs(minutes), tongue), channels=channels)


def _no_lead(lead: LeadTime, tongue: Tongue) -> str:
    if lead.first_article:
        return tongue.only_press
    return tongue.no_article if lead.news_channels else tongue.no_news


def _todo(alert: Alert, tongue: Tongue) -> Iterator[str]:
    if alert.closed_at and _ran(alert):
        yield tongue.over
        return
    yield tongue.todo[alert.kind]
    if alert.kind in {"burst", "shift", "crisis"} and alert.lead_time and alert.lead_time.first_article:
        yield tongue.statement


def _ran(alert: Alert) -> bool:
    """Whether it took some time; a word may, or be over when it is noticed."""
    return alert.kind in {"burst", "shift", "crisis"} or (alert.kind == "term" and alert.closed_at != alert.opened_at)


def _times(alert: Alert, tongue: Tongue) -> str:
    if alert.expected < _NOBODY:
        return tongue.nobody
    return tongue.times.format(times=figure(alert.observed / alert.expected))


def _share(share: float | None, tongue: Tongue) -> str:
    return "?" if share is None else percent(share, tongue.language)


def _long(minutes: int, tongue: Tongue) -> str:
    return " ".join(tongue.unit(number, place) for place, number in enumerate(units(minutes)) if number)


def _at(moment: datetime, tongue: Tongue) -> str:
    local = moment.astimezone(_KOREA)
    return tongue.moment.format(day=local.day, month=local.month, named=f"{local:%b}", time=f"{local:%H:%M}")


def _list(parts: Iterable[str], tongue: Tongue, most: int | None = _SHOWN) -> str:
    """The first ones; what was not seen is named to the last, since whatever is not named passes for seen."""
    *first, last = list(dict.fromkeys(parts))[:most]
    return tongue.both.join([", ".join(first), last]) if first else last
