"""Dead letters by stage: what each stage gives up, what may be told of it, and where it goes to be tried again.

Most letters are messages of their stage's queue. Two are not: what the crawl stage gives up is a request, which waits
in the frontier; what the deliver stage gives up is a delivery, which waits in its table.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialindex import messages
from socialindex.aws.frontier import Pending
from socialindex.deliver.courier import GivenUp
from socialindex.deliver.event import Event
from socialindex.errors import InvalidInput, ParseError
from socialindex.exports.job import Wake as WakeExport
from socialindex.imports.job import Wake as WakeImport
from socialindex.network.job import Wake as WakeNetwork
from socialindex.topics.job import Wake as WakeTopic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from socialindex.aws.letters import Letter
    from socialindex.model import Struct

KINDS: Final[dict[str, tuple[type[Struct], ...]]] = {
    "crawl": (Pending, messages.CrawlGroup),
    "imports": (WakeImport,),
    "normalize": (messages.Archived,),
    "index": (messages.PostBatch,),
    "exports": (WakeExport,),
    "topics": (WakeTopic,),
    "network": (WakeNetwork,),
    "deliver": (GivenUp, Event),
}
"""What the letters of each stage may be."""
UNTOLD: Final = "no reason: the queue itself gave it up, received too often"
_PARTICULARS: Final = re.compile(r"\S*\d\S*")
"""Words with digits in them: keys, ids, offsets, statuses' neighbors."""
_REASON: Final = 120
_SHOWN: Final = 20
"""Ids of one letter that are shown."""


class Chosen(NamedTuple):
    """Which letters are meant. Without a choice: all."""

    ids: frozenset[str] = frozenset()
    reason: str = ""
    """Words of the reason, in any case."""

    def takes(self, letter: Letter) -> bool:
        """Whether a letter is meant."""
        named = not self.ids or letter.id in self.ids
        return named and self.reason.casefold() in (letter.reason or UNTOLD).casefold()

    def all_in(self, letters: Iterable[Letter]) -> bool:
        """Whether these are all that can be meant: those of the ids, where there are any."""
        return bool(self.ids) and self.ids <= {letter.id for letter in letters}

    @property
    def words(self) -> str:
        """The choice in words, behind "letters"."""
        ids = f" with the ids {', '.join(sorted(self.ids))}" if self.ids else ""
        return ids + (f" whose reason has {self.reason!r}" if self.reason else "")


def stage_named(stage: str) -> str:
    """The stage as template.yaml's names begin with it: ``Crawl``.

    Raises:
        InvalidInput: no stage with dead letters is called so.
    """
    if stage not in KINDS:
        raise InvalidInput(f"no stage {stage!r} has dead letters", field="stage", remedy=f"use {', '.join(KINDS)}")
    return stage.capitalize()


def read(stage: str, body: str) -> Struct:
    """What a letter of a stage says.

    Raises:
        ParseError: it is nothing that the stage reads; says for each kind why.
    """
    failures: list[str] = []
    for kind in KINDS[stage]:
        try:
            return messages.decode(body, kind)
        except ParseError as error:
            failures.append(str(error))
    raise ParseError("; ".join(failures))


def summary(stage: str, body: str) -> dict[str, Any]:
    """What may be told of a letter: its kind, and by references what it is about, without what people wrote.

    An unreadable one is of no kind, and ``trouble`` says why.
    """
    try:
        message = read(stage, body)
    except ParseError as error:
        return {"kind": None, "trouble": str(error)}
    return {"kind": type(message).__name__, **_TOLD.get(type(message), _whole)(message)}


def by_reason(letters: Iterable[Letter]) -> dict[str, list[str]]:
    """Ids of the letters that have the same reason, particulars aside."""
    found: dict[str, list[str]] = {}
    for letter in letters:
        found.setdefault(_PARTICULARS.sub("…", letter.reason or UNTOLD)[:_REASON], []).append(letter.id)
    return found


def common(letters: Iterable[Letter]) -> Counter[str]:
    """How many letters have which reason, particulars aside."""
    return Counter({reason: len(ids) for reason, ids in by_reason(letters).items()})


def _whole(message: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the structs that are references only
    return {name: getattr(message, name) for name in message.__struct_fields__}


def _pending(message: Any) -> dict[str, Any]:  # noqa: ANN401 - a Pending
    """Without its address, which may name a person."""
    request = message.request
    return {"host": message.host, "channel": message.channel, "request": message.id, "asks_for": request.kind}


def _archived(message: Any) -> dict[str, Any]:  # noqa: ANN401 - an Archived
    place = {"archive_key": message.key, "offset": message.offset, "length": message.length}
    return {"source": message.source, **place, "replay": message.replay}


def _batch(message: Any) -> dict[str, Any]:  # noqa: ANN401 - a PostBatch
    posts = message.posts
    sources = sorted({post.source for post in posts})
    ids = [post.id for post in posts]
    return {"source": ", ".join(sources), "count": len(ids), "posts": ids[:_SHOWN], "replay": message.replay}


def _event(message: Any) -> dict[str, Any]:  # noqa: ANN401 - an Event
    return {"event": message.id, "about": message.kind, "workspace": message.workspace, "topic": message.topic}


_TOLD: Final[dict[type[Struct], Callable[[Any], dict[str, Any]]]] = {
    Pending: _pending,
    messages.Archived: _archived,
    messages.PostBatch: _batch,
    Event: _event,
}
