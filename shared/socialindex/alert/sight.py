"""How much of a topic could be seen: what source health says was blind is left out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from socialindex.alert.model import STEP

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from socialindex.alert.landscape import Landscape, Source
    from socialindex.alert.spread import Mix
    from socialindex.watch.events import HealthEvent

_TRUST: Final = 20.0
"""Voices that the sources' shares of all posts count for, beside what a topic's own voices say."""


class Sight:
    """What could be seen, by the health log and what we crawl."""

    def __init__(self, events: Iterable[HealthEvent], landscape: Landscape) -> None:
        self._blind = [event for event in events if event.is_blind]
        self._landscape = landscape

    def hidden(self, mix: Mix, watched: list[str], begin: int, end: int) -> dict[int, float]:
        """Of buckets from one up to before another, the share of a topic's voices that was hidden, where any was.

        Of a blind source all is hidden; of a blind channel its source's share by the number of channels, as if all
        were alike. At most all of a source is hidden, however many findings say so.

        Args:
            mix: the topic's voices by source.
            watched: the only sources that the topic is about; all where none is named.
            begin: where the first bucket begins.
            end: where the last one ends.
        """
        meeting = [event for event in self._blind if _meets(event, begin, end, watched)]
        if not meeting:
            return {}
        shares = self._shares(mix, watched)
        parts: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for event in meeting:
            source = event.finding.source
            part = self._part(event)
            for place, covered in _covered(event, begin, end):
                parts[place][source] = min(1.0, parts[place][source] + part * covered)
        return {
            place: sum(shares.get(source, 0.0) * part for source, part in by_source.items())
            for place, by_source in parts.items()
        }

    def blind(self, since: datetime, until: datetime, watched: list[str]) -> list[str]:
        """Sources of which something may have been missed between two moments."""
        begin, end = since.timestamp(), until.timestamp()
        return sorted({event.finding.source for event in self._blind if _meets(event, begin, end, watched)})

    def _shares(self, mix: Mix, watched: list[str]) -> dict[str, float]:
        """Each source's share of a topic's voices, as far as it can be known."""
        everywhere: dict[str, Source] = {
            name: source for name, source in self._landscape.sources.items() if not watched or name in watched
        }
        posts = sum(source.posts for source in everywhere.values())
        said = {name: voices for name, (voices, _) in mix.sources.items()}
        trust = _TRUST if posts else 0.0
        total = sum(said.values()) + trust
        return {
            name: (said.get(name, 0.0) + trust * (everywhere[name].posts / posts if name in everywhere else 0.0))
            / total
            for name in {*said, *everywhere}
            if total
        }

    def _part(self, event: HealthEvent) -> float:
        if event.finding.channel is None:
            return 1.0
        source = self._landscape.sources.get(event.finding.source)
        return 1.0 / max(source.channels, 1) if source else 1.0


def _meets(event: HealthEvent, begin: float, end: float, watched: list[str]) -> bool:
    if watched and event.finding.source not in watched:
        return False
    since, until = _span(event)
    return since < end and begin < until


def _span(event: HealthEvent) -> tuple[float, float]:
    return event.finding.since.timestamp(), event.closed_at.timestamp() if event.closed_at else float("inf")


def _covered(event: HealthEvent, begin: int, end: int) -> Iterable[tuple[int, float]]:
    """Buckets that a blind time meets, with the share of each."""
    since, until = _span(event)
    first = max(begin, int(since // STEP) * STEP)
    for place in range(first, int(min(end, until + STEP)), STEP):
        share = (min(until, place + STEP) - max(since, place)) / STEP
        if share > 0:
            yield place, share
