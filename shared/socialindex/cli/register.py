"""Commands about what can be crawled and what may be: ``sources`` and ``terms``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.console import Group
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.output import answer, as_json_option, columns

if TYPE_CHECKING:
    from rich.table import Table

Json = dict[str, Any]

_VERDICTS = click.Choice(["allowed", "permission", "forbidden"])
_KEEPS = click.Choice(["full", "title_and_link"])
_EXPORTS = click.Choice(["full", "title_and_link", "none"])


@click.command()
@as_json_option
def sources(*, as_json: bool) -> None:
    """List what can be crawled, what each source gives, and what it needs."""
    answer(client("client").call("GET", "/v1/sources")["items"], as_json=as_json, human=_sources)


@click.group(invoke_without_command=True)
@click.option("--host", help="Only what holds for this host.")
@as_json_option
@click.pass_context
def terms(context: click.Context, *, host: str | None, as_json: bool) -> None:
    """Show what the operators of hosts and platforms allow, and which hosts nobody has reviewed."""
    if context.invoked_subcommand is None and host:
        answer(client("client").register_of(host), as_json=as_json, human=_host)
    elif context.invoked_subcommand is None:
        answer(client("client").register(), as_json=as_json, human=_register)


@terms.command("set")
@click.argument("host")
@click.option("--verdict", type=_VERDICTS, required=True)
@click.option("--reason", required=True, help="The clause in your words.")
@click.option("--source", required=True, help="Where it stands: the document and its section.")
@click.option("--name", help="Whose terms these are; by default the host.")
@click.option("--document", help="The document's address.")
@click.option("--reviewed", help="When you read it, such as 2026-11-28.")
@click.option("--agreement", help="Where the operator's permission is filed; makes 'permission' a yes.")
@click.option("--keep", type=_KEEPS, help="What may be stored of a post.")
@click.option("--export", type=_EXPORTS, help="What of a post may leave the service in bulk.")
@click.option("--through", multiple=True, help="Host of the platform's API, whose own terms count for what it gives.")
@click.option("--daily", type=int, help="Requests a day that the platform grants.")
@click.option("--refresh-days", type=int, help="Days after which a post must have been read again, or is deleted.")
@as_json_option
def terms_set(host: str, *, as_json: bool, **fields: Any) -> None:  # noqa: ANN401 - the options above
    """Enter what you have read or signed; it counts for the host and its subdomains within a minute."""
    given = {name: value for name, value in fields.items() if value not in (None, ())}
    answer(client("admin").enter_terms(host, given), as_json=as_json, human=_entered)


@terms.command("unset")
@click.argument("host")
@as_json_option
def terms_unset(host: str, *, as_json: bool) -> None:
    """Take back what was entered for a host: what ships with the service counts again."""
    client("admin").take_terms_back(host)
    answer({"host": host}, as_json=as_json, human=lambda done: Text(f"What was entered for {done['host']} is gone."))


def _sources(items: list[Json]) -> Table:
    table = columns("source", "what", "gives", "needs", "paste")
    for card in items:
        needs = ", ".join(card["needs"]) or "-"
        table.add_row(card["name"], card["title"], ", ".join(card["gives"]), needs, Text("\n".join(card["paste"])))
    return table


def _register(found: Json) -> Group:
    table = columns("hosts", "verdict", "store", "export", "reviewed", "why")
    for entry in sorted(found["items"], key=lambda entry: entry["domains"]):
        table.add_row(Text(", ".join(entry["domains"])), *_row(entry))
    return Group(table, *_unreviewed(found["unreviewed"]))


def _row(entry: Json) -> tuple[str, str, str, str, Text]:
    verdict = "allowed (agreement)" if entry.get("agreement") else entry["verdict"]
    why = Text(f"{entry['reason']} ({entry['source']})")
    keep, export = entry.get("keep", "full"), entry.get("export", "full")
    return verdict, keep, export, entry.get("reviewed") or "not yet by clause", why


def _unreviewed(hosts: list[str]) -> list[Text]:
    if not hosts:
        return []
    lines = "\n".join(f"  {host}" for host in hosts)
    return [Text("\nCrawled, but nobody has reviewed their terms (socialindex terms set HOST ...):\n" + lines)]


def _host(found: Json) -> Group | Text:
    may = "may be crawled" if found["may_crawl"] else "must not be crawled"
    if found["terms"] is None:
        return Text(
            f"{found['host']} {may} as far as its robots.txt and its pages allow: nobody has reviewed its terms."
        )
    return Group(Text(f"{found['host']} {may}."), _register({"items": [found["terms"]], "unreviewed": []}))


def _entered(entry: Json) -> Text:
    return Text(f"{', '.join(entry['domains'])}: {entry['verdict']}, from now on. It counts within a minute.")
