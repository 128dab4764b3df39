"""Accounts that look coordinated: many of them, the same text, the same minute, again and again.

The method is that of co-sharing networks (Giglietto et al., "It takes a village to manipulate the media", 2020, and
their CooRnet; Pacheco et al., "Uncovering Coordinated Networks on Social Media", 2021): accounts that publish the same
thing within seconds are linked, and what is linked often enough is a group. Nothing here says that an account is a bot,
or that anybody means harm: fans who keep an appointment look the same. So each group comes with its evidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import igraph  # type: ignore[import-untyped]  # it has no types of its own
import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from socialindex.model import Post

WINDOW: Final = 60.0
"""Seconds that two posts of one text are apart at most. CooRnet estimates it from the data; a minute is ours."""
REPEATED: Final = 2
"""Different texts that two accounts must have published so: once may be chance (CooRTweet's ``min_participation``)."""
FLOOD: Final = 5
"""Accounts that publish one text within the window, which are a group without repeating it."""
CONCENTRATED: Final = 0.5
"""Share of a text's accounts that must lie in the window for a flood: a text that people copy all day is none."""
GROUP: Final = 3
"""Accounts that make a group."""
NEIGHBORS: Final = 50
"""Posts after each one that it is linked with, at most: a thousand copies in a minute are half a million pairs."""
PAIRS: Final = 500_000
"""Pairs that are kept, at most."""
SHOWN: Final = 10
"""Posts that are shown of each text."""

Pair = tuple[str, str]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One text that a group's accounts published within the window of each other."""

    cluster: str
    """The group of near-duplicates."""
    accounts: int
    """Accounts of the group that published it so."""
    count: int
    """Posts."""
    posts: list[str]
    """Ids of the first ten."""
    first: datetime
    """When the first of these posts was published."""
    last: datetime
    """When the last was."""
    guests: int
    """Posts of the same text by people without an account between first and last; they belong to nobody."""


class Coordinated(msgspec.Struct, frozen=True, kw_only=True):
    """A group of accounts that look coordinated."""

    accounts: list[str]
    """Keys."""
    basis: Literal["repeated", "flood"]
    """Whether some did it with different texts, or all of them with one only, which is the weaker sign."""
    sources: list[str]
    texts: list[Evidence]
    """The text of most accounts first."""


class Coordination(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, and by which thresholds."""

    groups: list[Coordinated]
    """The largest first."""
    window_seconds: float = WINDOW
    repeated: int = REPEATED
    flood: int = FLOOD
    pairs_left_out: int = 0
    """Pairs beyond those that are kept: with any, groups may be missing."""


class _Copy(NamedTuple):
    at: float
    account: str
    """Empty for a guest."""
    post: str
    source: str


def coordination(posts: Iterable[Post], window: float = WINDOW) -> Coordination:
    """Groups of accounts that published the same texts within ``window`` seconds of each other.

    Reposts are no copies, and articles are left out: outlets print an agency's words at the same minute by contract.
    """
    texts = _texts(posts)
    linked, left_out = _linked(texts, window)
    repeated = {pair: shared for pair, shared in linked.items() if len(shared) >= REPEATED}
    floods = {cluster: found for cluster, copies in texts.items() if (found := _flood(copies, window))}
    chains = (pair for found in floods.values() for pair in pairwise(sorted(found)))
    members = _components([*repeated, *chains])
    groups = [_group(accounts, texts, _shared(accounts, repeated, floods), window) for accounts in members]
    ordered = sorted(groups, key=lambda group: (-len(group.accounts), group.accounts))
    return Coordination(groups=ordered, window_seconds=window, pairs_left_out=left_out)


def _texts(posts: Iterable[Post]) -> dict[str, list[_Copy]]:
    """Each text's copies in order of time, of texts that have any."""
    texts: defaultdict[str, list[_Copy]] = defaultdict(list)
    for post in posts:
        if post.cluster_id and post.published_at and post.kind != "article" and not (post.repost_of or post.deleted_at):
            account = (post.author.key if post.author else None) or ""
            texts[post.cluster_id].append(_Copy(post.published_at.timestamp(), account, post.id, post.source))
    return {cluster: sorted(copies) for cluster, copies in texts.items() if len(copies) > 1}


def _linked(texts: dict[str, list[_Copy]], window: float) -> tuple[dict[Pair, list[str]], int]:
    """Pairs of accounts with the texts that they published within the window; and how many pairs did not fit."""
    linked: dict[Pair, list[str]] = {}
    left_out = 0
    for cluster, copies in texts.items():
        for pair in set(_pairs(copies, window)):
            if pair in linked or len(linked) < PAIRS:
                linked.setdefault(pair, []).append(cluster)
            else:
                left_out += 1
    return linked, left_out


def _pairs(copies: list[_Copy], window: float) -> Iterator[Pair]:
    accounts = [copy for copy in copies if copy.account]
    for place, one in enumerate(accounts):
        for other in islice(accounts, place + 1, place + 1 + NEIGHBORS):
            if other.at - one.at > window:
                break
            if other.account != one.account:
                yield min(one.account, other.account), max(one.account, other.account)


def _flood(copies: list[_Copy], window: float) -> set[str]:
    """The accounts of the fullest window of a text, where they are a flood; else none."""
    accounts = [copy for copy in copies if copy.account]
    first, last = _fullest(accounts, window)
    fullest = {copy.account for copy in accounts[first:last]}
    of_all = len({copy.account for copy in accounts})
    return fullest if len(fullest) >= max(FLOOD, CONCENTRATED * of_all) else set()


def _fullest(copies: list[_Copy], window: float) -> tuple[int, int]:
    """Where the window with the most different accounts begins and ends."""
    inside: Counter[str] = Counter()
    start, most, best = 0, 0, (0, 0)
    for end, copy in enumerate(copies, start=1):
        inside[copy.account] += 1
        while copy.at - copies[start].at > window:
            _take_one(inside, copies[start].account)
            start += 1
        if len(inside) > most:
            most, best = len(inside), (start, end)
    return best


def _take_one(counts: Counter[str], name: str) -> None:
    """One less; with none left, the name goes as well."""
    counts[name] -= 1
    if not counts[name]:
        del counts[name]


def _components(pairs: list[Pair]) -> list[list[str]]:
    """The accounts that pairs connect, in groups that are large enough."""
    graph = igraph.Graph.TupleList(pairs)
    names = graph.vs["name"] if pairs else []
    components = ([names[place] for place in found] for found in graph.connected_components())
    return [sorted(accounts) for accounts in components if len(accounts) >= GROUP]


def _shared(accounts: list[str], repeated: dict[Pair, list[str]], floods: dict[str, set[str]]) -> _Shared:
    """The texts that make a group one."""
    members = set(accounts)
    again = {cluster for (one, _), shared in repeated.items() if one in members for cluster in shared}
    flooded = {cluster for cluster, found in floods.items() if found & members}
    return _Shared(again, flooded)


class _Shared(NamedTuple):
    again: set[str]
    flooded: set[str]


def _group(accounts: list[str], texts: dict[str, list[_Copy]], shared: _Shared, window: float) -> Coordinated:
    members = set(accounts)
    clusters = sorted(shared.again | shared.flooded)
    evidence = [_evidence(cluster, texts[cluster], members, window) for cluster in clusters]
    return Coordinated(
        accounts=accounts,
        basis="repeated" if shared.again else "flood",
        sources=sorted({copy.source for name in clusters for copy in texts[name] if copy.account in members}),
        texts=sorted(evidence, key=lambda text: (-text.accounts, text.cluster)),
    )


def _evidence(cluster: str, copies: list[_Copy], members: set[str], window: float) -> Evidence:
    own = [copy for copy in copies if copy.account in members]
    near = sorted({copy for pair in pairwise(own) if pair[1].at - pair[0].at <= window for copy in pair})
    guests = sum(not copy.account and near[0].at <= copy.at <= near[-1].at for copy in copies)
    return Evidence(
        cluster=cluster,
        accounts=len({copy.account for copy in near}),
        count=len(near),
        posts=[copy.post for copy in near[:SHOWN]],
        first=datetime.fromtimestamp(near[0].at, tz=UTC),
        last=datetime.fromtimestamp(near[-1].at, tz=UTC),
        guests=guests,
    )
