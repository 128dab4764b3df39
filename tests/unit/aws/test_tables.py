"""A table that takes only so much in a second: batches wait for it, as long as that makes sense.

No local DynamoDB throttles. A server on loopback answers as the service does to who asks for more than a partition
bears: it takes a part of a batch, and names the rest (Amazon DynamoDB API reference).
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest

from socialindex.aws import clients
from socialindex.aws.tables import Table
from socialindex.errors import Unavailable
from tests.loopback import Quiet, on_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "Frontier"
KEYS = [{"host": "board.example", "id": str(number)} for number in range(25)]


class Busy(Quiet):
    """A table that takes five items at once, and from then on so many a second."""

    rate = 0.0
    began = 0.0
    taken = 0
    asked = 0

    def do_POST(self) -> None:  # noqa: N802 - the base class's name
        """Take of a batch what fits into this moment."""
        Busy.asked += 1
        batch = msgspec.json.decode(self.heard())
        answer = getattr(self, self.headers["X-Amz-Target"].rpartition(".")[2])(batch)
        self.say(200, msgspec.json.encode(answer), ("Content-Type", "application/x-amz-json-1.0"))

    def _split(self, items: list[Any]) -> tuple[list[Any], list[Any]]:
        Busy.began = Busy.began or time.monotonic()
        room = max(int(5 + (time.monotonic() - Busy.began) * self.rate) - Busy.taken, 0)
        Busy.taken += len(items[:room])
        return items[:room], items[room:]

    def BatchWriteItem(self, batch: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the operation's name
        _, left = self._split(batch["RequestItems"][NAME])
        return {"UnprocessedItems": {NAME: left} if left else {}}

    def BatchGetItem(self, batch: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - likewise
        found, left = self._split(batch["RequestItems"][NAME]["Keys"])
        unread = {NAME: {"Keys": left, "ConsistentRead": True}} if left else {}
        return {"Responses": {NAME: found}, "UnprocessedKeys": unread}

    def BatchExecuteStatement(self, batch: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - likewise
        done, left = self._split(batch["Statements"])
        put_off = {"Error": {"Code": "ThrottlingError", "Message": "later"}}
        return {"Responses": [{"TableName": NAME}] * len(done) + [put_off] * len(left)}


@pytest.fixture(autouse=True)
def _busy() -> Iterator[None]:
    Busy.began, Busy.taken, Busy.asked = 0.0, 0, 0
    with on_loopback(Busy) as url:
        environment = {
            "AWS_ENDPOINT_URL_DYNAMODB": url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local-secret",
        }
        with patch.dict(os.environ, environment):
            clients.dynamodb.cache_clear()
            yield
    clients.dynamodb.cache_clear()


BATCHES: dict[str, Callable[[Table], object]] = {
    "deletions": lambda table: table.delete_all([*KEYS]),
    "reads": lambda table: table.get_all(KEYS),
    "writes": lambda table: table.put_all(KEYS),
    "changes": lambda table: table.set_all(KEYS, [{"n": 1}] * len(KEYS), there="id"),
}


@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_what_a_table_puts_off_is_waited_for(batch: Callable[[Table], object]) -> None:
    Busy.rate = 25.0
    assert batch(Table(NAME)) in (None, [True] * len(KEYS), KEYS)
    assert Busy.taken == len(KEYS)
    assert Busy.asked < 8


@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
def test_a_table_that_takes_nothing_more_is_given_up(
    batch: Callable[[Table], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    Busy.rate = 0.0
    with pytest.raises(Unavailable, match=NAME):
        batch(Table(NAME))
    assert pauses == sorted(pauses)
    assert 1.5 < sum(pauses) < 5
