"""What became of requests, step by step: a table, the knee, and a curve to look at."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.bench.load_requests import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.bench.loaders.told import Answered

KNEE_SECONDS: Final = 1.0
"""What 95 of 100 answers may take up to the knee."""
KNEE_SHARE: Final = 0.99
"""Of what is sent, how much must be answered up to the knee."""
_OK, _BAD = 200, 400
COLUMNS: Final = ("2xx", "4xx", "429 plan", "429 gate", "503 ours", "503 gate", "unclear")
"""Answered; wrong and told so; refused by the plan, by the gateway's rate, by us, by the gateway for a function without
room; and what says nothing that a client can use: any other status, no answer, an error in another shape."""
_ANSWERED: Final = frozenset(COLUMNS[:2])
_REFUSED: Final = frozenset(COLUMNS[2:6])
HEAD: Final = f"  offered  answered/s    p50    p95    p99  refused p95 |{''.join(f'{name:>10}' for name in COLUMNS)}"


class Row(NamedTuple):
    """What a rate brought."""

    offered: float
    """Requests a second that were to be sent."""
    answered: float
    """Requests a second that were answered as they should be: what is wrong, by what is wrong with it."""
    share: float
    """Of what was sent."""
    p50: float
    """Seconds, of those answered; not a number where there are none."""
    p95: float
    p99: float
    refused_p95: float
    """Seconds until a refusal was there."""
    counts: Counter[str]
    late: float
    """Seconds that the sender itself was behind, at worst."""


def row(offered: float, seconds: float, answers: Sequence[Answered]) -> Row:
    """The row of a rate that was offered for so many seconds."""
    kinds = [column(one) for one in answers]
    done = sorted(one.took for one, kind in zip(answers, kinds, strict=True) if kind in _ANSWERED)
    refused = sorted(one.took for one, kind in zip(answers, kinds, strict=True) if kind in _REFUSED)
    return Row(
        offered=offered,
        answered=len(done) / seconds,
        share=len(done) / max(1, len(answers)),
        p50=at_share(done, 0.5),
        p95=at_share(done, 0.95),
        p99=at_share(done, 0.99),
        refused_p95=at_share(refused, 0.95),
        counts=Counter(kinds),
        late=max((one.late for one in answers), default=0.0),
    )


def column(one: Answered) -> str:
    """Which column an answer counts in."""
    if one.kind == "unclear":
        return "unclear"
    if one.status in (429, 503):
        return f"{one.status} {'gate' if one.kind == 'gateway' else 'plan' if one.status == 429 else 'ours'}"  # noqa: PLR2004
    expected = EXPECTED.get(one.name)
    if expected is None:
        return "2xx" if _OK <= one.status < _BAD else "unclear"
    return "4xx" if one.status == expected and one.kind == "problem" else "unclear"


def at_share(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of them lies (nearest rank); not a number where there are none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def is_borne(found: Row) -> bool:
    """Whether a rate is at or before the knee."""
    return found.share >= KNEE_SHARE and found.p95 <= KNEE_SECONDS


def knee(rows: Iterable[Row]) -> Row | None:
    """The highest rate that is borne."""
    return max((one for one in rows if is_borne(one)), key=lambda one: one.offered, default=None)


def recovery(answers: Sequence[Answered], since: float, bound: float) -> float | None:
    """Seconds from ``since`` until the last request was due that was not answered, or not within ``bound``.

    ``None`` where it is the last one of all: it did not recover.
    """
    after = [(one.at, column(one) in _ANSWERED and one.took <= bound) for one in answers if one.at >= since]
    bad = [at for at, is_well in after if not is_well]
    if bad and max(bad) == max(at for at, _ in after):
        return None
    return max(bad) - since if bad else 0.0


def line(found: Row) -> str:
    """A row of the table."""
    times = (found.p50, found.p95, found.p99)
    shown = " ".join(_milliseconds(seconds) for seconds in times)
    counted = "".join(f"{found.counts[name]:10}" for name in COLUMNS)
    return f"  {found.offered:7g} {found.answered:11.1f} {shown} {_milliseconds(found.refused_p95, 12)} |{counted}"


def _milliseconds(seconds: float, width: int = 6) -> str:
    return f"{'-':>{width}}" if math.isnan(seconds) else f"{seconds * 1000:{width}.0f}"
