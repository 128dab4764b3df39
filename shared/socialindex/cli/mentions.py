"""Mentions: a topic's stream, and what people do with one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import click
from rich.console import Group
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.output import answer, as_json_option, say, written
from socialindex.errors import SocialIndexError
from socialindex.mentions.model import Status

if TYPE_CHECKING:
    from socialindex.client import models

_EXCERPT = 160


@click.command()
@click.argument("topic")
@click.option("--after", help="Go on behind this offset, within seven days.")
@click.option("--now", is_flag=True, help="Begin with what comes now, not with the oldest.")
@click.option("--follow", is_flag=True, help="Wait for more, until Ctrl-C.")
@as_json_option
def mentions(topic: str, *, after: str | None, now: bool, follow: bool, as_json: bool) -> None:
    """Show what is new, changed or deleted in a TOPIC; with --json a part of the stream a line.

    \b
    socialindex mentions tp_abc --now --follow
    socialindex mentions tp_abc --json --after "$(cat offset)"
    """  # noqa: D301 - click's own mark, not a backslash
    stream = client("client").mentions(topic, after=after, start="now" if now else None, follow=follow)
    try:
        for part in stream.parts():
            _show(part, as_json=as_json)
    except KeyboardInterrupt:
        click.echo()
    except SocialIndexError:
        if stream.offset != after:
            _tell_where(topic, stream.offset, as_json=as_json)
        raise
    _tell_where(topic, stream.offset, as_json=as_json)


@click.command()
@click.argument("topic")
@click.argument("mention")
@click.option("--status", type=click.Choice(get_args(Status)))
@click.option("--assign", "assignee", help="Who is to answer.")
@click.option("--answer", "text", help="With what it was answered.")
@click.option("--answer-url", "url", help="Where the answer can be read.")
@click.option("--approved-by", help="Who said that the answer is true.")
@click.option("--tag", "add_tags", multiple=True, help="One more tag. Can be repeated.")
@click.option("--noise/--no-noise", default=None, help="Not meant: it counts in no figure.")
@click.option("--sentiment", type=click.FloatRange(-1, 1), help="What it is, instead of what the machine says.")
@click.option("--note", help="Something to note.")
@click.option("--by", help="Your name: the key is written down anyway.")
@as_json_option
def mention(topic: str, mention: str, *, note: str | None, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Show a MENTION of a TOPIC, and change it.

    \b
    socialindex mention tp_abc mn_def --assign kim --by lee
    socialindex mention tp_abc mn_def --answer '교환해 드립니다.' --approved-by park
    """  # noqa: D301 - click's own mark, not a backslash
    api = client("client")
    change = _change(**{name: value for name, value in options.items() if value not in {None, ()}})
    found = api.change_mention(topic, mention, **change) if change else None
    if note:
        found = api.note_mention(topic, mention, note, by=options["by"])
    answer(found or api.mention(topic, mention), as_json=as_json, human=_worked)


def _change(**given: Any) -> Any:  # noqa: ANN401 - fields of a change, checked by the API
    """A change from its options; nothing where only a name is given."""
    reply = {name: given.pop(name) for name in ("text", "url", "approved_by") if name in given}
    change = {**given, **({"answer": reply} if reply else {})}
    return change if change.keys() - {"by"} else {}


def _tell_where(topic: str, offset: str | None, *, as_json: bool) -> None:
    """Say how to go on; as JSON each part has its offset."""
    if offset and not as_json:
        say(Text(f"Go on: socialindex mentions {topic} --after {offset}", style="dim"))


def _show(part: models.StreamPart, *, as_json: bool) -> None:
    if as_json:
        click.echo(written(part))
        return
    for post in part.items:
        say(_line(post))


def _line(post: models.Post) -> Group:
    found = post.mention
    if found is None or found.gone:
        return Group(Text(f"{found.id if found else post.id}  gone: {found.gone if found else ''}", style="dim"))
    state = " ".join([found.status, *([found.assignee] if found.assignee else []), *(["noise"] if found.noise else [])])
    when = f"{post.published_at:%Y-%m-%d %H:%M}" if post.published_at else "no date"
    text = " ".join((post.title or post.text or "").split())
    return Group(
        Text.assemble((found.id, "bold"), f"  {when}  ", (post.source or "", "cyan"), f"  {state}"),
        Text(text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"),
    )


def _worked(one: models.WorkedMention) -> Group:
    work = one.work
    lines: list[Group | Text] = [_line(one.post), Text(one.post.url or "", style="dim")]
    if work.due_at:
        lines.append(Text(f"To be answered until {work.due_at:%Y-%m-%d %H:%M} UTC."))
    if work.answer:
        said = work.answer.text or work.answer.url or ""
        lines.append(Text(f"Answered by {work.answer.by or 'somebody'}: {said}"))
    lines += [Text(f"{step.at:%Y-%m-%d %H:%M}  {_who(step.by)}  {', '.join(step.changed)}") for step in work.history]
    lines += [Text(f"{note.at:%Y-%m-%d %H:%M}  {_who(note.by)}: {note.text}") for note in work.notes]
    return Group(*lines)


def _who(who: models.Who) -> str:
    return who.name or who.key or "somebody"
