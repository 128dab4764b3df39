"""Dead letters for people."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from socialindex.cli.output import columns
from socialindex.ops.letters import UNTOLD

Json = dict[str, Any]

_WORDS: Final = {"sent": "were sent on their way again", "thrown_away": "were thrown away"}
_SHOWN: Final = 10


def counted(found: Json) -> Table:
    """Letters by stage and reason, with the id of one."""
    table = columns("stage", "letters", "of these", "id", "reason")
    for one in found["items"]:
        rows = [(str(times), one["ids"][reason][0], reason) for reason, times in one["reasons"].items()]
        for number, (times, example, reason) in enumerate(rows or [("", "", "")]):
            head = (one["stage"], f"{one['letters']:,}") if number == 0 else ("", "")
            table.add_row(*head, times, example, Text(reason))
    return table


def letter(one: Json) -> Group:
    """A letter whole."""
    rows = Table.grid(padding=(0, 2))
    about = {name: value for name, value in one["about"].items() if value not in (None, "", [])}
    shown = {
        "sent at": one["sent_at"],
        "reason": one["reason"] or UNTOLD,
        "correlation": " ".join(one["correlation"]),
        **about,
    }
    for name, value in shown.items():
        rows.add_row(Text(name, style="dim"), Text(str(value)))
    body = [Text(one["body"])] if "body" in one else []
    return Group(Text(f"{one['stage']}  {one['id']}", style="bold"), rows, *body)


def taken(told: Json) -> Group:
    """What became of letters."""
    (word,) = (word for word in _WORDS if word in told)
    left = [Text(f"{times:,} are left: {why}") for why, times in list(told["left"].items())[:_SHOWN]]
    return Group(Text(f"{told[word]:,} dead letters of {told['stage']} {_WORDS[word]}."), *left)
