"""Requests as the clients of a listening company send them: which ones, how often, and when."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.bench.loaders.told import Arrival
from infra.bench.search import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WORDS: Final = ("배터리", "누리폰", "리콜", "battery", "recall", "회사", "환불", "swollen phone")


class Client(NamedTuple):
    """Who asks, and about what of theirs."""

    key: str
    workspace: str
    topic: str


class Kind(NamedTuple):
    """A kind of request. Of a thousand, ``weight`` are of it."""

    name: str
    weight: int
    make: Callable[[Client, random.Random], tuple[str, str, dict[str, Any] | None]]


def _search(_client: Client, chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "POST", "/v1/posts/search", chance.choice(QUESTIONS)


def _faceted(_client: Client, chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    facets = ["source", "language", "hashtag", "author", "sentiment", "day"]
    return "POST", "/v1/posts/search", {"q": chance.choice(WORDS), "facets": facets, "highlight": True}


def _trends(_client: Client, chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "POST", "/v1/trends", {"q": chance.choice(WORDS), "by": "source"}


def _terms(_client: Client, chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "POST", "/v1/analytics/terms", {"q": chance.choice(WORDS)}


def _mentions(client: Client, _chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "GET", f"/v1/topics/{client.topic}/mentions?from=start&limit=20", None


def _network(_client: Client, chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "POST", "/v1/network", {"q": chance.choice(WORDS), "limit": 200, "posts": 500}


def _export(client: Client, chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "POST", f"/v1/workspaces/{client.workspace}/exports", {"q": chance.choice(WORDS), "format": "ndjson"}


def _mistake(_client: Client, _chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "POST", "/v1/posts/search", {"q": "(배터리 AND"}


def _stranger(_client: Client, _chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "GET", "/v1/posts?q=battery", None


def _missing(_client: Client, chance: random.Random) -> tuple[str, str, dict[str, Any] | None]:
    return "GET", f"/v1/posts/{chance.randbytes(16).hex()}", None


MISTAKE, STRANGER, MISSING = "mistake", "stranger", "missing"
EXPECTED: Final = {MISTAKE: 400, STRANGER: 401, MISSING: 404}
"""Kinds of request that are wrong, and what is said of them. All others are right."""
KINDS: Final = (
    Kind("search", 400, _search),
    Kind("facets", 200, _faceted),
    Kind("trends", 120, _trends),
    Kind("terms", 80, _terms),
    Kind("mentions", 120, _mentions),
    Kind("network", 20, _network),
    Kind("export", 5, _export),
    Kind(MISTAKE, 25, _mistake),
    Kind(STRANGER, 15, _stranger),
    Kind(MISSING, 15, _missing),
)


SEARCHES: Final = KINDS[:4]
"""Those that need nothing of the client's own."""


class Step(NamedTuple):
    """So many requests a second for so long."""

    rate: float
    seconds: float


def arrivals(steps: Sequence[Step], client: Client, seed: int, kinds: Sequence[Kind] = KINDS) -> list[Arrival]:
    """Requests, one step after the other, at random moments as independent clients send them (Poisson)."""
    chance = random.Random(seed)  # noqa: S311 - the same requests in every run
    weights = [kind.weight for kind in kinds]
    return [_arrival(at, chance.choices(kinds, weights)[0], client, chance) for at in _moments(steps, chance)]


def names(kinds: Sequence[Kind], prefix: str) -> list[Kind]:
    """The same kinds under other names, so that their answers can be told apart."""
    return [kind._replace(name=f"{prefix} {kind.name}") for kind in kinds]


def _moments(steps: Sequence[Step], chance: random.Random) -> Iterator[float]:
    begin = 0.0
    for step in steps:
        at = begin + chance.expovariate(step.rate)
        while at < begin + step.seconds:
            yield at
            at += chance.expovariate(step.rate)
        begin += step.seconds


def _arrival(at: float, kind: Kind, client: Client, chance: random.Random) -> Arrival:
    method, path, body = kind.make(client, chance)
    key = "" if kind.name == STRANGER else client.key
    return Arrival(at, kind.name, method, path, key, "" if body is None else json.dumps(body, ensure_ascii=False))
