"""What in the hits of a query looks as if it were not meant: other themes, and accounts that are loud.

Words that stand out in the hits either have to do with one another or not. Two that are in one post far more seldom
than chance would have it (a phone's battery, a rocket's orbit) are of different things; the one that fewer posts have
looks off, unless it often stands beside another word of the main thing. Words that look off and go together are a
theme. A person says whether it is meant: each is shown with the query that would leave it out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from socialindex.model import Struct
from socialindex.search.proposing.pieces import SamplePost  # noqa: TC001 - msgspec reads the annotations at run time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Dsl = dict[str, Any]

WORDS: Final = 20
"""Words that are joined into themes."""
MOST: Final = 8
"""Groups that are shown."""
SEPARATOR: Final = "&"
_JOINED: Final = 0.4
"""Share of the rarer word's posts that have the other one too, for the two to be of one theme."""
_SELDOM: Final = 0.25
"""Posts that have both of two words, against what chance would give, at most, where they avoid each other."""
_CHANCE: Final = 0.02
"""How likely so few of them may be by chance, at most (a Poisson distribution)."""
_OFTEN: Final = 1.3
"""Posts that have both, against what chance would give, from which on they attract each other."""
_LOUD: Final = 0.3
"""PostsOf of all posts that one account may have."""
_FEWEST: Final = 10
"""Posts from which on shares mean something."""


class NoiseGroup(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Hits that may not be meant."""

    kind: Literal["theme", "author"]
    """theme: words that avoid what most hits are about. author: an account with many of the hits."""
    terms: list[str]
    """Words of a theme, or the handle of a loud account."""
    posts: int
    """Hits that have one of them."""
    share: float
    """Of all hits."""
    example: SamplePost | None
    """The latest of them."""
    q: str
    """The query that leaves them out."""


class Theme(NamedTuple):
    """Words that go together."""

    words: list[str]
    posts: int
    """Of its most frequent word."""


def pairs(found: Sequence[str], clause: Callable[[str], Dsl]) -> Dsl:
    """An aggregation that ``themes`` reads: how often each word, and each two of them, are in a post."""
    filters = {str(place): clause(word) for place, word in enumerate(found[:WORDS])}
    return {"adjacency_matrix": {"filters": filters, "separator": SEPARATOR}}


def themes(found: Sequence[str], matrix: Dsl, total: int) -> list[Theme]:
    """Themes that look off, the largest first; none where all words may belong together.

    Args:
        found: words.
        matrix: the answer to ``pairs``.
        total: posts that were counted.
    """
    table = _Table(matrix, len(found[:WORDS]), total)
    groups = sorted(_joined(table, _off(table)), key=lambda group: -table.alone(group[0]))
    return [Theme([found[place] for place in group], table.alone(group[0])) for group in groups]


def loud(buckets: Sequence[Dsl], total: int) -> list[str]:
    """Accounts that write so much of it that the rest is hardly seen."""
    if total < _FEWEST:
        return []
    return [bucket["key"] for bucket in buckets if bucket["doc_count"] >= _LOUD * total]


class _Table:
    """How many posts have words, by their places."""

    def __init__(self, matrix: Dsl, words: int, total: int) -> None:
        buckets = matrix.get("buckets", [])
        self._counts: dict[frozenset[str], int] = {
            frozenset(bucket["key"].split(SEPARATOR)): bucket["doc_count"] for bucket in buckets
        }
        self._total = max(total, 1)
        self.places = sorted(
            (place for place in range(words) if self.alone(place)), key=lambda place: -self.alone(place)
        )
        """Of words that any post has, the most frequent first."""

    def alone(self, one: int) -> int:
        """Posts that have a word."""
        return self._counts.get(frozenset({str(one)}), 0)

    def both(self, one: int, two: int) -> int:
        """Posts that have two words."""
        return self._counts.get(frozenset({str(one), str(two)}), 0)

    def avoid(self, one: int, two: int) -> bool:
        """Whether two words are in one post far more seldom than by chance."""
        usual, there = self._usual(one, two), self.both(one, two)
        return there <= _SELDOM * usual and _at_most(there, usual) <= _CHANCE

    def attract(self, one: int, two: int) -> bool:
        """Whether a word is often beside another one, and more often than by chance."""
        there = self.both(one, two)
        return there >= _JOINED * self.alone(one) and there >= _OFTEN * self._usual(one, two)

    def _usual(self, one: int, two: int) -> float:
        return self.alone(one) * self.alone(two) / self._total


def _off(table: _Table) -> list[int]:
    """Words that avoid a more frequent one which does not look off itself, and attract none such."""
    main: list[int] = []
    off: list[int] = []
    for place in table.places:
        looks_off = any(table.avoid(place, other) for other in main)
        (off if looks_off and not any(table.attract(place, other) for other in main) else main).append(place)
    return off


def _joined(table: _Table, places: Sequence[int]) -> list[list[int]]:
    """Words in groups, each word beside those that it is often in one post with."""
    groups: list[list[int]] = []
    for place in places:
        near = [group for group in groups if any(_together(table, place, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), place])
    return groups


def _together(table: _Table, one: int, two: int) -> bool:
    there = table.both(one, two)
    return there > 0 and there >= _JOINED * min(table.alone(one), table.alone(two))


def _at_most(count: int, usual: float) -> float:
    """How likely so many or fewer are where so many are usual: Poisson's law, by logarithms, since powers overflow."""
    terms = (number * math.log(usual) - usual - math.lgamma(number + 1) for number in range(count + 1))
    return math.fsum(map(math.exp, terms))
