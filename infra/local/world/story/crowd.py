"""The many voices of the incident: how many write, when, and in which mood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from infra.local.world.story.pools import Deck, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from random import Random

    from infra.local.world.story.stage import Stage

Phase = Literal["early", "heated", "notice", "recall"]

PHASES: dict[Phase, tuple[float, float]] = {
    "early": (0, 9.3),
    "heated": (9.3, 27),
    "notice": (27, 57),
    "recall": (57, 71),
}
"""Hours after the first post: scattered posts, the news, the company's notice, the recall."""
_STATUSES: dict[Phase, dict[str, int]] = {
    "early": {"ko": 3, "en": 1, "ja": 1},
    "heated": {"ko": 22, "en": 5, "ja": 3},
    "notice": {"ko": 8, "en": 2, "ja": 1},
    "recall": {"ko": 6, "en": 1, "ja": 1},
}


def phase(stage: Stage, at: datetime) -> Phase:
    """The phase of the incident that a moment belongs to."""
    for name, (_, end) in PHASES.items():
        if at < stage.hours(end):
            return name
    return "recall"


def threads(rng: Random, stage: Stage) -> Iterator[tuple[str, str, datetime]]:
    """Title, text and time of the crowd's board posts."""
    for name, items in load("incident")["crowd_threads"].items():
        for item in items:
            yield item["title"], item["text"], _moment(rng, stage, name)


def statuses(rng: Random, deck: Deck, stage: Stage) -> Iterator[tuple[str, str, datetime]]:
    """Language, text and time of the crowd's fediverse posts."""
    for name, counts in _STATUSES.items():
        pools = load("incident")["crowd_social"][name]
        for language, count in counts.items():
            for _ in range(count):
                yield language, deck.deal(pools[language]), _moment(rng, stage, name)


def _moment(rng: Random, stage: Stage, name: Phase) -> datetime:
    """A moment in a phase, late in the first one and early in the others: anger builds, then fades."""
    start, end = PHASES[name]
    share = rng.random()
    share = share**0.5 if name == "early" else share**1.6
    first = 3.0 if name == "early" else start + 0.3
    return stage.hours(first + share * (end - first - 0.2))
