"""The commands of the user dictionary: names of brands and products that the analysis keeps whole."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Group
from rich.text import Text

from socialindex.cli.access import client
from socialindex.cli.output import answer, as_json_option, columns
from socialindex.client.core import path

Json = dict[str, Any]

_KINDS = click.Choice(["brand", "product", "organization", "person", "other"])
_PHASES = {
    "copying": "it is being taken over",
    "switching": "it is being taken over; searches go on, new posts wait",
    "retiring": "it is in use",
    "done": "it is in use",
    "refused": "the engine did not take it",
    "given up": "it was given up",
}
_OPEN = {"copying", "switching", "retiring"}


@click.group(invoke_without_command=True)
@as_json_option
@click.pass_context
def dictionary(context: click.Context, *, as_json: bool) -> None:
    """List the names that the analysis knows, and whether the index has taken them over."""
    if context.invoked_subcommand is None:
        answer(client("client").call("GET", "/v1/dictionary"), as_json=as_json, human=_dictionary)


@dictionary.command("set")
@click.argument("name")
@click.argument("variants", nargs=-1)
@click.option("--kind", type=_KINDS, default="other", show_default=True)
@as_json_option
def dictionary_set(name: str, variants: tuple[str, ...], *, kind: str, as_json: bool) -> None:
    """Enter a NAME with other ways to write it, such as: 누리폰 "누리 폰" NuriPhone.

    What was entered for the name before is replaced. Some minutes after the last change the index is made anew with it
    in the background, so enter all that you have at once.
    """
    given = {"variants": list(variants), "kind": kind}
    entered = client("admin").call("PUT", path("dictionary", name), given)
    answer(entered, as_json=as_json, human=_entered)


@dictionary.command("rm")
@click.argument("name")
@as_json_option
def dictionary_rm(name: str, *, as_json: bool) -> None:
    """Remove a NAME."""
    client("admin").call("DELETE", path("dictionary", name))
    answer({"name": name}, as_json=as_json, human=lambda done: Text(f"{done['name']} is removed."))


def _dictionary(found: Json) -> Group | Text:
    if not found["items"]:
        # A deployment may make the index anew, too: how far it is counts without names.
        empty = Text("The dictionary is empty: socialindex dictionary set NAME VARIANT ...")
        return Group(empty, Text(f"\nThe index: {_far(found['rebuild'])}.")) if found["rebuild"] else empty
    table = columns("name", "kind", "also written")
    for entry in sorted(found["items"], key=lambda entry: entry["name"]):
        table.add_row(Text(entry["name"]), entry.get("kind", "other"), Text(", ".join(entry.get("variants", []))))
    return Group(table, Text(f"\n{_state(found)}"))


def _state(found: Json) -> str:
    edited, rebuild = found["edited_at"], found["rebuild"]
    if rebuild is None:
        return "The index takes it over some minutes after the last change."
    if edited and edited > rebuild["began_at"]:
        is_open = rebuild["phase"] in _OPEN
        later = "a day after what is made now is in use" if is_open else "some minutes after the last change"
        return f"The index takes it over {later}. What was known before: {_far(rebuild)}."
    return f"The index knows it: {_far(rebuild)}."


def _far(rebuild: Json) -> str:
    """How far a generation is, and what keeps it: a deployment may make one, too."""
    phase, trouble = rebuild["phase"], rebuild.get("trouble")
    if phase == "done" and trouble:
        phase = "given up"
    copied, documents = (rebuild.get(name, 0) for name in ("documents_copied", "documents"))
    part = f", {copied:,} of {documents:,} documents" if phase == "copying" else ""
    return f"{_PHASES[phase]}{part}, generation {rebuild['generation']}{f' ({trouble})' if trouble else ''}"


def _entered(entry: Json) -> Text:
    also = ", ".join(entry.get("variants", []))
    return Text(f"{entry['name']} is entered" + (f", also written {also}." if also else "."))
