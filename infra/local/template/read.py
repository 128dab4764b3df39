"""Reads a SAM template for the local stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.template.document import load
from infra.local.template.functions import functions
from infra.local.template.intrinsics import text
from infra.local.template.model import Template
from infra.local.template.reading import Reading, section
from infra.local.template.storage import buckets, queues, tables, topics
from infra.local.template.wiring import events, routes, schedules, sources, throttling
from socialindex.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from infra.local.template.references import Site


def read_template(
    path: Path,
    site: Site,
    *,
    parameters: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Template:
    """What the template at ``path`` says for a stack at ``site``.

    Args:
        path: the template; folders in it are relative to its own.
        site: the stack's name and the servers behind it, from which names, URLs and ARNs follow.
        parameters: values for the template's parameters; the others keep their defaults.
        overrides: values for ``Resource`` or ``Resource.Attribute`` of resources that are not run locally.

    Raises:
        InvalidInput: the template cannot be read or run; names the resource, the property and the remedy.
    """
    return template_of(load(path), path.parent, site, parameters=parameters, overrides=overrides)


def template_of(
    document: dict[str, object],
    folder: Path,
    site: Site,
    *,
    parameters: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Template:
    """What a template says whose ``document`` was loaded from a ``folder``; the document stays as it is.

    Raises:
        InvalidInput: as ``read_template``, of what is in the document.
    """
    reading = Reading(document, site, parameters or {}, overrides or {})
    all_functions, all_queues = functions(reading, folder), queues(reading)
    found = events(reading)
    return Template(
        functions=all_functions,
        queues=all_queues,
        tables=tables(reading),
        buckets=buckets(reading),
        topics=topics(reading),
        sources=sources(reading, found, all_functions, all_queues),
        schedules=schedules(reading, found, site.cloud),
        routes=routes(reading, found),
        throttling=throttling(reading),
        outputs=_outputs(reading, section(document, "Outputs")),
        ignored=reading.ignored(),
        notes=reading.notes,
    )


def _outputs(reading: Reading, declared: dict[str, object]) -> dict[str, str]:
    values = {name: _output(reading, name, output) for name, output in declared.items()}
    return {name: value for name, value in values.items() if value is not None}


def _output(reading: Reading, name: str, output: object) -> str | None:
    """Outputs of resources that are not run here are left out: nothing on this machine needs them."""
    if not isinstance(output, dict) or not reading.exists(f"Outputs.{name}", output):
        return None
    try:
        return text(reading.resolver.resolve(output.get("Value"), f"Outputs.{name}"))
    except InvalidInput:
        return None
