"""What the counts of a topic's last hours show: nothing, a burst, a shift, or a crisis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from socialindex.alert.burst import Dispersion, surprise
from socialindex.alert.model import DIGITS, STEP, Incident, Sign
from socialindex.alert.shift import Share
from socialindex.alert.spread import Mix
from socialindex.alert.tails import both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.alert.model import Kind, Severity
    from socialindex.alert.recent import Recent, Window

_LEVEL: Final = 3e-6
"""Probability of a false alarm that one look at five minutes may have. A longer window sees something new less often
and may have more, ``n ** 0.75`` times as much for ``n`` buckets: so each length spends its part of the false alerts
that a month may have (weighted Bonferroni: Genovese and others, "False discovery control with p-value weighting",
2006), and the long ones, whose hours are alike, a little less."""
_POWER: Final = 0.75
_FEWER: Final = 20.0
"""A topic of less than a voice in five minutes shows something new as often as it has voices, up to so many times less
often than others; a larger one more often, with the root of its voices (as words do: Heaps, "Information Retrieval",
1978, 7.5). So what it spends of its false alerts on each look is more, and less."""
_MORE: Final = 0.5
_MOODS: Final = 1.5
"""The root as a power, and a greater one of moods: in a large topic words show first what goes wrong, and false alerts
are better spent on these."""
EACH: Final = math.log(0.02)
LASTS: Final = math.log(1e-3)
"""What keeps an incident open that was opened by more: hysteresis."""
_PROMOTED: Final = math.log(1e-4)
_HOUR: Final = 12
"""Buckets of the longest window in which single sources are looked at: it is there to be early."""
_SEEN: Final = 0.5
"""No verdict on a window of which less was seen."""
_TIMES: Final = 2.0
"""A burst is at least so many times the expected, and ..."""
_VOICES: Final = 6
"""... so many voices more. Fewer voices are no news to a company."""
_WIDE: Final = 3
"""Sources that a mere burst is in, or all that the topic has: fewer may be one conversation and its echo. Or ..."""
_LOUD: Final = 50
"""... so many voices more."""
_WORSE: Final = 4
"""Negative voices more than usual, at the least, of a topic of so many voices in five minutes: ..."""
_QUIET: Final = 20 / 288
_LONGER: Final = 6.0
"""... and so many more of one of ten times as many. Fewer may be one quarrel, whose lengths are geometric: where there
are more, the longest is longer. What fewer tell, their words tell if it is more than a quarrel."""
_SPREAD: Final = 2
_GRADES: Final[tuple[Severity, ...]] = ("low", "low", "medium", "high", "high")


class Normal(msgspec.Struct, array_like=True):
    """What is usual of a topic beside its volume."""

    dispersion: Dispersion = msgspec.field(default_factory=Dispersion)
    negative: Share = msgspec.field(default_factory=Share)
    promotional: Share = msgspec.field(default_factory=Share)
    mix: Mix = msgspec.field(default_factory=Mix)


class Evidence(msgspec.Struct, frozen=True):
    """What one window shows."""

    window: Window
    burst: float
    """``log p`` of so many voices."""
    shift: float
    """``log p`` of so many negative ones among them."""
    together: float

    where: str | None = None
    """The one source that it is about; else all."""

    @property
    def least(self) -> float:
        """``log p`` of whichever says most."""
        return min(self.burst, self.shift, self.together)


def judge(recent: Recent, normal: Normal) -> Sign | None:
    """What the last moments show; ``None`` where nothing is the matter, or too little was seen to tell."""
    windows = [window for window in recent.windows() if window.seen >= _SEEN]
    shown = [found for window in windows for found in _evidence(window, recent, normal) if found.least < LASTS]
    if not shown:
        return None
    promoted = any(_promoted(window, normal) for window in windows)
    signs = [_sign(found, recent, normal, promoted=promoted) for found in shown]
    return max([sign for sign in signs if sign.opens] or signs, key=lambda sign: sign.incident.score)


def _evidence(window: Window, recent: Recent, normal: Normal) -> Iterator[Evidence]:
    """What a window shows of all voices, and of each source's that has negative ones beyond the usual."""
    dispersion = normal.dispersion.of(window)
    burst = surprise(window, dispersion)
    shift = normal.negative.surprise(window.negative, window.judged, window.usual_share)
    yield Evidence(window, burst, shift, both(burst, shift) if shift < 0 else 0.0)
    if window.buckets > _HOUR:
        return
    judged, worse = window.judged / max(window.voices, 1), _quarrel(window)
    for source, heard in recent.by_source(window.buckets).items():
        usual = normal.mix.usual(source)
        if heard.negative < worse + usual * heard.voices:
            continue
        there = normal.negative.surprise(heard.negative, max(heard.voices * judged, heard.negative), usual)
        more = normal.mix.surprise(source, heard.voices, window.expected, dispersion)
        if not more and not there:
            continue
        many = math.log(len(normal.mix.sources) + 1)
        yield Evidence(window, 0.0, 0.0, min(both(more, there) + many, 0.0), source)


def _promoted(window: Window, normal: Normal) -> bool:
    """Whether advertisements have grown out of proportion: a campaign, which has voices in its wake."""
    return normal.promotional.surprise(window.promotional, window.distinct, normal.promotional.usual) < _PROMOTED


def _sign(found: Evidence, recent: Recent, normal: Normal, *, promoted: bool) -> Sign:
    window = found.window
    voices = recent.by_source(window.buckets)
    sources = normal.mix.above(voices, window.expected, normal.dispersion.of(window))
    opens = _worse(found) or (not promoted and _more(found, sources, len(normal.mix.sources)))
    incident = Incident(
        opened_at=recent.end,
        kind=_kind(found, sources),
        severity=_severity(window, sources),
        since=recent.end - window.buckets * STEP,
        updated_at=recent.end,
        window=window.buckets * STEP,
        observed=window.voices,
        expected=round(window.expected, 3),
        negative_share=round(window.negative / window.judged, DIGITS) if window.judged else None,
        usual_negative_share=round(window.usual_share, 3) if window.judged else None,
        sources=sources,
        score=round(-found.least / math.log(10), 1),
    )
    return Sign(incident, opens)


def _kind(found: Evidence, sources: list[str]) -> Kind:
    if found.burst < EACH and found.shift < EACH and len(sources) >= _SPREAD:
        return "crisis"
    return "burst" if found.burst < found.shift else "shift"


def _more(found: Evidence, sources: list[str], known: int) -> bool:
    """Whether so many more voices are an incident, whatever they say."""
    window = found.window
    more = window.voices - window.expected
    wide = len(sources) >= min(_WIDE, known) or more >= _LOUD
    is_loud = more >= _VOICES and window.voices >= _TIMES * window.expected
    return wide and found.burst < _level(window, _MORE) and is_loud


def _worse(found: Evidence) -> bool:
    """Whether so many more negative voices are an incident."""
    window = found.window
    if min(found.together, found.shift) >= _level(window, _MOODS):
        return False
    return found.where is not None or window.negative - window.usual_negative >= _quarrel(window)


def _quarrel(window: Window) -> float:
    """Negative voices beyond the usual that may be one quarrel."""
    return _WORSE + _LONGER * max(math.log10(_rate(window) / _QUIET), 0.0)


def _level(window: Window, power: float) -> float:
    """``log p`` that opens an incident."""
    rate = _rate(window)
    return math.log(_LEVEL * window.buckets**_POWER * (rate**-power if rate > 1 else min(1 / rate, _FEWER)))


def _rate(window: Window) -> float:
    """Voices to expect in five minutes."""
    return window.expected / window.seen / window.buckets


def _severity(window: Window, sources: list[str]) -> Severity:
    """By how much more is said, how much of it is negative, and in how many sources."""
    grades = (
        window.voices >= 3 * window.expected,
        window.voices >= 8 * window.expected,
        window.judged > 0 and window.negative >= window.judged / 2,
        len(sources) > _SPREAD,
    )
    return _GRADES[sum(grades)]
