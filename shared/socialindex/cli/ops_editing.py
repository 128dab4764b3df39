"""A dead letter in an editor."""

from __future__ import annotations

import json

import click

from socialindex.errors import ParseError
from socialindex.ops.letters import read


def edited(stage: str, body: str) -> str:
    """A letter as somebody mends it, until the stage can read it.

    Raises:
        click.Abort: nothing was changed, or who edits gives up.
    """
    text = _spread(body)
    while True:
        mended = click.edit(text, extension=".json")
        if mended is None or mended == text:
            click.echo("Nothing was changed.", err=True)
            raise click.Abort
        try:
            read(stage, mended)
        except ParseError as error:
            click.echo(f"{stage} cannot read it: {error}", err=True)
            click.confirm("Edit again?", default=True, abort=True, err=True)
            text = mended
        else:
            return mended


def _spread(body: str) -> str:
    """JSON on many lines; what is none, as it is."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body
