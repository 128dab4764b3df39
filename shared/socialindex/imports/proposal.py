"""A proposal which column is what: by the header's names in Korean and English, then by the values."""

from __future__ import annotations

import re
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Final, get_args

from socialindex.errors import InvalidInput
from socialindex.imports.dates import DateOrder, is_time, moment_of, order_of
from socialindex.imports.layout import Layout  # noqa: TC001 - msgspec reads the annotations at run time
from socialindex.imports.names import BY_NAME, TIMES, bare, core
from socialindex.imports.plan import FIELDS, Field, Plan
from socialindex.imports.rows import shortened
from socialindex.imports.values import STARS, count_of, is_absent, language_of, rating_of, url_of
from socialindex.model import Kind, Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Sequence

    from socialindex.imports.layout import Beginning

_MOSTLY: Final = 0.8
"""Share of a column's values that must read as what it is taken for."""
_WORDS: Final = 15
"""Characters of a column's average value from which on it may be the text."""
_EXAMPLES: Final = 3
_SCALES: Final = (STARS, 10.0, 100.0)
_DATES: Final[tuple[Field, ...]] = ("published_at", "edited_at")
_READERS: Final[dict[Field, Callable[[str], object]]] = {
    "rating": partial(rating_of, scale=_SCALES[-1]),
    "likes": count_of,
    "replies": count_of,
    "views": count_of,
    "url": url_of,
    "language": lambda cell: language_of(cell) or "",
}
"""How the values of a field are read of which a wrong one makes a bad row."""
_COUNTERS: Final = frozenset({"no", "number", "seq", "번호"})
"""Names of ids that are as often those of a sheet's own numbers."""
_COUNTED: Final = (
    "the column {!r} numbers the rows of this file: it is not taken for ids, since another file has the same numbers"
)
_LEFT_OUT: Final = "it is left out"
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+")
_BY_HEADER, _BY_VALUES = "its name says so", "its values look like it"


class Column(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A column as it is proposed; ``field`` is ``None`` for one that would not be taken."""

    name: str
    field: Field | None
    why: str | None
    examples: list[str]


class Proposal(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What a file seems to be. Nothing is imported by it: its ``plan`` is to be confirmed."""

    layout: Layout
    columns: list[Column]
    plan: Plan | None
    """What can be sent back to confirm; ``None`` where no column seems to be a text or title."""
    notes: list[str]


def propose(beginning: Beginning) -> Proposal:
    """The proposal for a file's beginning. Never fails: what is not understood is not mapped."""
    layout = beginning.layout
    values = {name: _values(beginning, name) for name in layout.columns}
    counters = [name for name in layout.columns if _counts_rows(beginning, name)]
    order = order_of(cell for name in layout.columns if _field(name) in _DATES for cell in values[name])
    clocks = [name for name in layout.columns if _are_times(name, values[name])]
    misfits = {name: what for name in layout.columns if (what := _misfit(name, values[name], order))}
    taken, why = _chosen(values, misfits, clocks, counters)
    fields = {column: field for field, column in taken.items()}
    columns = [
        Column(name=name, field=fields.get(name), why=why.get(name), examples=_examples(values[name]))
        for name in layout.columns
    ]
    told = [
        f"{what}: {remedy if name in fields else _LEFT_OUT}"
        for name, (what, remedy) in misfits.items()
        if fields.get(name) != "published_time"
    ]
    return Proposal(layout=layout, columns=columns, plan=_plan(taken, values), notes=_notes(beginning, counters, told))


def _chosen(
    values: dict[str, list[str]], misfits: Collection[str], clocks: Sequence[str], counters: Collection[str]
) -> tuple[dict[Field, str], dict[str, str]]:
    """Fields with the columns that are taken for them, and why each of these is.

    Args:
        values: of each column, in their order.
        misfits: columns whose values are not what their names say.
        clocks: columns that hold times of day.
        counters: columns that number the rows.
    """
    taken = _by_names(name for name in values if name not in {*counters, *misfits})
    days = _by_names(name for name in misfits if name not in clocks)
    meant = days.get("published_at") or _by_names(misfits).get("published_at")
    if meant and "published_at" not in taken and _are_dates_of_any_order(values[meant]):
        taken["published_at"] = meant  # rather than by dates of another column, such as when somebody became a member
    by_values = dict(_by_values(values, taken, {*misfits, *clocks}))
    if meant and "published_at" not in {*taken, *by_values}:  # rows that are refused, rather than dates of today
        taken["published_at"] = meant
    day = {**taken, **by_values}.get("published_at")
    if clocks and day and day not in clocks:
        taken["published_time"] = clocks[0]
    why = {**dict.fromkeys(taken.values(), _BY_HEADER), **dict.fromkeys(by_values.values(), _BY_VALUES)}
    return {**taken, **by_values}, why


def _by_names(columns: Iterable[str]) -> dict[Field, str]:
    """The first column that has one of a field's names, whole or behind the last dot of a member of a member.

    Where none has, the first whose name is one but for a remark.
    """
    named: list[tuple[Field, str]] = []
    remarked: list[tuple[Field, str]] = []
    for column in columns:
        if field := _named(column):
            named.append((field, column))
        elif field := BY_NAME.get(core(column)):
            remarked.append((field, column))
    taken: dict[Field, str] = {}
    for field, column in [*named, *remarked]:
        taken.setdefault(field, column)
    return taken


def _named(column: str) -> Field | None:
    return BY_NAME.get(bare(column)) or BY_NAME.get(bare(column.rpartition(".")[2] or column))


def _field(column: str) -> Field | None:
    """What a column's name says that it is, with or without a remark."""
    return _named(column) or BY_NAME.get(core(column))


def _misfit(column: str, cells: list[str], order: DateOrder | None) -> tuple[str, str] | None:
    """What is wrong with a column whose name says what its values mostly are not, and the remedy.

    Rows of such a column would be refused one by one.
    """
    field = _field(column)
    read = _reader(field, order) if field else None
    if read is None or _reads(cells, read):
        return None
    for cell in cells:
        try:
            read(cell)
        except InvalidInput as error:
            return f"the column {column!r} does not read as {field}, such as {shortened(cell)!r}", error.remedy
    return None


def _reader(field: Field, order: DateOrder | None) -> Callable[[str], object] | None:
    """How a field's values are read; ``None`` where they may be anything."""
    if field in _DATES:
        return partial(moment_of, zone=UTC, order=order)
    return _READERS.get(field)


def _by_values(
    values: dict[str, list[str]], taken: dict[Field, str], misfits: Container[str]
) -> Iterable[tuple[Field, str]]:
    """Fields that no name told, and columns whose values tell them."""
    free = {
        name: cells for name, cells in values.items() if name not in taken.values() and name not in misfits and cells
    }
    tests: tuple[tuple[Field, Callable[[list[str]], bool]], ...] = (("published_at", _are_dates), ("url", _are_urls))
    for field, are in tests:
        found = next((name for name, cells in free.items() if are(cells)), None)
        if field not in taken and found is not None:
            del free[found]
            yield field, found
    longest = max(free, key=lambda name: _average(free[name]), default=None)
    least = _WORDS if "title" in taken else 1
    if "text" not in taken and longest is not None and _average(free[longest]) >= least:
        yield "text", longest


def _plan(taken: dict[Field, str], values: dict[str, list[str]]) -> Plan | None:
    mapping = {field: taken[field] for field in FIELDS if field in taken}
    kind: Kind = "review" if {"rating", "product"} & set(mapping) else "post"
    dates = [cell for field in _DATES if field in taken for cell in values[taken[field]]]
    plan = Plan(
        mapping=mapping,
        kind=kind,
        date_order=order_of(dates),
        rating_max=_scale(values.get(taken.get("rating", ""), [])),
    )
    try:
        plan.check(None)
    except InvalidInput:
        return None
    return plan


def _scale(ratings: list[str]) -> float:
    """The smallest usual scale that holds most of the ratings."""
    for scale in _SCALES:
        if _reads(ratings, partial(rating_of, scale=scale)):
            return scale
    return STARS


def _values(beginning: Beginning, name: str) -> list[str]:
    cells = ((record.cells or {}).get(name, "") for record in beginning.sample)
    return [cell for cell in cells if not is_absent(cell)]


def _counts_rows(beginning: Beginning, name: str) -> bool:
    """Whether a column says which row each row is: as ids, rows of one file would replace those of another."""
    cells = [(record.number, record.cells.get(name, "")) for record in beginning.sample if record.cells]
    counts = all(cell.strip() == str(number - beginning.layout.first) for number, cell in cells)
    return core(name) in _COUNTERS and len(cells) > 1 and counts


def _reads(cells: list[str], read: Callable[[str], object]) -> bool:
    return sum(_can(read, cell) for cell in cells) >= _MOSTLY * len(cells)


def _can(read: Callable[[str], object], cell: str) -> bool:
    """Whether a cell has such a value."""
    try:
        return read(cell) is not None
    except InvalidInput:
        return False


def _are_dates(cells: list[str]) -> bool:
    """Whether these are dates and no mere numbers: a column of numbers is rather an id or a figure."""
    read = partial(moment_of, zone=UTC, order=order_of(cells))
    return _reads(cells, lambda cell: None if cell.strip().isdigit() or _can(count_of, cell) else read(cell))


def _are_dates_of_any_order(cells: list[str]) -> bool:
    """Whether these are dates once somebody says what they begin with."""
    return any(_reads(cells, partial(moment_of, zone=UTC, order=order)) for order in get_args(DateOrder))


def _are_times(column: str, cells: list[str]) -> bool:
    """Whether a column holds times of day, as its name says that it may."""
    may = core(column) in TIMES or _field(column) == "published_at"
    return may and bool(cells) and _reads(cells, lambda cell: is_time(cell) or None)


def _are_urls(cells: list[str]) -> bool:
    return _reads(cells, url_of)


def _average(cells: list[str]) -> float:
    """Average length of what may be words."""
    return sum(len(cell) for cell in cells if not _is_figure(cell)) / max(1, len(cells))


def _is_figure(cell: str) -> bool:
    """Whether a cell is a figure, a date, or an address of the web or of mail."""
    readers: tuple[Callable[[str], object], ...] = (count_of, url_of, partial(moment_of, zone=UTC))
    return any(_can(read, cell) for read in readers) or bool(_MAIL.fullmatch(cell.strip()))


def _examples(cells: list[str]) -> list[str]:
    return [shortened(cell) for cell in list(dict.fromkeys(cells))[:_EXAMPLES]]


def _notes(beginning: Beginning, counters: Iterable[str], misfits: Iterable[str]) -> list[str]:
    bad = sum(record.problem is not None for record in beginning.sample)
    rows = [f"{bad} of the first {len(beginning.sample)} rows cannot be read; a dry run names them"] if bad else []
    return [*beginning.notes, *map(_COUNTED.format, counters), *misfits, *rows]
