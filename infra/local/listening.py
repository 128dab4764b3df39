"""Listening, as ``make run`` shows it: a topic of the client's, a webhook that is told, and something that breaks out.

The sample world's earbuds burn people, some minutes after the start and before any newspaper knows. Whoever runs it
sees the alert arrive, with its words, as a company's own server would.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from rich.text import Text

from socialindex.alert.model import STEP
from socialindex.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from infra.local.receiver import Call, Receiver
    from socialindex.client import Client
    from socialindex.client.models import Topic

NAME: Final = "누리버즈"
QUERY: Final = '누리버즈 OR "Nuri Buds" OR NuriBuds OR ヌリバッズ'
_WEBHOOK: Final = "make run"
_PATIENCE: Final = 180.0
LEARNED: Final = 45.0
"""Seconds for four runs of the alert stage."""
_EVENTS: Final = ("alert.opened", "alert.updated", "alert.closed")


def listen(
    client: Client,
    receiver: Receiver,
    console: Console,
    break_out: Callable[[], None],
    *,
    learned: float = LEARNED,
) -> None:
    """Let the receiver be told of the topic; where the topic is new, let something break out as soon as it is watched.

    Args:
        client: of the workspace.
        receiver: who is told.
        console: where to say what is done.
        break_out: lets something happen.
        learned: seconds in which the alert stage has surely looked at a new topic's history.

    Raises:
        Unavailable: the topic is not watched in time.
    """
    for old in client.destinations():
        if old.name == _WEBHOOK:
            client.remove_destination(old.id)
    wishes = {"events": [*_EVENTS]}
    receiver.trust(client.add_destination(_WEBHOOK, "webhook", url=receiver.url, wishes=wishes).secret)
    if any(topic.name == NAME for topic in client.topics().items):
        return
    topic = client.add_topic(NAME, QUERY)
    console.print(f"Watching {NAME}: topic {topic.id} is held against every new post ...", highlight=False)
    _watched(client, topic)
    time.sleep(max(learned, _until_counted(topic.since.timestamp(), time.time())))
    break_out()
    console.print("Something breaks out in the sample world now; the alert takes a minute or two.")


def told(console: Console) -> Callable[[Call], None]:
    """What prints a call."""

    def tell(call: Call) -> None:
        console.print(Text("\n".join(lines(call))), highlight=False, soft_wrap=True)

    return tell


def lines(call: Call) -> list[str]:
    """A call in words: what it is about, and both explanations of an alert."""
    alert = call.event.get("data", {})
    said = alert.get("explanation", {})
    return [f"\n{call.event.get('type')}  {call.id} (its signature is right)", *said.values()]


def _until_counted(made: float, now: float) -> float:
    """Seconds until what happens is counted: the five minutes in which a topic was made are not, once half over."""
    into = made % STEP
    return max(0.0, made - into + STEP - now) if into >= STEP / 2 else 0.0


def _watched(client: Client, topic: Topic) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        now = client.topic(topic.id)
        if now.live and now.backfill.done:
            return
        time.sleep(1)
    raise Unavailable(f"the topic {topic.id} is not watched after {_PATIENCE:.0f} seconds: see the logs of `topics`")
