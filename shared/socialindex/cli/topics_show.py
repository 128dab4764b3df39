"""Topics and proposals as people read them in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from socialindex.amounts import percent
from socialindex.cli.output import columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from socialindex.client.models import PostsOf, SamplePost, Suggestions, Topic, TopicProposal, Topics

_SHOWN = 5


def topic(one: Topic) -> Group:
    """One topic."""
    lines: list[RenderableType] = [Text.assemble((one.id, "bold"), f"  {one.name}  {_state(one)}"), Text(f"  {one.q}")]
    lines.append(Text(f"  finds posts {one.explanation.en}"))
    lines += [Text(f"  {note.message} (at character {note.position})", style="yellow") for note in one.notes]
    if one.trouble:
        lines.append(Text(f"  {one.trouble}", style="red"))
    lines.append(Text(f"  {_backfill(one)}"))
    if one.mentions:
        counts = one.mentions
        lines.append(Text(f"  {counts.total:,} mentions, {counts.day:,} of the last 24 hours, {counts.open:,} open"))
    if one.answer_minutes:
        lines.append(Text(f"  to be answered within {one.answer_minutes:,} minutes"))
    return Group(*lines)


def listed(page: Topics) -> Group:
    """A page of topics."""
    table = columns("id", "name", "state", "mentions", "24 h", "query")
    for one in page.items:
        counts = (f"{one.mentions.total:,}", f"{one.mentions.day:,}") if one.mentions else ("-", "-")
        table.add_row(one.id, Text(one.name), _state(one), *counts, Text(one.q))
    return Group(table, *([Text(f"More with --cursor {page.next_cursor}")] if page.next_cursor else []))


def deleted(one: Topic) -> Text:
    """A topic that goes."""
    return Text(f"{one.id} and its mentions are being deleted.")


def proposal(one: TopicProposal) -> Group:
    """A proposal, for a person to judge."""
    estimate = f"{'more than ' if one.estimate.at_least else ''}{one.estimate.posts:,} posts in 30 days"
    ways = ", ".join(f"{way.text} ({way.posts:,})" for way in one.spellings if way.used)
    parts: list[RenderableType] = [
        Text.assemble(("query  ", "bold"), one.q),
        Text(f"finds posts {one.explanation.en}"),
        Text(f"{estimate}, {one.estimate.per_day:,} a day: {_shares(one.languages)}; {_shares(one.sources)}"),
        Text(f"written as {ways}"),
        *_posts(one.samples),
    ]
    if one.noise:
        parts.append(Text("Is this meant? If not, take the query behind it.", style="bold"))
    for group in one.noise:
        parts.append(Text(f"- {', '.join(group.terms)}: {group.posts:,} posts ({percent(group.share)})"))
        parts += _posts([group.example] if group.example else [])
        parts.append(Text(f"    {group.q}", style="dim"))
    parts += [Text(f"{other.name}: {other.posts:,} posts  {other.q}") for other in one.competitors]
    return Group(*parts)


def suggestions(found: Suggestions) -> RenderableType:
    """What could be added."""
    if not found.items:
        return Text("Nothing to suggest.")
    table = columns("text", "why", "posts", "new", "query")
    for one in found.items:
        table.add_row(Text(one.text), one.origin, f"{one.posts:,}", f"{one.new:,}", Text(one.q))
    return table


def _state(one: Topic) -> str:
    return "live" if one.live else "starting" if one.state == "active" else one.state


def _backfill(one: Topic) -> str:
    if one.backfill.done:
        return f"earlier posts are in: {one.backfill.found:,} matched"
    until = f", back to {one.backfill.until:%Y-%m-%d}" if one.backfill.until else ""
    return f"earlier posts are looked through: {one.backfill.found:,} matched so far{until}"


def _shares(values: Iterable[PostsOf]) -> str:
    return ", ".join(f"{each.value} {each.posts:,}" for each in list(values)[:_SHOWN]) or "-"


def _posts(samples: Iterable[SamplePost]) -> list[Text]:
    return [
        Text(f"  {post.published_at:%Y-%m-%d %H:%M} " if post.published_at else "  ").append(
            f"[{post.source}] {post.title or post.excerpt or post.post}"
        )
        for post in list(samples)[:_SHOWN]
    ]
