"""The report of a run: totals of all rows, and the first of the bad ones by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.imports.rows import Problem  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.model import Struct

if TYPE_CHECKING:
    from socialindex.imports.records import Record
    from socialindex.imports.rows import Cells, ReadRow

MAX_PROBLEMS: Final = 100
"""Bad rows' problems that are listed; the totals count all of them."""
MAX_REMEMBERED: Final = 200_000
"""Identities remembered to notice repeated ones, of the rows that one invocation reads."""
_WHOLE_ROW: Final = "the row"


class Report(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What became of the rows so far."""

    rows: int = 0
    """Rows that are not empty."""
    accepted: int = 0
    rejected: int = 0
    """Rows with at least one problem. They are left out; mend them and import the file again."""
    empty: int = 0
    repeated: int = 0
    """Accepted rows with the identity of an earlier row: of those the newest counts, by date and then by place."""
    zone_assumed: int = 0
    """Accepted rows with a date that names no time zone: they were read in the plan's."""
    filled: dict[str, int] = {}
    """Per field, accepted rows that have it."""
    wrong: dict[str, int] = {}
    """Per column, its problems; ``the row`` where a row as a whole is meant."""
    problems: list[Problem] = []
    """The first ``MAX_PROBLEMS``."""


class Findings:
    """A report that grows row by row."""

    def __init__(self, report: Report) -> None:
        self._counts = {
            name: getattr(report, name)
            for name in ("rows", "accepted", "rejected", "empty", "repeated", "zone_assumed")
        }
        self._filled = dict(report.filled)
        self._wrong = dict(report.wrong)
        self._problems = list(report.problems)
        self._seen: set[int] = set()

    def unreadable(self, record: Record) -> None:
        """A record that is no row, or empty."""
        if record.problem is None:
            self._counts["empty"] += 1
            return
        self._counts["rows"] += 1
        self._reject([record.problem])

    def read(self, row: ReadRow, cells: Cells) -> None:
        """A row that was read, with its problems or none."""
        self._counts["rows"] += 1
        if row.draft is None:
            self._reject(row.problems)
            return
        self._counts["accepted"] += 1
        self._counts["zone_assumed"] += row.naive
        for field in cells:
            self._filled[field] = self._filled.get(field, 0) + 1
        self._remember(row.draft.uri)

    def report(self) -> Report:
        """The report so far."""
        return msgspec.convert(
            {**self._counts, "filled": self._filled, "wrong": self._wrong, "problems": self._problems}, Report
        )

    def _reject(self, problems: list[Problem]) -> None:
        self._counts["rejected"] += 1
        for problem in problems:
            column = problem.column or _WHOLE_ROW
            self._wrong[column] = self._wrong.get(column, 0) + 1
            if len(self._problems) < MAX_PROBLEMS:
                self._problems.append(problem)

    def _remember(self, uri: str) -> None:
        mark = hash(uri)
        self._counts["repeated"] += mark in self._seen
        if len(self._seen) < MAX_REMEMBERED:
            self._seen.add(mark)
