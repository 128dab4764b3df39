"""Stand-ins in memory for what exports work with: an engine of a few posts, a table, a bucket, a list of erased posts.

Each can break off: ``Faults`` ends the work at the nth call, before or after that call has done what it does.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec

from socialindex.access import Caller, Scope
from socialindex.aws.usage import Charge, Standing
from socialindex.errors import Conflict, NotFound, ParseError, Unavailable
from socialindex.exports.charges import Charges
from socialindex.exports.job import UNDER_WAY, Export, Wake, asker
from socialindex.exports.run import Ways, sealed
from socialindex.exports.stage import RESERVE, Exports, Queues
from socialindex.exports.wanted import Wanted
from socialindex.lease import Kept
from socialindex.messages import encode
from tests.integration.parts import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from socialindex.model import Post

START = datetime(2026, 11, 1, tzinfo=UTC)
CALLER = Caller(
    organization="org_a", workspaces=frozenset({"ws_a"}), scopes=frozenset({Scope.READ, Scope.EXPORT}), key="key_a"
)
AMPLE = 900.0
EVERYTHING = Wanted()


class Killed(BaseException):
    """What ends a function in the middle of its work."""


@dataclass
class Faults:
    """Ends the work at a call; ``calls`` counts them."""

    at: int | None = None
    after: bool = False
    calls: int = 0

    @contextmanager
    def around(self) -> Iterator[None]:
        number, self.calls = self.calls, self.calls + 1
        if number == self.at and not self.after:
            raise Killed
        yield
        if number == self.at and self.after:
            raise Killed


def post(number: int, **fields: Any) -> dict[str, Any]:
    """A post as the engine holds it."""
    return {
        "id": f"p{number:05d}",
        "uri": f"https://board.example/{number}",
        "url": f"https://board.example/{number}",
        "source": "gnuboard",
        "platform": "board.example",
        "title": f"제목 {number}",
        "text": "배터리가 부풀었어요. " * (number % 5 + 1),
        "author": {"name": "김*수", "key": f"a{number % 7}"},
        "published_at": (START + timedelta(minutes=number // 3)).isoformat().replace("+00:00", "Z"),
        "collected_at": "2026-11-20T00:00:00Z",
        "cluster_id": f"p{number:05d}",
        **fields,
    }


@dataclass(eq=False)  # a client counts as itself, as the real one does
class Engine:
    """Answers searches as far as exports ask them: order, place, page, groups."""

    posts: list[dict[str, Any]]
    faults: Faults = field(default_factory=Faults)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def search(self, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        with self.faults.around():
            self.asked.append(body)
            found = sorted(self.posts, key=lambda one: self._place(one, body))
            if among := [each["terms"] for each in body["query"]["bool"]["filter"] if "terms" in each]:
                found = [one for one in found if one.get("cluster_id") in among[0]["cluster_id"]]
            groups = defaultdict(list)
            for one in found:
                groups[one.get("cluster_id")].append(one)
            if "collapse" in body:
                found = [group[0] for group in groups.values()]
            if after := body.get("search_after"):
                found = [one for one in found if self._place(one, body) > self._key(after, body)]
            hits = [
                {**self._hit(one, body), **self._inner(groups[one.get("cluster_id")], body)}
                for one in found[: body["size"]]
            ]
            total = {"total": {"value": len(found)}} if body["track_total_hits"] else {}
            return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": hits, **total}}

    def _hit(self, one: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        return {"_id": one["id"], "_source": self._source(one, body), "sort": [_ms(one), one["id"]]}

    def _inner(self, group: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
        """The first of a group, where they are asked for."""
        inner = body.get("collapse", {}).get("inner_hits")
        if not inner:
            return {}
        hits = [self._hit(one, inner) for one in group[: inner["size"]]]
        return {"inner_hits": {inner["name"]: {"hits": {"hits": hits}}}}

    def _place(self, one: dict[str, Any], body: dict[str, Any]) -> tuple[int, str]:
        return self._key([_ms(one), one["id"]], body)

    def _key(self, place: Sequence[Any], body: dict[str, Any]) -> tuple[int, str]:
        falls = body.get("sort", [{"published_at": {"order": "asc"}}])[0]["published_at"]["order"] == "desc"
        return (-place[0] if falls else place[0], place[1])

    def _source(self, one: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        asked = body["_source"]
        names = asked if isinstance(asked, list) else (asked or {}).get("includes")
        if names is None:
            return one
        tops = {name.partition(".")[0] for name in names}
        return {name: value for name, value in one.items() if name in tops}


def _ms(one: dict[str, Any]) -> int:
    at = one.get("published_at")
    return int(datetime.fromisoformat(at).timestamp() * 1000) if at else 0


@dataclass
class Table:
    """Exports by workspace and id."""

    faults: Faults = field(default_factory=Faults)
    kept: dict[tuple[str, str], Kept[Export]] = field(default_factory=dict)
    places: dict[str, list[Export]] = field(default_factory=lambda: defaultdict(list))
    months: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, job: Export) -> Kept[Export] | None:
        key = (job.workspace, job.id)
        if key in self.kept:
            return None
        self.kept[key] = Kept(job, 1)
        return self.kept[key]

    def find(self, workspace: str, export_id: str) -> Kept[Export] | None:
        return self.kept.get((workspace, export_id))

    def get(self, workspace: str, export_id: str) -> Kept[Export]:
        if kept := self.find(workspace, export_id):
            return kept
        raise NotFound("there is no such export in this workspace")

    def save(self, kept: Kept[Export], job: Export) -> Kept[Export]:
        with self.faults.around():
            if self.kept.get((job.workspace, job.id), Kept(job, -1)).version != kept.version:
                raise Conflict("the export has been changed meanwhile")
            encoded = msgspec.json.decode(msgspec.json.encode(job), type=Export)  # as the real table does
            self.kept[job.workspace, job.id] = Kept(encoded, kept.version + 1)
            return self.kept[job.workspace, job.id]

    def remove(self, job: Export) -> None:
        self.kept.pop((job.workspace, job.id), None)

    def all(self, workspace: str) -> list[Export]:
        return [kept.job for (where, _), kept in self.kept.items() if where == workspace]

    def page(self, workspace: str, after: str, limit: int) -> list[tuple[str, Export]]:
        newest = sorted(self.all(workspace), key=lambda job: job.created_at, reverse=True)
        places = [(f"{9 * 10**12 - int(job.created_at.timestamp() * 1000):013d}-{job.id}", job) for job in newest]
        return [(place, job) for place, job in places if place > after][:limit]

    def due(self, now: float) -> Iterator[tuple[str, str]]:
        return ((job.workspace, job.id) for job, _ in list(self.kept.values()) if job.work_at <= now)

    def take_place(self, account: str, job: Export, places: int) -> bool:
        under_way = [one for one in self.places[account] if self._is_under_way(one)]
        self.places[account] = [*under_way, *([job] if len(under_way) < places else [])]
        return len(under_way) < places

    def _is_under_way(self, job: Export) -> bool:
        kept = self.find(job.workspace, job.id)
        return kept is not None and kept.job.state in UNDER_WAY

    def count_month(self, account: str, month: str, limit: int) -> bool:
        room = self.months[account, month] < limit
        self.months[account, month] += room
        return room

    def uncount_month(self, account: str, month: str) -> None:
        self.months[account, month] -= 1


@dataclass
class Files:
    """A bucket: files, and uploads with their parts."""

    faults: Faults = field(default_factory=Faults)
    files: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    largest: int = 0

    def put(self, job: Export, data: bytes) -> None:
        with self.faults.around():
            self.files[job.id] = data

    def begin(self, job: Export) -> str:
        with self.faults.around():
            upload = f"{job.id}/{len(self.uploads)}"
            self.uploads[upload] = {}
            return upload

    def put_part(self, job: Export, number: int, data: bytes) -> str:
        with self.faults.around():
            self.largest = max(self.largest, len(data))
            self.uploads[job.upload or ""][number] = data
            return str(hash(data))

    def complete(self, job: Export) -> None:
        with self.faults.around():
            if parts := self.uploads.pop(job.upload or "", None):
                whole, seal = b"", ""
                for number in range(1, job.parts + 1):
                    whole, seal = whole + parts[number], sealed(seal, str(hash(parts[number])))
                if seal != job.seal:
                    raise ParseError("other parts")
                self.files[job.id] = whole
            assert len(self.files[job.id]) == job.bytes

    def remove(self, job: Export) -> None:
        with self.faults.around():
            self.files.pop(job.id, None)
            self.uploads.pop(job.upload or "", None)

    def link(self, job: Export) -> tuple[str, datetime]:
        return f"https://bucket.example/{job.file_name}?signed", START


@dataclass
class Suppressions:
    """Why posts must not be handed out, by their ids."""

    objecting: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def objections(self, posts: Sequence[Post]) -> list[str | None]:
        self.asked += 1
        return [self.objecting.get(each.id) for each in posts]


@dataclass
class Counters:
    """Posts of accounts, of which a month has so many. For ``outages`` calls it does not answer."""

    used: Counter[str] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    outages: int = 0
    given: set[tuple[str, date]] = field(default_factory=set)

    def posts(self, charge: Charge, now: datetime) -> Standing:
        self._answer()
        if self.used[charge.account] + charge.posts > charge.limits.posts_a_month:
            return Standing(0, refused="posts")
        self.count(charge.account, now, charge.posts)
        return Standing(0)

    def give_back_posts(self, charge: Charge, at: datetime) -> None:
        self._answer()
        if (charge.request, at.date()) not in self.given:
            self.given.add((charge.request, at.date()))
            self.count(charge.account, at, -charge.posts)

    def count(self, account: str, at: datetime, posts: int) -> None:
        self.used[account] += posts
        self.months[f"{at:%Y-%m}"] += posts

    def _answer(self) -> None:
        if self.outages:
            self.outages -= 1
            raise Unavailable("the table of usage is throttled")


@dataclass
class Queue:
    """Messages, those that were quarantined with the reason."""

    bodies: list[str] = field(default_factory=list)

    def send_all(self, bodies: Iterator[str]) -> int:
        sent = list(bodies)
        self.bodies += sent
        return len(sent)

    def put(self, body: str, *, reason: str) -> None:
        self.bodies.append(f"{reason}: {body}")


class Outcomes:
    def add(self, counts: Any) -> None:
        """Count nothing."""


class World:
    """An export stage over stand-ins."""

    def __init__(self, posts: list[dict[str, Any]], objecting: dict[str, str] | None = None) -> None:
        self.faults = Faults()
        self.engine = Engine(posts, self.faults)
        self.table = Table(self.faults)
        self.files = Files(self.faults)
        self.suppressions = Suppressions(objecting or {})
        self.counters = Counters()
        self.queue, self.dead_letters = Queue(), Queue()
        self.charges = Charges(self.table, self.counters)
        ways = Ways(cast("Any", self.engine), self.suppressions, self.files)
        queues = Queues(cast("Any", self.queue), self.dead_letters)
        self.stage = Exports(cast("Any", self.table), ways, self.charges, queues, cast("Any", Outcomes()))

    def begun(self, wanted: Wanted = EVERYTHING, **fields: Any) -> Export:
        """An export that waits for the stage."""
        given: dict[str, Any] = {"created_at": datetime.now(tz=UTC), "bound": 0, "total": len(self.engine.posts)}
        by = asker(CALLER)
        job = Export(workspace="ws_a", id="ex_1", by=by, wanted=wanted, asked="", **{**given, **fields})
        assert self.table.add(job)
        account = by.caller("ws_a").account
        self.counters.count(account, job.created_at, job.total)
        self.table.months[account, f"{job.created_at:%Y-%m}"] += 1
        return job

    def work(self, job: Export, left: Callable[[], float] = lambda: AMPLE) -> Any:
        """One invocation for an export, whose lease has run out if anybody left one."""
        kept = self.table.find(job.workspace, job.id)
        if kept and kept.job.state in UNDER_WAY:
            free = msgspec.structs.replace(kept.job, work_at=time.time() - 1)
            self.table.kept[job.workspace, job.id] = Kept(free, kept.version)
        return self.stage.handle(event(encode(Wake(workspace=job.workspace, id=job.id))), left)

    def now(self, job: Export) -> Export:
        return self.table.get(job.workspace, job.id).job

    def done(self, wanted: Wanted = EVERYTHING) -> tuple[Export, bytes]:
        """A finished export, and its file."""
        job = self.begun(wanted)
        assert self.work(job) == {"batchItemFailures": []}
        return self.now(job), self.files.files[job.id]


__all__ = ["AMPLE", "CALLER", "RESERVE", "Faults", "Killed", "World", "post"]
