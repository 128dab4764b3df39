"""What a load test found, in lines for a person and in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infra.bench.figure import Figure, rounded
from infra.bench.load_curve import HEAD, line
from infra.bench.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.bench.load_curve import Row
    from infra.bench.load_flood import Flooded
    from infra.bench.load_watch import Look


class Calm(NamedTuple):
    """What comes after the worst."""

    after: float | None
    """Seconds until all was answered as before; ``None`` where it never was."""
    row: Row


class Loud(NamedTuple):
    """A client that exceeds its plan, and what another one finds meanwhile."""

    itself: Row
    other: Row


class Found(NamedTuple):
    """All of it."""

    rows: Sequence[Row]
    knee: Row
    calm: Calm
    loud: Loud
    looks: Sequence[Look]
    failures: int
    """Invocations that ended in an error."""
    flooded: Flooded


def figures(found: Found) -> list[Figure]:
    """The figures: of the highest rate beside those of the knee, and what was lost."""
    worst, at_knee, flooded = found.rows[-1], found.knee, found.flooded
    memory = [sum(look.memory.values()) for look in found.looks]
    return [
        Figure("load_knee", at_knee.offered, "requests/s"),
        _beside("load_beyond", "requests/s", worst.answered, at_knee.answered),
        _beside("load_beyond_p95", "ms", worst.p95 * 1000, at_knee.p95 * 1000),
        Figure("load_refused_p95", rounded(worst.refused_p95 * 1000), "ms"),
        Figure("load_unclear", sum(row.counts["unclear"] for row in _all(found)), "answers"),
        Figure("load_failures", found.failures, "invocations"),
        Figure("load_died", _died(found.looks), "processes"),
        Figure("load_recovery", -1.0 if found.calm.after is None else rounded(found.calm.after), "s"),
        _beside("load_memory", "MB", max(memory), memory[0]),
        _beside("load_loud_other_p95", "ms", found.loud.other.p95 * 1000, at_knee.p95 * 1000),
        Figure("load_flood_lost", flooded.lost + flooded.given_up, "posts"),
        Figure("load_flood_behind", rounded(flooded.behind), "s"),
        _beside("load_flood_p95", "ms", flooded.asked.p95 * 1000, at_knee.p95 * 1000),
    ]


def tell(found: Found) -> None:
    """Say what the curve does not: what came after it, and what happened beside."""
    for text in lines(found):
        say(text)


def lines(found: Found) -> Iterator[str]:
    """What is said, a line each."""
    after = "never" if found.calm.after is None else f"{found.calm.after:.1f} s"
    yield f"  after {found.rows[-1].offered:g}/s, half the knee: all as before after {after}"
    yield HEAD
    yield line(found.calm.row)
    yield "  a client that exceeds its plan, then the other one meanwhile:"
    yield line(found.loud.itself)
    yield line(found.loud.other)
    yield "  memory in MB, at first, at most and at last:"
    for name in found.looks[-1].memory:
        held = [look.memory.get(name, 0.0) for look in found.looks]
        yield f"    {name:16} {held[0]:6.0f} {max(held):6.0f} {held[-1]:6.0f}"
    yield from _flood(found.flooded)
    yield f"  the sender was {max(row.late for row in _all(found)) * 1000:.0f} ms late at most"


def _flood(flooded: Flooded) -> Iterator[str]:
    yield f"  {flooded.posts:,} posts, all found after {flooded.written:.0f} s, {flooded.behind:.0f} s behind at most;"
    yield f"  {flooded.lost} lost, {flooded.given_up} messages given up; requests meanwhile:"
    yield line(flooded.asked)
    yield "    second  responses arrived  posts found  waiting for normalize, for index"
    for look in flooded.looks[::5]:
        yield f"    {look.at:6.0f} {look.arrived:18,} {look.found:12,} {look.waiting[0]:22,} {look.waiting[1]:10,}"


def _all(found: Found) -> list[Row]:
    return [*found.rows, found.calm.row, *found.loud, found.flooded.asked]


def _died(looks: Sequence[Look]) -> int:
    """Processes that were there at some time and not at the end."""
    seen = {process for look in looks for ids in look.processes.values() for process in ids}
    left = {process for ids in looks[-1].processes.values() for process in ids}
    return len(seen - left)


def _beside(name: str, unit: str, value: float, baseline: float) -> Figure:
    return Figure(name, rounded(value), unit, rounded(baseline), rounded(value / baseline))
