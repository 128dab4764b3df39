"""Commands for destinations: who is told of what happens, and what became of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, get_args

import click
from rich.text import Text

from socialindex.alert.model import Severity
from socialindex.cli import destinations_show as show
from socialindex.cli.access import client
from socialindex.cli.asking import ask, yes_option
from socialindex.cli.imports import workspace_option
from socialindex.cli.output import answer, as_json_option
from socialindex.deliver.delivery import State
from socialindex.deliver.destination import UNWISHED
from socialindex.deliver.event import Kind
from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from socialindex.client import Client
    from socialindex.client.models import Delivery

_KINDS: Final = [kind for kind in get_args(Kind) if kind not in UNWISHED]
_SECONDS: Final = 90.0
"""For which a test is waited for: the service looks every minute."""
_PAUSE: Final = 1.0
_ON_THE_WAY: Final = frozenset({"waiting", "held"})


@click.group()
def destinations() -> None:
    """Say who is told of alerts and mentions: webhooks, mail, chat."""


@destinations.command("add")
@click.argument("name")
@click.argument("address")
@click.option("--slack", is_flag=True, help="The address is an incoming webhook of Slack or of a chat like it.")
@click.option("--event", "events", multiple=True, type=click.Choice(_KINDS), help="Only these. Can be repeated.")
@click.option(
    "--severity", "severities", multiple=True, type=click.Choice(get_args(Severity)), help="Only these alerts."
)
@click.option("--topic", "topics", multiple=True, help="Only this topic's events: its id. Can be repeated.")
@click.option("--language", type=click.Choice(["ko", "en"]), help="Of letters.")
@click.option("--time-zone", help="For quiet hours, digests and letters, such as Asia/Seoul.")
@click.option("--quiet", help="Hours of every day without news, such as 22:00-07:00.")
@click.option("--crisis-passes", is_flag=True, help="A crisis of high severity is told in quiet hours too.")
@click.option("--person", help="Whose acts by a letter's links are.")
@workspace_option
@as_json_option
def add(name: str, address: str, *, slack: bool, workspace: str | None, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Add a destination. A webhook's secret is shown this once.

    \b
    socialindex destinations add Duty https://hooks.example.com/socialindex
    socialindex destinations add 당직 duty@example.com --language ko --time-zone Asia/Seoul --event digest.daily
    """  # noqa: D301 - click's own mark, not a backslash
    is_mail = "@" in address and "://" not in address
    way = "email" if is_mail else "slack" if slack else "webhook"
    wishes = {key: list(options.pop(key)) for key in ("events", "severities", "topics")}
    given: dict[str, Any] = {
        "email" if is_mail else "url": address,
        "wishes": {key: values for key, values in wishes.items() if values},
        "quiet": _quiet(options.pop("quiet"), passes=options.pop("crisis_passes")),
        **options,
    }
    api = client("client")
    made = api.add_destination(name, way, workspace=workspace, **given)
    answer(made, as_json=as_json, human=show.with_secret)


@destinations.command("list")
@workspace_option
@as_json_option
def list_(workspace: str | None, *, as_json: bool) -> None:
    """List a workspace's destinations."""
    answer(client("client").destinations(workspace=workspace), as_json=as_json, human=show.listed)


@destinations.command("pause")
@click.argument("id")
@workspace_option
@as_json_option
def pause(id: str, workspace: str | None, *, as_json: bool) -> None:  # noqa: A002 - the word of the help page
    """Tell a destination nothing until it is resumed."""
    changed = client("client").change_destination(id, workspace=workspace, state="paused")
    answer(changed, as_json=as_json, human=show.one)


@destinations.command("resume")
@click.argument("id")
@workspace_option
@as_json_option
def resume(id: str, workspace: str | None, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Tell it again; also one that was disabled because it failed."""
    changed = client("client").change_destination(id, workspace=workspace, state="active")
    answer(changed, as_json=as_json, human=show.one)


@destinations.command("rotate")
@click.argument("id")
@click.option("--grace-hours", type=click.IntRange(0, 168), default=24, show_default=True)
@workspace_option
@as_json_option
def rotate(id: str, *, grace_hours: int, workspace: str | None, as_json: bool) -> None:  # noqa: A002 - as above
    """Give a webhook a new secret; for some hours calls are signed by both."""
    rotated = client("client").rotate_destination(id, grace_hours=grace_hours, workspace=workspace)
    answer(rotated, as_json=as_json, human=show.with_secret)


@destinations.command("test")
@click.argument("id")
@workspace_option
@as_json_option
def test(id: str, workspace: str | None, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Send a test, and see what came of it."""
    api = client("client")
    sent = api.test_destination(id, workspace=workspace)
    answer(_followed(api, sent, workspace), as_json=as_json, human=show.told)


@destinations.command("delete")
@click.argument("id")
@workspace_option
@yes_option
@as_json_option
def delete(id: str, workspace: str | None, *, yes: bool, as_json: bool) -> None:  # noqa: A002 - as above
    """Delete a destination, with its secrets."""
    ask(f"Delete {id} with its secrets for good?", yes=yes)
    client("client").remove_destination(id, workspace=workspace)
    answer({"deleted": id}, as_json=as_json, human=lambda _: Text(f"{id} is told nothing any more."))


@destinations.command("log")
@click.option("--destination", multiple=True, help="Only this one's, by its id. Can be repeated.")
@click.option("--state", multiple=True, type=click.Choice(get_args(State)), help="Only these. Can be repeated.")
@click.option("--event", "kind", multiple=True, type=click.Choice(get_args(Kind)), help="Only these. Can be repeated.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--cursor", help="next_cursor of the page before.")
@workspace_option
@as_json_option
def log(*, as_json: bool, **options: Any) -> None:  # noqa: ANN401 - the options above
    """List what was told in the last thirty days, the newest first."""
    answer(client("client").deliveries(**options), as_json=as_json, human=show.log)


@destinations.command("delivery")
@click.argument("id")
@workspace_option
@as_json_option
def delivery(id: str, workspace: str | None, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Show a delivery with every attempt."""
    answer(client("client").delivery(id, workspace=workspace), as_json=as_json, human=show.told)


@destinations.command("redeliver")
@click.argument("id")
@workspace_option
@as_json_option
def redeliver(id: str, workspace: str | None, *, as_json: bool) -> None:  # noqa: A002 - as above
    """Send a delivery again, with the same webhook-id."""
    answer(client("client").redeliver(id, workspace=workspace), as_json=as_json, human=show.told)


@destinations.command("events")
@as_json_option
def events(*, as_json: bool) -> None:
    """List the kinds of events; with --json, with the schemas of their data."""
    answer(client("client").events(), as_json=as_json, human=show.kinds)


def _quiet(hours: str | None, *, passes: bool) -> dict[str, Any] | None:
    """Quiet hours as the API takes them.

    Raises:
        InvalidInput: they are no two times of day.
    """
    if hours is None:
        return None
    since, mark, until = hours.partition("-")
    if not mark:
        raise InvalidInput(f"{hours!r} are no hours", field="--quiet", remedy="write them as 22:00-07:00")
    return {"from": since.strip(), "to": until.strip(), "crisis_passes": passes}


def _followed(api: Client, sent: Delivery, workspace: str | None) -> Delivery:
    """The delivery once it was tried, or after a while as it is."""
    deadline = time.monotonic() + _SECONDS
    while sent.state in _ON_THE_WAY and not sent.attempts and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        sent = api.delivery(sent.id, workspace=workspace)
    return sent
