"""Operators' acts on the engine, as JSON: done by setup on AWS, and by this process beside ``make run``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from socialindex import engine
from socialindex.aws.imports import ImportsTable
from socialindex.aws.suppressions import Suppressions
from socialindex.aws.topics import TopicsTable
from socialindex.errors import InvalidInput, SocialIndexError
from socialindex.model import Struct
from socialindex.ops import snapshots
from socialindex.ops.cleaning import Cleaning
from socialindex.ops.restoring import Item, Progress, Restoring, plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from opensearchpy import OpenSearch


class ListSnapshots(Struct, frozen=True, kw_only=True, tag_field="act", tag="list"):
    """All snapshots."""


class Register(Struct, frozen=True, kw_only=True, tag_field="act", tag="register"):
    """A repository; see ``snapshots.register``."""

    name: str
    kind: Literal["s3", "fs"]
    settings: dict[str, str]


class Take(Struct, frozen=True, kw_only=True, tag_field="act", tag="take"):
    """A new snapshot; with ``dry_run`` only whether it could be begun."""

    repository: str
    name: str
    dry_run: bool = False


class Plan(Struct, frozen=True, kw_only=True, tag_field="act", tag="plan"):
    """What a restoring would do."""

    repository: str
    name: str
    months: list[str] = []


class Step(Struct, frozen=True, kw_only=True, tag_field="act", tag="step"):
    """A part of a restoring."""

    repository: str
    name: str
    progress: Progress


Act = ListSnapshots | Register | Take | Plan | Step


class Trouble(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """An act that was not done, for a reason of the operator's."""

    trouble: str
    remedy: str = ""


class Acts:
    """Does them."""

    def __init__(self, engine: OpenSearch, cleaning: Cleaning) -> None:
        self._engine = engine
        self._cleaning = cleaning

    def do(self, event: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is anything
        """Do an act; its answer, or a ``Trouble``, in plain values."""
        try:
            return msgspec.to_builtins(self._done(msgspec.convert(event, Act)))
        except (SocialIndexError, msgspec.ValidationError) as error:
            remedy = error.remedy if isinstance(error, InvalidInput) else ""
            return msgspec.to_builtins(Trouble(trouble=f"{error}", remedy=remedy))

    def _done(self, act: Act) -> list[snapshots.Snapshot] | list[Item] | Progress | None:
        match act:
            case Register():
                snapshots.register(self._engine, act.name, act.kind, act.settings)
                return None
            case Take():
                begin = snapshots.takeable if act.dry_run else snapshots.take
                begin(self._engine, act.repository, act.name)
                return None
            case Plan():
                return plan(self._engine, act.repository, act.name, act.months)
            case Step():
                return Restoring(self._engine, self._cleaning, act.repository, act.name).step(act.progress)
            case _:
                return snapshots.snapshots(self._engine)


def local(address: str, named: Callable[[str], str]) -> Acts:
    """The acts on an engine that this process reaches; ``named`` gives tables' names by their logical ones."""
    client = engine.connect(address, signed=False)
    suppressions, imports = Suppressions(named("SuppressionsTable")), ImportsTable(named("ImportsTable"))
    return Acts(client, Cleaning(client, suppressions, imports, TopicsTable(named("TopicsTable"))))
