"""What a sender of requests is told, and what it tells. Standard library only: its interpreter has nothing of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from pathlib import Path


class Arrival(NamedTuple):
    """A request, and when it is due."""

    at: float
    """Seconds from the start."""
    name: str
    """Of its kind."""
    method: str
    path: str
    key: str
    """The API key; empty for none."""
    body: str = ""
    """JSON; empty for none."""


class Answered(NamedTuple):
    """What became of a request."""

    at: float
    """When it was due, in seconds from the start."""
    late: float
    """Seconds after which it was sent: what the sender itself is behind."""
    took: float
    """Seconds from when it was due until all of the answer was there."""
    name: str
    status: int
    """0 where there was no answer."""
    kind: str
    """Of an answer that is an error: ``problem`` for the API's problem details, ``gateway`` for the gateway's own
    message, ``unclear`` for anything else; empty for other answers."""


class Plan(NamedTuple):
    """What to send, in order, and where to."""

    host: str
    arrivals: list[Arrival]

    def write(self, path: Path) -> None:
        """Write it down."""
        path.write_text(json.dumps(self), "utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What was written."""
        host, arrivals = json.loads(path.read_text("utf-8"))
        return cls(host, [Arrival(*one) for one in arrivals])


def tell(answers: list[Answered], path: Path) -> None:
    """Write down what became of all."""
    path.write_text(json.dumps(answers), "utf-8")


def heard(path: Path) -> list[Answered]:
    """What was written."""
    return [Answered(*one) for one in json.loads(path.read_text("utf-8"))]


def kind_of(status: int, content_type: str, retry_after: str | None, body: bytes) -> str:
    """Whether an error says clearly what it is: as ``Answered.kind``.

    Of problem details it is asked that 429 and 503 say when to come again.
    """
    if status < 400:  # noqa: PLR2004 - RFC 9110, section 15.5
        return ""
    said = _object(body)
    if content_type.startswith("application/problem+json"):
        is_whole = {"type", "title", "status"} <= said.keys() and (status not in (429, 503) or retry_after is not None)
        return "problem" if is_whole else "unclear"
    return "gateway" if isinstance(said.get("message"), str) else "unclear"


def _object(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
