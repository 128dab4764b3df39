"""The moment in which a new generation takes the place of the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex.engine import answering
from socialindex.errors import Unavailable
from socialindex.setup.copying import count, families, indices_of
from socialindex.setup.families import FAMILIES, TOPICS
from socialindex.setup.indices import make
from socialindex.setup.stage import template_named
from socialindex.setup.template import closed, opened, shown
from socialindex.setup.topics import fill

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.setup.copying import Months
    from socialindex.setup.progress import Rebuild
    from socialindex.setup.template import Template
    from socialindex.setup.topics import Topics


class Switch:
    """A switch from one generation to the next. Each of its steps can be repeated."""

    def __init__(self, engine: OpenSearch, rebuild: Rebuild, topics: Topics) -> None:
        self._engine = engine
        self._rebuild = rebuild
        self._topics = topics
        self._families = families(engine, rebuild.before, rebuild.generation)
        self.copied = dict(rebuild.copied)
        """As in ``Rebuild``, as far as this has come."""

    def run(self, until: float) -> None:
        """Close the old generation, copy the rest, compare, and move the aliases.

        Raises:
            Unavailable: the engine or the topics' table does not answer, there was no time, or documents are missing.
        """
        if not self.is_done():
            self._close()
            self._finish(until)
            self._move_aliases()
        self._put_templates()

    def is_done(self) -> bool:
        """Whether searches see the new generation: topics tell, since there is always an index of them."""
        index = TOPICS.named(self._rebuild.generation)
        with answering():
            return bool(self._engine.indices.exists_alias(name=TOPICS.name, index=index))

    def take_back(self) -> None:
        """Let the old generation be written again."""
        unblocked = {"index.blocks.write": None}
        with answering():
            for family in FAMILIES:
                self._put(family.name, opened(self._template(family.name)))
            for index in indices_of(self._engine, self._rebuild.before):
                self._engine.indices.put_settings(index=index, body=unblocked)

    def _close(self) -> None:
        """From here on no write can reach the old generation, nor a month begin in it that nobody knows of."""
        with answering():
            for family in FAMILIES:
                self._put(family.name, closed(self._template(family.name)))
            for index in indices_of(self._engine, self._rebuild.before):
                self._engine.indices.add_block(index=index, block="write")

    def _finish(self, until: float) -> None:
        for months in self._families:
            present = months.in_old()
            for month in present:
                self._copy(months, month, until)
            made = months.in_new()
            for month in made:
                self._compare(months, month, present)
            for month in sorted({*present} - {*made}):
                self._miss(months, month)
        self._complete()
        # Behind the block: who takes a topic out of the engine from here on takes it out of the new generation.
        fill(self._engine, self._rebuild.generation, self._topics)

    def _complete(self) -> None:
        """Give each month of posts one of mentions: one that began before the templates are put would have no alias."""
        posts, mentions = self._families
        for month in posts.in_new():
            make(self._engine, mentions.new(month))

    def _copy(self, months: Months, month: str, until: float) -> None:
        key = months.key(month)
        self.copied[key], all_of_it = months.copy(month, self.copied.get(key, -1), until, closed=True)
        if not all_of_it:
            raise Unavailable("there was no time to copy the rest")

    def _compare(self, months: Months, month: str, present: list[str]) -> None:
        if month not in present:  # it was beyond the retention
            with answering():
                self._engine.indices.delete(index=months.new(month))
        elif lacking := months.mirror_deletions(month):
            self.copied.pop(months.key(month))  # copied anew, whole
            raise Unavailable(f"{len(lacking)} documents of {months.key(month)} were not copied")

    def _miss(self, months: Months, month: str) -> None:
        """Pass a month that has no documents: of one that has, somebody deleted the copy, as to make room on a disk."""
        if count(self._engine, months.old(month)):
            self.copied.pop(months.key(month))  # copied anew, whole
            raise Unavailable(f"{months.new(month)} is gone: it is copied again")

    def _move_aliases(self) -> None:
        """In one step, so that no search sees both generations, or none, or posts of one and topics of the other."""
        actions: list[dict[str, Any]] = [
            *({"remove": {"index": name, "alias": _alias(name)}} for name in self._aliased(self._rebuild.before)),
            *(
                {"add": {"index": name, "alias": _alias(name)}}
                for name in indices_of(self._engine, self._rebuild.generation)
            ),
        ]
        with answering():
            self._engine.indices.update_aliases(body={"actions": actions})

    def _aliased(self, generation: int) -> list[str]:
        """Indices of a generation that searches see: one that began closed has never been seen."""
        names = indices_of(self._engine, generation)
        with answering():
            found = self._engine.indices.get_alias(index=",".join(names)) if names else {}
        return [name for name, index in found.items() if _alias(name) in index["aliases"]]

    def _put_templates(self) -> None:
        """Let what is written from now on into the new generation: writers ask the posts' template where they go.

        It comes last: who goes by it finds the others in place.
        """
        for family in reversed(FAMILIES):
            template = template_named(self._engine, family.next)
            with answering():
                if template is not None:
                    self._put(family.name, shown(template))
                    self._engine.indices.delete_index_template(name=family.next)

    def _template(self, name: str) -> Template:
        template = template_named(self._engine, name)
        if template is None:
            raise Unavailable(f"the engine has no template {name}: run setup")
        return template

    def _put(self, name: str, template: Template) -> None:
        self._engine.indices.put_index_template(name=name, body=template)


def _alias(index: str) -> str:
    """The name of an index's family, by which searches see it."""
    return index.partition("-")[0]
