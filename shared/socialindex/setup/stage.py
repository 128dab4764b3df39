"""The setup stage: puts index templates, the index of topics and the merge scripts into the engine; safe to run again.

An engine that has posts keeps its analysis: what is deployed with another one begins a new generation
(``rebuilding.py``). Only fields that are new are added at once, since writers may already have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opensearchpy.exceptions import NotFoundError

from socialindex.engine import FIRST_GENERATION, answering
from socialindex.index.merge import SCRIPT as MERGE_POST
from socialindex.mentions.merge import SCRIPT as MERGE_MENTION
from socialindex.setup.additions import additions, merged, without
from socialindex.setup.families import FAMILIES, POSTS, TOPICS
from socialindex.setup.indices import make
from socialindex.setup.projections import put_projections
from socialindex.setup.template import digest, digests, generation_of, hidden, retired, template_of, with_fields

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from opensearchpy import OpenSearch

    from socialindex.dictionary import Entry
    from socialindex.setup.additions import Properties
    from socialindex.setup.families import Family
    from socialindex.setup.template import Template

NEXT = POSTS.next
"""The name of the template for the generation that is being made."""
_SCRIPTS = (MERGE_POST, MERGE_MENTION)


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
        with answering():
            for family in FAMILIES:
                self._engine.indices.put_index_template(name=family.retired, body=retired(family))
                self._put_family(family)
            for name in _SCRIPTS:
                source = (self._folder / f"{name}.painless").read_text("utf-8")
                self._engine.put_script(id=name, body={"script": {"lang": "painless", "source": source}})
        templates = [name for family in FAMILIES for name in (family.name, family.retired)]
        return {"scripts": [*_SCRIPTS], "templates": [*templates, *put_projections(self._engine, self._folder)]}

    def is_there(self) -> bool:
        """Whether the engine has what posts need; without, it was never set up, or has lost it.

        Raises:
            Unavailable: the engine does not answer.
        """
        if any(template_named(self._engine, family.name) is None for family in FAMILIES):
            return False
        with answering():
            has_topics = bool(self._engine.indices.exists_alias(name=TOPICS.name))
            scripts = (self._engine.get_script(id=name, params={"ignore": 404}) for name in _SCRIPTS)
            return has_topics and all(script["found"] for script in scripts)

    def _put_family(self, family: Family) -> None:
        """Put what an engine lacks of a family. What it never had joins the generations that posts are in."""
        wanted = template_of(family, self._folder, self._entries())
        for name, of_posts in ((family.name, POSTS.name), (family.next, POSTS.next)):
            present = template_named(self._engine, name)
            if present is not None:
                if new := additions(_fields(present), _fields(wanted)):
                    self._add(name, present, new, wanted)
            elif (generation := self._generation(of_posts)) is not None:
                self._begin(family, name, generation)
        if family is TOPICS:
            self._make_topics()

    def _generation(self, name: str) -> int | None:
        """The generation of posts that a template makes; None of one that is only there while it is being made."""
        template = template_named(self._engine, name)
        if template is not None:
            return generation_of(template)
        return FIRST_GENERATION if name == POSTS.name else None

    def _begin(self, family: Family, name: str, generation: int) -> None:
        template = template_of(family, self._folder, self._entries(), generation)
        body = template if name == family.name else hidden(template)
        self._engine.indices.put_index_template(name=name, body=body)

    def _make_topics(self) -> None:
        template = template_named(self._engine, TOPICS.name)
        if template is not None:
            make(self._engine, TOPICS.named(generation_of(template)))

    def _add(self, name: str, present: Template, new: Properties, wanted: Template) -> None:
        """Add fields to a template and its indices; it stands for the wanted one if there is no other difference."""
        extended = with_fields(present, merged(_fields(present), new))
        bare = with_fields(wanted, without(_fields(wanted), new))
        if digest(bare["template"]) in (known := digests(present)):
            extended["_meta"] = {**wanted["_meta"], "earlier": known}
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
