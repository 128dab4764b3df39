"""Figures for people: short tables, a line of blocks for what goes on in time, and what the figures do not cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.text import Text

from socialindex.amounts import percent
from socialindex.cli.output import UNBOUNDED, columns
from socialindex.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions
    from rich.table import Table

    from socialindex.client import models

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_NONE: Final = "·"
_WHOLE: Final = {"hour": 24, "day": 7, "week": 4, "month": 12}
"""How many of an interval people think of as one: pieces of a line have some of these, where there is room."""
_USUAL: Final = 80
"""Columns of a line in a file, or for a program behind a pipe."""
_WIDTH: Final = 24
_LISTED: Final = 5
"""Times that are listed in which posts may have been missed."""


def spark(values: Sequence[int]) -> str:
    """A line of blocks, one for each value; a dot for nothing at all."""
    most = max(values, default=0)
    return "".join(_BLOCKS[(value * (len(_BLOCKS) - 1)) // most] if value else _NONE for value in values)


def trends(found: models.Trends) -> Group:
    """Volume over time."""
    counts = [bucket.posts for bucket in found.buckets]
    share = f", {percent(found.total / found.all)} of all" if found.all else ""
    head = Text(f"{found.total:,} posts, {found.deduplicated:,} without copies{share}", style="bold")
    return Group(head, _Line(found, counts), *_series(found), *coverage(found.coverage))


class _Line:
    """Blocks over time, with marks below them; in pieces that begin with their time where one line is too short."""

    def __init__(self, found: models.Trends, counts: Sequence[int]) -> None:
        self._buckets, self._zone = found.buckets, found.coverage.time_zone
        self._interval = found.interval
        self._blocks = spark(counts)
        self._marks = "".join("!" if each.blind else "?" if each.partly_blind else " " for each in found.buckets)
        self._legend = f"by {found.interval}, at most {max(counts, default=0):,}"

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """The lines, none wider than the terminal, or than most are where there is none."""
        width = options.max_width if options.max_width < UNBOUNDED else _USUAL
        if not self._blocks or len(self._blocks) + 2 + len(self._legend) <= width:
            yield Text.assemble((self._blocks, "cyan"), f"  {self._legend}")
            yield from self._gaps(slice(None), "")
            return
        yield Text(self._legend)
        zone = zone_of(self._zone)
        labels = [f"{each.at.astimezone(zone):%Y-%m-%d %H:%M}  " for each in self._buckets]
        room, whole = max(1, width - len(labels[0])), _WHOLE.get(self._interval, 1)
        size = room - room % whole or room
        for start in range(0, len(self._blocks), size):
            label, piece = labels[start], slice(start, start + size)
            yield Text.assemble((label, "dim"), (self._blocks[piece], "cyan"))
            yield from self._gaps(piece, " " * len(label))

    def _gaps(self, piece: slice, before: str) -> Iterator[Text]:
        if self._marks[piece].strip():
            yield Text(before + self._marks[piece], style="red")


def related(found: models.Terms) -> Group:
    """What stands out."""
    table = columns("term", "posts", "of all posts", "how much it stands out")
    most = max((term.score for term in found.terms), default=0.0)
    for term in found.terms:
        table.add_row(Text(term.term), f"{term.posts:,}", f"{term.background:,}", _bar(term.score, most))
    return Group(Text(f"{found.total:,} posts", style="bold"), table, *coverage(found.coverage))


def authors(found: models.Authors) -> Group:
    """Who writes."""
    table = columns("author", "source", "posts", "followers", "views", "engagement", "reach", "key")
    for card in found.items:
        figures = map(_figure, (card.followers, card.views, card.engagement, card.reach))
        name = Text(card.name or card.handle or "unnamed")
        table.add_row(name, card.source, f"{card.posts:,}", *figures, Text(card.key, style="dim"))
    head = f"{found.authors:,} authors; {found.unnamed:,} posts of people whom nothing tells apart"
    return Group(Text(head, style="bold"), table, *coverage(found.coverage))


def sentiment(found: models.Sentiment) -> Group:
    """The mood."""
    mood = found.mood
    average = "unknown" if mood.average is None else f"{mood.average:+.2f}"
    head = Text(f"{found.total:,} posts, {average} on average", style="bold")
    table = columns("mood", "posts", "", "over time", "words")
    for name, posts, words in (
        ("positive", mood.positive, found.positive.words),
        ("neutral", mood.neutral, []),
        ("negative", mood.negative, found.negative.words),
        ("unknown", mood.unknown, []),
    ):
        line = spark([getattr(bucket, name) for bucket in found.buckets])
        driving = Text(" ".join(term.term for term in words))
        table.add_row(name, f"{posts:,}", _bar(posts, found.total), Text(line, style="cyan"), driving)
    return Group(head, table, *coverage(found.coverage))


def voices(found: models.ShareOfVoice) -> Group:
    """Queries side by side."""
    table = columns("voice", "posts", "without copies", "share", "")
    for voice in found.voices:
        share = "-" if voice.share is None else percent(voice.share)
        bar = _bar(voice.share or 0.0, 1.0)
        table.add_row(Text(voice.name), f"{voice.posts:,}", f"{voice.deduplicated:,}", share, bar)
    both = (f"{each.posts:,} posts are in both {' and '.join(each.names)}." for each in found.overlaps if each.posts)
    head = Text(f"{found.total:,} posts in any of them", style="bold")
    return Group(head, table, *map(Text, both), *coverage(found.coverage))


def coverage(told: models.Coverage) -> Iterator[Text]:
    """What of the query may not have been meant, the window, and what the figures do not cover."""
    yield from noted(told.notes)
    yield Text(f"{told.since:%Y-%m-%d %H:%M} to {told.until:%Y-%m-%d %H:%M} UTC, days of {told.time_zone}", style="dim")
    if told.sample:
        yield Text(f"Words are from a sample of {told.sample.posts:,} of {told.sample.of:,} posts.", style="dim")
    if told.undated:
        yield Text(f"{told.undated:,} posts without a date are not counted.", style="dim")
    if told.history_since:
        yield Text(f"Your plan shows public posts from {told.history_since} on.", style="dim")
    yield from _blind(told.blind)


def noted(notes: Iterable[models.Note]) -> Iterator[Text]:
    """What of a query its author may not have meant."""
    for each in notes:
        yield Text(f"{each.message} (at character {each.position})", style="yellow")


def _blind(intervals: Sequence[models.BlindInterval]) -> Iterator[Text]:
    for each in intervals[:_LISTED]:
        until = f"{each.until:%m-%d %H:%M}" if each.until else "now"
        channels = each.channel or (f"{each.channels:,} channels" if each.channels else "")
        whose = f"{each.source}, {channels}" if channels else each.source
        yield Text(f"Posts may be missing: {whose}, {each.since:%m-%d %H:%M} to {until} UTC", style="red")
    if len(intervals) > _LISTED:
        yield Text(f"... and at {len(intervals) - _LISTED} more times (--json names them)", style="red")


def _series(found: models.Trends) -> Iterator[Table]:
    rows = [*found.series, *(each for each in (found.others, found.unknown) if each and each.posts)]
    if not rows:
        return
    table = columns("", "posts", "over time")
    for each, name in zip(rows, _names(found, rows), strict=True):
        table.add_row(Text(name), f"{each.posts:,}", Text(spark(each.counts), style="cyan"))
    yield table


def _names(found: models.Trends, rows: Iterable[models.Series]) -> Iterator[str]:
    for each in rows:
        rest = "others" if each is found.others else "unknown"
        yield each.label or each.value or rest


def _bar(value: float, most: float) -> Text:
    return Text("█" * round(_WIDTH * value / most) if most else "", style="cyan")


def _figure(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"
