"""Making the index anew: from the archive (replay), or from itself (reindex)."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec
from rich.text import Text

from socialindex import sources
from socialindex.aws.archive import Archive
from socialindex.aws.dictionary import Dictionary
from socialindex.cli.ops_asking import How, changing
from socialindex.errors import Conflict, InvalidInput
from socialindex.setup.rebuilding import GRACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.client import Client
    from socialindex.setup.progress import Rebuild

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_POLL_SECONDS: Final = 5.0


@click.command()
@click.option("--day", type=_DAY, help="Only what was fetched on this day (UTC).")
@click.option("--since", type=_DAY, help="From this day on (UTC), until today.")
@click.option("--until", type=_DAY, help="With --since: up to this day, which is included.")
@click.option("--source", default="", help="Only this source.")
@changing
def replay(*, source: str, how: How, **days: datetime | None) -> None:
    """Normalize and index what is archived again, without a fetch: nothing is lost or doubled by it.

    \b
    socialindex ops replay --day 2026-11-28 --source gnuboard
    socialindex ops replay --since 2026-11-01
    """  # noqa: D301 - click's own mark, not a backslash
    if source:
        sources.check(source)
    wanted = list(_days(**{name: day.date() if day else None for name, day in days.items()}))
    archive = Archive(how.stack.of("ArchiveBucket"))
    objects = {day: sum(1 for _ in archive.keys(day)) for day in wanted}
    would = f"{sum(objects.values()):,} archive objects of {_span(wanted)} are read again"
    if how.agreed(f"{would}{f', as far as {source} is in them' if source else ''}.", objects=objects):
        sent = {day: _replayed(how, day, source) for day in wanted if objects[day]}
        how.tell({"responses": sum(sent.values()), "days": sent}, _sent)


@click.command()
@click.option("--wait", is_flag=True, help="Stay until the new generation is in use; it goes on without you.")
@changing
def reindex(*, wait: bool, how: How) -> None:
    """Make the index in a new generation from what it has, while it is searched and written to.

    Within a day after the last such change it begins when that day is over, and the last generation is deleted.
    """
    state = Dictionary(how.stack.of("DictionaryTable"))
    last = state.rebuild()
    if last is not None and last.is_open and last.phase != "retiring":
        raise Conflict(f"generation {last.generation} is being made already: {_far(last)}")
    would = (
        "the index is copied into a new generation (posts, mentions; topics from their table), which then takes its "
        "place. Writes wait for some seconds at that moment. The disk must hold both for a day. "
        f"Setup begins {_beginning(last)}."
    )
    if not how.agreed(would):
        return
    state.ask()
    if wait:
        how.tell(msgspec.to_builtins(_followed(how, state, last.generation if last else 0)), _made)
        return
    begins_at = {"begins_at": at.isoformat()} if (at := _retired_at(last)) else {}
    how.tell({"asked": True, **begins_at}, lambda _: _asked(last))


def _days(*, day: date | None, since: date | None, until: date | None) -> Iterator[str]:
    """Days as the API takes them; the empty one is all."""
    if day and (since or until):
        raise InvalidInput("a day and a span of days", field="--day", remedy="use --day alone, or --since with --until")
    if until and not since:
        raise InvalidInput("an end without a beginning", field="--until", remedy="use --since with it")
    if day or not since:
        yield day.isoformat() if day else ""
        return
    last = until or datetime.now(tz=UTC).date()
    yield from ((since + timedelta(days=number)).isoformat() for number in range((last - since).days + 1))


def _span(days: list[str]) -> str:
    if not days:
        raise InvalidInput("the last day is before the first", field="--until", remedy="turn them around")
    if days == [""]:
        return "all days"
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _replayed(how: How, day: str, source: str) -> int:
    """Replay a day; how many responses are on their way."""
    api: Client = how.admin()
    responses, after = 0, ""
    while True:
        part = api.replay(day=day, source=source, after=after)
        responses += int(part["responses"])
        how.progress(f"{day or 'all days'}: {responses:,} responses are on their way")
        if part["next_after"] is None:
            return responses
        after = part["next_after"]


def _followed(how: How, state: Dictionary, before: int) -> Rebuild:
    """The rebuilding once it is in use, or refused."""
    told = ""
    while True:
        now = state.rebuild()
        if now is not None and now.generation > before and now.phase not in {"copying", "switching"}:
            return now
        text = _far(now) if now and now.generation > before else f"setup begins {_beginning(now)}"
        if text != told:
            how.progress(text)
        told = text
        time.sleep(_POLL_SECONDS)


def _beginning(last: Rebuild | None) -> str:
    """When setup takes up what it is asked for now, in words."""
    at = _retired_at(last)
    if last is None or at is None:
        return "within a minute"
    return f"at {at:%Y-%m-%d %H:%M} UTC: generation {last.before} is kept until then"


def _retired_at(last: Rebuild | None) -> datetime | None:
    """When the last rebuilding ends; until then setup begins none. ``None``: it has ended, or does so any minute."""
    if last is None or last.phase != "retiring" or last.switched_at is None:
        return None
    at = last.switched_at + GRACE
    return at if at > datetime.now(tz=UTC) else None


def _far(now: Rebuild) -> str:
    trouble = f"; {now.trouble}" if now.trouble else ""
    return f"{now.phase}, {now.documents_copied:,} of {now.documents:,} documents{trouble}"


def _sent(done: dict[str, Any]) -> Text:
    return Text(f"{done['responses']:,} responses are on their way; `socialindex status` shows what waits.")


def _asked(last: Rebuild | None) -> Text:
    return Text(f"Setup begins {_beginning(last)}; `socialindex dictionary` shows how far it is.")


def _made(now: dict[str, Any]) -> Text:
    trouble = f": {now['trouble']}" if now.get("trouble") else ""
    return Text(f"Generation {now['generation']} is {now['phase']}{trouble}.")
