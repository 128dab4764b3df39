"""Which clusters near-duplicates connect: asked for many posts at once, and told apart here by their signatures.

A story of thousands fills an answer by itself. The posts shown say which of those asked for belong to it; one more
question says what else is near these, and the others are asked for again without them. So it is a few questions for
sixty posts, however large the story.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from socialindex.maintain import alike
from socialindex.maintain.alike import TOGETHER, WINDOW, ask
from socialindex.normalize.near import ALIKE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from socialindex.maintain.alike import Group
    from socialindex.maintain.members import Age, Member


class Connection(NamedTuple):
    """Clusters that near-duplicates connect, and posts that show it."""

    clusters: set[str]
    posts: set[Age]

    @property
    def shown(self) -> set[str]:
        """The ids of the posts."""
        return {age.id for age in self.posts}

    @property
    def name(self) -> str | None:
        """The id of the earliest post of all clusters; None where the posts do not tell.

        A cluster is named by its earliest post. Where that is not so, the post is gone, and not shown; or another
        has just become earlier, and is looked at.
        """
        return min(self.posts).id if self.clusters <= self.shown else None


def connected(found: Iterable[Connection]) -> list[Connection]:
    """The same connections, those that have a cluster in common as one."""
    known = [each for each in found if each.clusters]
    above: dict[str, str] = {}
    for each in known:
        top, *others = {_top(above, cluster) for cluster in each.clusters}
        above |= dict.fromkeys(others, top)
    whole: dict[str, Connection] = defaultdict(lambda: Connection(set(), set()))
    for each in known:
        part = whole[_top(above, next(iter(each.clusters)))]
        part.clusters.update(each.clusters)
        part.posts.update(each.posts)
    return list(whole.values())


def _top(above: dict[str, str], cluster: str) -> str:
    """What stands for all that a cluster is connected with; the way there is halved for those who come next."""
    while (upper := above.get(cluster)) is not None:
        if (further := above.get(upper)) is not None:
            above[cluster] = further
        cluster = upper
    return cluster


class Neighbors:
    """What near-duplicates of members connect.

    Attributes:
        found: the connections; of each member with a signature there is one.
        whole: whether these are all. Where not, there is more to find when they are one cluster each.

    Raises:
        Unavailable: the engine does not answer.
    """

    def __init__(self, engine: OpenSearch, members: Iterable[Member]) -> None:
        self._engine = engine
        self.found: list[Connection] = []
        self.whole = True
        waiting = list(_together(alike.groups(members)))
        while waiting:
            answers = ask(engine, [alike.near_any(asked) for asked in waiting])
            rests = [self._take(asked, shown) for asked, shown in zip(waiting, answers, strict=True)]
            waiting = [rest for rest in rests if rest]

    def _take(self, asked: Sequence[Group], shown: Sequence[Member]) -> list[Group]:
        """Note what an answer says; the groups for which it leaves out what is near."""
        near = self._note(asked, shown)
        if len(shown) < alike.MOST_POSTS:
            return []
        posts = {post.id for post in shown}
        crowd = {number for number, others in enumerate(near) if any(other[0].id in posts for other in others)}
        if not crowd:
            self._each(asked)
            return []
        self._beyond([asked[number] for number in crowd], [self.found[number - len(asked)] for number in crowd])
        return [group for number, group in enumerate(asked) if number not in crowd]

    def _beyond(self, crowd: Sequence[Group], found: Iterable[Connection]) -> None:
        """Note what is near a crowd beside the clusters that it is known to be near."""
        parts = connected(found)
        crowds = [[group for group in crowd if group[0].cluster in part.clusters] for part in parts]
        asked = [alike.near_beyond(groups, part.clusters) for groups, part in zip(crowds, parts, strict=True)]
        for groups, shown in zip(crowds, ask(self._engine, asked), strict=True):
            near = self._note(groups, shown)
            if {post.id for post in shown} <= {other[0].id for others in near for other in others}:
                self.whole &= len(shown) < alike.MOST_CLUSTERS
            else:
                self._each(groups)

    def _each(self, asked: Sequence[Group]) -> None:
        """Note what is near groups, asked for one by one."""
        for group, shown in zip(asked, ask(self._engine, [alike.near(group) for group in asked]), strict=True):
            self.found.append(_connection([group, list(shown)]))
            self.whole &= len(shown) < alike.MOST_CLUSTERS

    def _note(self, asked: Sequence[Group], shown: Sequence[Member]) -> list[list[Group]]:
        """Note a connection for each group; what is near it."""
        near = _near(asked, [*asked, *([post] for post in shown)])
        self.found += [_connection([group, *others]) for group, others in zip(asked, near, strict=True)]
        return near


def _together(groups: Iterable[Group]) -> Iterator[list[Group]]:
    """As many groups as one question can be asked for, seen by the same people."""
    for _, same in itertools.groupby(groups, key=lambda group: group[0].visibility):
        while some := list(itertools.islice(same, TOGETHER)):
            yield some


def _near(asked: Iterable[Group], others: Sequence[Group]) -> list[list[Group]]:
    """For each group those of the others that are near it."""
    by_entry: dict[str, list[int]] = defaultdict(list)
    for number, other in enumerate(others):
        for entry in other[0].signature:
            by_entry[entry].append(number)
    return [[others[number] for number in _alike(group, by_entry) if _close(group, others[number])] for group in asked]


def _alike(group: Group, by_entry: dict[str, list[int]]) -> Iterator[int]:
    shared = Counter(itertools.chain.from_iterable(by_entry[entry] for entry in group[0].signature))
    return (number for number, times in shared.items() if times >= ALIKE)


def _close(one: Group, other: Group) -> bool:
    return one[0].moment - WINDOW <= other[-1].moment and other[0].moment <= one[-1].moment + WINDOW


def _connection(groups: Iterable[Group]) -> Connection:
    posts = list(itertools.chain.from_iterable(groups))
    return Connection({post.cluster for post in posts if post.cluster}, {post.age for post in posts})
