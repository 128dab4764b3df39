"""How many times likelier voices about one subject are an incident's than those about what usually comes up.

A ratio of likelihoods that grows voice by voice (A. Wald, "Sequential Analysis", 1947): of usual subjects not more than
one in ``n`` ever makes it ``n``. Nobody knows when an incident began, so that the likeliest beginning is taken
(G. Lorden, "Procedures for reacting to a change in distribution", 1971).
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from socialindex.alert.rumor import Said
    from socialindex.alert.spread import Mix

THREADS: Final = 3
"""In which somebody complains at the least: a quarrel is in one."""
_ALIKE: Final = 6.0
"""How alike moods about one subject are: as if so many had spoken before, of whom a usual share complained, or ..."""
_BAD: Final = 4.0
"""... so many, if it is an incident."""
_LEAST: Final = math.log(5)
"""How much likelier its mood makes it, however fast it comes: good news comes fast, too."""
_FAR: Final = 1.3
"""In ``n`` times as many threads, or in as many within a part of the time, is one subject in ``n ** 1.3``: Goel, Watts
and Goldstein, "The structure of online diffusion networks" (2012)."""
_HOUR: Final = 3_600.0
_MOST: Final = 200
"""Voices that are looked at, the last ones: what these do not tell, no others do."""
_SOON: Final = 120.0
"""Seconds below which voices come no faster: we look each minute."""


class Trouble(NamedTuple):
    """What voices are if they are an incident's."""

    likelier: float
    """Logarithm of how many times likelier that is; 0: it is not."""
    begin: int
    """Which of them was the first."""


def trouble(said: Sequence[Said], mix: Mix) -> Trouble:
    """How likely voices about one subject, in the order of their time, are an incident's, and since when.

    Where all of them are rather a usual subject's, as a campaign's are, no part of them is an incident's: among many
    some complain one after the other.
    """
    none = Trouble(0.0, 0)
    found, mood, likelier = none, _Mood(mix), 0.0
    threads, bad = set[str | int](), set[str | int]()
    for begin in reversed(range(max(len(said) - _MOST, 0), len(said))):
        each = said[begin]
        thread = each.where(begin)
        threads.add(thread)
        likelier = mood.hear(each)
        if each.is_negative:
            bad.add(thread)
            if len(bad) >= THREADS and likelier >= _LEAST:
                found = max(found, Trouble(likelier + _pace(len(threads), said[-1].at - each.at), begin))
    return found if likelier >= 0 else none


class _Mood:
    """Which voices complain, by Polya's urn: whoever complains makes it likelier that the next one does.

    Most subjects are as usual, and some are bad though nothing is the matter, so that each voice tells less than the
    one before. (It is the beta-binomial distribution, of which the order of the voices makes no difference.)
    """

    def __init__(self, mix: Mix) -> None:
        self._usual = functools.cache(mix.usual)
        self._negative = self._others = 0
        self._likelier = 0.0

    def hear(self, voice: Said) -> float:
        """Take in a voice, and say how much likelier all of them are an incident's."""
        usual = _ALIKE * self._usual(voice.source)
        if voice.is_negative:
            self._likelier += math.log((_BAD + self._negative) / (usual + self._negative))
            self._negative += 1
        else:
            self._likelier += math.log((_ALIKE - _BAD + self._others) / (_ALIKE - usual + self._others))
            self._others += 1
        return self._likelier


def _pace(threads: int, seconds: float) -> float:
    """How much likelier a subject of an incident is in so many threads so soon, beside one in three within an hour."""
    return _FAR * math.log(threads / THREADS * _HOUR / min(max(seconds, _SOON), _HOUR))
