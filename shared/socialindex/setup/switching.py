"""The moment in which a new generation takes the place of the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex.engine import ALIAS, answering
from socialindex.errors import Unavailable
from socialindex.setup.copying import Months
from socialindex.setup.stage import NEXT, template_named
from socialindex.setup.template import closed, opened, shown

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from socialindex.setup.progress import Rebuild
    from socialindex.setup.template import Template


class Switch:
    """A switch from one generation to the next. Each of its steps can be repeated."""

    def __init__(self, engine: OpenSearch, rebuild: Rebuild) -> None:
        self._engine = engine
        self._rebuild = rebuild
        self._months = Months(engine, rebuild.before, rebuild.generation)
        self.copied = dict(rebuild.copied)
        """As in ``Rebuild``, as far as this has come."""

    def run(self, until: float) -> None:
        """Close the old generation, copy the rest, compare, and move the alias.

        Raises:
            Unavailable: the engine does not answer, there was no time, or documents are missing.
        """
        if not self.is_done():
            self._close()
            self._finish(until)
            self._move_alias()
        self._put_template()

    def is_done(self) -> bool:
        """Whether searches see the new generation."""
        if not self._months.in_new():
            return False
        with answering():
            return bool(self._engine.indices.exists_alias(name=ALIAS, index=self._pattern(self._rebuild.generation)))

    def take_back(self) -> None:
        """Let the old generation be written again."""
        with answering():
            self._put(ALIAS, opened(self._template(ALIAS)))
            for month in self._months.in_old():
                unblocked = {"index.blocks.write": None}
                self._engine.indices.put_settings(index=self._months.old(month), body=unblocked)

    def _close(self) -> None:
        """From here on no write can reach the old generation, nor a month begin in it that nobody knows of."""
        with answering():
            self._put(ALIAS, closed(self._template(ALIAS)))
            for month in self._months.in_old():
                self._engine.indices.add_block(index=self._months.old(month), block="write")

    def _finish(self, until: float) -> None:
        months = self._months.in_old()
        for month in months:
            self.copied[month], all_of_it = self._months.copy(month, self.copied.get(month, -1), until, closed=True)
            if not all_of_it:
                raise Unavailable("there was no time to copy the rest")
        for month in self._months.in_new():
            self._compare(month, months)

    def _compare(self, month: str, months: list[str]) -> None:
        if month not in months:  # it was beyond the retention
            with answering():
                self._engine.indices.delete(index=self._months.new(month))
        elif lacking := self._months.mirror_deletions(month):
            self.copied.pop(month)  # copied anew, whole
            raise Unavailable(f"{len(lacking)} documents of {month} were not copied")

    def _move_alias(self) -> None:
        """In one step, so that no search sees both generations, or none."""
        old = [{"remove": {"index": self._months.old(month), "alias": ALIAS}} for month in self._aliased()]
        new = [{"add": {"index": self._months.new(month), "alias": ALIAS}} for month in self._months.in_new()]
        actions: list[dict[str, Any]] = [*old, *new]
        if actions:
            with answering():
                self._engine.indices.update_aliases(body={"actions": actions})

    def _aliased(self) -> list[str]:
        """Months of the old generation that searches see: one that began closed has never been seen."""
        with answering():
            found = self._engine.indices.get_alias(
                index=self._pattern(self._rebuild.before), params={"allow_no_indices": "true"}
            )
        return [name.rpartition("-")[2] for name, index in found.items() if ALIAS in index["aliases"]]

    def _put_template(self) -> None:
        """Let new posts into the new generation: writers ask this template where they go."""
        template = template_named(self._engine, NEXT)
        with answering():
            if template is not None:
                self._put(ALIAS, shown(template))
                self._engine.indices.delete_index_template(name=NEXT)

    def _template(self, name: str) -> Template:
        template = template_named(self._engine, name)
        if template is None:
            raise Unavailable(f"the engine has no template {name}: run setup")
        return template

    def _put(self, name: str, template: Template) -> None:
        self._engine.indices.put_index_template(name=name, body=template)

    def _pattern(self, generation: int) -> str:
        return f"{ALIAS}-g{generation}-*"
