"""Trees out of "this one came from that one", whatever nonsense is claimed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Forest(NamedTuple):
    """Trees: every node's depth below its root, its root, the nodes of its subtree with itself, what it is from."""

    depth: dict[int, int]
    root: dict[int, int]
    below: dict[int, int]
    above: dict[int, int]

    def trees(self) -> Iterator[tuple[int, list[int]]]:
        """Each root with its tree's nodes, itself among them."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for node, root in self.root.items():
            members[root].append(node)
        yield from members.items()


def forest(parents: dict[int, int], nodes: range, rank: Callable[[int], tuple[float, int]]) -> Forest:
    """The trees that these parents make; where they go in a circle, its lowest by ``rank`` is the root."""
    cut = _without_circles(parents, nodes, rank)
    depth: dict[int, int] = {}
    root: dict[int, int] = {}
    for node in nodes:
        path = _path(node, cut, depth)
        for each in reversed(path):
            above = cut.get(each)
            depth[each] = 0 if above is None else depth[above] + 1
            root[each] = each if above is None else root[above]
    return Forest(depth, root, _sizes(cut, depth), cut)


def structural_virality(tree: list[int], below: dict[int, int]) -> float | None:
    """The mean distance of all pairs in a tree (Goel et al., "The Structural Virality of Online Diffusion", 2016).

    2 where all follow one post directly and they are many; more the longer the chains. ``None`` for a single node. An
    edge lies between the nodes below it and all others, so that pairs need not be visited.
    """
    count = len(tree)
    if count == 1:
        return None
    return 2 * sum(below[node] * (count - below[node]) for node in tree) / (count * (count - 1))


def _without_circles(parents: dict[int, int], nodes: range, rank: Callable[[int], tuple[float, int]]) -> dict[int, int]:
    cut = dict(parents)
    done: set[int] = set()
    for node in nodes:
        path: dict[int, None] = {}
        each: int | None = node
        while each is not None and each not in done and each not in path:
            path[each] = None
            each = cut.get(each)
        if each in path:
            walked = list(path)
            del cut[min(walked[walked.index(each) :], key=rank)]
        done.update(path)
    return cut


def _path(node: int, parents: dict[int, int], known: dict[int, int]) -> list[int]:
    """From a node up to its root, or to just below a node that is known."""
    path = []
    each: int | None = node
    while each is not None and each not in known:
        path.append(each)
        each = parents.get(each)
    return path


def _sizes(parents: dict[int, int], depth: dict[int, int]) -> dict[int, int]:
    below = dict.fromkeys(depth, 1)
    for node in sorted(parents, key=depth.__getitem__, reverse=True):
        below[parents[node]] += below[node]
    return below
