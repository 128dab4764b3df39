"""Imports for people: the proposal as a table, the report with the bad rows by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from socialindex.cli.output import columns

if TYPE_CHECKING:
    from rich.table import Table

Json = dict[str, Any]

_CHANGE = "Change it with --map field=column; --map field= leaves one out."


def proposal(proposed: Json, plan: Json) -> Group:
    """Which column would be what, and how values would be read."""
    layout = proposed["layout"]
    fields = {column: field for field, column in plan["mapping"].items()}
    table = columns("column", "becomes", "because", "examples")
    for column in proposed["columns"]:
        field = fields.get(column["name"])
        why = column["why"] if field == column["field"] else "you said so"
        becomes = Text(field, style="bold") if field else Text("left out", style="dim")
        table.add_row(
            Text(column["name"]), becomes, Text(why or "" if field else ""), Text(", ".join(column["examples"]))
        )
    notes = [Text(f"Note: {note}", style="yellow") for note in proposed["notes"]]
    return Group(Text(_reading(layout, plan)), table, *notes, Text(_CHANGE, "dim"))


def _reading(layout: Json, plan: Json) -> str:
    """How values would be read, in sentences."""
    words = [
        f"{layout['format'].upper()} in {layout['encoding'].upper()}; each row becomes a {plan.get('kind', 'post')}."
    ]
    if {"published_at", "edited_at"} & set(plan["mapping"]):
        words.append(f"Dates that name no time zone are read as {plan.get('timezone', 'Asia/Seoul')}.")
        if order := plan.get("date_order"):
            words.append(f"Dates that end in their year are read {order}.")
    if "rating" in plan["mapping"]:
        words.append(f"The best rating is {plan.get('rating_max', 5):g}.")
    return " ".join(words)


def report(item: Json) -> Group:
    """An import's report."""
    told = item["report"]
    head = Text.assemble((item["id"], "bold"), f"  {item['name']}  ", (item["state"], "bold"))
    counts = f"{told['rows']} rows: {told['accepted']} good, {told['rejected']} bad"
    more = [f"{told[name]} {words}" for name, words in _MORE if told[name]]
    zone = (item["plan"] or {}).get("timezone")
    if told["zone_assumed"]:
        more.append(f"{told['zone_assumed']} rows with dates that name no time zone were read as {zone}")
    lines = [Text(", ".join([counts, *more]))]
    if item["failure"]:
        lines.append(Text(f"{item['failure']['detail']}\nRemedy: {item['failure']['remedy']}", style="red"))
    return Group(head, *lines, *_problems(told))


_MORE = (("empty", "empty"), ("repeated", "repeat an earlier row"))


def _problems(told: Json) -> list[Table | Text]:
    if not told["problems"]:
        return []
    table = columns("row", "column", "value", "what is wrong", "remedy")
    for problem in told["problems"]:
        column, value = problem.get("column") or "", problem.get("value") or ""
        table.add_row(str(problem["row"]), *map(Text, (column, value, problem["what"], problem["remedy"])))
    rest = sum(told["wrong"].values()) - len(told["problems"])
    return [table, *([Text(f"... and {rest} more problems", style="dim")] if rest > 0 else [])]


def listed(items: list[Json]) -> Table:
    """All imports."""
    table = columns("id", "state", "rows", "bad", "created (UTC)", "name")
    for item in items:
        told = item["report"]
        figures = (str(told["rows"]), str(told["rejected"]))
        table.add_row(item["id"], item["state"], *figures, item["created_at"][:19], Text(item["name"]))
    return table


def deleted(item: Json) -> Text:
    """An import that is being deleted."""
    return Text(f"{item['id']} is being deleted: its posts leave the index within a few minutes.")
