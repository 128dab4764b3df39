"""What organizations use, in DynamoDB: exact though many count at once, and though a count is sent twice.

    <account>   day#2026-11-28   used (queries), posts, full_at; under each key's id its queries, and its posts

A count is one conditional update of one item, and the table does these one after the other: two callers never share
the last query. (A month's posts are those of its days; days that are over do not change, and are added up once.) The
SDK sends an update again when no answer comes, so each leaves its request's id in the item, in a lane that nothing else
that is being counted uses at the time: a repetition finds it and counts nothing. (A transaction with a token would do
the same, but transactions that meet at an item refuse each other.)

The short-term limit is a bucket that fills up evenly, kept as one number: when it will be full again (GCRA, as in ITU-T
I.371). Times in items are whole microseconds of Unix time.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from socialindex.aws.tables import Table
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from socialindex.aws.values import Item
    from socialindex.plans import Limits

Refusal = Literal["day", "minute", "posts"]

_MINUTE: Final = 60_000_000
_KEPT: Final = timedelta(days=400)
_TRIES: Final = 10
"""Of an update that guessed the bucket wrong: others took from it meanwhile."""
_KEY: Final = "key_"
_POSTS: Final = "posts_key_"
_LANE: Final = "lane_"
_OWN: Final = 3
"""Hexadecimal digits of a lane that goes by its request. Those that are handed out have more, so that none is both."""


class Charge(NamedTuple):
    """Something to be counted."""

    account: str
    key: str
    """Id of the key that is used; empty where there is none."""
    request: str
    limits: Limits
    queries: int = 1
    posts: int = 0


class Standing(NamedTuple):
    """What an account has used."""

    used: int
    """Queries of the day."""
    full_at: int = 0
    """When the account's bucket is full again."""
    posts: int | None = None
    """Of the month; ``None`` where nobody has looked."""
    refused: Refusal | None = None


class Day(NamedTuple):
    """What was used on a day, and by which key."""

    name: str
    queries: int
    posts: int
    keys: dict[str, int]
    key_posts: dict[str, int]


class _Bucket(NamedTuple):
    """What an update asks of the bucket and does to it."""

    condition: str = ""
    change: str = ""
    values: Item = {}


_NO_BUCKET: Final = _Bucket()


class Usage:
    """The table of usage.

    Raises (every method):
        Unavailable: the table does not answer.
    """

    def __init__(self, table: str) -> None:
        self._table = Table(table)
        self._lanes: list[str] = []
        self._before: dict[str, tuple[date, int]] = {}
        """By account, a day and the posts of its month before it."""
        self._full_at: dict[str, int] = {}
        """By account, what its bucket was like last: the next one's guess."""

    def call(self, charge: Charge, now: datetime) -> Standing:
        """Count a call, unless its day, its month or the bucket has too little left: then nothing is counted.

        A call that costs no queries takes from the bucket all the same.
        """
        at = micros(now)
        brim = at + (charge.limits.queries_a_minute - 1) * step_of(charge.limits)
        for _ in range(_TRIES):
            is_full = self._full_at.get(charge.account, 0) <= at
            standing = self._count(charge, now, _bucket(charge.limits, at, brim, is_full=is_full))
            self._full_at[charge.account] = standing.full_at
            if standing.refused != "minute" or standing.full_at > brim:
                return standing
        raise Unavailable(f"the count of {charge.account} changes too fast")

    def posts(self, charge: Charge, now: datetime) -> Standing:
        """Count the posts of a call that is counted already, unless its month has too few left; or take some back."""
        return self._count(charge._replace(queries=0, request=f"{charge.request}+"), now, _NO_BUCKET)

    def give_back(self, charge: Charge, now: datetime) -> None:
        """Take a call's queries and posts back, for an answer that we could not give."""
        back = charge._replace(queries=-charge.queries, posts=-charge.posts, request=f"{charge.request}-")
        self._count(back, now, _NO_BUCKET)

    def give_back_posts(self, charge: Charge, at: datetime) -> None:
        """Take a charge's posts back on the day of a time, once: to ask again, from anywhere, takes nothing more.

        The lane goes by the request, so that a repetition finds what an earlier process left, also after an answer
        that never came. A day has 4,096 such lanes, lest its item grows with all that is given back: a repetition
        counts again only where another of the account's requests has come into the same lane meanwhile.
        """
        back = charge._replace(queries=0, posts=-charge.posts, request=f"{charge.request}-")
        self._count(back, at, _NO_BUCKET, f"{_LANE}{sha256(back.request.encode()).hexdigest()[:_OWN]}")

    def days(self, account: str, first: date, last: date) -> list[Day]:
        """Days with what was used on them, those on which anything was."""
        values: Item = {"pk": account, "first": f"day#{first}", "last": f"day#{last}"}
        items = self._table.query("#pk = :pk AND #sk BETWEEN :first AND :last", values, consistent=True)
        return [_day(item) for item in items]

    def _count(self, charge: Charge, now: datetime, bucket: _Bucket, own: str = "") -> Standing:
        """Add a charge to its day, once, if there is room for it and the bucket is as it is thought to be.

        It is told from its repetitions by a lane that is its alone for now, or by its ``own``.
        """
        earlier = self._earlier(charge.account, now) if charge.posts else 0
        with nullcontext(own) if own else self._lane() as lane:
            change, values, condition = _update(charge, bucket, lane, earlier)
            values["expires"] = int((now + _KEPT).timestamp())
            place = {"pk": charge.account, "sk": f"day#{now:%Y-%m-%d}"}
            done, item, _ = self._table.attempt(place, change, values, condition=condition, whole=False)
        found = item or {}
        standing = self._standing(charge.account, found, now)
        is_counted = done or found.get(lane) == charge.request
        return standing if is_counted else standing._replace(refused=_why(charge, standing))

    def _standing(self, account: str, item: Item, now: datetime) -> Standing:
        known = self._before.get(account)
        earlier = known[1] if known and known[0] == now.date() else None
        posts = None if earlier is None else earlier + int(item.get("posts", 0))
        return Standing(item.get("used", 0), item.get("full_at", 0), posts)

    def _earlier(self, account: str, now: datetime) -> int:
        """Posts of the month before today: they do not change any more."""
        today = now.date()
        known = self._before.get(account)
        if known is None or known[0] != today:
            days = self.days(account, today.replace(day=1), today - timedelta(days=1)) if today.day > 1 else []
            known = self._before[account] = (today, sum(day.posts for day in days))
        return known[1]

    @contextmanager
    def _lane(self) -> Iterator[str]:
        """A lane that is this count's alone until it is done."""
        try:
            lane = self._lanes.pop()
        except IndexError:
            lane = f"{_LANE}{secrets.token_hex(3)}"
        try:
            yield lane
        finally:
            self._lanes.append(lane)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def step_of(limits: Limits) -> int:
    """Microseconds in which a bucket gets one call back."""
    return _MINUTE // limits.queries_a_minute


def micros(moment: datetime) -> int:
    """Whole microseconds of Unix time."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _bucket(limits: Limits, at: int, brim: int, *, is_full: bool) -> _Bucket:
    """Taking one call from a bucket, which holds if that is full, or if it is not but has one left, as is thought."""
    if is_full:
        condition = "(attribute_not_exists(#full_at) OR #full_at <= :at)"
        return _Bucket(condition, "#full_at = :full, ", {"at": at, "full": at + step_of(limits)})
    change = "#full_at = #full_at + :step, "
    return _Bucket("(#full_at BETWEEN :at AND :brim)", change, {"at": at, "brim": brim, "step": step_of(limits)})


def _update(charge: Charge, bucket: _Bucket, lane: str, earlier: int) -> tuple[str, Item, str]:
    """The update of a day by a charge, its values, and its condition. ``earlier`` are posts of the month before it."""
    limits, mine = charge.limits, charge.key
    values: Item = {"request": charge.request, "queries": charge.queries, "posts": charge.posts, **bucket.values}
    added = ["#used :queries", "#posts :posts", *([f"#{mine} :queries"] if mine else [])]
    conditions = [f"(attribute_not_exists(#{lane}) OR #{lane} <> :request)"]
    if bucket.condition:
        conditions.append(bucket.condition)
    if charge.queries > 0:
        values["room"] = limits.queries_a_day - charge.queries
        conditions.append(_at_most("used", "room", values))
    if charge.posts > 0:
        values["shelf"] = limits.posts_a_month - earlier - charge.posts
        conditions.append(_at_most("posts", "shelf", values))
    if charge.posts:
        added += [f"#posts_{mine} :posts"] if mine else []
    change = f"SET {bucket.change}#expires = :expires, #{lane} = :request ADD {', '.join(added)}"
    return change, values, " AND ".join(conditions)


def _at_most(name: str, bound: str, values: Item) -> str:
    """A condition on a count that need not be there: then it is 0."""
    is_there = f"#{name} <= :{bound}"
    return f"(attribute_not_exists(#{name}) OR {is_there})" if values[bound] >= 0 else is_there


def _why(charge: Charge, standing: Standing) -> Refusal:
    """Why a charge was refused; ``minute`` also where only the bucket was not as it was thought to be."""
    if charge.queries > 0 and standing.used + charge.queries > charge.limits.queries_a_day:
        return "day"
    if charge.posts and (standing.posts or 0) + charge.posts > charge.limits.posts_a_month:
        return "posts"
    return "minute"


def _day(item: Item) -> Day:
    keys, posts = ({name: n for name, n in item.items() if name.startswith(prefix)} for prefix in (_KEY, _POSTS))
    return Day(
        name=item["sk"].partition("#")[2],
        queries=item.get("used", 0),
        posts=item.get("posts", 0),
        keys=keys,
        key_posts={name.removeprefix("posts_"): n for name, n in posts.items()},
    )
