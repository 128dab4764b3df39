"""Answers for people: short tables, UTC times, what is absent shown as such."""

from __future__ import annotations

import errno
from typing import Any, Final

import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from socialindex.cli.output import columns
from socialindex.client import ApiError, Forbidden, NoAnswer, Unauthorized
from socialindex.client.errors import ServerError, ServiceUnavailable
from socialindex.errors import InvalidInput, SocialIndexError, Unavailable

Json = dict[str, Any]

_EXCERPT = 160
_REMEDIES: Final = (
    (NoAnswer, "see that it runs and that SOCIALINDEX_URL is right; `make run` starts one on this machine"),
    (Unauthorized, "set SOCIALINDEX_KEY to a key that counts; an administrator makes one: socialindex keys add"),
    (Unavailable, "give the command again in a moment; if it stays so, see that names and rights are right"),
    (Forbidden, "set SOCIALINDEX_KEY to a key that has it; beside `make run` unset it, and .local has the right one"),
)
"""For what the API cannot say itself."""
_ROOM, _RIGHTS = "make room on the disk", "use files and folders that you may read and write"
_SYSTEM: Final = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.ENOENT: "name another file or folder",
    errno.ENOTDIR: "name another file or folder",
}
"""What the system says no with where no code of ours is to blame."""
_SILENT: Final = "The engine does not answer: nobody can search, and how many posts there are is not known."
_NEVER_CRAWLED: Final = "imported"
"""The source of what clients bring along."""
_EVENTS = 20
"""Health events that a status shows."""


def explain(error: SocialIndexError) -> str:
    """An error with what to do about it."""
    particulars = error.problem if isinstance(error, ApiError) else {}
    told = error.remedy if isinstance(error, InvalidInput) else particulars.get("remedy", "")
    remedy = told or next((words for kind, words in _REMEDIES if isinstance(error, kind)), "")
    position = f" (at character {particulars['position']})" if "position" in particulars else ""
    lines = [f"Error: {error}{position}", *([f"Remedy: {remedy}"] if remedy else []), *_in_logs(error)]
    return "\n".join(lines)


def _in_logs(error: SocialIndexError) -> list[str]:
    """Of a failure of the service the id by which operators find it in the logs; a user's mistake is in none."""
    if not isinstance(error, (ServerError, ServiceUnavailable)) or error.request_id is None:
        return []
    return [f"Request: {error.request_id} (operators find it in the logs: docs/runbook/README.md)"]


def explain_system(error: OSError) -> str | None:
    """A no of the system with what to do about it; ``None``: it is not for the user to mend."""
    remedy = _SYSTEM.get(error.errno or 0)
    where = f": {error.filename}" if error.filename else ""
    return f"Error: {error.strerror}{where}\nRemedy: {remedy}" if remedy else None


def pair(option: str) -> tuple[str, str]:
    """``name=value`` as a pair."""
    name, mark, value = option.partition("=")
    if not mark or not name:
        raise click.BadParameter(f"{option!r} is not name=value", param_hint="--option")
    return name, value


def page(answer: Json) -> Group:
    """A page of posts."""
    count = Text(f"{answer['total']} posts", style="bold")
    notes = [Text(f"{each['message']} (at character {each['position']})", "yellow") for each in answer.get("notes", ())]
    rest = [Text(f"\nMore: --cursor {answer['next_cursor']}", style="dim")] if answer["next_cursor"] else []
    return Group(count, *notes, *(_brief(item) for item in answer["items"]), *rest)


def post(item: Json) -> Group:
    """A whole post."""
    rows = Table.grid(padding=(0, 2))
    for name in (
        "id",
        "source",
        "kind",
        "url",
        "language",
        "published_at",
        "edited_at",
        "hashtags",
        "links",
        "metrics",
    ):
        if item.get(name):
            rows.add_row(Text(name, style="dim"), Text(str(item[name])))
    return Group(_headline(item), Text(item.get("text") or ""), rows)


def added(answer: Json) -> Text:
    """A channel that was added."""
    channel = answer["channel"]
    return Text.assemble((channel["id"], "bold"), f"  {channel['source']}  {channel['url']}\n{answer['why']}")


def removed(answer: Json) -> Text:
    """A channel that was removed."""
    return Text(f"{answer['removed']} is no longer crawled; its posts stay.")


def channels(items: list[Json]) -> Table:
    """All channels."""
    table = columns("id", "source", "address", "last success (UTC)", "failures")
    for state in items:
        channel = state["channel"]
        success = (state.get("last_success_at") or "not yet")[:19]
        table.add_row(channel["id"], channel["source"], Text(channel["url"]), success, str(state.get("failures", 0)))
    return table


def status(answer: Json) -> Group:
    """Stages and sources."""
    events = answer.get("events", [])
    shown = [*map(_event, events[-_EVENTS:]), *_beyond(events, answer.get("event_counts", []))]
    silent = [] if answer.get("engine_answers", True) else [Text(_SILENT, style="bold red")]
    return Group(_stages(answer["stages"]), Text(), *silent, _sources(answer["sources"]), *shown)


def _beyond(events: list[Json], counts: list[Json]) -> list[Text]:
    """How many events are open of all, where they are not all shown."""
    every = sum(count["events"] for count in counts) or len(events)
    if every <= _EVENTS:
        return []
    of_each = ", ".join(f"{count['kind']} {count['source']} {count['events']:,}" for count in counts)
    return [Text(f"\n... {every:,} are open: {of_each}  (socialindex health)", style="bold red")]


def _event(event: Json) -> Text:
    finding = event["finding"]
    return Text.assemble(("\n" + finding["kind"], "bold red"), f"  {finding['message']}  (socialindex health)")


def _stages(stages: Json) -> Table:
    table = columns("stage", "ok", "discard", "retry", "quarantine", "waiting", "in flight", "dead letters")
    for name, stage in stages.items():
        outcomes = (str(stage["outcomes"].get(outcome, 0)) for outcome in ("ok", "discard", "retry", "quarantine"))
        depths = (_number(stage[depth]) for depth in ("waiting", "in_flight", "dead_letters"))
        table.add_row(name, *outcomes, *depths)
    return table


def _sources(sources: Json) -> Table:
    table = columns("source", "posts", "last success (UTC)", "p50", "p95", "discarded")
    for name, source in sources.items():
        latency = source["latency"] or {}
        discarded = ", ".join(f"{reason} {times}" for reason, times in sorted(source["discarded"].items()))
        p50, p95 = (f"{latency[key]} s" if latency else "-" for key in ("p50", "p95"))
        success = (source["last_success_at"] or ("-" if name == _NEVER_CRAWLED else "not yet"))[:19]
        table.add_row(name, _number(source["posts"]), success, p50, p95, discarded)
    return table


def _brief(item: Json) -> Group:
    text = " ".join((item.get("text") or "").split())
    short = text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"
    return Group(Text(), _headline(item), Text(short), Text(item.get("url") or item["uri"], style="dim"))


def _headline(item: Json) -> Text:
    author = item.get("author") or {}
    who = author.get("name") or author.get("handle") or "unnamed"
    when = (item.get("published_at") or "date unknown").replace("T", " ").replace("Z", " UTC")
    title = f"  {item['title']}" if item.get("title") else ""
    return Text.assemble((item["source"], "cyan"), "  ", (who, "green"), "  ", when, (title, "bold"))


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)
