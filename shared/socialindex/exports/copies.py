"""Near-duplicates of an export: of each group the first in its order that may leave is written.

Nothing of earlier pages is remembered: each page asks the engine anew how its groups begin, so that work which goes on
somewhere else decides alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from socialindex.exports.leaving import Allowed
    from socialindex.exports.pages import Found
    from socialindex.search.posts import Item

MOST: Final = 100
"""Posts of a group among which one that may leave is looked for (the engine's ``max_inner_result_window``)."""
_GROUPS: Final = 20
"""Groups whose first posts are in memory at once: as many posts as a page has."""


class Groups(Protocol):
    """Where groups are looked up: ``pages.Pages``."""

    def firsts(self, clusters: Sequence[str]) -> dict[str, Found]:
        """The first post of each group."""

    def beginnings(self, clusters: Sequence[str], number: int) -> dict[str, list[Found]]:
        """The first posts of each group, in their order."""


class Judge(Protocol):
    """Who knows what may leave: ``leaving.Leaving``."""

    def allowed(self, items: Sequence[Item]) -> list[Allowed]:
        """What of each post may leave."""


class Copies:
    """Tells the first posts of groups from their copies."""

    def __init__(self, groups: Groups, judge: Judge) -> None:
        self._groups = groups
        self._judge = judge

    def among(self, found: Sequence[Found], allowed: Sequence[Allowed]) -> set[str]:
        """Ids of a page's posts that may leave, but only repeat what another one says that may.

        Where none of a group's first ``MOST`` may leave, those that come later count as no copies: rather is something
        there twice than a story not at all.

        Raises:
            Unavailable: the engine, the list of suppressions or the terms register does not answer.
        """
        here = {one.id: may.leaves for one, may in zip(found, allowed, strict=True)}
        grouped = [(one.cluster, one.id) for one in found if one.cluster and here[one.id]]
        chosen = self._chosen(sorted({cluster for cluster, _ in grouped}), here)
        return {one for cluster, one in grouped if chosen.get(cluster, one) != one}

    def _chosen(self, clusters: Sequence[str], here: Mapping[str, bool]) -> dict[str, str]:
        """By group the post that is written for it; without those where none was found."""
        if not clusters:
            return {}
        firsts = {cluster: [first] for cluster, first in self._groups.firsts(clusters).items()}
        chosen = self._leaving(firsts, here)
        for some in _some_at_a_time([cluster for cluster in clusters if cluster not in chosen]):
            chosen |= self._leaving(self._groups.beginnings(some, MOST), here)
        return chosen

    def _leaving(self, groups: Mapping[str, Sequence[Found]], here: Mapping[str, bool]) -> dict[str, str]:
        """By group the first of these posts that may leave, where one may; of those ``here`` that is known."""
        unknown = {one.id: one.item for posts in groups.values() for one in posts if one.id not in here}
        judged = self._judge.allowed(list(unknown.values()))
        known = {**here, **{one: may.leaves for one, may in zip(unknown, judged, strict=True)}}
        leaving = {cluster: _first(one.id for one in posts if known[one.id]) for cluster, posts in groups.items()}
        return {cluster: one for cluster, one in leaving.items() if one is not None}


def _first(ids: Iterable[str]) -> str | None:
    return next(iter(ids), None)


def _some_at_a_time(clusters: Sequence[str]) -> Iterator[Sequence[str]]:
    return (clusters[start : start + _GROUPS] for start in range(0, len(clusters), _GROUPS))
