"""What is wrong with whole sources, from how the stages' counts have moved since they were last looked at."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations at run time
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from socialindex.amounts import percent
from socialindex.crawl.reasons import OURS
from socialindex.model import Struct
from socialindex.outcomes import EMPTY
from socialindex.watch.events import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from socialindex.aws.outcomes import Counted

RECENT: Final = 3
"""Intervals that are "now"."""
BEFORE: Final = 12
"""Intervals of the past that they are compared with, at least."""
LEAST: Final = 10
"""Requests or answers in the recent intervals below which nothing is said."""
HIGH: Final = 0.5
"""A share of failures, or of empty answers, below which nothing is said."""
RISE: Final = 3.0
"""And so many times the share before. Asked of what is new only: a long outage becomes a part of its own past."""
_NOT_THE_HOSTS: Final = OURS | {"not_written"}
"""Reasons for a retry that say nothing about a host."""
_REFUSALS: Final = frozenset({"forbidden", "client_error"})
"""Reasons for a discard that mean that a host does not answer as it did; robots.txt and terms are no failures."""


class Interval(Struct, frozen=True, kw_only=True):
    """What was counted of one source between two looks."""

    at: datetime
    """The second look."""
    asked: int = 0
    failed: int = 0
    read: int = 0
    empty: int = 0
    unreadable: int = 0
    layout: int = 0


class Totals(NamedTuple):
    """The running counts of one source on one day."""

    asked: int = 0
    failed: int = 0
    read: int = 0
    empty: int = 0
    unreadable: int = 0
    layout: int = 0

    def since(self, before: Totals) -> Totals:
        """What was counted since; counts that were reset begin anew."""
        return Totals(*(new - old if new >= old else new for new, old in zip(self, before, strict=True)))


Days = dict[str, Totals]
"""Counts of one source by day."""


def moved(now: Days, before: Days, at: datetime) -> Interval:
    """What was counted of a source between two looks, from the days' counts of each.

    Day by day: each day begins at nothing, and a day that the later look does not ask for any more is no loss.
    """
    parts = [counts.since(before.get(day, Totals())) for day, counts in now.items()]
    return Interval(at=at, **Totals(*map(sum, zip(*parts, strict=True)))._asdict())


def totals(crawled: Iterable[Counted], normalized: Iterable[Counted]) -> dict[str, Days]:
    """The running counts by source and day, of the stages' outcomes."""
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(Totals._fields, 0))
    for count in crawled:
        sums[count.source, count.day]["asked"] += count.times
        sums[count.source, count.day]["failed"] += count.times * _is_failure(count)
    for count in normalized:
        sums[count.source, count.day]["read"] += count.times * (count.outcome == "ok")
        sums[count.source, count.day]["empty"] += count.times * (count.outcome == "ok" and count.reason == EMPTY)
        sums[count.source, count.day]["unreadable"] += count.times * (count.outcome == "quarantine")
        sums[count.source, count.day]["layout"] += count.times * (count.reason == "LayoutChanged")
    found: dict[str, Days] = defaultdict(dict)
    for (source, day), counts in sums.items():
        if source:
            found[source][day] = Totals(**counts)
    return found


def _is_failure(count: Counted) -> bool:
    if count.outcome == "retry":
        return count.reason not in _NOT_THE_HOSTS
    return count.outcome == "quarantine" or count.reason in _REFUSALS


def findings(
    source: str, intervals: Sequence[Interval], opened: Iterable[Finding] = (), changed: int = 0
) -> Iterator[Finding]:
    """What is wrong with a source.

    Args:
        source: its name.
        intervals: what was counted of it, in the order of time.
        opened: what is known to be wrong with it already. It stays so until the source is seen to be well.
        changed: its channels whose last poll met a changed layout.
    """
    now, before = intervals[-RECENT:], intervals[:-RECENT]
    found = {finding.kind: finding for finding in _new(source, now, before)}
    lasting = {finding.kind: finding for known in opened if (finding := _lasting(known, now, changed))}
    yield from {**found, **lasting}.values()


def _new(source: str, now: Sequence[Interval], before: Sequence[Interval]) -> Iterator[Finding]:
    """What the recent intervals tell, compared with those before them."""
    if len(before) < BEFORE:
        return
    since = before[-1].at
    if found := _rise(now, before, "failed", "asked"):
        yield _finding("errors", source, since, found)
    if found := _rise(now, before, "empty", "read"):
        yield _finding("unreadable", source, since, found)
    changed, unread = _sum(now, "layout"), _sum(now, "unreadable")
    if changed or unread >= LEAST:
        kind: Kind = "layout" if changed else "unreadable"
        evidence: dict[str, str | int | float] = {"layout_changed": changed, "quarantined": unread}
        message = f"{source}: {unread} answers could not be read lately, {changed} of them for a changed layout."
        yield Finding(kind=kind, source=source, since=since, message=message, evidence=evidence)


def _lasting(known: Finding, now: Sequence[Interval], changed: int) -> Finding | None:
    """What was wrong already as it is now; ``None`` where the source is well again, or says the same anew.

    A source that is hardly asked any more, since all of it fails, is not well for that.
    """
    if known.kind == "layout":
        return _lasting_layout(known, now, changed)
    good = _sum(now, "read") - _sum(now, "empty")
    bad = _sum(now, "failed") if known.kind == "errors" else _sum(now, "empty") + _sum(now, "unreadable")
    of = _sum(now, "asked") if known.kind == "errors" else good + bad
    if of and bad / of < HIGH:
        return None
    if not of or "share_before" not in known.evidence:
        return known
    past = float(known.evidence["share_before"])
    return _finding(known.kind, known.source, known.since, _Rise(bad / of, past, bad, of))


def _lasting_layout(known: Finding, now: Sequence[Interval], changed: int) -> Finding | None:
    """A changed layout as ``_lasting`` says it.

    Good reads tell of the channels that were polled: one that met the change is not well before its own next poll.
    """
    if _sum(now, "layout"):
        return None
    if changed:
        return msgspec.structs.replace(known, evidence={**known.evidence, "channels": changed})
    return None if _sum(now, "read") > _sum(now, "empty") else known


class _Rise(NamedTuple):
    share: float
    share_before: float
    times: int
    of: int


def _rise(now: Sequence[Interval], before: Sequence[Interval], part: str, whole: str) -> _Rise | None:
    """The share of a count that has risen, where enough was counted to say so."""
    times, of = _sum(now, part), _sum(now, whole)
    past = _sum(before, part) / max(_sum(before, whole), 1)
    if of < LEAST or times / of < max(HIGH, RISE * past) or _sum(before, whole) < LEAST:
        return None
    return _Rise(times / of, past, times, of)


def _sum(intervals: Sequence[Interval], name: str) -> int:
    return sum(getattr(interval, name) for interval in intervals)


def _finding(kind: Kind, source: str, since: datetime, rise: _Rise) -> Finding:
    words = "of the requests fail" if kind == "errors" else "of the answers hold nothing"
    said = f"{percent(rise.share)} {words} ({rise.times:,} of {rise.of:,}); it was {percent(rise.share_before)} before."
    message = f"{source}: {said}"
    evidence: dict[str, str | int | float] = {
        "share": round(rise.share, 3),
        "share_before": round(rise.share_before, 3),
        "times": rise.times,
        "of": rise.of,
    }
    return Finding(kind=kind, source=source, since=since, message=message, evidence=evidence)
