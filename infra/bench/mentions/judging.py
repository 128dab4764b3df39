"""How right alerts are: which incidents they found, how late, and how many were of nothing."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.bench.mentions.happenings import INCIDENTS
from infra.bench.mentions.usual import BUCKETS, MINUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from infra.bench.mentions.happenings import Happening

MONTH: Final = 30 * BUCKETS
AGAIN: Final = BUCKETS
"""Buckets in which a further alarm belongs to the alert before: a day, for rivals as for us."""


class Found(NamedTuple):
    """An incident, and how long after its first voice and its tenth it was told; ``None``: it was missed."""

    kind: str
    delay: float | None
    delay_of_ten: float | None


class Judgement(NamedTuple):
    """What a detector told of some months of topics."""

    incidents: list[Found]
    right: int
    """Alerts of incidents."""
    false: list[str]
    """Alerts of anything else, by what happened; "nothing" else. Alerts of buzz are neither right nor false."""
    crises: list[str]
    """What was called a crisis and is none."""
    months: float

    @property
    def recall(self) -> float:
        """Share of the incidents that was told."""
        return sum(each.delay is not None for each in self.incidents) / max(len(self.incidents), 1)

    @property
    def precision(self) -> float:
        """Share of the alerts that is of incidents."""
        return self.right / max(self.right + len(self.false), 1)

    @property
    def false_a_month(self) -> float:
        """False alerts of a topic in a month."""
        return len(self.false) / self.months

    def delay(self, tenths: int, *, of_ten: bool = False) -> float | None:
        """Minutes that so many tenths of the incidents that were found took at most."""
        delays = [each.delay_of_ten if of_ten else each.delay for each in self.incidents]
        known = [delay for delay in delays if delay is not None]
        if len(known) < 2:  # noqa: PLR2004 - no quantile of one
            return known[0] if known else None
        return statistics.quantiles(known, n=10, method="inclusive")[tenths - 1]

    def of(self, kind: str) -> Judgement:
        """The same of one kind of incident alone."""
        return self._replace(incidents=[each for each in self.incidents if each.kind == kind])


def alerts(alarms: Iterable[int]) -> list[int]:
    """The first of each run of alarms: one incident is one alert."""
    found: list[int] = []
    last = -AGAIN - 1
    for alarm in alarms:
        if alarm - last > AGAIN:
            found.append(alarm)
        last = alarm
    return found


def judge(told: Sequence[int], crises: Sequence[int], happenings: Sequence[Happening], buckets: int) -> Judgement:
    """What alerts are worth.

    Args:
        told: the minutes after which they were told, from the topic's beginning.
        crises: those of them that were called crises sooner or later.
        happenings: of the topic.
        buckets: how many are judged.
    """
    incidents = [happening for happening in happenings if happening.kind in INCIDENTS]
    of = [(minute, _of(minute, happenings)) for minute in told]
    first: dict[int, int] = {}
    for minute, happening in of:
        if happening:
            first.setdefault(happening.start, minute)
    repeated = sum(1 for minute, each in of if each and each.kind in INCIDENTS and first[each.start] != minute)
    right = sum(1 for incident in incidents if incident.start in first)
    wrong = [each.kind if each else "nothing" for _, each in of if not each or each.kind not in {*INCIDENTS, "buzz"}]
    cried = [each.kind if each else "nothing" for each in (_of(minute, happenings) for minute in crises)]
    return Judgement(
        [_found(incident, first.get(incident.start)) for incident in incidents],
        right,
        [*wrong, *(["told again"] * repeated)],
        [kind for kind in cried if kind not in INCIDENTS],
        buckets / MONTH,
    )


def together(judgements: Sequence[Judgement]) -> Judgement:
    """Those of several topics as one."""
    return Judgement(
        [found for each in judgements for found in each.incidents],
        sum(each.right for each in judgements),
        [kind for each in judgements for kind in each.false],
        [kind for each in judgements for kind in each.crises],
        sum(each.months for each in judgements),
    )


def foreseen(told: Mapping[int, int], happenings: Sequence[Happening], buckets: int) -> Judgement:
    """What an oracle is worth, that knew after these minutes of incidents, by the buckets with which they start."""
    incidents = [happening for happening in happenings if happening.kind in INCIDENTS]
    found = [_found(incident, told.get(incident.start)) for incident in incidents]
    return Judgement(found, sum(each.delay is not None for each in found), [], [], buckets / MONTH)


def _of(minute: int, happenings: Sequence[Happening]) -> Happening | None:
    """What happened in the bucket that a minute ends in, or shortly before."""
    bucket = (minute - 1) // MINUTES
    near = [happening for happening in happenings if happening.start <= bucket < happening.end + BUCKETS // 4]
    return near[-1] if near else None


def _found(incident: Happening, told: int | None) -> Found:
    if told is None:
        return Found(incident.kind, None, None)
    return Found(incident.kind, told - MINUTES * incident.start, told - incident.tenth)
