"""Projections are written as they are read, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from socialindex.projecting import Projected, write

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 25_000


class Engine:
    """Takes everything, and notes how many documents were read when it was asked."""

    def __init__(self) -> None:
        self.read = 0
        self.checked: list[str] = []
        self.bulks: list[tuple[int, int]] = []
        """Documents taken and read by then."""

    @property
    def indices(self) -> Engine:
        return self

    def get_index_template(self, *, name: str, params: Any) -> None:
        assert params
        self.checked.append(name)

    def bulk(self, *, body: list[dict[str, Any]]) -> dict[str, Any]:
        items = [{"index": {"status": 201, "_index": line["index"]["_index"]}} for line in body[::2]]
        self.bulks.append((len(items), self.read))
        return {"items": items}

    def documents(self) -> Iterator[Projected]:
        for number in range(MANY):
            self.read += 1
            yield Projected("alerts-1", f"al_{number}", 1, {"id": f"al_{number}"})


def test_never_more_than_a_request_has_are_held_at_once() -> None:
    engine = Engine()
    assert write(engine, engine.documents()) == MANY  # type: ignore[arg-type]
    taken = 0
    for size, read in engine.bulks:
        taken += size
        assert read == taken
    assert taken == MANY
    assert engine.checked == ["alerts"]


def test_nothing_asks_for_nothing() -> None:
    engine = Engine()
    assert write(engine, []) == 0  # type: ignore[arg-type]
    assert (engine.checked, engine.bulks) == ([], [])
