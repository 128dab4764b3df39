"""Things by so many at a time, as requests take them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


def groups(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Things in their order, ``size`` at a time and at last what is left; each group is read when it is asked for."""
    left = iter(things)
    while group := list(itertools.islice(left, size)):
        yield group
