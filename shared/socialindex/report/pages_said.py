"""Pages of what was said: how much, in which mood, where, about what, and what of it spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialindex import amounts
from socialindex.report import charts, charts_bars
from socialindex.report.charts import Column
from socialindex.report.charts_bars import Bar, key, line_key, mark_key
from socialindex.report.element import Child, Element, element, foreign, link
from socialindex.report.marks import BLUE, GRAY, ORANGE, PALE, SEEN_IN_PART, VOICES
from socialindex.report.sheet import figure, note, section, table, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from socialindex.alert.alert import Spreader
    from socialindex.report.model import ReportDay, ReportPlace, ReportPost
    from socialindex.report.sheet import Sheet


def pages_of_what_was_said(sheet: Sheet) -> list[Element]:
    """The pages."""
    return [_over_time(sheet), _where(sheet), _what(sheet)]


# --- over time -------------------------------------------------------------------------------------------------------


def _over_time(sheet: Sheet) -> Element:
    words = sheet.words
    short = None if sheet.report.is_over or sheet.report.mentions_before is None else note(words.month_is_short)
    heads = words.headings
    return section(
        heads.volume,
        _volume(sheet),
        short,
        titled(heads.mood, _moods(sheet)),
        titled(heads.voices, _voices(sheet)),
    )


def _volume(sheet: Sheet) -> Element:
    report, legend = sheet.report, sheet.words.legend
    columns = [_column(sheet, day, (day.mentions,)) for day in report.days]
    loudest = max(report.days, key=lambda day: day.mentions)
    told = sheet.words.chart_volume.format(
        total=f"{report.mentions:,}", day=sheet.day(loudest.at), most=f"{loudest.mentions:,}"
    )
    signs = [(key(BLUE), legend.this_month)]
    if report.mentions_before is not None:
        signs.append((line_key(), legend.month_before))
    if any(column.mark for column in columns):
        signs.append((mark_key(), legend.alert))
    return figure(charts.volume(columns, told), *signs, *_unseen(sheet, columns))


def _moods(sheet: Sheet) -> Element:
    legend, mood = sheet.words.legend, sheet.report.mood
    columns = [
        _column(sheet, day, (day.negative, day.positive, day.neutral, day.unknown))._replace(before=None, mark=False)
        for day in sheet.report.days
    ]
    told = sheet.words.chart_mood.format(
        **{name: f"{getattr(mood, name):,}" for name in ("negative", "positive", "neutral", "unknown")}
    )
    signs = zip(
        (ORANGE, BLUE, GRAY, PALE), (legend.negative, legend.positive, legend.neutral, legend.unknown), strict=True
    )
    return figure(charts.moods(columns, told), *((key(color), name) for color, name in signs), *_unseen(sheet, columns))


def _column(sheet: Sheet, day: ReportDay, parts: tuple[int, ...]) -> Column:
    date = day.at.astimezone(sheet.month.zone).date()
    return Column(str(date.day), parts, day.before, in_part=bool(day.blind), mark=date in sheet.report.alerts.days)


def _unseen(sheet: Sheet, columns: Sequence[Column]) -> list[tuple[Element, str]]:
    return [(key(SEEN_IN_PART), sheet.words.legend.unseen)] if any(one.in_part for one in columns) else []


# --- where -----------------------------------------------------------------------------------------------------------


def _where(sheet: Sheet) -> Element:
    words, report, heads = sheet.words, sheet.report, sheet.words.headings
    names = sheet.names(place.value for place in report.sources)
    return section(
        heads.where,
        titled(heads.sources, _places(sheet, heads.sources, report.sources, names.__getitem__)),
        titled(heads.platforms, _places(sheet, heads.platforms, report.platforms, str)),
        titled(heads.languages, _places(sheet, heads.languages, report.languages, words.tongue_name)),
    )


def _places(sheet: Sheet, title: str, places: Sequence[ReportPlace], name: Callable[[str], str]) -> Child:
    if not places:
        return note(sheet.words.nothing_here)
    legend = sheet.words.legend
    rows = [Bar(name(place.value), place.mentions, f"{place.mentions:,}", place.negative_share) for place in places]
    told = sheet.words.chart_parts.format(title=title, parts=", ".join(f"{row.name} {row.shown}" for row in rows))
    return figure(
        charts_bars.bars(rows, told), (key(BLUE), sheet.words.columns.mentions), (key(ORANGE), legend.negative)
    )


def _voices(sheet: Sheet) -> Child:
    words, voices = sheet.words, sheet.report.voices
    if voices is None:
        return note(words.not_in_time)
    if not voices:
        return note(words.no_voices)
    lines = [
        (words.headings.raw, [voice.share or 0.0 for voice in voices]),
        (words.headings.deduplicated, [voice.share_deduplicated or 0.0 for voice in voices]),
    ]
    told = words.chart_parts.format(
        title=words.headings.voices, parts=", ".join(f"{voice.name} {words.share(voice.share)}" for voice in voices)
    )
    rows = [
        [
            [key(color), " ", foreign(voice.name)],
            f"{voice.mentions:,}",
            words.share(voice.share),
            f"{voice.deduplicated:,}",
            words.share(voice.share_deduplicated),
        ]
        for voice, color in zip(voices, VOICES, strict=False)
    ]
    heads = words.columns
    return [
        figure(charts_bars.shares(lines, words.share, told)),
        table([heads.topic, heads.mentions, heads.share, heads.stories, heads.share], rows, range(1, 5)),
    ]


# --- what ------------------------------------------------------------------------------------------------------------


def _what(sheet: Sheet) -> Element:
    report, heads = sheet.report, sheet.words.headings
    terms = None if report.terms is None else [(one.term, one.mentions) for one in report.terms]
    hashtags = [(f"#{one.value}", one.mentions) for one in report.hashtags]
    return section(
        heads.what,
        element(
            "div",
            titled(heads.terms, _words(sheet, terms)),
            titled(heads.hashtags, _words(sheet, hashtags)),
            class_="two",
        ),
        titled(heads.posts, _posts(sheet)),
        titled(heads.spreaders, _spreaders(sheet)),
    )


def _words(sheet: Sheet, found: Sequence[tuple[str, int]] | None) -> Element:
    if found is None:
        return note(sheet.words.not_in_time)
    if not found:
        return note(sheet.words.nothing_here)
    return element(
        "ul", [element("li", foreign(word), element("small", f"{count:,}")) for word, count in found], class_="words"
    )


def _posts(sheet: Sheet) -> Child:
    words, posts = sheet.words, sheet.report.posts
    if posts is None:
        return note(words.not_in_time)
    if not posts.most:
        return note(words.no_spread)
    heads = words.columns
    rows = [_post(sheet, post) for post in posts.most]
    return [
        table([heads.post, heads.spread, heads.times], rows, (1, 2)),
        note(words.posts_of.format(posts=words.many(posts.looked_at, "post"))),
    ]


def _post(sheet: Sheet, post: ReportPost) -> list[Child]:
    where = [
        sheet.words.source(post.source),
        post.platform,
        sheet.when(post.published_at) if post.published_at else None,
    ]
    about = [foreign(post.author or sheet.words.tongue.nameless), f" · {' · '.join(filter(None, where))}"]
    text = foreign(post.excerpt or post.platform or post.source)
    return [
        [element("div", link(text, post.url)), element("div", about, class_="soft small")],
        f"{post.spread:,}",
        f"\u00d7{amounts.figure(post.resonance)}",
    ]


def _spreaders(sheet: Sheet) -> Child:
    words, posts = sheet.words, sheet.report.posts
    if posts is None:
        return note(words.not_in_time)
    if not posts.spreaders:
        return note(words.nothing_here)
    heads = words.columns
    rows = [_spreader(sheet, one) for one in posts.spreaders]
    return table([heads.person, heads.place, heads.posts, heads.spread], rows, (2, 3))


def _spreader(sheet: Sheet, one: Spreader) -> list[Child]:
    name = foreign(one.name or sheet.words.tongue.nameless)
    return [name, sheet.words.source(one.source), f"{one.posts:,}", f"{one.spread:,}"]
