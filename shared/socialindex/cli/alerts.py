"""Alerts: listed, shown, acknowledged, assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import click
from rich.console import Group
from rich.text import Text

from socialindex.alert.alert import AlertKind
from socialindex.alert.model import Severity
from socialindex.cli.access import client
from socialindex.cli.filters import Moment
from socialindex.cli.imports import workspace_option
from socialindex.cli.output import answer, as_json_option, columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.client.models import Alert, AlertEvidence
    from socialindex.client.models import Alerts as Page

_STYLES: Final = {"high": "bold red", "medium": "yellow", "low": ""}
_language_option = click.option("--language", type=click.Choice(["en", "ko"]), default="en", show_default=True)


@click.group()
def alerts() -> None:
    """See what happens to topics, and say who takes care of it."""


@alerts.command("list")
@workspace_option
@click.option("--topic", help="Only this topic's: its id.")
@click.option("--state", type=click.Choice(["open", "closed"]))
@click.option("--kind", type=click.Choice(get_args(AlertKind)))
@click.option("--severity", type=click.Choice(get_args(Severity)))
@click.option("--from", "since", type=Moment(), help="Opened then or later: 2026-11-01 (UTC) or a time with its zone.")
@click.option("--to", "until", type=Moment(), help="Opened before this time or day.")
@click.option("--cursor", help="next_cursor of the page before.")
@as_json_option
def alerts_list(workspace: str | None, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """List a workspace's alerts, the newest first.

    \b
    socialindex alerts list --state open --severity high
    """  # noqa: D301 - click's own mark, not a backslash
    given = {name: value for name, value in options.items() if value}
    answer(client("client").alerts(workspace=workspace, **given), as_json=as_json, human=_listed)


@alerts.command("show")
@click.argument("id")
@_language_option
@as_json_option
def alerts_show(id: str, language: str, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Explain an alert, with the posts that show it."""
    answer(client("client").alert(id), as_json=as_json, human=lambda alert: _shown(alert, language))


@alerts.command("acknowledge")
@click.argument("id")
@as_json_option
def alerts_acknowledge(id: str, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Say that somebody has seen an alert."""
    answer(client("client").acknowledge_alert(id), as_json=as_json, human=_handled)


@alerts.command("assign")
@click.argument("id")
@click.argument("person", required=False)
@as_json_option
def alerts_assign(id: str, person: str | None, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Say whose business an alert is; without a person, nobody's."""
    answer(client("client").assign_alert(id, person), as_json=as_json, human=_handled)


def _listed(page: Page) -> Group:
    table = columns("id", "opened", "topic", "kind", "severity", "state", "people", "usual", "lead")
    for each in page.items:
        lead = each.lead_time.minutes if each.lead_time else None
        table.add_row(
            each.id,
            f"{each.opened_at:%Y-%m-%d %H:%M}",
            Text(each.topic_name),
            each.kind,
            Text(each.severity, style=_STYLES.get(each.severity, "")),
            each.state,
            f"{each.observed:,}",
            f"{each.expected:,.1f}",
            "-" if lead is None else f"{round(lead):,} min",
        )
    return Group(table, *([Text(f"More with --cursor {page.next_cursor}")] if page.next_cursor else []))


def _shown(alert: Alert, language: str) -> Group:
    head = Text.assemble(
        (alert.id, "bold"), "  ", (alert.severity, _STYLES.get(alert.severity, "")), f"  {alert.state}"
    )
    posts = [line for each in alert.evidence for line in _post(each)]
    return Group(head, Text(), Text(alert.explanation.get(language, "")), Text(), *posts, _handled(alert))


def _post(each: AlertEvidence) -> Iterator[Text]:
    when = f"{each.published_at:%Y-%m-%d %H:%M}" if each.published_at else "-"
    yield Text(f"{when}  {each.source}  {each.author or '-'}", style="dim")
    yield Text(each.title or each.excerpt or "(gone)")
    if each.url:
        yield Text(each.url, style="dim")


def _handled(alert: Alert) -> Text:
    seen = f"seen by {alert.acknowledged_by}" if alert.acknowledged_at else "seen by nobody yet"
    return Text(
        f"{alert.id}: {seen}, {f'assigned to {alert.assigned_to}' if alert.assigned_to else 'assigned to nobody'}."
    )
