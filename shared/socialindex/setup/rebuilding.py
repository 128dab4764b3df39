"""The index in a new generation, without downtime: what a changed dictionary or mapping needs.

A tokenizer's dictionary does not reload, and a field that is analyzed in another way must be written again. So a new
generation of indices (``posts-g2-*``, ``mentions-g2-*``, ``topics-g2``) is filled from the present one in the
background, in bounded steps, and takes its place at one moment:

1. ``copying``: months are copied by sequence number until hardly anything is left, and topics are stored anew. Searches
   and writes go on.
2. ``switching``: the old generation refuses writes, so that the index stage's messages wait in their queue, some
   seconds long. The rest is copied, deletions are mirrored, the numbers compared. Then one request moves all aliases.
3. ``retiring``: the old generation stays for a day, closed, and is deleted.

A run that dies is continued by the next one. One that fails in the middle of the second part opens the old generation
again.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from aws_lambda_powertools import Logger
from opensearchpy.exceptions import RequestError

from socialindex.engine import answering
from socialindex.errors import SocialIndexError
from socialindex.setup.copying import STEP, Months, count, families, indices_of, last_number
from socialindex.setup.families import FAMILIES, MONTHLY
from socialindex.setup.interrupted import ended
from socialindex.setup.progress import Rebuild
from socialindex.setup.room import need_room
from socialindex.setup.stage import template_named
from socialindex.setup.switching import Switch
from socialindex.setup.template import combined, generation_of, grown, hidden, is_as, template_of
from socialindex.setup.topics import fill

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from opensearchpy import OpenSearch

    from socialindex.dictionary import Entry
    from socialindex.setup.template import Template
    from socialindex.setup.topics import Topics


SETTLE: Final = timedelta(minutes=10)
"""How long nobody must have edited the dictionary before it is taken over: edits come in groups."""
GRACE: Final = timedelta(days=1)
"""How long a generation stays that is no longer in use."""
SPARE_SECONDS: Final = 130
"""How much longer a run may take than it was told, for a step that was begun at its end; then it is taken for dead."""
_DROPPED: Final = "it is no longer asked for"
_SWITCH_SECONDS: Final = 60
"""What must be left of a run for it to begin the switch."""

logger = Logger(child=True)


class Store(Protocol):
    """Where entries and progress are kept (``aws.dictionary``)."""

    def all(self) -> list[Entry]:
        """All entries."""

    def edited_at(self) -> datetime | None:
        """When they were last edited."""

    def asked_at(self) -> datetime | None:
        """When an operator last asked for a rebuilding, changed or not."""

    def rebuild(self) -> Rebuild | None:
        """The last rebuilding."""

    def save(self, rebuild: Rebuild) -> None:
        """Note how far it is."""

    def alone(self, seconds: float) -> AbstractContextManager[bool]:
        """Be the only one that works on it."""


class Rebuilding:
    """Keeps the index as the dictionary and the files say.

    Args:
        engine: that has the index.
        folder: ``infra/opensearch/``.
        store: entries and progress.
        topics: where topics are kept. The names of ``store`` must be in use (``query.names``).
        settle: see ``SETTLE``.
        grace: see ``GRACE``.
    """

    def __init__(
        self,
        engine: OpenSearch,
        folder: Path,
        store: Store,
        topics: Topics,
        *,
        settle: timedelta = SETTLE,
        grace: timedelta = GRACE,
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._store = store
        self._topics = topics
        self._settle = settle
        self._grace = grace

    def run(self, until: float) -> Rebuild | None:
        """Do a part of what is due; how far the last rebuilding is, and ``None`` where there never was one.

        Args:
            until: a Unix time; no further step is begun then. The process must end ``SPARE_SECONDS`` later.

        Raises:
            Unavailable: the engine or the table does not answer; the next run goes on from here.
        """
        with self._store.alone(until - time.time() + SPARE_SECONDS) as alone:
            if not alone:
                return self._store.rebuild()
            present = self._last()
            if present is not None and present.phase == "copying" and not self._is_wanted(present):
                present = self._dropped(present)
            if present is None or not present.is_open:
                present = self._begin(present)
            if present is not None and present.is_open:
                present = self._go_on(present, until)
            return present

    def _last(self) -> Rebuild | None:
        known = self._store.rebuild()
        if known is None or (last := ended(self._engine, known)) == known:
            return known
        return self._saved(last)

    def _in_use(self) -> list[Template]:
        """The families' templates, as far as the engine has them."""
        present = (template_named(self._engine, family.name) for family in FAMILIES)
        return [template for template in present if template is not None]

    def _is_wanted(self, present: Rebuild) -> bool:
        """Whether anything but what is in use is asked for: where a deployment was taken back, it is no longer."""
        in_use, wanted = self._in_use(), self._templates(present.before)
        if len(in_use) < len(FAMILIES) or not all(map(is_as, in_use, wanted)):
            return True
        made = (template_named(self._engine, family.next) for family in FAMILIES)
        # As what is in use: an operator asked for it (``ops reindex``).
        return all(new is None or is_as(old, new) for old, new in zip(in_use, made, strict=True))

    def _dropped(self, present: Rebuild) -> Rebuild:
        """Without what was copied. That nothing was is noted first: a run that dies may be followed by other code."""
        present = self._saved(msgspec.structs.replace(present, copied={}, documents_copied=0))
        with answering():
            for name in indices_of(self._engine, present.generation):
                self._engine.indices.delete(index=name)
            for family in FAMILIES:
                self._engine.indices.delete_index_template(name=family.next, params={"ignore": 404})
        now = datetime.now(tz=UTC)
        return self._saved(msgspec.structs.replace(present, phase="done", trouble=_DROPPED, finished_at=now))

    def _begin(self, last: Rebuild | None) -> Rebuild | None:
        """A new rebuilding, where one is due and wanted; else the last one."""
        current = self._in_use()
        if len(current) < len(FAMILIES) or not self._settled():
            return last
        before = generation_of(current[0])
        wanted = self._templates(before)
        digest = combined(wanted)
        is_refused = last is not None and last.phase == "refused" and last.digest == digest
        if (is_refused or all(map(is_as, current, wanted))) and not self._is_asked_for(last):
            return last
        generation = max(before, last.generation if last else 0) + 1
        begun = Rebuild(
            generation=generation, before=before, phase="copying", digest=digest, began_at=datetime.now(tz=UTC)
        )
        return self._saved(self._prepared(begun, current))

    def _is_asked_for(self, last: Rebuild | None) -> bool:
        asked = self._store.asked_at()
        return asked is not None and (last is None or asked > last.began_at)

    def _templates(self, generation: int) -> list[Template]:
        """What the families' templates are to be."""
        entries = self._store.all()
        return [template_of(family, self._folder, entries, generation) for family in FAMILIES]

    def _settled(self) -> bool:
        edited = self._store.edited_at()
        return edited is None or datetime.now(tz=UTC) - edited >= self._settle

    def _prepared(self, begun: Rebuild, current: list[Template]) -> Rebuild:
        """The templates of a generation put; what the engine refuses, it would refuse again."""
        try:
            for family, wanted, present in zip(FAMILIES, self._templates(begun.generation), current, strict=True):
                with answering():
                    self._engine.indices.put_index_template(name=family.next, body=hidden(grown(wanted, present)))
        except RequestError as error:
            logger.exception("the engine refuses the analysis", extra={"generation": begun.generation})
            return msgspec.structs.replace(begun, phase="refused", trouble=str(error.info)[:500])
        return begun

    def _go_on(self, present: Rebuild, until: float) -> Rebuild:
        try:
            if present.phase == "copying":
                present = self._copy(present, until)
            if self._may_switch(present, until):
                present = self._switch(present, until)
        except SocialIndexError as error:
            self._saved(msgspec.structs.replace(self._store.rebuild() or present, trouble=str(error)[:500]))
            raise
        return self._retire(present) if present.phase == "retiring" else present

    def _copy(self, present: Rebuild, until: float) -> Rebuild:
        self._need_room(present)
        for months in self._families(present):
            for month in months.in_old():
                present = self._copy_month(present, months, month, until)
        if time.time() < until:
            fill(self._engine, present.generation, self._topics)
        return present

    def _copy_month(self, present: Rebuild, months: Months, month: str, until: float) -> Rebuild:
        key = months.key(month)

        def note(through: int) -> None:
            self._saved(self._counted(present, key, through))

        through, _ = months.copy(month, present.copied.get(key, -1), until, note=note)
        return self._saved(self._counted(present, key, through))

    def _families(self, present: Rebuild) -> list[Months]:
        return families(self._engine, present.before, present.generation)

    def _need_room(self, present: Rebuild) -> None:
        """Pass where the rest has room. Asked each time: what is written meanwhile takes room, too."""
        documents, copied = self._count(present)
        if documents > copied:
            patterns = [family.pattern(present.before) for family in MONTHLY]
            need_room(self._engine, patterns, (documents - copied) / documents)

    def _count(self, present: Rebuild) -> tuple[int, int]:
        """Documents of the old and of the new generation."""
        old, new = zip(*(months.count() for months in self._families(present)), strict=True)
        return sum(old), sum(new)

    def _counted(self, present: Rebuild, key: str, through: int) -> Rebuild:
        documents, copied = self._count(present)
        return msgspec.structs.replace(
            present,
            copied={**present.copied, key: through},
            documents=documents,
            documents_copied=min(copied, documents),
            trouble=None,
        )

    def _may_switch(self, present: Rebuild, until: float) -> bool:
        """Whether little is left, and time to do it; what was begun is always ended."""
        if present.phase == "switching":
            return True
        if present.phase != "copying" or until - time.time() < _SWITCH_SECONDS:
            return False
        left = (
            last_number(self._engine, months.old(month)) - present.copied.get(months.key(month), -1)
            for months in self._families(present)
            for month in months.in_old()
        )
        return sum(left) <= STEP

    def _switch(self, present: Rebuild, until: float) -> Rebuild:
        present = self._saved(msgspec.structs.replace(present, phase="switching"))
        switch = Switch(self._engine, present, self._topics)
        try:
            switch.run(max(until, time.time() + _SWITCH_SECONDS))
        except Exception:
            # Writers wait for as long as the old generation is closed.
            if not switch.is_done():
                switch.take_back()
                self._saved(msgspec.structs.replace(present, phase="copying", copied=switch.copied))
            raise
        now = datetime.now(tz=UTC)
        documents = sum(count(self._engine, family.name) for family in MONTHLY)
        logger.info("switched", extra={"generation": present.generation, "documents": documents})
        return self._saved(
            msgspec.structs.replace(
                present,
                phase="retiring",
                switched_at=now,
                copied=switch.copied,
                documents=documents,
                documents_copied=documents,
                trouble=None,
            )
        )

    def _retire(self, present: Rebuild) -> Rebuild:
        now = datetime.now(tz=UTC)
        if present.switched_at is None or now - present.switched_at < self._grace:
            return present
        for name in indices_of(self._engine, present.before):
            with answering():
                self._engine.indices.delete(index=name)
        return self._saved(msgspec.structs.replace(present, phase="done", finished_at=now))

    def _saved(self, rebuild: Rebuild) -> Rebuild:
        self._store.save(rebuild)
        return rebuild
