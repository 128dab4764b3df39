"""The setup stage: puts index templates and the merge script into the engine; safe to run again.

An engine that has posts keeps its analysis: what is deployed with another one begins a new generation
(``rebuilding.py``). Only fields that are new are added at once, since writers may already have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opensearchpy.exceptions import NotFoundError

from socialindex.engine import ALIAS, answering
from socialindex.index.merge import SCRIPT
from socialindex.setup.additions import additions, merged, without
from socialindex.setup.template import digest, posts_template, retired, with_fields

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from opensearchpy import OpenSearch

    from socialindex.dictionary import Entry
    from socialindex.setup.additions import Properties
    from socialindex.setup.template import Template

NEXT = f"{ALIAS}-next"
"""The name of the template for the generation that is being made."""
RETIRED = f"{ALIAS}-retired"
"""The name of the template for generations that are over."""


class Setup:
    """Puts what ``folder`` (``infra/opensearch/``) holds.

    Args:
        engine: where to.
        folder: templates and scripts.
        entries: names that a first generation knows from the start.
    """

    def __init__(self, engine: OpenSearch, folder: Path, entries: Callable[[], list[Entry]] = list) -> None:
        self._engine = engine
        self._folder = folder
        self._entries = entries

    def run(self) -> dict[str, list[str]]:
        """Put everything; the names of what was put.

        Raises:
            Unavailable: the engine does not answer.
        """
        source = (self._folder / f"{SCRIPT}.painless").read_text("utf-8")
        with answering():
            self._engine.indices.put_index_template(name=RETIRED, body=retired())
            self._put_fields()
            self._engine.put_script(id=SCRIPT, body={"script": {"lang": "painless", "source": source}})
        return {"scripts": [SCRIPT], "templates": [ALIAS, RETIRED]}

    def _put_fields(self) -> None:
        wanted = posts_template(self._folder, self._entries())
        if template_named(self._engine, ALIAS) is None:
            self._engine.indices.put_index_template(name=ALIAS, body=wanted)
        for name in (ALIAS, NEXT):
            present = template_named(self._engine, name)
            if present is not None and (new := additions(_fields(present), _fields(wanted))):
                self._add(name, present, new, wanted)

    def _add(self, name: str, present: Template, new: Properties, wanted: Template) -> None:
        """Add fields to a template and its indices; it stands for the wanted one if there is no other difference."""
        extended = with_fields(present, merged(_fields(present), new))
        bare = with_fields(wanted, without(_fields(wanted), new))
        if digest(bare["template"]) == present["_meta"].get("digest"):
            extended["_meta"] = wanted["_meta"]
        self._engine.indices.put_index_template(name=name, body=extended)
        (pattern,) = present["index_patterns"]
        self._engine.indices.put_mapping(index=pattern, body={"properties": new}, params={"allow_no_indices": "true"})


def template_named(engine: OpenSearch, name: str) -> Template | None:
    """An index template of the engine; ``None`` where there is none of this name."""
    try:
        with answering():
            answer = engine.indices.get_index_template(name=name)
    except NotFoundError:
        return None
    template: Template = answer["index_templates"][0]["index_template"]
    return template


def _fields(template: Template) -> Properties:
    fields: Properties = template["template"]["mappings"]["properties"]
    return fields
