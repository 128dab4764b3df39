"""Restoring indices from a snapshot, while the engine is searched and written to.

An index that is gone comes back under its own name. One that is there is not touched: the snapshot's comes under
another name, and what the present one lacks is copied over, so that whatever is newer stays. Searches see none of it
before what must not be seen is out of it (``cleaning``). Each step can be done again; a restoring that died is gone on
with by the next.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from socialindex.engine import answering, current_generation
from socialindex.errors import InvalidInput, NotFound, Unavailable
from socialindex.model import Struct
from socialindex.opensearch import TransportError
from socialindex.ops.snapshots import snapshot
from socialindex.setup.copying import STEP, copy_range, last_number
from socialindex.setup.families import MONTHLY
from socialindex.setup.indices import make
from socialindex.setup.stage import template_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opensearchpy import OpenSearch

    from socialindex.ops.cleaning import Cleaning

_HIDDEN: Final = "restored-"
"""With what the names begin of indices that are copied from: no template and no alias knows them."""
_NAME: Final = re.compile(r"(posts|mentions)-g(\d+)-(\d{4}\.\d{2})")
_BUDGET: Final = 40.0
"""Seconds of one step: the setup function, which does it on AWS, is waited for."""
_GOOD: Final = frozenset({"SUCCESS", "PARTIAL"})

Way = Literal["whole", "instead", "fill"]
"""whole: it is not there. instead: what is there cannot be read (it is red), and is deleted first. fill: what is there
stays, and gets what it lacks; so does one that is made anew, of an index of another generation."""


class Item(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An index of a snapshot, and what becomes of it."""

    index: str
    """In the snapshot."""
    target: str
    """Of the present generation, of the same family and month."""
    way: Way


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """How far an item is; the next step takes it."""

    item: Item
    phase: Literal["begin", "coming", "copying", "done"] = "begin"
    """coming: the engine reads the snapshot. copying: what is lacking goes into the present index."""
    through: int = -1
    """The sequence number up to which is copied."""
    part: float = 0.0
    """Of the phase, from 0 to 1."""


def plan(engine: OpenSearch, repository: str, name: str, months: Iterable[str] = ()) -> list[Item]:
    """What a restoring would do: posts first, since mentions are held against them.

    Args:
        engine: with its templates in place.
        repository: where the snapshot is.
        name: the snapshot's.
        months: such as ``2026.11``; all without a choice.

    Raises:
        NotFound: there is no such snapshot, or it has nothing of these months.
        InvalidInput: the snapshot is not whole.
        Unavailable: the engine does not answer, or was not set up.
    """
    found = snapshot(engine, repository, name)
    if found.state not in _GOOD:
        raise InvalidInput(f"snapshot {name} is {found.state}", field="snapshot", remedy="use one that has ended well")
    wanted = set(months)
    known = [month for family in MONTHLY for month in _by_month(found.indices, family.name)]
    chosen = [month for month in known if not wanted or _parts(month[0])[2] in wanted]
    items = [item for month in chosen for item in _items(engine, month)]
    if not items:
        has = ", ".join(sorted({_parts(month[0])[2] for month in known})) or "none at all"
        raise NotFound(f"snapshot {name} has no posts or mentions of these months; it has {has}")
    return items


class Restoring:
    """Does a plan, a step at a time."""

    def __init__(self, engine: OpenSearch, cleaning: Cleaning, repository: str, name: str) -> None:
        self._engine = engine
        self._cleaning = cleaning
        self._repository, self._name = repository, name

    def step(self, now: Progress) -> Progress:
        """Do a part of an item, for less than a minute; how far it is then.

        Raises:
            Unavailable: the engine or a table does not answer; the same step can be done again.
        """
        if now.phase == "begin":
            return self._begin(now)
        if now.phase == "coming":
            part = _come(self._engine, self._place(now.item))
            return msgspec.structs.replace(now, part=part) if part < 1 else self._came(now)
        return self._copy(now)

    def _begin(self, now: Progress) -> Progress:
        item = now.item
        if item.way == "instead":
            self._delete(item.target)
            item = msgspec.structs.replace(item, way="whole" if item.index == item.target else "fill")
        if not self._exists(self._place(item)):
            self._restore(item)
        if item.way == "whole" and _is_seen(self._engine, item.target):  # a writer was faster than we, and made it anew
            return self._begin(Progress(item=msgspec.structs.replace(item, way="fill")))
        return Progress(item=item, phase="coming")

    def _place(self, item: Item) -> str:
        """The name that an item is restored under."""
        return f"{_HIDDEN}{self._name}-{item.index}" if item.way == "fill" else item.index

    def _restore(self, item: Item) -> None:
        """Without aliases, and open to writers: their block may have been in the snapshot."""
        body: dict[str, Any] = {
            "indices": item.index,
            "include_global_state": False,
            "include_aliases": False,
            "ignore_index_settings": ["index.blocks.write"],
        }
        if item.way == "fill":
            body |= {"rename_pattern": "(.+)", "rename_replacement": f"{_HIDDEN}{self._name}-$1"}
        try:
            with answering():
                self._engine.snapshot.restore(
                    repository=self._repository,
                    snapshot=self._name,
                    body=body,
                    params={"wait_for_completion": "false"},
                )
        except TransportError:
            if not self._exists(self._place(item)):
                raise

    def _came(self, now: Progress) -> Progress:
        item = now.item
        self._cleaning.run(_parts(item.index)[0], self._place(item))
        if item.way == "fill":
            make(self._engine, item.target)
            return Progress(item=item, phase="copying")
        self._show(item.target)
        return Progress(item=item, phase="done", part=1.0)

    def _show(self, index: str) -> None:
        """Let an index be written and searched as its family's template has it: fields may be new since."""
        family = _parts(index)[0]
        template = template_named(self._engine, family)
        if template is None:
            raise Unavailable(f"the engine has no template {family}: run setup")
        fields = template["template"]["mappings"]["properties"]
        alias = {"add": {"index": index, "alias": family}}
        with answering():
            self._engine.indices.put_mapping(index=index, body={"properties": fields})
            self._engine.indices.update_aliases(body={"actions": [alias]})

    def _copy(self, now: Progress) -> Progress:
        item, until, through = now.item, time.time() + _BUDGET, now.through
        place = self._place(item)
        last = last_number(self._engine, place, closed=True)
        while through < last and time.time() < until:
            following = min(through + STEP, last)
            copy_range(self._engine, place, item.target, (through, following), only_missing=True)
            through = following
        if through < last:
            return msgspec.structs.replace(now, through=through, part=through / max(last, 1))
        self._cleaning.run(_parts(item.target)[0], item.target)  # somebody may have erased something meanwhile
        self._delete(place)
        return Progress(item=item, phase="done", through=through, part=1.0)

    def _exists(self, index: str) -> bool:
        with answering():
            return bool(self._engine.indices.exists(index=index))

    def _delete(self, index: str) -> None:
        with answering():
            self._engine.indices.delete(index=index, params={"ignore_unavailable": "true"})


def _items(engine: OpenSearch, month: list[str]) -> Iterator[Item]:
    """What becomes of a month's indices: the first one decides about what is there, the others add what it lacks."""
    newest, *others = month
    family, _, name = _parts(newest)
    target = f"{family}-g{current_generation(engine)}-{name}"
    yield Item(index=newest, target=target, way=_way(engine, newest, target))
    yield from (Item(index=index, target=target, way="fill") for index in others)


def _way(engine: OpenSearch, index: str, target: str) -> Way:
    with answering():
        is_there = bool(engine.indices.exists(index=target))
        is_red = is_there and engine.cluster.health(index=target)["status"] == "red"
    if index != target:
        return "instead" if is_red else "fill"
    # One that no search sees is ours, of a restoring that died.
    if not is_there or (not is_red and not _is_seen(engine, target)):
        return "whole"
    return "instead" if is_red and _is_seen(engine, target) else "fill"


def _is_seen(engine: OpenSearch, index: str) -> bool:
    with answering():
        return bool(engine.indices.exists_alias(name=_parts(index)[0], index=index))


def _come(engine: OpenSearch, index: str) -> float:
    """The part of an index that the engine has read from a snapshot; 1 once it can be searched whole."""
    with answering():
        if engine.cluster.health(index=index)["status"] != "red":
            return 1.0
        shards = engine.indices.recovery(index=index).get(index, {}).get("shards", [])
    sizes = [shard["index"]["size"] for shard in shards if shard["primary"]]
    total = sum(size["total_in_bytes"] for size in sizes)
    return min(0.99, sum(size["recovered_in_bytes"] for size in sizes) / total) if total else 0.0


def _by_month(indices: Iterable[str], family: str) -> list[list[str]]:
    """The indices of each month, in order, of a month that of the newest generation first.

    A snapshot may have two: of one that was taken while the index was made anew, neither need be whole.
    """
    months: dict[str, list[str]] = {}
    for index in sorted((name for name in indices if _is_of(name, family)), key=lambda name: -_parts(name)[1]):
        months.setdefault(_parts(index)[2], []).append(index)
    return [months[month] for month in sorted(months)]


def _is_of(index: str, family: str) -> bool:
    found = _NAME.fullmatch(index)
    return found is not None and found[1] == family


def _parts(index: str) -> tuple[str, int, str]:
    """Family, generation and month of an index."""
    found = _NAME.fullmatch(index)
    if found is None:
        raise InvalidInput(
            f"{index} is no index of posts or mentions", field="index", remedy="see `ops snapshots list`"
        )
    return found[1], int(found[2]), found[3]
