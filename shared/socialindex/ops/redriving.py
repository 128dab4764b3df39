"""Taking dead letters out of their queues: sent on their way again, or thrown away.

A letter is sent before it is deleted. Whoever dies between the two leaves it where it is, to be sent once more: to
handle a message twice changes nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec

from socialindex import correlation
from socialindex.aws.frontier import Pending
from socialindex.deliver.again import send_again
from socialindex.deliver.courier import GivenUp
from socialindex.deliver.delivery import AT_WORK
from socialindex.errors import Conflict, NotFound, ParseError
from socialindex.ops.letters import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from socialindex.aws.deliveries import DeliveriesTable
    from socialindex.aws.destinations import DestinationsTable
    from socialindex.aws.frontier import Frontier
    from socialindex.aws.hosts import Hosts
    from socialindex.aws.letters import Letter
    from socialindex.aws.queues import Queue
    from socialindex.ops.letters import Chosen

LOOKED_AT: Final = 10_000
"""Letters that a look reads at most: it hides them meanwhile, and lets them go at its end."""


class Box(Protocol):
    """A dead-letter queue: ``aws.letters.LetterBox``."""

    def read(self) -> Iterator[list[Letter]]:
        """Everything that is there, a few at a time."""

    def delete(self, letters: list[Letter]) -> None:
        """Take letters out for good."""

    def let_go(self, letters: list[Letter]) -> None:
        """Let other readers see them."""


class Ways(NamedTuple):
    """Where a stage's letters go."""

    queue: Queue
    frontier: Frontier
    hosts: Hosts
    deliveries: DeliveriesTable
    destinations: DestinationsTable


class Done(NamedTuple):
    """What became of the letters that were meant."""

    taken: int
    """Sent, or thrown away; they are out of the queue."""
    refused: Counter[str]
    """Left where they are, by what must be done first."""


class Clock(NamedTuple):
    """Time; tests have their own."""

    now: Callable[[], datetime] = lambda: datetime.now(tz=UTC)
    timer: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def look(box: Box, chosen: Chosen, most: int = LOOKED_AT) -> list[Letter]:
    """The letters that are meant, as far as ``most`` letters tell; all of them are let go."""
    met: list[Letter] = []
    try:
        for some in box.read():
            met += some
            if len(met) >= most or chosen.all_in(met):
                break
    finally:
        box.let_go(met)
    return [letter for letter in met if chosen.takes(letter)]


class Taking:
    """Letters on their way out of one queue."""

    def __init__(self, box: Box, clock: Clock | None = None) -> None:
        self._box = box
        self._clock = clock or Clock()
        self._aside: list[Letter] = []
        self._refused: Counter[str] = Counter()

    def run(self, chosen: Chosen, act: Callable[[Letter], None], tell: Callable[[int], None], *, rate: float) -> Done:
        """Do something with each letter that is meant, and delete it; the others are let go.

        Args:
            chosen: which are meant. Those that come meanwhile are not: they may be the same ones, given up again.
            act: does it; a ``ParseError``, ``NotFound`` or ``Conflict`` leaves its letter where it is.
            tell: is told how many are out, again and again.
            rate: letters a second at most.

        Raises:
            Unavailable: a part does not answer; what was not deleted is there to be taken out again.
        """
        began, taken = self._clock.now(), 0
        try:
            for some in self._box.read():
                since = self._clock.timer()
                meant = [letter for letter in some if letter.sent_at <= began and chosen.takes(letter)]
                self._aside += [letter for letter in some if letter not in meant]
                done = [letter for letter in meant if self._did(act, letter)]
                self._box.delete(done)
                taken += len(done)
                tell(taken)
                if chosen.ids and taken + self._refused.total() >= len(chosen.ids):
                    break
                self._clock.sleep(max(0.0, len(done) / rate - (self._clock.timer() - since)))
        finally:
            self._box.let_go(self._aside)
        return Done(taken, self._refused)

    def _did(self, act: Callable[[Letter], None], letter: Letter) -> bool:
        try:
            with correlation.following(letter.correlation):
                act(letter)
        except (ParseError, NotFound, Conflict) as error:
            self._refused[f"{type(error).__name__}: {error}"] += 1
            self._aside.append(letter)
            return False
        return True


def send(stage: str, body: str, ways: Ways, clock: Callable[[], float] = time.time) -> None:
    """Send what a letter says on its way again.

    Raises:
        ParseError: it says nothing that the stage reads.
        NotFound: the delivery that it is about is no longer kept.
        Conflict: the delivery that it is about has nowhere to go.
        Unavailable: a part does not answer.
    """
    message = read(stage, body)
    if isinstance(message, Pending):
        ways.frontier.put(msgspec.structs.replace(message, attempts=0, not_before=0.0))
        ways.hosts.wake(message.host, clock())
    elif isinstance(message, GivenUp):
        _deliver(message, ways)
    else:
        ways.queue.send_all([body])


def _deliver(letter: GivenUp, ways: Ways) -> None:
    if ways.deliveries.get(letter.workspace, letter.delivery).delivery.state not in AT_WORK:
        send_again(ways.deliveries, ways.destinations, letter.workspace, letter.delivery)
